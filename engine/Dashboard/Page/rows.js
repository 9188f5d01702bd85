/* The table of workloads; where there are many, by namespace. */
import { $, h, fill, text } from "./dom.js";
import { known } from "./known.js";
import { mark } from "./kinds.js";
import { local, overridable, placed, sizeOf, states, where } from "./words.js";
import { openOverride } from "./overrides.js";
import { openWorkload } from "./workload.js";

const Many = 30;
let shown = 60;

export function drawRows() {
  const wanted = $("filter").value.trim().toLowerCase(), state = $("state").value;
  let found = [...known.rows.values()].filter(w => (!state || w.state === state) && (!wanted || `${w.kind} ${placed(w)} ${w.reason}`.toLowerCase().includes(wanted)));
  const groups = Map.groupBy ? Map.groupBy(found, w => w.namespace) : new Map();
  const many = known.rows.size > Many, grouped = found.length > Many && groups.size > 1;
  if (grouped) found = [...groups.keys()].sort().flatMap(name => groups.get(name));
  const body = $("rows"), old = new Map([...body.children].map(r => [r.dataset.key, r])), next = [];
  const reuse = (key, version, make) => {
    const before = old.get(key);
    if (before && before.dataset.version === version) return next.push(before);
    const row = make();
    row.dataset.key = key;
    row.dataset.version = version;
    next.push(row);
  };
  let group = null;
  for (const w of found.slice(0, shown)) {
    if (grouped && w.namespace !== group) {
      group = w.namespace;
      const count = `${groups.get(group).length} workloads`;
      reuse(`namespace ${group}`, count, () => h("tr", { class: "group" }, h("th", { colSpan: 5, scope: "rowgroup" }, `${w.namespace || "no namespace"} · ${count}`)));
    }
    reuse(w.key, `${many} ${grouped} ${JSON.stringify(w)}`, () => h("tr", {},
      h("td", {}, many ? h("span", { class: "kind", title: w.kind, "aria-hidden": "true" }, mark(w.kind)) : null,
        h("button", { type: "button", class: "name link", onclick: () => openWorkload(w.key) }, w.name), h("div", { class: grouped ? "where sr" : "where" }, where(w))),
      h("td", {}, h("span", { class: "state" }, h("i", { class: `dot ${w.state}`, "aria-hidden": "true" }), states[w.state] || w.state, w.late ? " (late)" : "")),
      h("td", { class: "number" }, sizeOf(w)),
      h("td", { class: "why" }, w.source ? h("span", { class: "tag" }, w.source) : null, local(w.reason)),
      h("td", {}, !overridable(w) ? null : h("button", { type: "button", class: "small", "aria-label": `Override ${w.name}`, onclick: () => openOverride(w) }, "Override"))));
  }
  next.forEach((row, i) => { if (body.children[i] !== row) body.insertBefore(row, body.children[i] || null); });
  while (body.children.length > next.length) body.lastChild.remove();
  if (!next.length) fill(body, h("tr", {}, h("td", { colSpan: 5, class: "nothing" }, known.rows.size ? "Nothing matches." : "No UpsScaler names a workload yet.")));
  $("more").hidden = found.length <= shown;
  text($("more"), `Show ${Math.min(200, found.length - shown)} more of ${found.length - shown}`);
}
const again = () => { shown = 60; if (known.live) drawRows(); };
$("more").addEventListener("click", () => { shown += 200; drawRows(); });
$("filter").addEventListener("input", again);
$("state").addEventListener("change", again);
