/* One workload: why it is as it is, what it was and will be again, and what was done to it. */
import { $, h, fact, fill, text } from "./dom.js";
import { known } from "./known.js";
import { call } from "./api.js";
import { local, moment, overridable, placed, sizeOf, states, where } from "./words.js";
import { addressOf, openOverride } from "./overrides.js";

let opened = null;
export async function openWorkload(key) {
  const w = known.rows.get(key);
  if (!w) return;
  opened = w;
  text($("workload-title"), w.name);
  text($("workload-where"), where(w));
  fill($("workload-body"), h("p", { class: "nothing" }, "…"));
  $("workload-override").hidden = !overridable(w);
  $("workload-dialog").showModal();
  try {
    const [answer, done] = await Promise.all([call(addressOf(w)), history(w)]);
    if (opened === w) draw(answer, done);
  } catch (failure) { if (opened === w) fill($("workload-body"), h("p", { class: "error" }, failure.message)); }
}

function draw(answer, done) {
  const claim = c => `${c.source}: ${c.reason}${c.until ? `, until ${moment(c.until)}` : ""}`;
  const number = n => n === null || n === undefined ? "–" : String(n);
  fill($("workload-body"),
    h("p", {}, local(answer.reason)),
    h("dl", { class: "facts" },
      fact("state", states[answer.state] + (answer.late ? ", late" : "")), fact("size", sizeOf(answer)), fact("ready", number(answer.ready)),
      fact("baseline", answer.baseline === null ? "none: power has not put it to sleep" : String(answer.baseline)),
      fact("sleeps in wave of priority", number(answer.shutdownPriority)), fact("wakes in wave of priority", number(answer.scaleUpPriority)), answer.stage ? fact("its turn on battery", answer.stage) : null,
      fact("decided by", answer.decision.source === "none" ? "nobody" : answer.decision.source)),
    answer.overruled.length ? [h("h3", {}, "Overruled"), h("ul", { class: "people" }, answer.overruled.map(c => h("li", {}, local(claim(c)))))] : null,
    h("h3", {}, "What happened to it"),
    done.length ? h("ol", { class: "people" }, done.map(d => h("li", {}, h("time", {}, moment(d.at)), " ", d.what))) : h("p", { class: "nothing" }, "Nothing that is remembered."));
}

/* What the last outage and the journal say of it, the youngest first. */
async function history(w) {
  const name = placed(w), done = [];
  const { items } = await call("journal?limit=1000");
  for (const e of items) if (e.subject.split(" ").includes(name)) done.push({ at: e.at, what: `${e.what} (${e.who}): ${local(e.why)}${e.result === "done" ? "" : `, ${e.result}`}` });
  if (known.outage) {
    const report = await call(`outages/${encodeURIComponent(known.outage.id)}`);
    const own = report.workloads.find(r => r.name === `${w.kind} ${name}`) || {};
    for (const [field, what] of [["downAt", "put to sleep in the last outage"], ["asleepAt", "asleep in the last outage"], ["upAt", "woken after the last outage"], ["awakeAt", "awake again after the last outage"]])
      if (own[field]) done.push({ at: own[field], what });
  }
  return done.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, 20);
}

$("workload-override").addEventListener("click", () => { $("workload-dialog").close(""); openOverride(opened); });
