/* Asks what is new each second and draws it; pictures come after what matters first. */
import { $, text } from "./dom.js";
import { known } from "./known.js";
import { askForKey, call, signInByAddress } from "./api.js";
import { at } from "./words.js";
import { drawHero, drawLost } from "./hero.js";
import { drawSupplies } from "./supplies.js";
import { drawLanes } from "./lanes.js";
import { drawRows } from "./rows.js";
import { drawOverrides } from "./overrides.js";
import { drawControls } from "./controls.js";
import { drawOutage, lookAtOutages } from "./outages.js";
import { lookAtHistory } from "./history.js";
import { lookAtSchedules } from "./schedules.js";
import { lookAtCapacity } from "./capacity.js";

function contact(kind, words) { $("contact").className = `contact ${kind}`; text($("contact"), words); }

let lanesDrawn = "";
function draw(changed) {
  const { status, outage } = known.live;
  drawHero(status);
  drawControls(known.live);
  drawSupplies(status);
  const lanesKey = `${JSON.stringify({ ...status.wave, waitedUntil: null })} ${status.phase}`;
  if (changed || lanesKey !== lanesDrawn) { lanesDrawn = lanesKey; drawLanes(status); }
  if (changed) drawRows();
  drawOverrides();
  drawOutage(outage);
}

async function look() {
  try {
    const answer = await call(`live${known.token ? `?since=${encodeURIComponent(known.token)}` : ""}`);
    known.token = answer.token;
    if (answer.whole) known.rows.clear();
    for (const gone of answer.gone) known.rows.delete(gone);
    for (const workload of answer.workloads) known.rows.set(workload.key, workload);
    known.live = answer;
    contact("", "live");
    draw(answer.whole || answer.workloads.length > 0 || answer.gone.length > 0);
    return 1000;
  } catch (failure) {
    if (failure.status === 401) {
      contact("lost", "a view key is needed");
      drawLost();
      return await askForKey("This page shows nothing without the view key.") ? 0 : 5000;
    }
    contact("lost", failure.status === 503 ? "starting…" : `no contact with Ebb, last heard ${known.live ? at(known.live.status.now) : "never"}`);
    drawLost();
    return 2000;
  }
}
async function follow() { for (;;) { const pause = await look(); await new Promise(done => setTimeout(done, pause)); } }

const theme = localStorage.getItem("ebb.theme");
if (theme) document.documentElement.dataset.theme = theme;
$("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("ebb.theme", root.dataset.theme);
});

const quiet = then => window.requestIdleCallback ? requestIdleCallback(then, { timeout: 1500 }) : setTimeout(then, 500);
const every = (pause, what) => { const again = async () => { if (known.live) await what(); setTimeout(again, known.live ? pause : 300); }; quiet(again); };
await signInByAddress();
follow();
lookAtOutages();
every(10000, lookAtHistory);
every(60000, lookAtSchedules);
every(15000, lookAtCapacity);
