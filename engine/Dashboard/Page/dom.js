/* Elements without a framework: what is written is text, never markup. */
export const $ = id => document.getElementById(id);
const shown = children => children.flat().filter(c => c !== null && c !== undefined && c !== false);
export const h = (tag, props, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...shown(children));
  return node;
};
export const s = (tag, props, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props || {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
/* Only what is different is touched: a screen reader hears changes, not repetitions. */
export const text = (node, value) => { if (node.textContent !== value) node.textContent = value; return node; };
export const fill = (node, ...children) => node.replaceChildren(...shown(children));
export const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
