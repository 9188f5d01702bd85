/* Asking the API, and signing in: the cookie is the browser's, no script sees it. */
import { $, text } from "./dom.js";
import { known } from "./known.js";

class Refused extends Error {
  constructor(status, problem) {
    super((problem && problem.detail) || `the answer was ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

export async function call(path, options = {}) {
  const headers = { ...(options.headers || {}) };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { ...options, headers, body: options.body === undefined ? undefined : JSON.stringify(options.body), cache: "no-store", signal: AbortSignal.timeout(10000) });
  if (answer.status === 204 || (answer.ok && !(answer.headers.get("content-type") || "").includes("json"))) return null;
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, body);
  return body;
}

/* An act that lacks its key asks for it and is tried once more. */
export async function act(path, options) {
  try { return await call(path, options); }
  catch (failure) {
    if (failure.status !== 401) throw failure;
    if (!await askForKey("This needs the control key.")) throw failure;
    return await call(path, options);
  }
}

/* What did not work stays to be read; the next success takes it away. */
export function told(message) { text($("failed"), message); }
export const acted = (path, options) => act(path, options).then(answer => { told(""); return answer; }, failure => told(failure.message));

const signIn = key => call("session", { method: "POST", body: { key } });
let asking = null;
export function askForKey(hint) {
  if (asking) return asking;
  const dialog = $("key-dialog");
  text($("key-hint"), `${hint} You sign in once; the key is not kept, a cookie of this browser is, for seven days.`.trim());
  text($("key-error"), "");
  $("key").value = "";
  dialog.returnValue = "";
  dialog.showModal();
  $("key").focus();
  return asking = new Promise(done => dialog.addEventListener("close", () => { asking = null; done(dialog.returnValue === "used"); }, { once: true }));
}
$("key-form").addEventListener("submit", async event => {
  event.preventDefault();
  try {
    await signIn($("key").value.trim());
    known.token = "";
    $("key").value = "";
    $("key-dialog").close("used");
  } catch (failure) { text($("key-error"), failure.message); $("key").select(); }
});
$("sign-out").addEventListener("click", async () => {
  try { await call("session", { method: "DELETE" }); location.reload(); }
  catch (failure) { text($("key-error"), failure.message); }
});
$("keys").addEventListener("click", () => askForKey("The view key shows everything, the control key acts too."));
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close(""));

/* An address with ?code= signs in, and the key does not stay in it. */
export async function signInByAddress() {
  const code = new URLSearchParams(location.search).get("code");
  if (code === null) return;
  history.replaceState(null, "", location.pathname);
  try { await signIn(code); } catch (failure) { told(failure.message); }
}
