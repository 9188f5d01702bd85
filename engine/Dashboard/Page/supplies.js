/* Every UPS as it was heard last; silence is drawn unlike a power cut. */
import { $, h, fact, fill } from "./dom.js";
import { flagWords, mainsWords, percent, seconds } from "./words.js";

let drawn = "";
export function drawSupplies(status) {
  const key = JSON.stringify(status.power.supplies.map(u => ({ ...u, readAt: null }))) + status.power.budgetSeconds;
  if (key === drawn) return;
  drawn = key;
  fill($("supplies"), status.power.supplies.map(ups => {
    const heard = ups.contact === "fresh";
    const charge = heard ? ups.charge : null;
    const meter = h("div", { class: `meter ${charge === null ? "" : charge <= 20 ? "low" : charge <= 50 ? "mid" : ""}`, role: "meter", "aria-label": `Charge of ${ups.ups}`, "aria-valuemin": "0", "aria-valuemax": "100", ...(charge === null ? { "aria-valuetext": "no data" } : { "aria-valuenow": String(Math.round(charge)) }) });
    if (charge !== null) { const bar = h("i"); bar.style.width = `${charge}%`; meter.append(bar); }
    const mains = heard ? ups.mains : "unknown";
    const mark = { on: "●", battery: "◐", unknown: "?" }[mains];
    return h("article", { class: `supply ${charge === null ? "nodata" : ""}` },
      h("header", {}, h("h3", {}, ups.ups), h("span", { class: `badge ${mains}` }, h("span", { "aria-hidden": "true" }, mark), heard ? mainsWords[mains] : "not heard: no data")),
      meter,
      h("dl", { class: "facts" },
        fact("charge", percent(charge)), fact("load", percent(heard ? ups.load : null)), fact("runtime it says", seconds(heard ? ups.runtimeSeconds : null)),
        status.power.budgetSeconds === null ? null : fact("we believe", seconds(status.power.budgetSeconds))),
      h("p", { class: "note" }, heard ? (ups.flags.length ? ups.flags.map(f => flagWords[f] || f).join(", ") : "no flags") : "That is not the same as no power."),
      ups.notes.map(note => h("p", { class: "note" }, note)));
  }));
}
