// The controls around a map: find, focus, fold, filters, size, saving. The page has them ready; here they come alive.
import { download, pictureText, pngOf } from "./chain_map_export.js";
import { thresholdOf } from "./chain_map_model.js";

const one = (root, name) => root.querySelector(`[data-map-${name}]`);

export function wireControls(root, view) {
  wireFind(root, view);
  wireFocus(root, view);
  wireFilters(root, view);
  wireFolding(root, view);
  wireMenus(root);
  wireMore(root, view);
  wireNames(root, view);
  for (const button of root.querySelectorAll("[data-map-zoom]")) {
    const does = { in: () => view.zoom.by(1.4), out: () => view.zoom.by(1 / 1.4), fit: () => view.fit() }[button.dataset.mapZoom];
    button.addEventListener("click", does);
  }
  for (const button of root.querySelectorAll("[data-map-save]")) button.addEventListener("click", () => save(view, button.dataset.mapSave));
  wirePrint(root, view);
}

function wireMenus(root) {
  const menus = [...root.querySelectorAll("[data-map-menu]")];
  for (const menu of menus) {
    menu.addEventListener("toggle", () => menu.open && menus.forEach((other) => { if (other !== menu) other.open = false; }));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    });
  }
  root.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".map-open")) return; // among other tools: nothing may move under the finger
    for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}

/** On a phone everything but the size waits behind one button. */
function wireMore(root, view) {
  const button = one(root, "more");
  const tools = root.querySelector("#map-tools");
  const open = (on) => {
    button.setAttribute("aria-expanded", String(on));
    tools.classList.toggle("map-open", on);
  };
  button.addEventListener("click", () => open(button.getAttribute("aria-expanded") !== "true"));
  tools.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !tools.classList.contains("map-open")) return;
    open(false);
    button.focus();
  });
  root.addEventListener("pointerdown", (event) => {
    if (!tools.contains(event.target) && !button.contains(event.target)) open(false);
  });
  for (const name of ["party", "focus", "fold", "names"]) view.on(name, () => open(false));
}

/** On this screen alone: what else stands on the page with names goes away with them. */
function wireNames(root, view) {
  const button = one(root, "names");
  const field = root.querySelector("#map-find");
  button.addEventListener("click", () => view.hideNames(!view.state.hideNames));
  view.on("names", (on) => {
    button.setAttribute("aria-pressed", String(on));
    field.disabled = on;
    if (on) field.value = "";
    one(root, "names-note").hidden = !on;
    for (const other of document.querySelectorAll(".map-below, .map-as-table")) other.hidden = on;
  });
}

// ---- find: a combobox as the pattern of the W3C has it
function wireFind(root, view) {
  const field = root.querySelector("#map-find");
  const list = root.querySelector("#map-found");
  let hits = [];
  let at = -1;
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    at = hits.length ? (index + hits.length) % hits.length : -1;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    if (at < 0) return;
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const choose = (hit) => {
    close();
    field.value = hit.name;
    if (hit.party === null) view.goToTeam(hit.team);
    else view.goTo(hit.party);
  };
  const show = () => {
    hits = view.find(field.value);
    list.replaceChildren(...hits.map((hit, index) => option(view, hit, index)));
    if (!hits.length && field.value.trim()) list.append(nothing(view));
    list.hidden = !list.children.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    mark(0);
    if (field.value.trim()) view.say(hits.length ? view.words("found", { n: hits.length }) : view.words("found_none"));
  };
  field.addEventListener("input", show);
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "ArrowDown") list.hidden ? show() : mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter" && hits[at] && !list.hidden) choose(hits[at]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = event.target.closest("[data-index]");
    if (item) choose(hits[Number(item.dataset.index)]);
  });
}

function option(view, hit, index) {
  const item = document.createElement("li");
  item.id = `map-found-${index}`;
  item.setAttribute("role", "option");
  item.dataset.index = index;
  const name = document.createElement("bdi");
  name.textContent = hit.name;
  const note = document.createElement("small");
  const team = hit.team === null || hit.team === undefined ? null : view.model.teams[hit.team];
  note.textContent = hit.party === null ? view.words("a_team") : team ? team.name : "";
  item.append(name, note);
  return item;
}

