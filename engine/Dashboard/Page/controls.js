/* What acts on everything: the hold, and the simulated mains. */
import { $, h, text } from "./dom.js";
import { known } from "./known.js";
import { act, acted } from "./api.js";

export function drawControls({ status, demo }) {
  $("hold").hidden = false;
  text($("hold"), status.phase === "held" ? "Release" : "Freeze everything");
  $("demo").hidden = !demo;
  if (!demo) return;
  $("pull").disabled = !demo.onMains;
  $("plug").disabled = demo.onMains;
  const speed = String(demo.speed);
  if (document.activeElement === $("speed")) return;
  if (![...$("speed").options].some(o => o.value === speed)) $("speed").append(h("option", { value: speed }, `${speed}×`));
  $("speed").value = speed;
}

/* Freezing asks back: it is the one button here after which an outage finds everything awake. */
$("hold").addEventListener("click", () => {
  if (known.live && known.live.status.phase === "held") { acted("power/release", { method: "POST", body: { reason: "released on the dashboard" } }); return; }
  $("hold-reason").value = "";
  text($("hold-error"), "");
  $("hold-dialog").showModal();
  $("hold-reason").focus();
});
$("hold-form").addEventListener("submit", async event => {
  event.preventDefault();
  try {
    await act("power/hold", { method: "POST", body: { reason: $("hold-reason").value.trim(), for: $("hold-for").value } });
    $("hold-dialog").close("done");
  } catch (failure) { text($("hold-error"), failure.message); }
});

const demo = (verb, body) => acted(`demo/${verb}`, { method: "POST", body: body || {} });
$("pull").addEventListener("click", () => demo("pull-plug"));
$("plug").addEventListener("click", () => demo("plug-in"));
$("flap").addEventListener("click", () => demo("flap"));
$("speed").addEventListener("change", () => demo("speed", { speed: Number($("speed").value) }));
