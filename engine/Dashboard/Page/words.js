/* What the API says, in words and in the reader's own time, which has 24 hours. */
import { known } from "./known.js";

export const phases = {
  "normal": "Awake", "on-battery": "On battery", "going-to-sleep": "Going to sleep", "asleep": "Asleep",
  "waiting-for-mains": "Waiting for mains", "waking": "Waking", "held": "Held",
};
export const states = { "awake": "awake", "going-to-sleep": "going to sleep", "asleep": "asleep", "waking": "waking", "refused": "refused", "unknown": "not known" };
export const mainsWords = { on: "on mains", battery: "on battery", unknown: "not known" };
export const flagWords = {
  OL: "on line", OB: "on battery", LB: "battery low", HB: "battery high", RB: "replace the battery", CHRG: "charging", DISCHRG: "discharging", BYPASS: "bypass",
  CAL: "calibrating", OFF: "off", OVER: "overloaded", TRIM: "trimming", BOOST: "boosting", FSD: "forced shutdown", ALARM: "alarm", TEST: "testing", WAIT: "waiting for the driver", ECO: "eco mode",
};
export const seconds = n => {
  if (n === null || n === undefined) return "no data";
  n = Math.max(0, Math.round(n));
  if (n < 90) return `${n} s`;
  if (n < 5400) return `${Math.round(n / 60)} min`;
  if (n < 172800) return `${Math.floor(n / 3600)} h ${Math.round(n % 3600 / 60)} min`;
  return `${Math.round(n / 86400)} days`;
};
export const percent = n => n === null || n === undefined ? "no data" : `${Math.round(n)} %`;
const clock = new Intl.DateTimeFormat(undefined, { hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { hourCycle: "h23", weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const at = instant => clock.format(new Date(instant));
export const when = instant => day.format(new Date(instant));
export const now = () => known.live ? Date.parse(known.live.status.now) : Date.now();
/* The time alone where that is today's, else with its day. */
export const moment = instant => Math.abs(Date.parse(instant) - now()) < 43200000 ? at(instant) : when(instant);
/* Sentences carry instants of UTC; people live in a zone. */
export const local = words => words.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, moment);
export const asked = o => o.asleep ? "asleep" : o.freeze ? `frozen${o.replicas === null ? "" : ` at ${o.replicas}`}` : `${o.replicas} replicas`;
/* A node lives in no namespace, and "-" stands for that in addresses. */
export const placed = w => w.namespace ? `${w.namespace}/${w.name}` : w.name;
export const where = w => w.namespace ? `${w.kind} in ${w.namespace}` : w.kind;
export const overridable = w => w.state !== "refused" && w.kind !== "hook" && w.kind !== "node";
export const sizeOf = w => w.size === undefined || w.size === null ? "–" : w.baseline > w.size ? `${w.size} of ${w.baseline}` : String(w.size);
