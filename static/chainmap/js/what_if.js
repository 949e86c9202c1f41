// What if, beside the map: every change is asked of the server, which answers with sentences and with the figures the
// map shows over its own. The latest answer wins; what the server refuses is taken back, what it cannot hear is kept.

import { panelBesideMap } from "./what_if_panel.js";

const PAUSE = 120; // milliseconds of a resting slider before the server is asked
const PATIENCE = 1000; // before it is said that something is being worked out
const MOST_OFFERED = 1000; // hand-offs in the list, those with the largest losses

const root = document.querySelector("[data-what-if]");
const element = document.getElementById("chain-map");
if (root && element) {
  if (element.chainMap) start(element.chainMap);
  else element.addEventListener("chainmap:ready", () => start(element.chainMap), { once: true });
}

function start(view) {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  if (!data.analysed) return;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const form = (name) => root.querySelector(`[data-form="${name}"]`);
  const button = (name) => root.querySelector(`[data-do="${name}"]`);
  const links = new Map(data.links.map((link) => [link.id, link]));
  const parties = new Map(data.parties.map((party) => [party.id, party]));
  const asked = root.dataset.round; // of the map as it opened, which may be a round the address does not name
  const round = /^\d{1,16}$/.test(asked || "") ? Number(asked) : null;

  let changes = []; // as shown; what the server said they are
  let good = []; // of the last answer
  let sentences = [];
  let chosen = null; // number of a hand-off
  let best = []; // repairs that were offered
  let turn = 0; // of the latest question
  let asking = null;
  let pause = 0;
  let patience = 0;
  let namesHidden = view.state.hideNames;
  let lastAnswer = null;

  // ---- names: hidden in here too where the map hides them
  const byLength = [...data.parties].sort((one, other) => other.name.length - one.name.length);
  const nameOf = (id) => (namesHidden ? view.nameOf(parties.get(id)) : parties.get(id).name);
  const shown = (text) => {
    if (!namesHidden) return text;
    return byLength.reduce((left, party) => (party.name ? left.replaceAll(party.name, view.nameOf(party)) : left), text);
  };

  // ---- asking
  function send(address, body, script) {
    const headers = { "X-CSRFToken": root.querySelector("[name=csrfmiddlewaretoken]").value, "X-Requested-With": "fetch" };
    const json = !(body instanceof FormData);
    if (json) headers["Content-Type"] = "application/json";
    return fetch(address, {
      method: "POST", headers, credentials: "same-origin", body: json ? JSON.stringify(body) : body, signal: script,
    });
  }

  function quiet() {
    for (const name of ["problem", "offline", "failed"]) part(name).hidden = true;
  }

  function trouble(name, text) {
    quiet();
    if (text) part(name).textContent = shown(text);
    part(name).hidden = false;
  }

  /** Asks the server; resolves to its answer, or null where there is none (any more). `refused`: a sentence came. */
  async function ask(body, address = root.dataset.whatIf) {
    turn += 1;
    const mine = turn;
    if (asking) asking.abort();
    asking = new AbortController();
    clearTimeout(patience);
    patience = setTimeout(() => { part("wait").hidden = false; }, PATIENCE);
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await send(address, body, asking.signal);
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
      if (mine !== turn) return null;
      if (answer.ok && told) {
        quiet();
        return told;
      }
      if (answer.status === 400 && told && told.message) {
        trouble("problem", told.message);
        return { refused: true };
      }
      trouble("failed");
    } catch (error) {
      if (mine === turn && error.name !== "AbortError") trouble("offline");
    } finally {
      if (mine === turn) {
        clearTimeout(patience);
        part("wait").hidden = true;
        root.removeAttribute("aria-busy");
      }
    }
    return null;
  }

  /** The changes as the server would make them; true where it did. What it refuses is as it was before. */
  async function propose(wanted) {
    changes = wanted;
    dropBest();
    const answer = await ask({ round, changes });
    if (!answer) return false;
    if (answer.refused) {
      changes = good;
      drawChosen();
      return false;
    }
    changes = good = answer.changes;
    sentences = answer.sentences;
    lastAnswer = answer;
    draw(answer);
    return true;
  }

  // ---- what is shown
  function draw(answer) {
    part("said").textContent = answer.said;
    part("line").textContent = answer.line;
    part("arrow").textContent = answer.arrow;
    part("arrow").classList.toggle("outcome-down", answer.sign < 0);
    drawBeside();
    part("rest").textContent = answer.rest_said;
    fill(part("warnings"), answer.warnings.map((text) => item(text)));
    part("warnings").hidden = !answer.warnings.length;
    drawChanges();
    drawChosen();
    const overlay = { links: answer.links, added: answer.added, removed: answer.removed };
    view.setWhatIf(changes.length ? overlay : null);
  }

  function fill(list, rows) {
    list.replaceChildren(...rows);
  }

  function item(text, more) {
    const made = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = shown(text);
    made.append(words);
    if (more) made.append(more);
    return made;
  }

  function drawChanges() {
    const list = part("changes");
    fill(list, sentences.map((sentence, place) => {
      const undo = document.createElement("button");
      undo.type = "button";
      undo.textContent = list.dataset.undo;
      undo.setAttribute("aria-label", `${list.dataset.undo}: ${shown(sentence)}`);
      undo.addEventListener("click", async () => {
        await propose(changes.filter((_, at) => at !== place));
        document.getElementById("what-if-changed").focus();
      });
      return item(sentence, undo);
    }));
    part("unchanged").hidden = changes.length > 0;
    button("clear").hidden = changes.length < 2;
    if (form("keep")) form("keep").hidden = !changes.length;
  }

  const changeOf = (kind) => changes.find((one) => one.kind === kind && one.handoff === chosen);

  function drawChosen() {
    const link = links.get(chosen);
    part("chosen").hidden = !link;
    if (!link) return;
    const changed = changeOf("yield");
    const share = changed ? changed.yield : link.yield;
    const gone = Boolean(changeOf("remove"));
    const slider = part("arrive");
    if (!pause) slider.value = Math.round(100 * (share ?? 0));
    slid();
    drawBeside();
    const words = part("today").dataset.words;
    part("today").textContent = changed && link.yield !== null ? words.replace("%(number)s", Math.round(100 * link.yield)) : "";
    slider.disabled = gone;
    button("remove").disabled = gone;
    for (const one of root.querySelectorAll('[data-form="reroute"] button, [data-form="volume"] button')) one.disabled = gone;
  }

  function slid() {
    const slider = part("arrive");
    part("arrives").textContent = slider.value;
    slider.setAttribute("aria-valuetext", `${slider.value} / 100`);
  }

  // ---- the same slider in the sheet beside the map
  document.addEventListener("chainmap:sheet", (event) => {
    const sheet = event.target.querySelector("[data-map-sheet]") || event.target;
    if (!links.has(chosen) || !(event.detail.ids || [event.detail.id]).includes(chosen)) return;
    const slider = part("beside").content.cloneNode(true);
    const first = sheet.querySelector("p"); // what it costs the end customer
    if (first) first.after(slider);
    else sheet.append(slider);
    document.getElementById("what-if-beside-arrive").addEventListener("input", (moved) => {
      part("arrive").value = moved.target.value;
      part("arrive").dispatchEvent(new Event("input"));
    });
    drawBeside();
  });

  function drawBeside() {
    const section = document.querySelector(".what-if-beside");
    if (!section) return;
    const slider = section.querySelector("input");
    slider.value = part("arrive").value;
    slider.disabled = part("arrive").disabled;
    slider.setAttribute("aria-valuetext", `${slider.value} / 100`);
    section.querySelector("output").textContent = slider.value;
    const [line, arrow] = section.querySelectorAll(".what-if-brings > *");
    line.textContent = part("line").textContent;
    arrow.textContent = part("arrow").textContent;
    arrow.className = part("arrow").className;
  }

  // ---- the list of hand-offs
  function lineOf(link) {
    const ends = `${nameOf(link.from)} → ${nameOf(link.to)}`;
    return link.what ? `${ends}: ${link.what}` : ends;
  }

  function offer() {
    const list = part("handoff");
    const by = [...links.values()].sort((one, other) => (other.lost ?? 0) - (one.lost ?? 0)).slice(0, MOST_OFFERED);
    const options = by
      .map((link) => new Option(lineOf(link), String(link.id)))
      .sort((one, other) => one.text.localeCompare(other.text));
    list.replaceChildren(list.options[0], ...options);
    choose(chosen);
    for (const teams of root.querySelectorAll("[data-teams]")) {
      const gives = teams.name === "supplier";
      const rows = data.parties
        .filter((party) => !gives || party.kind !== "end_customer")
        .map((party) => new Option(nameOf(party.id), String(party.id)));
      teams.replaceChildren(teams.options[0], ...rows);
    }
  }

  function choose(id) {
    const list = part("handoff");
    chosen = links.has(id) ? id : null;
    if (chosen !== null && ![...list.options].some((one) => one.value === String(chosen))) {
      list.append(new Option(lineOf(links.get(chosen)), String(chosen)));
    }
    list.value = chosen === null ? "" : String(chosen);
    drawChosen();
  }

  part("handoff").addEventListener("change", () => {
    const id = part("handoff").value ? Number(part("handoff").value) : null;
    choose(id);
    view.select(id);
  });
  view.on("select", (link) => {
    const real = link ? (link.ids || [link.id]).filter((id) => links.has(id)) : [];
    if (!real.length) return;
    real.sort((one, other) => (links.get(other).lost ?? 0) - (links.get(one).lost ?? 0));
    if (!real.includes(chosen)) choose(real[0]);
  });
  view.on("drawn", () => {
    if (view.state.hideNames === namesHidden) return;
    namesHidden = view.state.hideNames;
    offer();
    drawChanges();
    dropBest();
    if (lastAnswer) fill(part("warnings"), lastAnswer.warnings.map((text) => item(text)));
  });

  // ---- changing
  /** The changes with one about the chosen hand-off made anew: figures come before what takes it away. */
  function withChange(row) {
    const others = changes.filter((one) => !(one.handoff === row.handoff && (one.kind === row.kind || row.kind === "remove")));
    if (row.kind !== "yield" && row.kind !== "volume") return [...others, row];
    const away = others.findIndex((one) => one.handoff === row.handoff && one.kind === "reroute");
    return away < 0 ? [...others, row] : [...others.slice(0, away), row, ...others.slice(away)];
  }

  const number = (text) => {
    const read = Number(String(text).trim().replace(",", "."));
    return String(text).trim() === "" || !Number.isFinite(read) ? -1 : read; // the server says what a number is
  };
  const whom = (field) => (field.tagName === "SELECT" ? Number(field.value) : field.value);

  part("arrive").addEventListener("input", () => {
    slid();
    drawBeside();
    turn += 1; // an answer on the way is about a former place of the slider
    clearTimeout(pause);
    const row = { kind: "yield", handoff: chosen, yield: Number(part("arrive").value) / 100 };
    pause = setTimeout(() => { pause = 0; propose(withChange(row)); }, PAUSE);
  });

  button("remove").addEventListener("click", () => propose(withChange({ kind: "remove", handoff: chosen })));
  button("clear").addEventListener("click", async () => {
    await propose([]);
    document.getElementById("what-if-changed").focus();
  });
  for (const again of root.querySelectorAll('[data-do="again"]')) again.addEventListener("click", () => propose(changes));
  window.addEventListener("online", () => { if (!part("offline").hidden) propose(changes); });

  function onSubmit(name, rowOf) {
    form(name).addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await propose(rowOf(form(name).elements))) form(name).reset();
    });
  }
  onSubmit("reroute", ({ customer }) => withChange({ kind: "reroute", handoff: chosen, customer: whom(customer) }));
  onSubmit("volume", ({ volume }) => withChange({ kind: "volume", handoff: chosen, volume: number(volume.value) }));
  onSubmit("add", ({ supplier, customer, deliverable, arrive }) => {
    const row = { kind: "add", supplier: whom(supplier), customer: whom(customer), deliverable: deliverable.value };
    if (arrive.value.trim()) row.yield = number(arrive.value) / 100;
    return [...changes, row];
  });

  // ---- the best repairs
  function dropBest() {
    best = [];
    part("best").hidden = true;
  }

  for (const one of root.querySelectorAll('[data-do="best"]')) {
    one.addEventListener("click", async () => {
      const answer = await ask({ round, changes, best: Number(one.dataset.count) });
      if (!answer || answer.refused) return;
      best = answer.changes;
      part("best-said").textContent = answer.said;
      fill(part("best-steps"), answer.steps.map((step) => {
        const gain = document.createElement("strong");
        gain.textContent = step.gain;
        return item(step.sentence, gain);
      }));
      button("take").hidden = !best.length;
      part("best").hidden = false;
    });
  }
  button("take").addEventListener("click", async () => {
    if (await propose([...changes, ...best])) document.getElementById("what-if-changed").focus();
  });

  // ---- keeping
  if (form("keep")) {
    form("keep").addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = new FormData();
      body.set("name", form("keep").elements.name.value);
      body.set("note", "");
      body.set("changes", JSON.stringify(changes));
      body.set("round", round === null ? "" : String(round));
      part("kept").hidden = true;
      const answer = await ask(body, root.dataset.scenarios);
      if (!answer || answer.refused) return;
      part("kept").textContent = part("kept").dataset.words.replace("%(name)s", answer.name);
      part("kept").hidden = false;
      form("keep").reset();
    });
  }

  /** A kept scenario that the address names behind its "#". */
  async function open() {
    const wanted = /^#scenario=(\d{1,16})$/.exec(location.hash);
    if (!wanted || !root.dataset.scenarios) return propose([]);
    openPanel();
    try {
      const answer = await fetch(`${root.dataset.scenarios}${wanted[1]}/`, {
        headers: { "X-Requested-With": "fetch" }, credentials: "same-origin",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const kept = await answer.json();
      await propose(kept.changes);
      if (kept.left_out.length) trouble("problem", kept.left_out.join(" "));
    } catch {
      await propose([]);
      trouble("failed");
    }
    return undefined;
  }

  window.addEventListener("hashchange", () => { if (location.hash.startsWith("#scenario=")) open(); });

  root.hidden = false;
  const openPanel = panelBesideMap(view);
  offer();
  if (view.state.selected) choose((view.state.selected.ids || [view.state.selected.id])[0]);
  open();
}
