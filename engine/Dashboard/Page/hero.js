/* Where the cluster stands, how long until that changes, and everything that keeps Ebb from acting. */
import { $, h, text, fill } from "./dom.js";
import { known } from "./known.js";
import { at, local, moment, now, phases, seconds, when } from "./words.js";

const some = names => names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");

/* In the order of what matters most: [kind, sentence]. */
function notices(status) {
  const all = [], warn = sentence => all.push(["warn", sentence]);
  if (!status.acting) warn("Observing only (Power__Act=false): whatever happens, nothing is put to sleep and nothing is woken.");
  if (status.hold) warn(`Held ${status.hold.until ? `until ${moment(status.hold.until)}` : "until somebody releases it"}${status.hold.by ? ` by ${status.hold.by}` : ""}: an outage puts nothing to sleep meanwhile.`);
  if (status.cluster.reachable === false) warn("The Kubernetes API does not answer: nothing can be put to sleep.");
  for (const ups of status.power.supplies.filter(u => u.contact !== "fresh")) warn(`UPS ${ups.ups} is not reached${ups.readAt ? ` since ${moment(ups.readAt)}` : ""}: an outage of it would not be seen.`);
  const refused = [...known.rows.values()].filter(w => w.state === "refused");
  if (refused.length) warn(`${refused.length === 1 ? "1 workload is" : `${refused.length} workloads are`} refused and would not be put to sleep: ${some(refused.map(w => w.name))}.`);
  for (const trouble of status.troubles) warn(local(trouble));
  if (!status.leading) all.push(["info", "This replica does not lead: it shows, and another one acts."]);
  return all;
}

/* What comes next where its time is known; empty: it is not. */
function countdown(status) {
  const left = instant => seconds((Date.parse(instant) - now()) / 1000), next = status.nextChange;
  if (status.hold && status.hold.until) return `The hold ends in ${left(status.hold.until)}.`;
  if (status.wave && status.wave.waitedUntil && Date.parse(status.wave.waitedUntil) > now()) return `The next wave goes in ${left(status.wave.waitedUntil)} at most.`;
  if (!next || Date.parse(next) < now()) return "";
  if (status.phase === "on-battery") return `The first wave ${status.acting ? "goes" : "would go"} to sleep in ${left(next)} unless mains returns.`;
  if (status.phase === "waiting-for-mains" && status.power.mains === "on") return `Mains counts as safe in ${left(next)}.`;
  return "";
}

let noticesDrawn = "";
export function drawHero(status) {
  const hero = $("hero");
  hero.dataset.phase = status.phase;
  hero.classList.remove("lost");
  hero.classList.toggle("alarmed", !status.acting || Boolean(status.hold));
  text($("eyebrow"), status.acting ? "The cluster is" : "Observing only. The cluster is");
  text($("phase"), phases[status.phase] || status.phase);
  text($("reason"), local(status.reason));
  text($("countdown"), countdown(status));
  text($("mode"), `${status.cluster.mode}${status.acting ? "" : " · observing only"}${status.leading ? "" : " · not leading"}`);
  text($("clock"), at(status.now));
  document.title = `${phases[status.phase] || status.phase}${status.acting ? "" : " (observing only)"} · Ebb`;
  const counts = status.workloads, budget = status.power.budgetSeconds;
  $("water").style.height = `${counts.total ? 8 + 77 * counts.awake / counts.total : 8}%`;
  tides([["awake", counts.awake], ["moving", counts.moving], ["asleep", counts.asleep], ...(counts.late ? [["late", counts.late]] : []), ...(budget === null ? [] : [["budget", seconds(budget)]])]);
  const told = notices(status), key = JSON.stringify(told);
  if (key === noticesDrawn) return;
  noticesDrawn = key;
  $("notices").hidden = !told.length;
  fill($("notices"), told.map(([kind, sentence]) => h("li", { class: kind }, sentence)));
}

/* Nothing shown is of now any more. */
export function drawLost() {
  $("hero").classList.add("lost");
  text($("countdown"), "");
  text($("eyebrow"), known.live ? `No contact since ${when(known.live.status.now)}. Then the cluster was` : "No contact yet. The cluster is");
}

function tides(items) {
  const list = $("tides");
  while (list.children.length > items.length) list.lastChild.remove();
  items.forEach(([name, value], i) => {
    if (!list.children[i]) list.append(h("div", {}, h("dt"), h("dd")));
    text(list.children[i].firstChild, name);
    text(list.children[i].lastChild, String(value));
  });
}
