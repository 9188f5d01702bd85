/* What a chart says of one moment: at the pointer, or with the arrow keys where the chart has the focus. */
import { fill, h, s } from "./dom.js";
import { at } from "./words.js";

const charts = new WeakMap(), kept = new Map();
let pointer = null, shown = null;

/* Charts are drawn anew while somebody reads them: what was read is read again. */
export function readable(svg, width, height, times, x, say) {
  if (!times.length) return svg;
  const line = s("line", { class: "cursor", y1: 8, y2: height - 22 });
  svg.append(line);
  charts.set(svg, { width, times, x, say, line });
  requestAnimationFrame(look);
  return svg;
}
const nearest = (chart, far) => chart.times.reduce((best, _, i) => far(i) < far(best) ? i : best, 0);
const focused = () => document.activeElement?.matches("figure.chart") ? document.activeElement.querySelector("svg") : null;
const nameOf = svg => svg.parentElement.getAttribute("aria-label");
/* Where the reader has gone to, else the youngest. */
function chosen(svg, chart) {
  const wanted = kept.get(nameOf(svg));
  return wanted === undefined ? chart.times.length - 1 : nearest(chart, i => Math.abs(chart.times[i] - wanted));
}

function look() {
  const over = pointer && document.elementFromPoint(pointer.clientX, pointer.clientY)?.closest("svg"), chart = charts.get(over);
  if (chart) {
    const room = over.getBoundingClientRect(), here = (pointer.clientX - room.left) * chart.width / room.width;
    return show(over, nearest(chart, i => Math.abs(chart.x(i) - here)));
  }
  const svg = focused(), one = charts.get(svg);
  if (!one) return show(null);
  show(svg, chosen(svg, one));
}

function show(svg, i) {
  const figure = svg && svg.parentElement;
  if (shown !== figure) shown?.classList.remove("read");
  shown = figure;
  if (!figure) return;
  const chart = charts.get(svg), place = chart.x(i);
  for (const end of ["x1", "x2"]) chart.line.setAttribute(end, place.toFixed(1));
  let tip = figure.querySelector(".tip");
  if (!tip) figure.append(tip = h("div", { class: "tip" }));
  /* Read aloud where somebody goes from moment to moment, not under every pointer that passes. */
  tip.ariaLive = pointer ? "off" : "polite";
  fill(tip, h("b", {}, at(chart.times[i])), chart.say(i).map(words => h("span", {}, words)));
  tip.style.left = `${100 * place / chart.width}%`;
  tip.classList.toggle("before", place > chart.width / 2);
  figure.classList.add("read");
}

for (const kind of ["pointermove", "pointerdown"]) addEventListener(kind, event => { pointer = event; look(); });
document.documentElement.addEventListener("pointerleave", () => { pointer = null; look(); });
for (const kind of ["focusin", "focusout"]) addEventListener(kind, () => requestAnimationFrame(look));
addEventListener("keydown", event => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key], svg = focused(), chart = charts.get(svg);
  if (!step || !chart) return;
  event.preventDefault();
  pointer = null;
  kept.set(nameOf(svg), chart.times[Math.min(chart.times.length - 1, Math.max(0, chosen(svg, chart) + step))]);
  look();
});
