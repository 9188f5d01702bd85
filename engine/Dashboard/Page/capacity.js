/* Spare capacity, and who harvests it. */
import { $, fill, h, s, text } from "./dom.js";
import { call } from "./api.js";
import { hatch, label, widthOf } from "./charts.js";
import { readable } from "./reading.js";
import { at } from "./words.js";

export async function lookAtCapacity() {
  try {
    const answer = await call("capacity");
    const drawn = answer.followers.map(follower => drawCapacity(follower, answer.known)), reading = document.activeElement?.closest("#capacity figure")?.getAttribute("aria-label");
    fill($("capacity"), answer.known ? [] : h("p", { class: "nothing", role: "status" }, `Spare capacity is not known: ${answer.reason}.`),
      drawn.length || !answer.known ? drawn : h("p", { class: "nothing" }, "No opportunistic workload is sized by spare capacity here."));
    if (reading) $("capacity").querySelector(`figure[aria-label="${CSS.escape(reading)}"]`)?.focus({ preventScroll: true });
  } catch (failure) { fill($("capacity"), h("p", { class: "nothing" }, failure.message)); }
}
/* Bytes are no number for people. */
const amount = (n, unit) => unit === "bytes" ? `${(n / 2 ** 30).toFixed(1)} GiB` : `${Math.round(10 * n) / 10}`;
const unitOf = resource => resource === "memory" || resource === "ephemeral-storage" || resource.startsWith("hugepages-") ? "bytes" : "";

/* The nodes behind a number, folded where there are many; what somebody opened or folded stays so. */
const Many = 8, opened = new Map();
const number = (n, unit) => n === null ? "unknown" : amount(n, unit);
function drawNodes(follower) {
  if (!follower.nodes.length) return null;
  const key = `${follower.namespace}/${follower.name}`, resources = [...new Set(follower.nodes.flatMap(n => Object.keys(n.resources)))];
  return h("details", { open: opened.get(key) ?? follower.nodes.length <= Many, ontoggle: e => opened.set(key, e.target.open) },
    h("summary", {}, `${follower.nodes.length} nodes`),
    h("div", { class: "scroll" }, h("table", { class: "nodes" },
      h("thead", {}, h("tr", {}, ["node", "fit", ...resources, "why not"].map(words => h("th", { scope: "col" }, words)))),
      h("tbody", {}, follower.nodes.map(n => h("tr", {}, h("td", { class: "name" }, n.name), h("td", {}, `${n.fits ?? "unknown"}${n.givenBack === 0 ? "" : `, gives back ${n.givenBack ?? "unknown"}`}`),
        resources.map(r => h("td", { class: "number", title: `${r}: requested by others of allocatable` }, n.resources[r] ? `${number(n.resources[r].others, unitOf(r))} of ${number(n.resources[r].allocatable, unitOf(r))}` : "none")),
        h("td", {}, n.refusal ?? n.whyNot ?? "")))))));
}
/* What is not said is not known, and not none. */
const others = more => more === 0 ? "" : ` and ${more ?? "maybe"} more`;
const whereTo = one => one.nodes.length ? `${one.pod} could go to ${one.nodes.join(", ")}${others(one.moreNodes)}` : `${one.pod} waits`;
const told = (list, more, words, rest, each) => list === null ? [`it is not known ${words}`] : [...list.map(each), ...more === 0 ? [] : [more === null ? `it is not known how many more ${rest}` : `${more} more ${rest}`]];
function drawWaiting(follower) {
  if (follower.allocatable === null) return null;
  const lines = [...told(follower.waiting, follower.moreWaiting, "which pods wait", "wait", whereTo),
    ...told(follower.notDemand, follower.moreNotDemand, "for which pods no room is made", "wait for which no room is made", one => `no room is made for ${one.pod}: ${one.why}`)];
  return lines.length ? h("ul", { class: "note waiting" }, lines.map(line => h("li", {}, line))) : null;
}

