"use strict";
(() => {
  const $ = id => document.getElementById(id);
  const store = sessionStorage;
  const h = (tag, props, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "class") node.className = value;
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name in node && typeof value !== "string") node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children.flat().filter(c => c !== null && c !== undefined && c !== false));
    return node;
  };
  const s = (tag, props, ...children) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(props || {})) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  /* Only what is different is touched: a screen reader hears changes, not repetitions. */
  const text = (node, value) => { if (node.textContent !== value) node.textContent = value; };
  const fill = (node, ...children) => node.replaceChildren(...children.flat().filter(c => c !== null && c !== undefined && c !== false));

  const phases = {
    "normal": "Awake", "on-battery": "On battery", "going-to-sleep": "Going to sleep", "asleep": "Asleep",
    "waiting-for-mains": "Waiting for mains", "waking": "Waking", "held": "Held",
  };
  const states = { "awake": "awake", "going-to-sleep": "going to sleep", "asleep": "asleep", "waking": "waking", "refused": "refused", "unknown": "not known" };
  const mainsWords = { on: "on mains", battery: "on battery", unknown: "not known" };
  const flagWords = {
    OL: "on line", OB: "on battery", LB: "battery low", HB: "battery high", RB: "replace the battery", CHRG: "charging", DISCHRG: "discharging", BYPASS: "bypass",
    CAL: "calibrating", OFF: "off", OVER: "overloaded", TRIM: "trimming", BOOST: "boosting", FSD: "forced shutdown", ALARM: "alarm", TEST: "testing", WAIT: "waiting for the driver", ECO: "eco mode",
  };
  const seconds = n => {
    if (n === null || n === undefined) return "no data";
    n = Math.max(0, Math.round(n));
    if (n < 90) return `${n} s`;
    if (n < 5400) return `${Math.round(n / 60)} min`;
    if (n < 172800) return `${Math.floor(n / 3600)} h ${Math.round(n % 3600 / 60)} min`;
    return `${Math.round(n / 86400)} days`;
  };
  const percent = n => n === null || n === undefined ? "no data" : `${Math.round(n)} %`;
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const at = instant => clock.format(new Date(instant));
  const when = instant => day.format(new Date(instant));

  /* Sentences carry instants of UTC; people live in a zone. */
  const local = words => words.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, instant => Math.abs(Date.parse(instant) - (live ? Date.parse(live.status.now) : Date.now())) < 43200000 ? at(instant) : when(instant));

  /* --- asking ------------------------------------------------------------------------------------------------ */
  class Refused extends Error { constructor(status, problem) { super((problem && problem.detail) || `the answer was ${status}`); this.status = status; this.problem = problem; } }

  async function call(path, options = {}) {
    const acts = options.method && options.method !== "GET";
    const key = acts ? store.getItem("ebb.control") : store.getItem("ebb.view") || store.getItem("ebb.control");
    const headers = { ...(options.headers || {}) };
    if (key) headers["x-functions-key"] = key;
    if (options.body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(path, { ...options, headers, body: options.body === undefined ? undefined : JSON.stringify(options.body), cache: "no-store", signal: AbortSignal.timeout(10000) });
    if (answer.status === 204 || (answer.ok && !(answer.headers.get("content-type") || "").includes("json"))) return null;
    const body = await answer.json().catch(() => null);
    if (!answer.ok) throw new Refused(answer.status, body);
    return body;
  }

  /* An act that lacks its key asks for it and is tried once more. */
  async function act(path, options) {
    try { return await call(path, options); }
    catch (failure) {
      if (failure.status !== 401) throw failure;
      if (!await askForKeys("This needs the control key.", "control-key")) throw failure;
      return await call(path, options);
    }
  }

  let keysAsked = null;
  function askForKeys(hint, focus) {
    if (keysAsked) return keysAsked;
    const dialog = $("key-dialog");
    text($("key-hint"), `${hint} Keys stay in this tab and are gone when it closes.`);
    $("view-key").value = store.getItem("ebb.view") || "";
    $("control-key").value = store.getItem("ebb.control") || "";
    dialog.returnValue = "";
    dialog.showModal();
    $(focus).focus();
    return keysAsked = new Promise(done => dialog.addEventListener("close", () => { keysAsked = null; done(dialog.returnValue === "used"); }, { once: true }));
  }
  $("key-form").addEventListener("submit", event => {
    event.preventDefault();
    for (const [id, name] of [["view-key", "ebb.view"], ["control-key", "ebb.control"]]) {
      const value = $(id).value.trim();
      if (value) store.setItem(name, value); else store.removeItem(name);
    }
    token = "";
    $("key-dialog").close("used");
  });
  $("keys").addEventListener("click", () => askForKeys("", "view-key"));
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close(""));

  /* --- what is known ------------------------------------------------------------------------------------------ */
  let token = "", live = null, shown = 60, lastOutage = "", outagesRefused = false;
  const rows = new Map();

  async function look() {
    try {
      const answer = await call(`live${token ? `?since=${encodeURIComponent(token)}` : ""}`);
      token = answer.token;
      if (answer.whole) rows.clear();
      for (const gone of answer.gone) rows.delete(gone);
      for (const workload of answer.workloads) rows.set(workload.key, workload);
      live = answer;
      contact("", "live");
      draw(answer.whole || answer.workloads.length > 0 || answer.gone.length > 0);
      const outage = answer.outage ? `${answer.outage.id} ${answer.outage.ended || ""}` : "";
      if (outage !== lastOutage || outagesRefused) { lastOutage = outage; lookAtOutages(); }
      return 1000;
    } catch (failure) {
      if (failure.status === 401) {
        contact("lost", "a view key is needed");
        await askForKeys("This page shows nothing without the view key.", "view-key");
        return 200;
      }
      contact("lost", failure.status === 503 ? "starting…" : `no contact with Ebb, last heard ${live ? at(live.status.now) : "never"}`);
      return 2000;
    }
  }
  function contact(kind, words) { $("contact").className = `contact ${kind}`; text($("contact"), words); }
  async function follow() { for (;;) { const pause = await look(); await new Promise(done => setTimeout(done, pause)); } }

  /* --- drawing ------------------------------------------------------------------------------------------------ */
  let overridesDrawn = "", suppliesDrawn = "", lanesDrawn = "";
  function draw(workloadsChanged) {
    const status = live.status;
    const hero = $("hero");
    hero.dataset.phase = status.phase;
    text($("phase"), phases[status.phase] || status.phase);
    text($("reason"), local(status.reason));
    text($("mode"), status.cluster.mode);
    text($("clock"), at(status.now));
    document.title = `${phases[status.phase] || status.phase} · Ebb`;
    const counts = status.workloads, budget = status.power.budgetSeconds;
    $("water").style.height = `${counts.total ? 8 + 77 * counts.awake / counts.total : 8}%`;
    tides([["awake", counts.awake], ["moving", counts.moving], ["asleep", counts.asleep], ...(counts.late ? [["late", counts.late]] : []), ...(budget === null ? [] : [["budget", seconds(budget)]])]);
    const wave = status.wave;
    text($("wave-now"), wave ? `Wave ${wave.position} of ${wave.of} ${wave.direction === "down" ? "goes to sleep" : "wakes"}.` : "Lower priorities go to sleep first; each lane moves together.");
    $("demo").hidden = !live.demo;
    if (live.demo) {
      $("pull").disabled = !live.demo.onMains;
      $("plug").disabled = live.demo.onMains;
      const speed = String(live.demo.speed);
      if (document.activeElement !== $("speed")) {
        if (![...$("speed").options].some(o => o.value === speed)) $("speed").append(h("option", { value: speed }, `${speed}×`));
        $("speed").value = speed;
      }
    }
    const hold = $("hold");
    hold.hidden = false;
    text(hold, status.phase === "held" ? "Release" : "Freeze everything");
    drawSupplies(status);
    const lanesKey = `${JSON.stringify(wave)} ${status.phase}`;
    if (workloadsChanged || lanesKey !== lanesDrawn) { lanesDrawn = lanesKey; drawLanes(wave); }
    if (workloadsChanged) drawRows();
    drawOverrides();
  }

  function tides(items) {
    const list = $("tides");
    while (list.children.length > items.length) list.lastChild.remove();
    items.forEach(([name, value], i) => {
      if (!list.children[i]) list.append(h("div", {}, h("dt"), h("dd")));
      text(list.children[i].firstChild, name);
      text(list.children[i].lastChild, String(value));
    });
  }

  function drawSupplies(status) {
    const key = JSON.stringify(status.power.supplies.map(u => ({ ...u, readAt: null }))) + status.power.budgetSeconds;
    if (key === suppliesDrawn) return;
    suppliesDrawn = key;
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
  const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

  function drawLanes(wave) {
    const all = [...rows.values()];
    const up = wave && wave.direction === "up";
    const of = w => up ? w.up : w.down;
    const lanes = new Map();
    for (const w of all) if (of(w) !== undefined && w.state !== "refused") (lanes.get(of(w)) || lanes.set(of(w), []).get(of(w))).push(w);
    const sorted = [...lanes.entries()].sort((a, b) => a[0] - b[0]);
    fill($("lanes"), sorted.map(([priority, members], i) => {
      const moves = wave && wave.priority === priority;
      const asleep = members.filter(m => m.state === "asleep").length, awake = members.filter(m => m.state === "awake").length;
      const few = members.slice(0, 16);
      return h("section", { class: `lane ${moves ? "moves" : ""}`, "aria-label": `Wave ${i + 1}, priority ${priority}` },
        h("div", {}, h("h3", {}, `${moves ? (up ? "▲ " : "▼ ") : ""}Wave ${i + 1}`), h("p", {}, asleep ? `${asleep} of ${members.length} asleep` : `${awake} of ${members.length} awake`)),
        h("ul", { class: "chips" }, few.map(m => h("li", { class: `chip ${m.late ? "late" : ""}`, title: `${m.kind} ${m.namespace}/${m.name}: ${m.reason}` },
          h("i", { class: `dot ${m.state}`, "aria-hidden": "true" }), h("span", {}, m.name), h("span", { class: "sr" }, states[m.state] + (m.late ? ", late" : "")))),
          members.length > few.length ? h("li", { class: "chip" }, h("span", {}, `and ${members.length - few.length} more`)) : null));
    }));
    if (!sorted.length) fill($("lanes"), h("p", { class: "nothing" }, "No UpsScaler names a workload yet."));
  }

  const overrideOf = w => live.overrides.find(o => o.kind === w.kind && o.namespace === w.namespace && o.name === w.name);
  function drawRows() {
    const wanted = $("filter").value.trim().toLowerCase(), state = $("state").value;
    const found = [...rows.values()].filter(w => (!state || w.state === state) && (!wanted || `${w.kind} ${w.namespace}/${w.name} ${w.reason}`.toLowerCase().includes(wanted)));
    const body = $("rows");
    const old = new Map([...body.children].map(r => [r.dataset.key, r]));
    const next = found.slice(0, shown).map(w => {
      const version = JSON.stringify(w), known = old.get(w.key);
      if (known && known.version === version) return known;
      const row = h("tr", {},
        h("td", {}, h("div", { class: "name" }, w.name), h("div", { class: "where" }, `${w.kind} in ${w.namespace}`)),
        h("td", {}, h("span", { class: "state" }, h("i", { class: `dot ${w.state}`, "aria-hidden": "true" }), states[w.state] || w.state, w.late ? " (late)" : "")),
        h("td", { class: "number" }, w.size === undefined ? "–" : w.baseline > w.size ? `${w.size} of ${w.baseline}` : String(w.size)),
        h("td", { class: "why" }, w.source ? h("span", { class: "tag" }, w.source) : null, local(w.reason)),
        h("td", {}, w.state === "refused" ? null : h("button", { type: "button", class: "small", "aria-label": `Override ${w.name}`, onclick: () => openOverride(w) }, "Override")));
      row.dataset.key = w.key;
      row.version = version;
      return row;
    });
    next.forEach((row, i) => { if (body.children[i] !== row) body.insertBefore(row, body.children[i] || null); });
    while (body.children.length > next.length) body.lastChild.remove();
    if (!next.length) fill(body, h("tr", {}, h("td", { colSpan: 5, class: "nothing" }, rows.size ? "Nothing matches." : "No UpsScaler names a workload yet.")));
    $("more").hidden = found.length <= shown;
    text($("more"), `Show ${Math.min(200, found.length - shown)} more of ${found.length - shown}`);
  }
  $("more").addEventListener("click", () => { shown += 200; drawRows(); });
  $("filter").addEventListener("input", () => { shown = 60; if (live) drawRows(); });
  $("state").addEventListener("change", () => { shown = 60; if (live) drawRows(); });

  function drawOverrides() {
    const key = JSON.stringify(live.overrides);
    if (key === overridesDrawn) return;
    overridesDrawn = key;
    fill($("overrides"), live.overrides.length ? live.overrides.map(o => h("div", { class: "item" },
      h("div", {}, h("p", { class: "name" }, `${o.name}: ${o.asleep ? "asleep" : o.freeze ? `frozen${o.replicas === null ? "" : ` at ${o.replicas}`}` : `${o.replicas} replicas`}`),
        h("p", { class: "where" }, `${o.kind} in ${o.namespace}, until ${when(o.until)}`), h("p", {}, o.reason), h("p", { class: "where" }, o.note)),
      o.state === "returns" ? h("span", { class: "where" }, "ending…") : h("button", { type: "button", class: "small", "aria-label": `End the override of ${o.name}`, onclick: event => end(o, event.target) }, "End now")))
      : h("p", { class: "nothing" }, "Nobody overrides anything. A workload's Override button adds one; each has an end."));
  }
  const address = w => `workloads/${[w.namespace, ...w.kind.split("/"), w.name].map(encodeURIComponent).join("/")}/override`;
  async function end(o, button) {
    button.disabled = true;
    try { await act(address(o), { method: "DELETE", headers: { "If-Match": `"${o.etag}"` } }); }
    catch (failure) { contact("lost", failure.message); button.disabled = false; }
  }

  let chosen = null, replaces = null;
  function openOverride(workload) {
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
        text($("override-error"), `Somebody was faster: ${replaces.asleep ? "asleep" : replaces.freeze ? "frozen" : `${replaces.replicas} replicas`} until ${when(replaces.until)} (${replaces.reason}).`);
      } else text($("override-error"), failure.message);
    } finally { $("override-submit").disabled = false; }
  });

  $("hold").addEventListener("click", async () => {
    const held = live && live.status.phase === "held";
    try { await act(`power/${held ? "release" : "hold"}`, { method: "POST", body: held ? { reason: "released on the dashboard" } : { reason: "frozen on the dashboard", for: "PT1H" } }); }
    catch (failure) { contact("lost", failure.message); }
  });

  /* --- the simulation ------------------------------------------------------------------------------------------ */
  const demo = (verb, body) => act(`demo/${verb}`, { method: "POST", body: body || {} }).catch(failure => contact("lost", failure.message));
  $("pull").addEventListener("click", () => demo("pull-plug"));
  $("plug").addEventListener("click", () => demo("plug-in"));
  $("flap").addEventListener("click", () => demo("flap"));
  $("speed").addEventListener("change", () => demo("speed", { speed: Number($("speed").value) }));

  /* --- pictures ------------------------------------------------------------------------------------------------- */
  const hatch = () => s("defs", {}, s("pattern", { id: "hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, s("rect", { width: 3, height: 8, fill: "currentColor", opacity: .18 })));
  function lines(width, height, from, to, series, marks) {
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
    return svg;
  }
  const label = (node, words) => { node.textContent = words; return node; };

  async function lookAtHistory() {
    try {
      const { samples } = await call("history");
      if (samples.length < 2) return;
      const t = i => Date.parse(samples[i].at);
      const gaps = [];
      samples.forEach((one, i) => { if (one.charge === null && i) gaps.push({ from: t(i - 1), to: t(i), class: "gap", fill: "url(#hatch)" }); });
      fill($("history"), lines(560, 150, t(0), t(samples.length - 1), [
        { name: "line-a", points: samples.map((o, i) => [t(i), o.total ? 100 * o.awake / o.total : null]) },
        { name: "line-b", points: samples.map((o, i) => [t(i), o.charge]) }], gaps),
        h("figcaption", {}, h("span", { class: "key-a" }, "workloads awake, %"), h("span", { class: "key-b" }, "charge, %"), gaps.length ? " · hatched: no data" : ""));
    } catch { /* the next look comes; contact is told by the live one */ }
  }

  async function lookAtOutages() {
    try {
      const { items } = await call("outages");
      outagesRefused = false;
      /* What a reader has open stays open and stays where it is. */
      const known = new Map([...$("outages").querySelectorAll("details")].map(box => [box.dataset.id, box]));
      fill($("outages"), items.length ? items.map(o => {
        const before = known.get(o.id), version = JSON.stringify(o);
        if (before && before.dataset.version === version) return before;
        const detail = h("div", {});
        const box = h("details", { ontoggle: () => { if (box.open) lookAtOutage(o.id, detail); } },
          h("summary", {}, h("b", {}, `${when(o.began)}${o.drill ? " · drill" : ""}`), h("span", { class: "where" }, o.ended ? `${seconds((Date.parse(o.ended) - Date.parse(o.began)) / 1000)}, ${o.workloads} workloads${o.late ? `, ${o.late} late` : ""}` : "going on")),
          detail);
        box.dataset.id = o.id;
        box.dataset.version = version;
        if (before && before.open) { detail.replaceChildren(...before.lastChild.childNodes); box.open = true; }
        return box;
      }) : h("p", { class: "nothing" }, "None yet. Each one leaves a report here."));
    } catch (failure) {
      outagesRefused = failure.status === 401;
      if (!outagesRefused) fill($("outages"), h("p", { class: "nothing" }, failure.message));
    }
  }
  async function lookAtOutage(id, into) {
    try {
      const o = await call(`outages/${encodeURIComponent(id)}`);
      const from = Date.parse(o.began), to = o.ended ? Date.parse(o.ended) : Date.parse(live.status.now);
      const waves = o.waves.map(w => ({ from: Date.parse(w.began), to: w.ended ? Date.parse(w.ended) : to, class: w.direction === "Down" ? "wave-down" : "wave-up" }));
      const back = o.notBack || [], people = o.people || [], late = o.workloads.filter(w => w.late).length;
      fill(into, h("dl", { class: "facts report" },
        fact("what came first", local(o.cause)),
        fact("back as it was", back.length ? `not ${back.slice(0, 5).join(", ")}${back.length > 5 ? ` and ${back.length - 5} more` : ""}` : o.ended ? "all of it" : "not over yet"),
        fact("least charge", percent(o.lines.reduce((least, l) => l.charge === null ? least : least === null ? l.charge : Math.min(least, l.charge), null))),
        fact("late", String(late)),
        fact("people did", people.length ? `${people.length} thing${people.length > 1 ? "s" : ""}` : "nothing")),
        people.length ? h("ul", { class: "people", "aria-label": "What people did" }, people.map(p => h("li", {}, h("time", {}, at(p.at)), " ", p.what, p.who ? ` (${p.who})` : ""))) : null,
        h("div", { class: "told" },
        h("figure", { class: "chart", "aria-label": "Charge and waves over the outage" }, lines(560, 150, from, to, [{ name: "line-b", points: o.lines.map(l => [Date.parse(l.at), l.charge]) }], waves),
          h("figcaption", {}, h("span", { class: "key-b" }, "charge, %"), " · shaded: waves going down and up")),
        h("ol", { class: "story", tabindex: "0", "aria-label": "What happened" }, o.lines.map(l => h("li", {}, h("time", {}, at(l.at)), h("span", {}, local(l.text)), h("em", {}, l.charge === null ? "" : percent(l.charge)))))),
        h("p", {}, h("button", { type: "button", class: "small", onclick: () => save(id) }, "Save the report as Markdown")));
    } catch (failure) { fill(into, h("p", { class: "nothing" }, failure.message)); }
  }
  async function save(id) {
    const key = store.getItem("ebb.view") || store.getItem("ebb.control");
    const answer = await fetch(`outages/${encodeURIComponent(id)}`, { headers: { Accept: "text/markdown", ...(key ? { "x-functions-key": key } : {}) } });
    const link = h("a", { href: URL.createObjectURL(await answer.blob()), download: `outage-${id}.md` });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  const asks = n => n.max === 0 ? "asleep" : n.min !== null && n.min === n.max ? `${n.min}` : n.max === null ? `at least ${n.min}` : n.min === null ? `at most ${n.max}` : `${n.min} to ${n.max}`;
  let schedulesDrawn = "";
  async function lookAtSchedules() {
    try {
      const now = live ? Date.parse(live.status.now) : Date.now();
      const midnight = new Date(now); midnight.setHours(0, 0, 0, 0);
      const days = [...Array(9).keys()].map(d => new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() + d).getTime());
      const from = days[0], end = days[8], x = t => 100 * (Math.min(end, Math.max(from, t)) - from) / (end - from);
      const { items } = await call(`schedules?from=${new Date(now).toISOString().slice(0, 19)}Z&to=${new Date(now + 7 * 86400000).toISOString().slice(0, 19)}Z`);
      const busy = items.map(i => ({ ...i, intervals: i.intervals.filter(n => n.min !== null || n.max !== null) })).filter(i => i.intervals.length);
      const key = JSON.stringify(busy) + from;
      const line = document.querySelectorAll("#schedules .week-now");
      if (key === schedulesDrawn && line.length) { for (const one of line) one.style.left = `${x(now)}%`; return; }
      schedulesDrawn = key;
      if (!busy.length) { fill($("schedules"), h("p", { class: "nothing" }, "No schedule asks for anything in the next 7 days.")); return; }
      const place = (node, at, to) => { node.style.left = `${x(at)}%`; if (to !== undefined) node.style.width = `${x(to) - x(at)}%`; return node; };
      const name = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric" });
      const grid = () => days.slice(1, 8).map(d => place(h("b", { "aria-hidden": "true" }), d));
      fill($("schedules"), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Timeline of schedules" }, h("div", { class: "week" },
        h("div", { class: "week-row", "aria-hidden": "true" }, h("span"), h("div", { class: "week-days" }, days.slice(0, 8).map((d, i) => place(h("span", {}, i ? name.format(d) : "today"), d, days[i + 1])))),
        busy.slice(0, 60).map(item => h("div", { class: "week-row", role: "group", "aria-label": `${item.target.kind} ${item.namespace}/${item.target.name}` },
          h("div", {}, h("div", { class: "name" }, item.target.name), h("div", { class: "where" }, `${item.target.kind} in ${item.namespace}`)),
          h("div", { class: "week-line" }, grid(), place(h("i", { class: "week-past", "aria-hidden": "true" }), from, now),
            item.intervals.slice(0, 200).map(n => {
              const words = asks(n), said = `${words}, ${when(n.from)} to ${when(n.to)}, ${n.cause}`;
              return place(h("span", { class: `week-bar ${n.max === 0 ? "sleeps" : ""}`, role: "img", "aria-label": said, title: said }, h("span", { "aria-hidden": "true" }, words)), Date.parse(n.from), Date.parse(n.to));
            }), place(h("i", { class: "week-now", "aria-hidden": "true" }), now)))))),
        h("p", { class: "note" }, `Filled: a size that a schedule asks for. Outlined: asleep. Times are yours${busy.length > 60 ? `; ${busy.length - 60} more at /api/schedules` : ""}.`));
    } catch (failure) {
      fill($("schedules"), h("p", { class: "nothing" }, failure.status === 404 ? "This Ebb has no schedules." : failure.message));
    }
  }

  async function lookAtCapacity() {
    try {
      const answer = await call("capacity");
      const drawn = answer.followers.map(follower => drawCapacity(follower, answer.known));
      fill($("capacity"), answer.known ? [] : h("p", { class: "nothing", role: "status" }, `Spare capacity is not known: ${answer.reason}.`),
        drawn.length || !answer.known ? drawn : h("p", { class: "nothing" }, "No opportunistic workload is sized by spare capacity here."));
    } catch (failure) { fill($("capacity"), h("p", { class: "nothing" }, failure.message)); }
  }
  /* Bytes are no number for people. */
  const amount = (n, unit) => unit === "bytes" ? `${(n / 2 ** 30).toFixed(1)} GiB` : `${Math.round(10 * n) / 10}`;
  function drawCapacity(follower, known) {
    const { samples, unit } = follower, t = i => Date.parse(samples[i].at), W = 1100, H = 220;
    const name = h("h3", {}, `${follower.name} in ${follower.namespace}`);
    const numbers = follower.allocatable === null ? h("p", { class: "nothing" }, `no data: ${follower.reason}`)
      : h("p", { class: "note" }, `${follower.replicas} replicas, ${amount(follower.remaining, unit)} of ${amount(follower.allocatable, unit)} ${unit === "bytes" ? "" : unit} remain on ${follower.eligibleNodes} nodes, ${follower.fits} fit: ${follower.reason}`);
    if (samples.length < 2 || !samples.some(o => o.allocatable !== null)) return h("section", {}, name, numbers, known ? h("p", { class: "nothing" }, "It has not been watched for long enough to draw it.") : null);
    const most = Math.max(...samples.map(o => o.allocatable ?? 0)) || 1;
    const x = i => 44 + (W - 50) * (t(i) - t(0)) / Math.max(1, t(samples.length - 1) - t(0)), y = v => 10 + (H - 36) * (1 - v / most);
    /* A moment without data ends a stretch; what lies between two stretches is hatched. */
    const stretches = [], gaps = [];
    samples.forEach((o, i) => {
      if (o.allocatable === null) {
        const from = x(Math.max(0, i - 1)), to = x(Math.min(samples.length - 1, i + 1));
        gaps.push(s("rect", { class: "gap", fill: "url(#hatch)", x: from, width: to - from, y: y(most), height: y(0) - y(most) }));
        return;
      }
      if (!i || samples[i - 1].allocatable === null) stretches.push([]);
      stretches[stretches.length - 1].push(i);
    });
    const line = (of, value) => of.map(i => `${x(i).toFixed(1)} ${y(value(samples[i])).toFixed(1)}`).join("L");
    const area = (kind, low, high) => s("path", { class: kind, d: stretches.map(of => `M${line(of, high)}L${line([...of].reverse(), low)}Z`).join("") });
    const svg = s("svg", { viewBox: `0 0 ${W} ${H}`, "aria-hidden": "true" }, hatch(), ...gaps,
      area("area-others", () => 0, o => o.others), area("area-harvest", o => o.others, o => o.others + o.harvested), area("area-reserve", o => o.allocatable - o.reserve, o => o.allocatable),
      s("path", { class: "line-a", d: stretches.map(of => `M${line(of, o => o.allocatable)}`).join("") }),
      label(s("text", { x: 40, y: y(most) + 4, "text-anchor": "end" }), amount(most, unit)), label(s("text", { x: 40, y: y(0) + 4, "text-anchor": "end" }), "0"),
      label(s("text", { x: 44, y: H - 6 }), at(samples[0].at)), label(s("text", { x: W - 6, y: H - 6, "text-anchor": "end" }), at(samples[samples.length - 1].at)));
    return h("section", {}, name, numbers, h("figure", { class: "chart", "aria-label": `Capacity for ${follower.name} in ${unit} over time` }, svg,
      h("figcaption", {}, `Allocatable, requested by others, harvested and reserve, in ${unit === "bytes" ? "GiB" : unit}${gaps.length ? " · hatched: no data" : ""}.`)));
  }

  /* --- light and dark ------------------------------------------------------------------------------------------- */
  const theme = localStorage.getItem("ebb.theme");
  if (theme) document.documentElement.dataset.theme = theme;
  $("theme").addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("ebb.theme", document.documentElement.dataset.theme);
  });

  /* Pictures come after what matters first: where the cluster stands, and what happened before. */
  const quiet = then => window.requestIdleCallback ? requestIdleCallback(then, { timeout: 1500 }) : setTimeout(then, 500);
  const every = (pause, what) => { const again = async () => { if (live) await what(); setTimeout(again, live ? pause : 300); }; quiet(again); };
  follow();
  lookAtOutages();
  every(10000, lookAtHistory);
  every(60000, lookAtSchedules);
  every(15000, lookAtCapacity);
})();
