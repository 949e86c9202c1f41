// The chain map: mountChainMap(element, data, options) -> view. Decides what is shown; drawing, moving, keys, saving
// and the model are modules of their own. Options: compact, present, readOnly, focus, steps, hideNames, words.
import { KeyWalk } from "./chain_map_keys.js";
import { find, freshState, indexed, picture } from "./chain_map_model.js";
import { pictureText } from "./chain_map_export.js";
import { lookOf, marksOf, roomAround, scaleFor } from "./chain_map_look.js";
import { laidOut, relay } from "./chain_map_shape.js";
import { librariesOf, SigmaRenderer } from "./chain_map_sigma.js";
import { SvgRenderer } from "./chain_map_svg.js";
import { linkSentence, nodeSentence, readWords } from "./chain_map_words.js";
import { Zoom } from "./chain_map_zoom.js";

/** Above so many visible elements (nodes and hand-offs) the library draws, if it is there; measured, docs/benchmarks.md. */
export const MANY = 1400;

class ChainMapView {
  constructor(element, data, options) {
    Object.assign(this, { element, options, listeners: new Map(), hovered: null, current: null });
    this.words = options.words || readWords();
    this.model = indexed(data);
    this.state = freshState(data);
    this.state.hideNames = Boolean(options.hideNames);
    this.build();
    if (options.focus && this.model.parties.has(options.focus)) this.setFocus(options.focus, options.steps || 2);
    this.scale = scaleFor(this);
    this.draw();
    this.fit();
    this.watch();
  }

  // ---- the elements
  build() {
    const { element, options, words } = this;
    element.classList.add("chain-map");
    element.classList.toggle("cm-compact", Boolean(options.compact));
    element.classList.toggle("cm-present", Boolean(options.present));
    element.replaceChildren();
    const add = (name, className, attributes = {}) => {
      const one = document.createElement(name);
      one.className = className;
      for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
      element.append(one);
      return one;
    };
    this.stage = add("div", "cm-stage", { tabindex: "0", role: "application", "aria-label": words("map"), "aria-describedby": "cm-help" });
    this.tip = add("p", "cm-tip", { hidden: "", "aria-hidden": "true" });
    this.live = add("p", "unseen", { "aria-live": "polite" });
    add("p", "unseen", { id: "cm-help" }).textContent = words("keys");
    this.renderer = new SvgRenderer(this.stage, words);
    this.zoom = new Zoom(this.stage, {
      apply: (at) => this.renderer.apply(at),
      moving: (on) => {
        if (on) this.isFitted = false;
        this.renderer.moving(on);
      },
      settle: (k) => this.renderer.settle(k),
      grab: (x, y, near, isTouch) => this.grab(x, y, near, isTouch),
      tap: (x, y, near) => this.tap(x, y, near),
      hover: (event, near) => this.hover(event, near),
    });
    this.keys = new KeyWalk(this);
    this.stage.addEventListener("pointerleave", () => this.hover(null));
  }

