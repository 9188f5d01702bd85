/* The last two hours: how much is awake, and the charge. */
import { $, fill, h } from "./dom.js";
import { call } from "./api.js";
import { lines, widthOf } from "./charts.js";

export async function lookAtHistory() {
  try {
    const { samples } = await call("history");
    if (samples.length < 2) return;
    const t = i => Date.parse(samples[i].at);
    const gaps = [];
    samples.forEach((one, i) => { if (one.charge === null && i) gaps.push({ from: t(i - 1), to: t(i), class: "gap", fill: "url(#hatch)" }); });
    fill($("history"), lines(widthOf($("history"), 560), 150, t(0), t(samples.length - 1), [
      { name: "line-a", words: "workloads awake", points: samples.map((o, i) => [t(i), o.total ? 100 * o.awake / o.total : null]) },
      { name: "line-b", words: "charge", points: samples.map((o, i) => [t(i), o.charge]) }], gaps),
      h("figcaption", {}, h("span", { class: "key-a" }, "workloads awake, %"), h("span", { class: "key-b" }, "charge, %"), gaps.length ? " · hatched: no data" : ""));
    /* Before there is something to read in it, it is no stop for the keyboard. */
    $("history").tabIndex = 0;
  } catch { /* the next look comes; contact is told by the live one */ }
}