$("what-if").addEventListener("submit", async event => {
  event.preventDefault();
  const asked = [...new FormData(event.target)].filter(([, value]) => value.trim());
  try {
    const said = await call(`capacity/what-if?${new URLSearchParams(asked.map(([name, value]) => [name, value.trim()]))}`);
    text($("what-if-answer"), `${said.node ? `${said.node}: ` : ""}${said.because}${said.givenBack.map(g => `, ${g.workload} gives back ${g.replicas} on ${g.node}`).join("")}`);
  } catch (failure) { text($("what-if-answer"), failure.message); }
});
function drawCapacity(follower, known) {
  const { samples, unit } = follower, t = i => Date.parse(samples[i].at), W = widthOf($("capacity"), 1100), H = 220;
  const name = h("h3", {}, `${follower.name} in ${follower.namespace}`);
  const numbers = follower.allocatable === null ? h("p", { class: "nothing" }, `no data: ${follower.reason}`)
    : h("p", { class: "note" }, `${follower.replicas} replicas, ${amount(follower.remaining, unit)} of ${amount(follower.allocatable, unit)} ${unit === "bytes" ? "" : unit} remain on ${follower.eligibleNodes} nodes, ${follower.fits} fit: ${follower.reason}`);
  if (samples.length < 2 || !samples.some(o => o.allocatable !== null)) return h("section", {}, name, numbers, drawWaiting(follower), drawNodes(follower), known ? h("p", { class: "nothing" }, "It has not been watched for long enough to draw it.") : null);
  const most = Math.max(...samples.map(o => o.allocatable ?? 0)) || 1;
  const x = i => 44 + (W - 50) * (t(i) - t(0)) / Math.max(1, t(samples.length - 1) - t(0)), y = v => 10 + (H - 36) * (1 - v / most);
  /* A moment without data ends a stretch; what lies between two stretches is hatched. */
  const stretches = [], gaps = [];
  samples.forEach((o, i) => {
    if (o.allocatable === null) {
      const from = x(Math.max(0, i - 1)), to = x(Math.min(samples.length - 1, i + 1));
      gaps.push(s("rect", { class: "gap", fill: "url(#hatch)", x: from, width: to - from, y: y(most), height: y(0) - y(most) }));
      return;
    }
    if (!i || samples[i - 1].allocatable === null) stretches.push([]);
    stretches[stretches.length - 1].push(i);
  });
  const line = (of, value) => of.map(i => `${x(i).toFixed(1)} ${y(value(samples[i])).toFixed(1)}`).join("L");
  const area = (kind, low, high) => s("path", { class: kind, d: stretches.map(of => `M${line(of, high)}L${line([...of].reverse(), low)}Z`).join("") });
  const svg = s("svg", { viewBox: `0 0 ${W} ${H}`, "aria-hidden": "true" }, hatch(), ...gaps,
    area("area-others", () => 0, o => o.others), area("area-harvest", o => o.others, o => o.others + o.harvested), area("area-reserve", o => o.allocatable - o.reserve, o => o.allocatable),
    s("path", { class: "line-a", d: stretches.map(of => `M${line(of, o => o.allocatable)}`).join("") }),
    label(s("text", { x: 40, y: y(most) + 4, "text-anchor": "end" }), amount(most, unit)), label(s("text", { x: 40, y: y(most / 2) + 4, "text-anchor": "end" }), amount(most / 2, unit)), label(s("text", { x: 40, y: y(0) + 4, "text-anchor": "end" }), "0"),
    label(s("text", { x: 44, y: H - 6 }), at(samples[0].at)), label(s("text", { x: W - 6, y: H - 6, "text-anchor": "end" }), at(samples[samples.length - 1].at)));
  const times = samples.map((_, i) => t(i)), of = n => `${amount(n, unit)}${unit === "bytes" ? "" : ` ${unit}`}`;
  readable(svg, W, H, times, x, i => samples[i].allocatable === null ? ["no data"]
    : [`allocatable ${of(samples[i].allocatable)}`, `requested by others ${of(samples[i].others)}`, `harvested ${of(samples[i].harvested)}`, `reserve ${of(samples[i].reserve)}`]);
  return h("section", {}, name, numbers, drawWaiting(follower), h("figure", { class: "chart", tabindex: "0", "aria-label": `Capacity for ${follower.name} in ${unit} over time` }, svg,
    h("figcaption", {}, [["a", "allocatable"], ["others", "requested by others"], ["harvest", "harvested"], ["reserve", "reserve"]].map(([key, words]) => h("span", { class: `key-${key}` }, words)),
      ` in ${unit === "bytes" ? "GiB" : unit}${gaps.length ? " · hatched: no data" : ""}`)), drawNodes(follower));
}
