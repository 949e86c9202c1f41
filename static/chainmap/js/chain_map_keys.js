// The map without a mouse: arrows walk from party to hand-off to party, everything is said aloud by the view.

export class KeyWalk {
  constructor(view) {
    this.view = view;
    this.at = null; // {key} of a node or a hand-off
    this.side = "from"; // the end from which a hand-off was entered
    view.stage.addEventListener("keydown", (event) => this.press(event));
    view.stage.addEventListener("focus", () => !this.at && view.stage.matches(":focus-visible") && this.begin());
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { view } = this;
    const pan = { ArrowRight: [-60, 0], ArrowLeft: [60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    const does = {
      ArrowRight: () => this.along("from", "to"),
      ArrowLeft: () => this.along("to", "from"),
      ArrowUp: () => this.beside(-1),
      ArrowDown: () => this.beside(1),
      Home: () => this.begin(),
      Enter: () => this.enter(),
      " ": () => this.enter(),
      f: () => this.focus(),
      c: () => this.fold(),
      h: () => view.hideNames(!view.state.hideNames),
      "+": () => view.zoom.by(1.3),
      "=": () => view.zoom.by(1.3),
      "-": () => view.zoom.by(1 / 1.3),
      0: () => view.fit(),
      Escape: () => this.leave(),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey && pan) view.zoom.set(view.zoom.x + pan[0], view.zoom.y + pan[1], view.zoom.k);
    else does();
  }

  get node() {
    return this.at && this.view.layout.byKey.get(this.at.key);
  }

  get link() {
    return this.at && this.view.layout.links.find((link) => link.key === this.at.key);
  }

  go(one) {
    if (!one) return;
    const { view } = this;
    this.at = { key: one.key };
    view.refresh();
    const [x, y] = one.middle || [one.x, one.y];
    view.zoom.show(x, y);
    view.say(view.sentence(one.middle ? { link: one } : { node: one }));
  }

  /** Where there is most to see: the largest loss, or the first party. */
  begin() {
    const { links, nodes } = this.view.layout;
    const worst = links.filter((link) => link.loud).sort((a, b) => b.lost - a.lost)[0];
    this.side = "from";
    this.go(worst || [...nodes].sort((a, b) => a.x - b.x || a.y - b.y)[0]);
  }

  /** From a party to its hand-off with the largest loss, from a hand-off to its other end. */
  along(near, far) {
    const { link, node, view } = this;
    if (link) return this.go(view.layout.byKey.get(link[far]));
    if (!node) return this.begin();
    this.side = near;
    const links = view.layout.links.filter((one) => one[near] === node.key);
    const weight = (one) => (one.assumed ? 0 : one.lost || 0) * 1e6 + (one.flow || 0);
    if (!links.length) return view.say(view.words(near === "from" ? "no_out" : "no_into", { name: view.nameOf(node) }));
    return this.go(links.reduce((best, one) => (weight(one) > weight(best) ? one : best)));
  }

  /** The next hand-off at the same party, or the next party of the same column. */
  beside(step) {
    const { link, node, view } = this;
    if (link) {
      const links = view.layout.links.filter((one) => one[this.side] === link[this.side]).sort((a, b) => a.middle[1] - b.middle[1]);
      return this.go(links[(links.indexOf(link) + step + links.length) % links.length]);
    }
    if (!node) return this.begin();
    const ahead = view.layout.nodes.filter((one) => (one.y - node.y) * step > 0.5);
    const cost = (one) => Math.abs(one.y - node.y) + 4 * Math.abs(one.x - node.x);
    return ahead.length ? this.go(ahead.reduce((best, one) => (cost(one) < cost(best) ? one : best))) : undefined;
  }

  enter() {
    if (this.link) this.view.selectLink(this.link);
    else if (this.node) this.view.enterNode(this.node);
    else this.begin();
  }

  focus() {
    const { node, view } = this;
    if (node && node.party !== null) view.focus(node.party);
  }

  fold() {
    const { node, view } = this;
    if (!node || node.team === null) return;
    const team = view.model.teams[node.team];
    view.fold(team.id, node.party !== null);
    this.go(view.layout.nodes.find((one) => one.team === node.team));
  }

  leave() {
    const { view } = this;
    if (view.state.selected || view.chosenKey) view.clear();
    else if (view.state.focus !== null) view.focus(null);
    else {
      this.at = null;
      view.refresh();
    }
  }
}
