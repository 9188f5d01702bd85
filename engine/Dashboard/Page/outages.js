/* Past outages and their reports; the one that has just ended is told at the top. */
import { $, fact, fill, h, text } from "./dom.js";
import { known } from "./known.js";
import { call } from "./api.js";
import { lines, widthOf } from "./charts.js";
import { at, local, now, percent, seconds, when } from "./words.js";

let last = "", refused = false;
/* Asks again only after something has begun or ended. */
export function drawOutage(outage) {
  const key = outage ? `${outage.id} ${outage.ended || ""}` : "";
  if (key === last && !refused) return;
  last = key;
  lookAtOutages();
}

const Recent = 86400000;
function drawEnded(outage) {
  const box = $("ended"), over = outage && outage.ended && now() - Date.parse(outage.ended) < Recent && sessionStorage.getItem("ebb.read") !== outage.id;
  box.hidden = !over;
  if (!over) return;
  text($("ended-title"), `The outage of ${when(outage.began)} is over after ${seconds((Date.parse(outage.ended) - Date.parse(outage.began)) / 1000)}`);
  $("ended-read").onclick = () => { sessionStorage.setItem("ebb.read", outage.id); box.hidden = true; };
  lookAtOutage(outage.id, $("ended-report"));
}

export async function lookAtOutages() {
  try {
    const { items } = await call("outages");
    refused = false;
    known.outage = items[0] || null;
    drawEnded(known.outage);
    /* What a reader has open stays open and stays where it is. */
    const before = new Map([...$("outages").querySelectorAll("details")].map(box => [box.dataset.id, box]));
    fill($("outages"), items.length ? items.map(o => summary(o, before.get(o.id))) : h("p", { class: "nothing" }, "None yet. Each one leaves a report here."));
  } catch (failure) {
    refused = failure.status === 401;
    if (!refused) fill($("outages"), h("p", { class: "nothing" }, failure.message));
  }
}
function summary(o, before) {
  const version = JSON.stringify(o);
  if (before && before.dataset.version === version) return before;
  const detail = h("div", {});
  const box = h("details", { ontoggle: () => { if (box.open) lookAtOutage(o.id, detail); } },
    h("summary", {}, h("b", {}, `${when(o.began)}${o.drill ? " · drill" : ""}`), h("span", { class: "where" }, o.ended ? `${seconds((Date.parse(o.ended) - Date.parse(o.began)) / 1000)}, ${o.workloads} workloads${o.late ? `, ${o.late} late` : ""}` : "going on")),
    detail);
  box.dataset.id = o.id;
  box.dataset.version = version;
  if (before && before.open) { detail.replaceChildren(...before.lastChild.childNodes); box.open = true; }
  return box;
}

async function lookAtOutage(id, into) {
  try {
    const o = await call(`outages/${encodeURIComponent(id)}`);
    const from = Date.parse(o.began), to = o.ended ? Date.parse(o.ended) : now();
    const waves = o.waves.map(w => ({ from: Date.parse(w.began), to: w.ended ? Date.parse(w.ended) : to, class: w.direction === "Down" ? "wave-down" : "wave-up", words: w.direction === "Down" ? "a wave goes to sleep" : "a wave wakes" }));
    const back = o.notBack || [], people = o.people || [], late = o.workloads.filter(w => w.late).length;
    fill(into, h("dl", { class: "facts report" },
      fact("what came first", local(o.cause)),
      fact("back as it was", back.length ? `not ${back.slice(0, 5).join(", ")}${back.length > 5 ? ` and ${back.length - 5} more` : ""}` : o.ended ? "all of it" : "not over yet"),
      fact("least charge", percent(o.lines.reduce((least, l) => l.charge === null ? least : least === null ? l.charge : Math.min(least, l.charge), null))),
      fact("late", String(late)),
      fact("people did", people.length ? `${people.length} thing${people.length > 1 ? "s" : ""}` : "nothing")),
      people.length ? h("ul", { class: "people", "aria-label": "What people did" }, people.map(p => h("li", {}, h("time", {}, at(p.at)), " ", p.what, p.who ? ` (${p.who})` : ""))) : null,
      h("div", { class: "told" },
        h("figure", { class: "chart", tabindex: "0", "aria-label": "Charge and waves over the outage" }, lines(widthOf(into, 560), 150, from, to, [{ name: "line-b", words: "charge", points: o.lines.map(l => [Date.parse(l.at), l.charge]) }], waves),
          h("figcaption", {}, h("span", { class: "key-b" }, "charge, %"), " · shaded: waves going down and up")),
        h("ol", { class: "story", tabindex: "0", "aria-label": "What happened" }, o.lines.map(l => h("li", {}, h("time", {}, at(l.at)), h("span", {}, local(l.text)), h("em", {}, l.charge === null ? "" : percent(l.charge)))))),
      h("p", {}, h("button", { type: "button", class: "small", onclick: () => save(id) }, "Save the report as Markdown")));
  } catch (failure) { fill(into, h("p", { class: "nothing" }, failure.message)); }
}
async function save(id) {
  const answer = await fetch(`outages/${encodeURIComponent(id)}`, { headers: { Accept: "text/markdown" } });
  const link = h("a", { href: URL.createObjectURL(await answer.blob()), download: `outage-${id}.md` });
  link.click();
  URL.revokeObjectURL(link.href);
}
