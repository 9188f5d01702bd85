/* The waves, lowest shutdown priority first; a lane keeps its place whichever way it moves. */
import { $, h, fill, text } from "./dom.js";
import { known } from "./known.js";
import { placed, states } from "./words.js";
import { openWorkload } from "./workload.js";

/* One for each workload as long as it is drawn: whoever has its focus keeps it. */
let chips = new Map();
function chip(m, next) {
  const item = chips.get(m.key) || h("li", {}, h("button", { type: "button", "data-key": m.key, onclick: () => openWorkload(m.key) },
    h("i", { "aria-hidden": "true" }), h("span", {}, m.name), h("span", { class: "sr" })));
  next.set(m.key, item);
  const button = item.firstChild, [dot, , said] = button.children;
  item.className = `chip ${m.late ? "late" : ""}`;
  button.title = `${m.kind} ${placed(m)}: ${m.reason}`;
  dot.className = `dot ${m.state}`;
  text(said, states[m.state] + (m.late ? ", late" : ""));
  return item;
}

/* When the turn of those comes that do not go at once, one line for each condition. */
function stages(members) {
  const waiting = new Map();
  for (const m of members) if (m.stage) waiting.set(m.stage, (waiting.get(m.stage) || 0) + 1);
  return [...waiting].map(([words, count]) => h("p", { class: "stage" }, `${count === members.length ? "" : `${count} of ${members.length}: `}${words}`));
}

export function drawLanes(status) {
  const wave = status.wave, up = wave !== null && wave.direction === "up";
  text($("wave-now"), wave ? `Wave ${wave.position} of ${wave.of} ${up ? "wakes" : "goes to sleep"}.` : `Lower priorities ${status.acting ? "go" : "would go"} to sleep first; each lane moves together. Next time: ${status.outlook}.`);
  const lanes = new Map(), priorities = new Set();
  for (const w of known.rows.values()) {
    if (w.down === undefined || w.state === "refused") continue;
    (lanes.get(w.down) || lanes.set(w.down, []).get(w.down)).push(w);
    priorities.add(w.up);
  }
  const sorted = [...lanes.entries()].sort((a, b) => a[0] - b[0]), upwards = [...priorities].sort((a, b) => a - b);
  const next = new Map();
  const focused = document.activeElement && document.activeElement.closest("#lanes") ? document.activeElement.dataset.key : null;
  fill($("lanes"), sorted.map(([priority, members], i) => {
    const moves = wave !== null && members.some(m => (up ? m.up : m.down) === wave.priority);
    const asleep = members.filter(m => m.state === "asleep").length, awake = members.filter(m => m.state === "awake").length;
    /* On the way up a wave has the number in which it wakes. */
    const position = up ? upwards.indexOf(Math.min(...members.map(m => m.up))) + 1 : i + 1;
    return h("section", { class: `lane ${moves ? "moves" : ""}`, "aria-label": `Wave ${position}, priority ${priority}` },
      h("div", {}, h("h3", {}, `${moves ? (up ? "▲ " : "▼ ") : ""}Wave ${position}`), h("p", {}, asleep ? `${asleep} of ${members.length} asleep` : `${awake} of ${members.length} awake`), stages(members)),
      h("ul", { class: "chips" }, members.slice(0, 16).map(m => chip(m, next)), members.length > 16 ? h("li", { class: "chip" }, h("span", {}, `and ${members.length - 16} more`)) : null));
  }));
  chips = next;
  if (!sorted.length) fill($("lanes"), h("p", { class: "nothing" }, "No UpsScaler names a workload yet."));
  if (focused) $("lanes").querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}
