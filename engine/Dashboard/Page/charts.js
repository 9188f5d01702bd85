/* Lines over time, in percent; a stretch without data is a gap, never a line through zero. */
import { s } from "./dom.js";
import { readable } from "./reading.js";
import { at, percent } from "./words.js";

/* As wide as its place, so that its text keeps its size on a phone. */
export const widthOf = (node, most) => Math.max(280, Math.min(most, Math.round(node.getBoundingClientRect().width) || most));
export const hatch = () => s("defs", {}, s("pattern", { id: "hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, s("rect", { width: 3, height: 8, fill: "currentColor", opacity: .18 })));
export function lines(width, height, from, to, series, marks) {
  const x = t => 34 + (width - 40) * (t - from) / Math.max(1, to - from), y = v => 8 + (height - 30) * (1 - v / 100);
  const svg = s("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, hatch());
  for (const v of [0, 50, 100]) svg.append(s("line", { class: "grid", x1: 34, x2: width - 6, y1: y(v), y2: y(v) }), label(s("text", { x: 28, y: y(v) + 4, "text-anchor": "end" }), `${v}`));
  for (const m of marks || []) svg.append(s("rect", { x: x(m.from), width: Math.max(1, x(m.to) - x(m.from)), y: y(100), height: y(0) - y(100), class: m.class, ...(m.fill ? { fill: m.fill } : {}) }));
  for (const { name, points } of series) {
    let path = "", open = false;
    for (const [t, v] of points) {
      if (v === null || v === undefined) { open = false; continue; }
      path += `${open ? "L" : "M"}${x(t).toFixed(1)} ${y(v).toFixed(1)}`;
      open = true;
    }
    svg.append(s("path", { class: name, d: path }));
  }
  svg.append(label(s("text", { x: 34, y: height - 6 }), at(from)), label(s("text", { x: width - 6, y: height - 6, "text-anchor": "end" }), at(to)));
  const times = series[0].points.map(p => p[0]);
  const say = i => [...series.map(one => `${one.words} ${percent(one.points[i][1])}`), ...(marks || []).filter(m => m.words && m.from <= times[i] && times[i] <= m.to).map(m => m.words)];
  return readable(svg, width, height, times, i => x(times[i]), say);
}
export const label = (node, words) => { node.textContent = words; return node; };