  watch() {
    const sizes = () => [this.stage.clientWidth, this.stage.clientHeight, window.innerWidth, window.innerHeight];
    let before = sizes();
    new ResizeObserver(() => {
      const now = sizes();
      if (!now[0] || now.every((one, index) => one === before[index])) return;
      const isSheet = now[2] === before[2] && now[3] === before[3];
      before = now;
      this.resized(isSheet);
    }).observe(this.stage);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => this.renderer.kind === "sigma" && this.draw());
    }
  }

  /** Another window: laid out anew. The sheet beside it: the same picture, what is chosen in sight. */
  resized(isSheet) {
    if (!isSheet) {
      this.scale = scaleFor(this);
      this.draw();
    }
    const { node, link } = this.keys;
    const [x, y] = link ? link.middle : node ? [node.x, node.y] : [null, null];
    // on a phone the sheet takes half of the map: what is chosen is worth more than the whole
    if (isSheet && x !== null && this.stage.clientWidth < 600) this.zoom.centre(x, y, Math.max(this.zoom.k, 0.6));
    else if (this.isFitted || !isSheet) this.fit();
    else if (x !== null) this.zoom.show(x, y);
  }

  // ---- drawing
  draw() {
    this.picture = picture(this.model, this.state);
    this.layout = laidOut(this.picture, this.scale);
    const many = this.layout.nodes.length + this.layout.links.length > MANY;
    const wanted = many && !this.noLibrary && !this.options.present ? "sigma" : "svg";
    if (wanted === "sigma" && !window.Sigma) return this.load();
    this.use(wanted);
    this.renderer.draw(this.layout, lookOf(this));
    if (this.zoom.k && this.renderer.scale) this.renderer.apply(this.zoom);
    this.element.dataset.renderer = this.renderer.kind;
    this.tell("drawn");
    return undefined;
  }

  use(kind) {
    if (this.renderer.kind === kind) return;
    this.renderer.destroy();
    this.renderer = kind === "sigma" ? new SigmaRenderer(this.stage, this.words) : new SvgRenderer(this.stage, this.words);
    this.renderer.scale = this.zoom.k;
  }

  /** The library comes only when it is needed; without it, or without WebGL, SVG goes on. */
  async load() {
    if (this.loading) return;
    this.loading = true;
    this.noLibrary = !(await librariesOf(this.element));
    this.draw();
    this.fit();
  }

  refresh() {
    this.renderer.mark(marksOf(this));
  }

  // ---- pointing
  hit(x, y, near) {
    return this.renderer.hit(x, y, near);
  }

  tap(x, y, near) {
    this.tip.hidden = true;
    const { node, link, team } = this.hit(x, y, near);
    if (team !== undefined) this.fold(this.model.teams[team].id);
    else if (node) this.enterNode(node);
    else if (link) this.selectLink(link);
    else this.clear();
  }

  hover(event, near) {
    const found = event ? this.hit(...this.zoom.toMap(event.clientX, event.clientY), near) : {};
    const one = found.node || found.link || (found.team === undefined ? null : { key: `fold${found.team}` });
    const key = one ? one.key : null;
    this.stage.classList.toggle("cm-pointing", Boolean(one));
    if (key !== this.hovered) {
      this.hovered = key;
      this.refresh();
      this.tip.hidden = !one;
      if (one) this.tip.textContent = this.sentence(found);
    }
    if (one) this.placeTip(event);
  }

  placeTip(event) {
    const box = this.element.getBoundingClientRect();
    const x = Math.min(event.clientX - box.left + 14, box.width - this.tip.offsetWidth - 8);
    const y = event.clientY - box.top + 18;
    const above = y + this.tip.offsetHeight > box.height - 8;
    this.tip.style.transform = `translate(${Math.max(4, x)}px, ${above ? y - this.tip.offsetHeight - 34 : y}px)`;
  }

  nameOf(node) {
    return this.state.hideNames && node.kind === "employee" ? this.words("somebody") : node.name;
  }

  sentence({ node, link, team: label }) {
    if (label !== undefined) return this.words("fold_team", { name: this.model.teams[label].name });
    if (link) return linkSentence(this.words, this.state.hideNames ? { ...link, what: "" } : link, (end) => this.nameOf(end));
    const into = this.layout.links.filter((one) => one.to === node.key).length;
    const out = this.layout.links.filter((one) => one.from === node.key).length;
    const team = node.team === null || node.team === undefined ? "" : this.model.teams[node.team].name;
    return nodeSentence(this.words, { ...node, name: this.nameOf(node) }, into, out, team);
  }

  say(text) {
    this.live.textContent = this.live.textContent === text ? `${text}\u00a0` : text;
  }

  // ---- dragging
  /** A finger moves the map, and only a party that was chosen before: nobody is moved by accident. */
  grab(x, y, near, isTouch) {
    if (this.options.readOnly) return null;
    const { node } = this.hit(x, y, near);
    if (!node || (isTouch && this.chosenKey !== node.key)) return null;
    const [from, fromY] = [node.x, node.y];
    return {
      move: (dx, dy) => {
        Object.assign(node, { x: from + dx, y: fromY + dy });
        this.tip.hidden = true;
        relay(this.layout.nodes, this.layout.links, this.layout.k, this.layout.grow);
        this.renderer.moved();
        this.renderer.apply(this.zoom);
      },
      drop: () => this.dropped(node, node.x - from, node.y - fromY),
    };
  }

  dropped(node, dx, dy) {
    const { sx, sy } = this.scale;
    const one = node.party === null ? this.model.teams[node.team] : this.model.parties.get(node.party);
    this.last = { [node.party === null ? "team" : "party"]: one.id, x: one.x, y: one.y, name: this.nameOf(node) };
    Object.assign(one, { x: one.x + dx / sx, y: one.y + dy / sy });
    this.draw();
    this.renderer.apply(this.zoom);
    this.say(this.words("moved", { name: this.nameOf(node) }));
    this.tell("moved", [{ [node.party === null ? "team" : "party"]: one.id, x: one.x, y: one.y }]);
  }

  /** Whoever was moved last stands where they stood before; once. */
  undo() {
    if (!this.last) return;
    const { name, ...place } = this.last;
    this.last = null;
    this.place([place]);
    this.say(this.words("undone", { name }));
    this.tell("moved", [place]);
  }

  /** Places kept elsewhere (by this browser): [{party or team, x, y}]. */
  place(places) {
    for (const { party, team, x, y } of places) {
      const one = party === undefined ? this.model.teams.find((other) => other.id === team) : this.model.parties.get(party);
      if (one && Number.isFinite(x) && Number.isFinite(y)) Object.assign(one, { x, y });
    }
    this.draw();
    this.fit();
  }

  // ---- choosing
  enterNode(node) {
    if (node.party === null) return this.fold(this.model.teams[node.team].id, false);
    const again = this.chosen === node.party && this.state.focus !== node.party;
    this.state.selected = null;
    if (again) return this.focus(node.party);
    this.chosen = node.party;
    this.chosenKey = node.key;
    this.keys.at = { key: node.key };
    this.refresh();
    this.say(this.sentence({ node }));
    this.tell("party", this.model.parties.get(node.party));
    return undefined;
  }

  selectLink(link) {
    this.chosen = this.chosenKey = null;
    this.state.selected = link;
    this.keys.at = link ? { key: link.key } : null;
    this.refresh();
    if (link) this.say(this.sentence({ link }));
    this.tell("select", link && { ...link, sentence: this.sentence({ link }) });
  }

  select(id) {
    if (id === null) return this.clear();
    let link = this.layout.links.find((one) => one.ids.includes(id));
    if (!link) {
      const wanted = this.model.links.find((one) => one.id === id);
      if (!wanted) return undefined;
      for (const end of ["from", "to"]) this.state.folded.delete(this.model.parties.get(wanted[end]).team);
      this.state.filters = { team: null, band: null, ratings: 0, threshold: 0 };
      this.state.focus = null;
      this.scale = scaleFor(this);
      this.draw();
      this.fit();
      link = this.layout.links.find((one) => one.ids.includes(id));
    }
    this.selectLink(link || null);
    if (link) this.zoom.show(...link.middle);
    return link;
  }

  /** Finds a party: unfolded, shown and chosen, the window moved to it. */
  goTo(party) {
    const { team } = this.model.parties.get(party);
    const hidden = !this.layout.byKey.has(`p${party}`);
    if (hidden) {
      this.state.folded.delete(team);
      this.state.filters = { team: null, band: null, ratings: 0, threshold: 0 };
      this.state.focus = null;
      this.scale = scaleFor(this);
      this.draw();
      this.fit();
      this.tell("fold", this.state.folded.size);
      this.tell("focus", null);
    }
    const node = this.layout.byKey.get(`p${party}`);
    this.chosen = null;
    this.enterNode(node);
    if (this.zoom.k < 0.7) this.zoom.centre(node.x, node.y, 0.9);
    else this.zoom.show(node.x, node.y, 200);
  }

  goToTeam(team) {
    const node = this.layout.nodes.find((one) => one.team === team);
    if (!node) return;
    this.keys.at = { key: node.key };
    this.refresh();
    this.zoom.show(node.x, node.y, 200);
    this.say(this.sentence({ node }));
  }

  clear() {
    const had = this.state.selected || this.chosenKey;
    this.chosen = this.chosenKey = this.state.selected = null;
    this.keys.at = null;
    this.hovered = null;
    this.tip.hidden = true;
    this.refresh();
    if (had) this.tell("select", null);
  }

  setFocus(party, steps) {
    this.state.focus = party;
    if (steps) this.state.steps = steps;
    if (party !== null) this.state.folded.delete(this.model.parties.get(party).team);
  }

  /** A party with so many steps up and down, or null: the whole chain again. */
  focus(party, steps) {
    if (party !== null && !this.model.parties.has(party)) return;
    this.setFocus(party, steps);
    this.chosen = party;
    this.chosenKey = party === null ? null : `p${party}`;
    this.state.selected = null;
    this.keys.at = party === null ? null : { key: `p${party}` };
    this.scale = scaleFor(this);
    this.draw();
    this.fit();
    this.say(party === null ? this.words("focus_off") : this.words("focus_on", { name: this.nameOf(this.layout.byKey.get(`p${party}`)), n: this.state.steps }));
    this.tell("focus", party === null ? null : this.model.parties.get(party));
  }

  // ---- what is shown
  setFilters(filters) {
    Object.assign(this.state.filters, filters);
    this.draw();
    this.say(this.words("shown", { links: this.layout.links.length, all: this.model.links.length }));
  }

  fold(id, on = true) {
    const team = this.model.teams.findIndex((one) => one.id === id);
    if (team < 0) return;
    this.state.folded[on ? "add" : "delete"](team);
    this.redrawFolded(this.words(on ? "folded" : "unfolded", { name: this.model.teams[team].name }));
  }

  foldAll(on = true) {
    this.state.folded = new Set(on ? this.model.teams.map((_, index) => index) : []);
    this.redrawFolded(this.words(on ? "folded_all" : "unfolded_all"));
  }

  redrawFolded(text) {
    this.clear();
    this.scale = scaleFor(this);
    this.draw();
    this.fit();
    this.say(text);
    this.tell("fold", this.state.folded.size);
  }

  hideNames(on = true) {
    this.state.hideNames = on;
    this.clear();
    this.draw();
    this.say(this.words(on ? "names_hidden" : "names_shown"));
    this.tell("names", on);
  }

  setWhatIf(change) {
    this.state.whatIf = change;
    this.draw();
  }

  fit() {
    this.zoom.fit(this.layout.core, this.options.present ? 2.4 : 1.7, roomAround(this));
    this.isFitted = true;
  }

  find(words) {
    return find(this.model, words);
  }

  /** What is seen now, as an SVG file that needs nothing else. */
  svg() {
    return pictureText(this);
  }

  on(name, callback) {
    if (!this.listeners.has(name)) this.listeners.set(name, []);
    this.listeners.get(name).push(callback);
    return this;
  }

  tell(name, value) {
    for (const callback of this.listeners.get(name) || []) callback(value);
  }
}

export function mountChainMap(element, data, options = {}) {
  const view = new ChainMapView(element, data, options);
  element.chainMap = view;
  return view;
}
