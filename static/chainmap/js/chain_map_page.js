// The page of the chain map: mounts it, fills the side sheet, keeps the places of parties.
import { mountChainMap } from "./chain_map.js";
import { wireControls } from "./chain_map_controls.js";

const element = document.getElementById("chain-map");
const root = element.closest("[data-map-view]");
const data = JSON.parse(document.getElementById("map-data").textContent);
const asked = new URLSearchParams(location.search);
const number = (name) => (/^\d+$/.test(asked.get(name) || "") ? Number(asked.get(name)) : null);

/** As high as the window leaves room for, with the key to the colours in sight. */
function fillWindow() {
  const room = element.parentElement;
  const top = room.getBoundingClientRect().top + window.scrollY;
  const below = window.innerWidth < 736 ? 36 : window.innerWidth < 1240 ? 92 : 74;
  room.style.blockSize = `${Math.max(window.innerWidth < 736 ? 440 : 380, window.innerHeight - top - below)}px`;
}
for (const hidden of root.querySelectorAll("[data-map-controls]")) hidden.hidden = false;
fillWindow();
window.addEventListener("resize", fillWindow);

const view = mountChainMap(element, data, { focus: number("party"), steps: number("steps") || 2 });
wireControls(root, view);
view.on("names", fillWindow);
sheet();
places();
if (number("handoff") !== null) view.select(number("handoff"));
element.dispatchEvent(new CustomEvent("chainmap:ready", { bubbles: true, detail: view }));

// ---- the side sheet
function sheet() {
  const aside = document.getElementById("map-sheet");
  const inner = root.querySelector("[data-map-sheet]");
  let asking = null;
  const show = (...nodes) => {
    inner.replaceChildren(...nodes);
    aside.hidden = !nodes.length;
    aside.scrollTop = 0;
  };
  const close = () => {
    if (asking) asking.abort();
    asking = null;
    show();
  };
  view.on("select", async (link) => {
    if (!link) return close();
    if (!link.href || view.state.hideNames) return show(paragraph(link.sentence));
    if (asking) asking.abort();
    const mine = new AbortController();
    asking = mine;
    show(paragraph(link.sentence));
    try {
      const answer = await fetch(link.href, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin", signal: mine.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (asking !== mine) return undefined;
      const held = document.createElement("template");
      held.innerHTML = text;
      show(held.content);
      aside.dispatchEvent(new CustomEvent("chainmap:sheet", { bubbles: true, detail: link }));
    } catch {
      if (asking === mine) show(paragraph(link.sentence), paragraph(view.words("sheet_failed")), anchor(link.href, view.words("sheet_page")));
    }
    return undefined;
  });
  view.on("party", (party) => {
    if (asking) asking.abort();
    asking = null;
    const title = document.createElement("h2");
    const name = document.createElement("bdi");
    name.textContent = view.nameOf(party);
    title.append(name);
    const node = view.layout.byKey.get(`p${party.id}`);
    const near = document.createElement("button");
    near.type = "button";
    near.textContent = view.words("focus_party", { name: view.nameOf(party) });
    near.addEventListener("click", () => view.focus(party.id));
    const buttons = document.createElement("p");
    buttons.className = "buttons";
    buttons.append(near);
    const team = view.model.teams[party.team];
    const { walk } = element.dataset;
    if (walk && !view.state.hideNames && party.kind !== "end_customer") buttons.append(walking(walk.replace(/0\/(?=$|\?)/, `${party.id}/`)));
    if (team) buttons.append(folding(team));
    const parts = [title, paragraph(node ? view.sentence({ node }) : ""), buttons];
    if (party.href && !view.state.hideNames) parts.push(anchor(party.href, view.words("open_party", { name: party.name })));
    show(...parts);
  });
  view.on("focus", (party) => party === null && close());
  view.on("names", close);
  root.querySelector("[data-map-close]").addEventListener("click", () => {
    close();
    view.clear();
    view.stage.focus({ preventScroll: true });
  });
  aside.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    view.clear();
    view.stage.focus({ preventScroll: true });
  });
}

function folding(team) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = view.words("fold_team", { name: team.name });
  button.addEventListener("click", () => {
    view.fold(team.id, true);
    view.stage.focus({ preventScroll: true });
  });
  return button;
}

function walking(href) {
  const link = document.createElement("a");
  link.className = "plain-button";
  link.href = href;
  link.textContent = view.words("walk_from");
  return link;
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

function anchor(href, text) {
  const made = paragraph("");
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  made.append(link);
  return made;
}

// ---- places: on the server for who may arrange the map, otherwise in this browser
function places() {
  const { places: address, placesReset } = element.dataset;
  const shared = data.may_arrange && address;
  const key = `chainmap.places:${location.pathname}`;
  const own = stored(key);
  if (!shared && own.size) view.place([...own.values()]);
  const undo = root.querySelector("[data-map-undo]");
  undo.addEventListener("click", () => view.undo());
  view.on("moved", async (moved) => {
    undo.disabled = !view.last;
    if (!shared) {
      for (const place of moved) own.set(place.party === undefined ? `t${place.team}` : place.party, place);
      return view.say(view.words(store(key, own) ? "kept_here" : "not_kept"));
    }
    const kept = await post(address, { places: moved }).catch(() => false);
    if (!kept) shout(view.words("not_kept"));
    return view.say(view.words(kept ? "kept" : "not_kept"));
  });
  root.querySelector("[data-map-reset]").addEventListener("click", async () => {
    if (shared && placesReset && !(await post(placesReset, {}).catch(() => false))) return shout(view.words("not_kept"));
    try { localStorage.removeItem(key); } catch { /* switched off: nothing was kept */ }
    return location.reload();
  });
}

function shout(text) {
  const note = paragraph(text);
  note.className = "error";
  note.setAttribute("role", "alert");
  root.prepend(note);
  setTimeout(() => note.remove(), 12000);
}

function stored(key) {
  try {
    return new Map(JSON.parse(localStorage.getItem(key) || "[]"));
  } catch {
    return new Map();
  }
}

function store(key, own) {
  try {
    localStorage.setItem(key, JSON.stringify([...own]));
    return true;
  } catch {
    return false;
  }
}

async function post(address, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token ? token.value : "", "X-Requested-With": "fetch" };
  const answer = await fetch(address, { method: "POST", headers, credentials: "same-origin", body: JSON.stringify(body) });
  return answer.ok;
}
