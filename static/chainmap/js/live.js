// Screens that follow. Every page works without this file, by links and plain forms.
//
// data-live="<address>"        asked every second and a half with If-None-Match; a new answer is worked into what stands
//                              there: nodes stay, so focus, scroll and whatever somebody types stay as well
// data-live-tag                the version that stands there
// data-live-gone="<address>"   where to go when it is not ours any more; without it the page is asked for anew
// data-live-store="<name>"     where this page keeps what was typed and what waits to be sent (localStorage)
// data-live-keep, data-key     what stays and what is another thing: see live_morph.js
// form data-live-form="<key>"  sent by fetch; without a network kept here and sent later, in order and never twice
// input data-live-new          gets a number of its own for every entry of such a form
// form data-live-forget        sending it forgets all that is kept here
// form data-live-button        sent by fetch; the answer is the new inside of the nearest data-live
// data-seconds-left, data-over a timer, and the words once it is over
// data-shortcut="<key>"        a button that a key presses ("next": space or the arrow to the right)
// After each change "chainmap:swapped" is dispatched on the data-live element.
import { workIn } from "./live_morph.js";

(() => {
  const EVERY = 1500;
  const JITTER = 150;
  const LONGEST_PAUSE = 6000;
  const PATIENCE = 8000;
  const SHOWN = 160;
  const HEADERS = { "X-Requested-With": "fetch" };
  const status = document.querySelector("[data-live-status]");
  const lives = [...document.querySelectorAll("[data-live]")];
  const storeName = document.querySelector("[data-live-store]")?.dataset.liveStore;
  const touched = new WeakSet();
  const ready = new WeakSet();
  const TYPED = "input:not([type=hidden]), textarea, select";

  function say(which, detail = "") {
    if (!status) return;
    const text = which ? `${status.dataset[which]} ${detail}`.trim() : "";
    if (status.textContent !== text) status.textContent = text;
    status.dataset.now = which || "";
  }

  // ---- what is kept on this phone
  const memory = new Map();
  const store = {
    get(name, otherwise) {
      try {
        const text = localStorage.getItem(`chainmap:${storeName}:${name}`);
        if (text !== null) return JSON.parse(text);
      } catch { /* switched off: memory has it */ }
      return memory.has(name) ? memory.get(name) : otherwise;
    },
    put(name, value) {
      memory.set(name, value);
      try { localStorage.setItem(`chainmap:${storeName}:${name}`, JSON.stringify(value)); } catch { /* full or off */ }
    },
    drop(name) {
      memory.delete(name);
      try { localStorage.removeItem(`chainmap:${storeName}:${name}`); } catch { /* off */ }
    },
  };

  /** Who leaves takes what they typed along. */
  function forget() {
    memory.clear();
    try {
      const prefix = `chainmap:${storeName}:`;
      for (const name of Object.keys(localStorage)) if (name.startsWith(prefix)) localStorage.removeItem(name);
    } catch { /* off */ }
  }

  // ---- a new answer
  function swap(live, text, tag) {
    const fresh = document.createElement("template");
    fresh.innerHTML = text;
    const before = live.querySelector("[data-key]")?.dataset.key;
    const had = formsWithWords(live);
    loops.get(live).swaps += 1;
    workIn(live, fresh.content, touched);
    live.dataset.liveTag = tag || "";
    const after = live.querySelector("[data-key]")?.dataset.key;
    prepare(live);
    tick();
    if (before !== undefined && before !== after) {
      announce(live.querySelector("h1")?.textContent || "");
      if (storeName) scrollTo({ top: 0 });
      if (status?.dataset.now === "sent" || (status?.dataset.now === "refused" && refusedHere)) say("");
      sayWhatIsKept(had);
    }
    live.dispatchEvent(new CustomEvent("chainmap:swapped", { bubbles: true }));
  }

  /** To those who hear the page: what it is about now. */
  let announcer = null;
  function announce(text) {
    if (!announcer) {
      announcer = document.createElement("p");
      announcer.className = "unseen";
      announcer.setAttribute("role", "status");
      document.querySelector("main").prepend(announcer);
    }
    announcer.textContent = text.trim();
  }

  // ---- asking again
  const loops = new Map();
  let failures = 0;
  /** How often the server was heard of: a question asked before that and lost says nothing of the network now. */
  let heard = 0;

  async function ask(live, force = false) {
    const loop = loops.get(live);
    clearTimeout(loop.timer);
    if (loop.busy) {
      loop.again = loop.again || force;
      return;
    }
    loop.busy = true;
    const before = heard;
    const { swaps } = loop;
    try {
      const headers = { ...HEADERS };
      if (live.dataset.liveTag && !force) headers["If-None-Match"] = live.dataset.liveTag;
      const answer = await fetch(live.dataset.live, { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (answer.redirected || answer.status === 403 || answer.status === 404) return leavePage();
      if (answer.status === 200) {
        const text = await answer.text();
        // a button was answered meanwhile: what was asked before it may be older than what stands there now
        if (loop.swaps === swaps) swap(live, text, answer.headers.get("ETag"));
        else loop.again = true;
      }
      if (answer.status >= 500) throw new Error("try again");
      reached();
    } catch {
      if (heard === before) {
        failures += 1;
        if (!(queue().length && storeName)) say("lost");
      }
    } finally {
      loop.busy = false;
    }
    if (loop.again) {
      loop.again = false;
      ask(live, true);
      return;
    }
    later(live);
  }

  function later(live) {
    const loop = loops.get(live);
    clearTimeout(loop.timer);
    if (document.hidden) return;
    const pause = failures ? Math.min(EVERY * failures, LONGEST_PAUSE) : EVERY;
    loop.timer = setTimeout(() => ask(live), pause + (Math.random() - 0.5) * 2 * JITTER);
  }

  function reached() {
    if (failures && status && ["lost", "nothing"].includes(status.dataset.now)) say("");
    failures = 0;
    heard += 1;
    if (queue().length) flush();
  }

  /** This page is not for us any more: on to where one comes in again. Not more than once a minute. */
  function leavePage() {
    for (const loop of loops.values()) clearTimeout(loop.timer);
    const last = Number(store.get("left", 0));
    if (Date.now() - last < 60000) return;
    store.put("left", Date.now());
    const gone = lives.find((live) => live.dataset.liveGone)?.dataset.liveGone;
    if (gone) location.assign(gone);
    else location.reload();
  }

  const askAll = (force) => lives.forEach((live) => ask(live, force));

  // ---- timers
  const ends = new WeakMap();
  function tick() {
    for (const one of document.querySelectorAll("[data-seconds-left]")) {
      let end = ends.get(one);
      if (!end || end.said !== one.dataset.secondsLeft) {
        end = { said: one.dataset.secondsLeft, at: performance.now() + Number(one.dataset.secondsLeft) * 1000 };
        ends.set(one, end);
      }
      const left = Math.ceil((end.at - performance.now()) / 1000);
      const text = left > 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : one.dataset.over;
      if (one.textContent !== text) one.textContent = text;
      one.classList.toggle("is-over", left <= 0);
    }
  }

  // ---- forms of a phone: what was typed is kept, what was sent arrives once
  const formKey = (form) => form.dataset.liveForm || form.action;
  const fieldsOf = (form) => [...form.querySelectorAll(TYPED)].filter((one) => one.name);
  const isChoice = (one) => one.type === "checkbox" || one.type === "radio";
  const newNumber = () => [...crypto.getRandomValues(new Uint8Array(12))].map((one) => one.toString(16).padStart(2, "0")).join("");

  function prepare(scope) {
    for (const one of scope.querySelectorAll("[data-live-new]")) if (!one.value) one.value = newNumber();
    for (const form of scope.querySelectorAll("form[data-live-form]")) {
      if (!ready.has(form)) {
        putBack(form, store.get(`draft:${formKey(form)}`, null));
        putLateBack(form);
      }
      ready.add(form);
      mark(form);
    }
  }

  function draftOf(form) {
    return fieldsOf(form).filter((one) => touched.has(one))
      .map((one) => [one.name, isChoice(one) ? one.value : null, isChoice(one) ? one.checked : one.value]);
  }

  function putBack(form, draft) {
    for (const [name, value, said] of draft || []) {
      const one = fieldsOf(form).find((field) => field.name === name && (value === null || field.value === value));
      if (!one) continue;
      if (isChoice(one)) one.checked = said;
      else one.value = said;
      touched.add(one);
    }
  }

  function mark(form) {
    const waits = queue().some((item) => item.key === formKey(form));
    form.classList.toggle("is-waiting", waits);
  }

  function formsWithWords(scope) {
    return [...scope.querySelectorAll("form[data-live-form]")].map((form) => [formKey(form), wordsOf(form)]).filter(([, words]) => words);
  }

  const wordsOf = (form) => fieldsOf(form).filter((one) => !isChoice(one) && one.tagName !== "SELECT" && touched.has(one))
    .map((one) => one.value.trim()).filter(Boolean).join(" · ");

  function sayWhatIsKept(had) {
    const waiting = new Set(queue().map((item) => item.key));
    const words = had.filter(([key]) => !waiting.has(key)).map(([, one]) => one).join(" · ");
    if (words && status?.dataset.now !== "refused") say("kept", words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words);
  }

  const queue = () => (storeName ? store.get("queue", []) : []);

  function enqueue(form, submitter) {
    const fields = [...new FormData(form, submitter)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
    const fresh = form.querySelector("[data-live-new]");
    const item = { id: newNumber(), key: formKey(form), action: submitter?.hasAttribute("formaction") ? submitter.formAction : form.action, fields, stands: !fresh };
    const said = (one) => JSON.stringify(one.fields.filter(([name]) => name !== fresh?.name));
    if (fresh && queue().some((one) => one.key === item.key && said(one) === said(item))) return; // a second tap
    // the last word of a form that has one answer replaces an earlier one that did not leave yet
    const others = queue().filter((one) => fresh || one.key !== item.key || one.action !== item.action || one.id === sending);
    store.put("queue", [...others, item]);
    if (fresh) fresh.value = newNumber();
    complain(form, "");
    mark(form);
    say(navigator.onLine ? "sending" : "offline");
    flush();
  }

  let sending = "";
  let delay = 0;
  let timer = 0;

  async function flush() {
    clearTimeout(timer);
    const [item] = queue();
    if (!item || sending) return;
    sending = item.id;
    let done = false;
    try {
      done = await send(item);
    } catch {
      done = false;
    }
    sending = "";
    if (!done) {
      say("offline");
      delay = Math.min(delay * 2 || 1000, 10000);
      timer = setTimeout(flush, delay);
      return;
    }
    delay = 0;
    if (queue().length) flush();
  }

  /** Whether this one is over: taken, or refused for good. */
  async function send(item, again = true) {
    const key = document.querySelector("main [name=csrfmiddlewaretoken]")?.value || "";
    const answer = await fetch(item.action, {
      method: "POST",
      headers: { ...HEADERS, "X-CSRFToken": key },
      body: new URLSearchParams(item.fields),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const isData = (answer.headers.get("Content-Type") || "").includes("json");
    if (answer.status >= 500 || [408, 425, 429].includes(answer.status)) return false;
    if (answer.status === 403 && !isData && again) {
      await ask(lives[0], true); // another key
      return send(item, false);
    }
    const said = isData ? await answer.json() : {};
    heard += 1;
    store.put("queue", queue().filter((one) => one.id !== item.id));
    if (said.anew) return askedAnew(item, said);
    const form = [...document.querySelectorAll("form[data-live-form]")].find((one) => formKey(one) === item.key);
    if (form) mark(form);
    if (answer.ok) taken(form, item);
    else refused(form, item, said);
    await ask(lives[0], true);
    return true;
  }

  /** Written for a card that is over: nothing was counted. What was said goes into the new card, to be sent by hand. */
  async function askedAnew(item, said) {
    store.drop(`draft:${item.key}`);
    store.put("late", [...store.get("late", []), { ...item, message: said.message }]);
    await ask(lives[0], true);
    const forms = [...document.querySelectorAll("form[data-live-form]")];
    forms.forEach(putLateBack); // where the new card stands there already; else it is done when it comes
    if (forms.some((form) => isNextOf(form, item))) say("refused");
    else refused(null, item, said);
    return true;
  }

  const hiddenOf = (form, name) => form.querySelector(`input[type=hidden][name=${name}]`)?.value;
  const saidIn = (item, name) => item.fields.find(([one]) => one === name)?.[1];
  const isNextOf = (form, item) => form.action === item.action && hiddenOf(form, "edition") !== saidIn(item, "edition")
    && hiddenOf(form, "handoff") === saidIn(item, "handoff");

  function putLateBack(form) {
    const late = store.get("late", []);
    const item = late.findLast((one) => isNextOf(form, one));
    if (!item || draftOf(form).length) return;
    store.put("late", late.filter((one) => !isNextOf(form, one)));
    const fields = fieldsOf(form).filter((one) => saidIn(item, one.name) !== undefined);
    putBack(form, fields.map((one) => isChoice(one)
      ? [one.name, one.value, one.value === saidIn(item, one.name)] : [one.name, null, saidIn(item, one.name)]));
    store.put(`draft:${formKey(form)}`, draftOf(form));
    complain(form, item.message);
  }

  function taken(form, item) {
    say("sent");
    const now = form && [...new FormData(form)].filter(([name]) => fieldsOf(form).some((one) => one.name === name));
    const then = form && item.fields.filter(([name]) => fieldsOf(form).some((one) => one.name === name));
    if (form && JSON.stringify(now) !== JSON.stringify(then)) return; // they typed on meanwhile
    store.drop(`draft:${item.key}`);
    if (!form) return;
    for (const one of fieldsOf(form)) touched.delete(one);
    if (!item.stands) form.reset();
    prepare(form);
  }

  /** Whether what was refused stands in a form of this card: the next card needs no word of it. */
  let refusedHere = false;

  function refused(form, item, said) {
    refusedHere = Boolean(form);
    const words = item.fields.filter(([name]) => !["key", "version", "edition"].includes(name)).map(([, value]) => value.trim());
    say("refused", form ? "" : [said.message, words.filter(Boolean).join(" · ").slice(0, SHOWN)].filter(Boolean).join(" "));
    if (form) complain(form, said.message || status?.dataset.refused || "", said.field);
  }

  function complain(form, message, field = "") {
    for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
    let box = form.querySelector(".live-error");
    if (!message) {
      box?.remove();
      return;
    }
    if (!box) {
      box = document.createElement("p");
      box.className = "error live-error";
      box.dataset.key = box.dataset.liveOwn = "live-error";
      box.setAttribute("role", "alert");
      form.prepend(box);
    }
    box.textContent = message;
    const wrong = field && form.querySelector(`[name="${CSS.escape(field)}"]`);
    if (wrong) {
      wrong.setAttribute("aria-invalid", "true");
      wrong.focus();
    }
  }

  // ---- buttons of the console
  let pressing = null;
  let pressed = null;
  let tapped = -Infinity;
  /** Milliseconds in which a second "next" is the same finger, or a clicker that bounces. */
  const SAME_TAP = 2000;

  /** One after the other, each with the version the one before left behind; a second press of the same is none. */
  async function press(form, submitter) {
    const meant = meaning(form);
    while (pressing) {
      if (pressed === form) return;
      await pressing;
    }
    if (!form.isConnected || meaning(form) !== meant) return;
    pressed = form;
    pressing = sendButton(form, submitter).finally(() => { pressing = pressed = null; });
    await pressing;
  }

  /** Whoever steers by keys looks at the room: what comes next is in sight, wherever the page was scrolled to. */
  const showNext = () => document.querySelector("[data-next-step]")?.scrollIntoView({ block: "nearest" });

  const meaning = (form) => ["step", "exercise", "scene"].map((name) => form.elements.namedItem(name)?.value).join();

  async function sendButton(form, submitter) {
    const live = form.closest("[data-live]");
    const body = new URLSearchParams([...new FormData(form, submitter)]);
    try {
      const answer = await fetch(form.action, { method: "POST", headers: HEADERS, body, signal: AbortSignal.timeout(PATIENCE) });
      if (answer.redirected || ![200, 400, 409].includes(answer.status)) return location.reload();
      swap(live, await answer.text(), answer.headers.get("ETag"));
      live.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
      if (document.activeElement === document.body) live.querySelector("[data-shortcut=next]")?.focus({ preventScroll: true });
      if (submitter?.dataset.shortcut) showNext();
      if (status?.dataset.now !== "twice") say("");
      for (const other of lives) if (other !== live) ask(other);
    } catch {
      say("nothing");
    }
    return undefined;
  }

  // ---- what happens on the page
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-live-forget]")) forget();
    if (form.matches("[data-live-button]")) {
      event.preventDefault();
      press(form, event.submitter);
    } else if (form.matches("form[data-live-form]") && storeName) {
      event.preventDefault();
      enqueue(form, event.submitter);
    }
  });

  for (const kind of ["input", "change"]) {
    addEventListener(kind, (event) => {
      const form = event.target.closest?.("form[data-live-form]");
      if (!form || !event.target.name) return;
      if (event.target.type === "radio") {
        for (const one of fieldsOf(form)) if (one.name === event.target.name) touched.add(one);
      }
      touched.add(event.target);
      store.put(`draft:${formKey(form)}`, draftOf(form));
    });
  }

  const KEYS_OFF = "chainmap:keys-off";
  const keysBox = document.querySelector("[data-keys]");
  if (keysBox) {
    try { keysBox.checked = !localStorage.getItem(KEYS_OFF); } catch { /* off */ }
    keysBox.addEventListener("change", () => {
      try {
        if (keysBox.checked) localStorage.removeItem(KEYS_OFF);
        else localStorage.setItem(KEYS_OFF, "yes");
      } catch { /* off */ }
    });
  }

  /** Whether the place on the page was reached by the keyboard. */
  let tabbed = false;
  addEventListener("keydown", (event) => { tabbed ||= event.key === "Tab"; }, true);
  addEventListener("pointerdown", () => { tabbed = false; }, true);

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || (keysBox && !keysBox.checked)) return;
    const at = document.activeElement;
    if (at?.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const isNext = event.key === " " || event.key === "ArrowRight";
    // whoever goes by the keyboard presses the button they stand on; after a click of the mouse space means "next", also
    // when other keys came between: a browser then takes the clicked button for one that was reached by keys
    if (event.key === " " && at?.matches("button, summary, a, input") && tabbed) return;
    const button = document.querySelector(`[data-shortcut="${isNext ? "next" : CSS.escape(event.key.toLowerCase())}"]`);
    if (!button) {
      // where nothing is left to start the key must not turn the page either
      if (event.key === " " && document.querySelector("[data-next-step]")) {
        event.preventDefault();
        showNext();
      }
      return;
    }
    event.preventDefault();
    const isSameTap = isNext && performance.now() - tapped < SAME_TAP;
    if (isSameTap) {
      say("twice");
      return;
    }
    if (isNext) tapped = performance.now();
    say("");
    button.form.requestSubmit(button);
  });
  // the second click of a double one would press what stands there by then
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest?.("[data-shortcut=next]")) event.preventDefault();
  });

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) askAll(false);
  });
  addEventListener("online", () => {
    delay = 0;
    failures = 0;
    flush();
    askAll(false);
  });
  addEventListener("offline", () => say(queue().length ? "offline" : "lost"));

  for (const live of lives) {
    loops.set(live, { timer: 0, busy: false, again: false, swaps: 0 });
    prepare(live);
    if (live.dataset.liveTag) later(live);
    else ask(live);
  }
  tick();
  setInterval(tick, 250);
  if (queue().length) flush();
})();
