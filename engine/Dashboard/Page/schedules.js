/* What schedules ask for in the next seven days. */
import { $, fill, h } from "./dom.js";
import { call } from "./api.js";
import { now, when } from "./words.js";

const asks = n => n.max === 0 ? "asleep" : n.min !== null && n.min === n.max ? `${n.min}` : n.max === null ? `at least ${n.min}` : n.min === null ? `at most ${n.max}` : `${n.min} to ${n.max}`;
const hours = n => Math.abs(n).toLocaleString(undefined, { maximumFractionDigits: 0 });
const lacks = (of, lacking) => lacking ? ` (of ${of}, ${lacking} not known)` : "";
const cost = s => `${s.replicaHours > 0 ? "Saved" : "Added"} in these 7 days against the usual sizes at all times: ${hours(s.replicaHours)} replica-hours${lacks(s.notKnown.of, s.notKnown.replicaHours)}${s.coreHours == null ? "" : `, ${hours(s.coreHours)} core-hours${lacks(s.notKnown.of, s.notKnown.coreHours)}`}${s.gibHours == null ? "" : `, ${hours(s.gibHours)} GiB-hours${lacks(s.notKnown.of, s.notKnown.gibHours)}`}.`;
const more = (first, all) => first.join(", ") + (all > first.length ? ` and ${all - first.length} more` : "");
const means = s => `Schedule ${s.namespace}/${s.name} means ${s.unknown ? `workloads that are not known yet: ${s.unknown}` : `${s.selected} of kind ${s.kind}${s.selected ? `: ${more(s.first.slice(0, 3), s.selected)}` : ""}`}.`;
const meant = selections => (selections || []).length
  ? h("ul", { class: "note meant" }, selections.slice(0, 20).map(s => h("li", {}, means(s))), selections.length > 20 ? h("li", {}, `${selections.length - 20} more Schedules select, at /api/schedules`) : null) : null;
let schedulesDrawn = "";
export async function lookAtSchedules() {
  try {
    const present = now();
    const midnight = new Date(present); midnight.setHours(0, 0, 0, 0);
    const days = [...Array(9).keys()].map(d => new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() + d).getTime());
    const from = days[0], end = days[8], x = t => 100 * (Math.min(end, Math.max(from, t)) - from) / (end - from);
    const { items, saved, selections } = await call(`schedules?from=${new Date(present).toISOString().slice(0, 19)}Z&to=${new Date(present + 7 * 86400000).toISOString().slice(0, 19)}Z`);
    const busy = items.map(i => ({ ...i, intervals: i.intervals.filter(n => n.min !== null || n.max !== null) })).filter(i => i.intervals.length);
    const key = JSON.stringify([busy, saved, selections]) + from;
    const line = document.querySelectorAll("#schedules .week-now");
    if (key === schedulesDrawn && line.length) { for (const one of line) one.style.left = `${x(present)}%`; return; }
    schedulesDrawn = key;
    if (!busy.length) { fill($("schedules"), h("p", { class: "nothing" }, "No schedule asks for anything in the next 7 days."), meant(selections)); return; }
    const place = (node, at, to) => { node.style.left = `${x(at)}%`; if (to !== undefined) node.style.width = `${x(to) - x(at)}%`; return node; };
    const name = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric" });
    const grid = () => days.slice(1, 8).map(d => place(h("b", { "aria-hidden": "true" }), d));
    fill($("schedules"), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Timeline of schedules" }, h("div", { class: "week" },
      h("div", { class: "week-row", "aria-hidden": "true" }, h("span"), h("div", { class: "week-days" }, days.slice(0, 8).map((d, i) => place(h("span", {}, i ? name.format(d) : "today"), d, days[i + 1])))),
      busy.slice(0, 60).map(item => h("div", { class: "week-row", role: "group", "aria-label": `${item.target.kind} ${item.namespace}/${item.target.name}` },
        h("div", {}, h("div", { class: "name" }, item.target.name), h("div", { class: "where" }, `${item.target.kind} in ${item.namespace}`)),
        h("div", { class: "week-line" }, grid(), place(h("i", { class: "week-past", "aria-hidden": "true" }), from, present),
          item.intervals.slice(0, 200).map(n => {
            const words = asks(n), said = `${words}, ${when(n.from)} to ${when(n.to)}, ${n.cause}`;
            return place(h("span", { class: `week-bar ${n.max === 0 ? "sleeps" : ""}`, role: "img", "aria-label": said, title: said }, h("span", { "aria-hidden": "true" }, words)), Date.parse(n.from), Date.parse(n.to));
          }), place(h("i", { class: "week-now", "aria-hidden": "true" }), present)))))),
      meant(selections),
      saved && saved.replicaHours ? h("p", { class: "note" }, cost(saved)) : null,
      h("p", { class: "note" }, `Filled: a size that a schedule asks for. Outlined: asleep. Times are yours${busy.length > 60 ? `; ${busy.length - 60} more at /api/schedules` : ""}.`));
  } catch (failure) {
    fill($("schedules"), h("p", { class: "nothing" }, failure.status === 404 ? "This Ebb has no schedules." : failure.message));
  }
}
