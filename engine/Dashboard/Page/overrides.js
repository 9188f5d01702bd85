/* What people override, and the form that adds one; each has an end. */
import { $, h, fill, text } from "./dom.js";
import { known } from "./known.js";
import { act, acted } from "./api.js";
import { asked, when } from "./words.js";

export const addressOf = w => `workloads/${[w.namespace || "-", ...w.kind.split("/"), w.name].map(encodeURIComponent).join("/")}`;
const address = w => `${addressOf(w)}/override`;
const overrideOf = w => known.live.overrides.find(o => o.kind === w.kind && o.namespace === w.namespace && o.name === w.name);

let drawn = "";
export function drawOverrides() {
  const key = JSON.stringify(known.live.overrides);
  if (key === drawn) return;
  drawn = key;
  fill($("overrides"), known.live.overrides.length ? known.live.overrides.map(o => h("div", { class: "item" },
    h("div", {}, h("p", { class: "name" }, `${o.name}: ${asked(o)}`),
      h("p", { class: "where" }, `${o.kind} in ${o.namespace}, ${o.until ? `until ${when(o.until)}` : "its end cannot be read"}`), h("p", {}, o.reason), h("p", { class: "where" }, o.note)),
    o.state === "returns" ? h("span", { class: "where" }, "ending…") : h("button", { type: "button", class: "small", "aria-label": `End the override of ${o.name}`, onclick: event => end(o, event.target) }, "End now")))
    : h("p", { class: "nothing" }, "Nobody overrides anything. A workload's Override button adds one; each has an end."));
}
async function end(o, button) {
  button.disabled = true;
  await acted(address(o), { method: "DELETE", headers: { "If-Match": `"${o.etag}"` } });
  button.disabled = false;
}

let chosen = null, replaces = null;
export function openOverride(workload) {
  chosen = workload;
  replaces = overrideOf(workload) || null;
  text($("override-title"), `Override ${workload.name}`);
  text($("override-error"), replaces ? `This replaces: ${replaces.reason}` : "");
  text($("override-submit"), replaces ? "Replace it" : "Override");
  $("override-replicas").value = String(workload.baseline ?? workload.size ?? 1);
  $("override-reason").value = "";
  $("override-dialog").showModal();
  $("override-replicas").focus();
}
$("override-for").addEventListener("change", () => { $("until-label").hidden = $("override-for").value !== ""; });
$("override-replicas").addEventListener("input", () => { document.querySelector("input[name=what][value=replicas]").checked = true; });
$("override-form").addEventListener("submit", async event => {
  event.preventDefault();
  const what = document.querySelector("input[name=what]:checked").value;
  const body = { reason: $("override-reason").value.trim() };
  body[what] = what === "replicas" ? Number($("override-replicas").value) : true;
  if ($("override-for").value) body.for = $("override-for").value;
  else if ($("override-until").value) body.until = new Date($("override-until").value).toISOString();
  $("override-submit").disabled = true;
  try {
    await act(address(chosen), { method: "PUT", body, headers: replaces ? { "If-Match": `"${replaces.etag}"` } : {} });
    $("override-dialog").close("done");
  } catch (failure) {
    if (failure.status === 409 && failure.problem.present) {
      replaces = failure.problem.present;
      text($("override-submit"), "Replace it");
      text($("override-error"), `Somebody was faster: ${asked(replaces)} ${replaces.until ? `until ${when(replaces.until)} ` : ""}(${replaces.reason}).`);
    } else text($("override-error"), failure.message);
  } finally { $("override-submit").disabled = false; }
});
