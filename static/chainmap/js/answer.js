// The answering pages work without this file. With it an answer is saved at the first tap: it waits in a queue of this
// tab until the server has it, and is sent again with the same id until then, so that nothing is lost or doubled.
"use strict";

(() => {
  const PREFIX = "chainmap.answer:";
  const FIRST_DELAY = 1000;
  const LONGEST_DELAY = 30000;
  const PAUSE_IN_TYPING = 900;
  const LONGEST_WAIT = 1500;

  const form = document.querySelector("form[data-card]");
  const status = document.querySelector("[data-status]");

  const lasting = (() => {
    try {
      sessionStorage.setItem("chainmap.try", "1");
      sessionStorage.removeItem("chainmap.try");
      return true;
    } catch {
      return false;
    }
  })();

  // ---- the queue: address -> {client_id, version, card, key, next}; what is stored survives a reload of the tab
  const memory = new Map();
  const queue = {
    all() {
      const found = new Map(memory);
      try {
        for (let index = 0; index < sessionStorage.length; index += 1) {
          const name = sessionStorage.key(index);
          if (name.startsWith(PREFIX)) found.set(name.slice(PREFIX.length), JSON.parse(sessionStorage.getItem(name)));
        }
      } catch { /* storage is switched off or holds something else: memory has it */ }
      return found;
    },
    get(address) { return this.all().get(address); },
    put(address, entry) {
      memory.set(address, entry);
      try { sessionStorage.setItem(PREFIX + address, JSON.stringify(entry)); } catch { /* full or off */ }
    },
    drop(address) {
      memory.delete(address);
      try { sessionStorage.removeItem(PREFIX + address); } catch { /* off */ }
    },
  };

  // a page that shows what was typed and lets the person choose: the answer is there now, and waits no longer
  for (const one of document.querySelectorAll("[data-forget]")) queue.drop(one.dataset.forget);
  if (!status) return;

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function say(which, detail = "") {
    const words = which ? status.dataset[which] : "";
    const text = detail ? `${words} ${detail}` : words;
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("saved", which === "saved");
    status.classList.toggle("unsaved", ["unsaved", "offline", "refused"].includes(which));
  }

  // ---- the form and the card it says
  const own = form && form.dataset.interface;
  const field = (name) => form.elements.namedItem(name);
  const valueOf = (name) => (field(name) ? field(name).value : "");

  function readCard() {
    const score = valueOf("score");
    const none = score === "not_this_period";
    const card = { score: score && !none ? Number(score) : null, not_this_period: none };
    for (const name of ["reason", "moment"]) if (field(name)) card[name] = valueOf(name) || null;
    for (const name of ["moment_line", "comment", "wish"]) if (field(name)) card[name] = valueOf(name);
    if (field("shared")) card.shared = field("shared").checked;
    const rows = [...form.querySelectorAll("input[name^='care_']:checked")];
    if (form.querySelector("[name^='care_']")) {
      card.care = Object.fromEntries(rows.filter((one) => one.value).map((one) => [one.name.slice(5), one.value]));
    }
    const needs = [...form.querySelectorAll("input[name^='need_']:checked")];
    if (needs.length) {
      card.needs = Object.fromEntries(needs.filter((one) => one.value).map((one) => [one.name.slice(5), one.value]));
    }
    return card;
  }

  let last = "";
  /** What the form says now, if it is news. */
  function news() {
    const card = readCard();
    const text = JSON.stringify(card);
    if (text === last) return null;
    last = text;
    return card;
  }

  function showCard(card) {
    const chosen = { score: card.not_this_period ? "not_this_period" : card.score === null ? "" : String(card.score) };
    for (const name of ["reason", "moment"]) chosen[name] = card[name] || "";
    for (const one of form.querySelectorAll("input[name^='care_']")) chosen[one.name] = (card.care || {})[one.name.slice(5)] || "";
    for (const one of form.querySelectorAll("input[name^='need_']")) chosen[one.name] = (card.needs || {})[one.name.slice(5)] || "";
    for (const one of form.querySelectorAll("input[type='radio']")) one.checked = one.value === chosen[one.name];
    for (const name of ["moment_line", "comment", "wish"]) if (field(name)) field(name).value = card[name] || "";
    if (field("shared")) field("shared").checked = Boolean(card.shared);
    for (const one of form.querySelectorAll("[data-most]")) count(one);
    news();
  }

  /** The plain form sends what the queue would send, so that whichever comes first is the one that counts. */
  function prepareForm(version, id) {
    field("version").value = version;
    field("client_id").value = id;
  }

  /** The form is sent now: what waits for this card says the same under the same id, or nothing any more. */
  function takeOver(withdrawn) {
    const entry = queue.get(own);
    if (!entry) return;
    const card = readCard();
    const same = !entry.next && JSON.stringify(entry.card) === JSON.stringify(card);
    const id = same ? entry.client_id : newId();
    prepareForm(entry.version, id);
    if (withdrawn) queue.drop(own);
    else queue.put(own, { ...entry, client_id: id, card, next: null, stopped: false });
  }

  /** When nothing is under way any more, or the time is over. */
  function settled(milliseconds) {
    const end = Date.now() + milliseconds;
    return new Promise((resolve) => {
      const look = () => (sending && Date.now() < end ? setTimeout(look, 20) : resolve());
      look();
    });
  }

  // ---- sending
  let sending = false;
  let delay = FIRST_DELAY;
  let timer = 0;

  function enqueue(card) {
    const entry = queue.get(own);
    if (entry) entry.next = card;
    const fresh = entry || { client_id: newId(), version: Number(valueOf("version")), card, next: null };
    if (!entry) fresh.key = valueOf("csrfmiddlewaretoken");
    queue.put(own, fresh);
    flush();
  }

  async function flush() {
    if (sending) return;
    clearTimeout(timer);
    sending = true;
    try {
      for (const [address, entry] of queue.all()) {
        if (entry.stopped) continue;
        say("saving");
        if (!(await send(address, entry))) return;
      }
    } finally {
      sending = false;
    }
    if ([...queue.all().values()].some((entry) => !entry.stopped)) flush();
  }

  /** Whether the queue may go on: true unless this try has to be made again. */
  async function send(address, entry) {
    let answer;
    let said = {};
    try {
      const headers = { "Content-Type": "application/json", Accept: "application/json" };
      const key = own && valueOf("csrfmiddlewaretoken") ? valueOf("csrfmiddlewaretoken") : entry.key;
      if (key) headers["X-CSRFToken"] = key;
      const body = JSON.stringify({ client_id: entry.client_id, version: entry.version, card: entry.card });
      answer = await fetch(address, { method: "PUT", headers, body, credentials: "same-origin", keepalive: body.length < 60000 });
      said = await answer.json().catch(() => ({}));
    } catch {
      return again();
    }
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return again(Number(answer.headers.get("Retry-After")));
    delay = FIRST_DELAY;
    if (answer.ok) return accepted(address, said);
    if (answer.status === 409 && said.code === "answer_conflict") return conflicted(address, said);
    return refused(address, said);
  }

  function again(seconds = 0) {
    say(navigator.onLine ? "unsaved" : "offline");
    timer = setTimeout(flush, Math.max(delay, seconds * 1000));
    delay = Math.min(delay * 2, LONGEST_DELAY);
    return false;
  }

  function accepted(address, said) {
    const entry = queue.get(address);
    const next = entry && entry.next;
    if (next) queue.put(address, { ...entry, client_id: newId(), version: said.version, card: next, next: null });
    else queue.drop(address);
    if (address === own) {
      const left = queue.get(own);
      prepareForm(said.version, left ? left.client_id : newId());
    }
    if (!next) say(address === own || !form ? "saved" : "");
    return true;
  }

  function refused(address, said) {
    const entry = queue.get(address);
    const reasons = Object.values(said.errors || {}).flat().filter((one) => typeof one === "string");
    say("refused", [said.detail, ...reasons].filter(Boolean).join(" "));
    // what was refused is not sent again; the next change of the card is
    if (entry && entry.next) queue.put(address, { ...entry, client_id: newId(), card: entry.next, next: null });
    else queue.drop(address);
    if (address === own) field("client_id").value = newId();
    return true;
  }

  // ---- two values: let the person choose
  const box = document.querySelector("[data-conflict]");

  function conflicted(address, said) {
    const entry = queue.get(address);
    if (!entry) return true;
    const mine = entry.next || entry.card;
    if (address !== own || !box) {
      // the person is elsewhere by now: their answer waits in the tab until they open its card again
      queue.put(address, { ...entry, stopped: true });
      say("refused", said.detail || "");
      return true;
    }
    queue.put(address, { ...entry, card: mine, next: null, stopped: true });
    showDifferences(said.current, mine);
    box.hidden = false;
    box.focus();
    say("");
    box.querySelector("[data-keep]").onclick = () => {
      queue.drop(address);
      showCard(said.current);
      prepareForm(said.version, newId());
      box.hidden = true;
      say("saved");
      form.querySelector("input[name='score']:checked, input[name='score']").focus();
    };
    box.querySelector("[data-mine]").onclick = () => {
      const fresh = { ...entry, client_id: newId(), version: said.version, card: mine, next: null, stopped: false };
      queue.put(address, fresh);
      prepareForm(fresh.version, fresh.client_id);
      box.hidden = true;
      form.querySelector("input[name='score']:checked, input[name='score']").focus();
      flush();
    };
    return true;
  }

  function showDifferences(current, mine) {
    const rows = box.querySelector("[data-differences]");
    rows.replaceChildren();
    for (const [title, stored, own_] of differences(current, mine)) {
      const row = rows.insertRow();
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = title;
      row.append(head);
      for (const text of [stored, own_]) row.insertCell().textContent = text || box.dataset.nothing;
    }
  }

  function differences(current, mine) {
    const flat = (card) => {
      const parts = { score: card.not_this_period ? "not_this_period" : card.score === null || card.score === undefined ? "" : String(card.score) };
      for (const name of ["reason", "moment", "moment_line", "comment", "wish"]) parts[name] = card[name] || "";
      for (const [name, chip] of Object.entries(card.care || {})) parts[`care_${name}`] = chip;
      for (const [name, chip] of Object.entries(card.needs || {})) parts[`need_${name}`] = chip;
      parts.shared = card.shared ? "on" : "";
      return parts;
    };
    const [stored, typed] = [flat(current), flat(mine)];
    const names = [...new Set([...Object.keys(stored), ...Object.keys(typed)])];
    return names
      .filter((name) => field(name) && (stored[name] || "") !== (typed[name] || ""))
      .map((name) => [titleOf(name), wordsOf(name, stored[name]), wordsOf(name, typed[name])]);
  }

  function titleOf(name) {
    const one = form.querySelector(`[name='${name}']`);
    const row = one.closest(".care-row");
    if (row) return row.firstElementChild.textContent.trim();
    const group = one.closest("[data-title]");
    return group ? group.dataset.title : one.labels[0].firstChild.textContent.trim() || one.labels[0].innerText.trim();
  }

  function wordsOf(name, value) {
    if (!value) return "";
    const one = form.querySelector(`input[type='radio'][name='${name}'][value='${CSS.escape(value)}']`);
    if (one) return one.labels[0].textContent.trim().replace(/\s+/g, " ");
    return name === "shared" ? box.dataset.ticked : value;
  }

  // ---- counting what is left of a text
  function count(one) {
    const counter = form.querySelector(`[data-counter='${one.name}']`);
    const left = Number(one.dataset.most) - [...one.value].length;
    const words = left < 0 ? counter.dataset.over.replace("%(over)s", -left) : counter.dataset.left.replace("%(left)s", left);
    counter.textContent = words;
    counter.classList.toggle("over", left < 0);
  }

  // ---- what happens on the page
  if (form) {
    let typing = 0;
    const changed = () => {
      clearTimeout(typing);
      if (!box.hidden) return; // first choose
      const card = news();
      if (card) enqueue(card);
    };
    news();
    form.addEventListener("change", changed);
    form.addEventListener("input", (event) => {
      if (!event.target.dataset.most) return;
      count(event.target);
      clearTimeout(typing);
      typing = setTimeout(changed, PAUSE_IN_TYPING);
    });
    for (const one of form.querySelectorAll("[data-most]")) count(one);

    let waited = false;
    let goOn = null;
    addEventListener("online", () => {
      const submitter = goOn;
      goOn = null;
      if (submitter) settled(LONGEST_WAIT).then(() => form.requestSubmit(submitter));
    });
    form.addEventListener("submit", (event) => {
      clearTimeout(typing);
      if (!navigator.onLine) {
        event.preventDefault(); // the form could not arrive: the queue keeps what it says, and it goes on by itself
        goOn = event.submitter;
        enqueue(readCard());
        say("offline");
        status.scrollIntoView({ block: "center" });
        return;
      }
      if (sending && !waited) {
        // what is under way first, for a moment; then the form goes whatever became of it
        event.preventDefault();
        const submitter = event.submitter;
        settled(LONGEST_WAIT).then(() => {
          waited = true;
          form.requestSubmit(submitter);
        });
        return;
      }
      leaving = true;
      takeOver(event.submitter?.value === "withdraw");
    });

    const waiting = queue.get(own);
    if (waiting) showCard(waiting.next || waiting.card);
    if (waiting && waiting.stopped) queue.put(own, { ...waiting, stopped: false });
  }

  let leaving = false;
  // the queue of the tab goes along to other pages of this site: only closing the tab could lose it
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (lasting && link && link.origin === location.origin) leaving = true;
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && [...queue.all().values()].some((entry) => !entry.stopped)) event.preventDefault();
  });
  addEventListener("online", () => {
    delay = FIRST_DELAY;
    flush();
  });
  if (queue.all().size) flush();
})();