function nothing(view) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.setAttribute("aria-disabled", "true");
  item.textContent = view.words("found_none");
  return item;
}

// ---- focus
function wireFocus(root, view) {
  const bar = one(root, "focused");
  const steps = root.querySelector("#map-steps");
  const show = (party) => {
    bar.hidden = !party;
    if (!party) return;
    one(root, "focus-name").textContent = view.nameOf(party);
    if (![...steps.options].some((option) => option.value === String(view.state.steps))) steps.add(new Option(view.state.steps, view.state.steps));
    steps.value = String(view.state.steps);
  };
  view.on("focus", show);
  view.on("names", () => view.state.focus !== null && show(view.model.parties.get(view.state.focus)));
  if (view.state.focus !== null) show(view.model.parties.get(view.state.focus));
  steps.addEventListener("change", () => view.state.focus !== null && view.focus(view.state.focus, Number(steps.value)));
  one(root, "unfocus").addEventListener("click", () => {
    view.focus(null);
    view.stage.focus({ preventScroll: true });
  });
}

// ---- filters
function wireFilters(root, view) {
  const [team, band, ratings, threshold] = ["team", "band", "ratings", "threshold"].map((name) => root.querySelector(`#map-${name}`));
  const now = root.querySelector("#map-threshold-now");
  const names = view.model.teams.map((entry, index) => [entry.name, index]).sort((a, b) => a[0].localeCompare(b[0]));
  for (const [name, index] of names) team.add(new Option(name, index));
  one(root, "teams").hidden = !names.length;
  const read = () => ({
    team: team.value === "" ? null : Number(team.value),
    band: band.value === "" || band.value === "assumed" ? band.value || null : Number(band.value),
    ratings: Math.max(0, Number(ratings.value) || 0),
    threshold: thresholdOf(view.model, Number(threshold.value)),
  });
  const tell = () => {
    const filters = view.state.filters;
    const { links } = view.layout;
    const shown = links.reduce((sum, link) => sum + link.ids.length, 0);
    const all = view.model.links.length;
    now.textContent = filters.threshold ? view.words("flow_from", { n: Number(filters.threshold.toPrecision(2)) }) : view.words("flow_all");
    one(root, "shown").textContent = shown === all ? view.words("shown_all", { all }) : view.words("shown", { links: shown, all });
    const on = filters.team !== null || filters.band !== null || filters.ratings || filters.threshold;
    for (const mark of root.querySelectorAll("[data-map-filtered]")) mark.hidden = !on;
    const pale = one(root, "pale");
    pale.hidden = view.renderer.kind !== "sigma";
    pale.textContent = view.words("pale_assumed");
  };
  for (const field of [team, band, ratings, threshold]) field.addEventListener("input", () => view.setFilters(read()));
  one(root, "clear").addEventListener("click", () => {
    for (const field of [team, band]) field.value = "";
    for (const field of [ratings, threshold]) field.value = "0";
    view.setFilters(read());
  });
  view.on("drawn", tell);
  tell();
}

function wireFolding(root, view) {
  const button = one(root, "fold");
  if (!view.model.teams.length) return;
  button.hidden = false;
  const show = () => button.setAttribute("aria-pressed", String(view.state.folded.size === view.model.teams.length));
  button.addEventListener("click", () => view.foldAll(button.getAttribute("aria-pressed") !== "true"));
  view.on("fold", show);
  show();
}

// ---- files and paper
async function save(view, kind) {
  if (kind === "print") return window.print();
  const text = view.svg();
  const name = (view.model.data.name || "chain").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase() || "chain";
  const blob = kind === "png" ? await pngOf(text) : new Blob([text], { type: "image/svg+xml" });
  return download(blob, `${name}.${kind}`);
}

function wirePrint(root, view) {
  const room = one(root, "print");
  window.addEventListener("beforeprint", () => {
    const image = new Image();
    image.alt = "";
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureText(view, { paper: true }))}`;
    room.replaceChildren(image);
  });
  window.addEventListener("afterprint", () => room.replaceChildren());
}
