// Very large maps: the same picture by the sigma library (WebGL), with the server's places, our colours and our hands.
import { at, nearest } from "./chain_map_shape.js";
import { shoreOf } from "./chain_map_svg.js";

/** Fetches the two scripts the page names (data-graphology, data-sigma). False without them or without WebGL. */
export async function librariesOf(element) {
  const { graphology, sigma } = element.dataset;
  if (!graphology || !sigma || !document.createElement("canvas").getContext("webgl2")) return false;
  try {
    await Promise.all([window.graphology || fetched(graphology), window.Sigma || fetched(sigma)]);
  } catch {
    return false;
  }
  return Boolean(window.graphology && window.Sigma);
}

function fetched(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: address, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

/** Milliseconds between two pictures of a movement above which it is felt to stutter. */
const SLOW = 45;

const parse = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);

/** A colour mixed into the paper: quiet lines without transparency, which costs time. */
function mixed(colour, paper, part) {
  const [a, b] = [parse(colour), parse(paper)];
  return `rgb(${a.map((one, index) => Math.round(one * part + b[index] * (1 - part))).join(",")})`;
}

/** The colours of the page as "rgb(...)": also those of the system, where it forces its own. */
function tokensOf(element) {
  const probe = document.createElement("span");
  probe.style.forcedColorAdjust = "none";
  element.append(probe);
  const read = (name) => {
    probe.style.color = `var(--cm-${name})`;
    return getComputedStyle(probe).color;
  };
  const tokens = { bands: [0, 1, 2, 3, 4].map((band) => read(`band-${band}`)) };
  for (const name of ["paper", "ink", "bar", "customer", "outside", "assumed", "way"]) tokens[name] = read(name);
  probe.remove();
  return tokens;
}

const sizeOf = (node) => Math.max(5, Math.min(22, node.h / 2.4));

export class SigmaRenderer {
  constructor(host, words) {
    Object.assign(this, { host, words, kind: "sigma", touched: new Map(), calm: false, pace: 0, slow: false });
  }

  draw(layout, look) {
    this.destroy();
    const [left, top, right, bottom] = layout.box;
    // pixels of the window for one of the map's while all of it is seen: what is loud must not get thin
    const whole = Math.min(1, this.host.clientWidth / (right - left), this.host.clientHeight / (bottom - top));
    Object.assign(this, { layout, look, whole, k: this.k || whole, colours: tokensOf(this.host) });
    this.shore = shoreOf(layout);
    this.water = document.createElement("div");
    this.water.className = "cm-far-shore";
    this.water.hidden = this.shore === null;
    this.box = document.createElement("div");
    this.box.className = "cm-canvas";
    this.host.append(this.water, this.box);
    this.ends = new Set(layout.links.filter((link) => link.loud).flatMap((link) => [link.from, link.to]));
    const graph = new window.graphology.MultiDirectedGraph();
    for (const node of layout.nodes) graph.addNode(node.key, this.nodeLook(node));
    for (const link of layout.links) graph.addEdgeWithKey(link.key, link.from, link.to, this.linkLook(link));
    this.graph = graph;
    this.lines = layout.links.map((link) => ({ key: link.key, got: Math.min(link.got, 6), loud: link.loud, link, curve: this.lineOf(link) }));
    this.sigma = new window.Sigma(graph, this.box, this.settings());
    const { x, y } = this.sigma.getBBox();
    this.sigma.setCustomBBox({ x, y }); // it stays, whoever is dragged out of it
    this.middleAt = [(x[0] + x[1]) / 2, -(y[0] + y[1]) / 2];
    this.span = Math.max(x[1] - x[0], y[1] - y[0]) || 1;
    this.measure();
    this.marks = look.marks;
    this.mark(look.marks);
  }

  settings() {
    return {
      enableCameraRotation: false, enableEdgeEvents: false, // moved by our own hands alone: the canvas hears no pointer
      itemSizesReference: "positions", minEdgeThickness: 0.9, stagePadding: 0, zIndex: true, autoRescale: true, minCameraRatio: null,
      defaultEdgeType: "line", edgeProgramClasses: { curve: window.Sigma.rendering.EdgeCurveProgram || window.Sigma.rendering.EdgeRectangleProgram },
      labelColor: { color: this.colours.ink }, labelFont: "system-ui, sans-serif", labelSize: 12, labelDensity: 0.6,
      labelRenderedSizeThreshold: 4, defaultDrawNodeHover: () => {}, allowInvalidContainer: true,
      edgeReducer: (key, data) => (this.calm && !this.touched.has(key) ? { ...data, color: data.faint } : data),
    };
  }

  nodeLook(node) {
    const { bar, customer, outside, ink } = this.colours;
    const hidden = this.look.hideNames && node.kind === "employee";
    const colour = { end_customer: customer, external_supplier: outside, team: ink }[node.kind] || bar;
    return { x: node.x, y: -node.y, size: sizeOf(node), color: colour, label: hidden ? null : node.name, forceLabel: this.ends.has(node.key) || node.kind === "end_customer", zIndex: node.kind === "end_customer" ? 2 : 1 };
  }

  linkLook(link) {
    const { bands, paper, assumed } = this.colours;
    const plain = link.assumed || link.band === null ? assumed : bands[link.band];
    const colour = link.loud ? plain : mixed(plain, paper, link.assumed ? 0.4 : 0.62);
    const bent = link.back || Math.abs(link.bend || 0) > 0.05;
    return {
      size: link.loud ? Math.max(2.5 / this.whole, link.got) : Math.max(0.8, link.got), color: colour, faint: mixed(plain, paper, 0.18), kept: plain,
      type: bent ? "curve" : "line", curvature: bent ? 0.25 + Math.min(0.5, Math.abs(link.bend || 0) * 0.3) : 0,
      zIndex: link.loud ? 3 : link.assumed ? 0 : 1,
    };
  }

  /** The line the library draws, for finding what is under the pointer. */
  lineOf(link) {
    const { x: x0, y: y0 } = link.source;
    const { x: x1, y: y1 } = link.target;
    const { type, curvature } = this.linkLook(link);
    const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
    const lift = type === "curve" ? curvature : 0;
    const [cx, cy] = [mx - (y1 - y0) * lift * -1, my + (x1 - x0) * lift * -1];
    return [x0, y0, x0 + (cx - x0) / 1.5, y0 + (cy - y0) / 1.5, x1 + (cx - x1) / 1.5, y1 + (cy - y1) / 1.5, x1, y1];
  }

  /** How many pixels of the window one of the map's pixels has while the camera is at 1. */
  measure() {
    this.size = `${this.host.clientWidth}x${this.host.clientHeight}`;
    this.sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
    const [a, b] = [{ x: 0, y: 0 }, { x: 100, y: 0 }].map((point) => this.sigma.graphToViewport(point, { cameraState: { x: 0.5, y: 0.5, ratio: 1, angle: 0 } }));
    this.unit = Math.hypot(b.x - a.x, b.y - a.y) / 100 || 1;
  }

  apply({ x, y, k }) {
    this.last = { x, y, k };
    this.k = k;
    this.water.style.transform = `translateX(${x + (this.shore || 0) * k}px)`;
    if (this.isMoving && this.isSlow()) return this.shift(x, y, k);
    const { clientWidth: width, clientHeight: height } = this.host;
    if (this.size !== `${width}x${height}`) {
      this.sigma.resize(true);
      this.measure();
    }
    this.box.style.transform = "";
    this.drawn = this.last;
    const [mx, my] = [(width / 2 - x) / k - this.middleAt[0], (height / 2 - y) / k - this.middleAt[1]];
    this.sigma.getCamera().setState({ x: 0.5 + mx / this.span, y: 0.5 - my / this.span, ratio: this.unit / k, angle: 0 });
    return undefined;
  }

  /** Whether this machine takes too long for a picture to make a new one for every step of a movement. */
  isSlow() {
    const now = performance.now();
    if (this.before && now - this.before < 2000) this.pace = 0.6 * this.pace + 0.4 * (now - this.before);
    this.before = now;
    this.slow = this.slow || this.pace > SLOW;
    return this.slow;
  }

  /** The picture that is there, moved and scaled; a new one comes when the movement rests. */
  shift(x, y, k) {
    const from = this.drawn;
    const by = k / from.k;
    this.box.style.transform = `translate(${x - from.x * by}px, ${y - from.y * by}px) scale(${by})`;
  }

  moving(on) {
    this.isMoving = on;
    this.before = 0;
    if (!on && this.last) this.apply(this.last);
  }

  settle(scale) {
    this.scale = scale;
  }

  mark(marks) {
    this.marks = marks;
    if (!this.graph) return;
    const { way, ink } = this.colours;
    const wanted = new Map();
    for (const key of marks.path) wanted.set(key, { color: way, zIndex: 6 });
    for (const key of [marks.hovered, marks.current, marks.selected]) if (key) wanted.set(key, { color: ink, zIndex: 7, forceLabel: true });
    for (const key of marks.nodes) if (!wanted.has(key)) wanted.set(key, { forceLabel: true });
    for (const [key, before] of this.touched) if (!wanted.has(key)) this.change(key, before, true);
    const { calm } = marks;
    for (const [key, look] of wanted) this.change(key, look);
    this.touched = new Map([...this.touched].filter(([key]) => wanted.has(key)));
    if (calm !== this.calm) {
      this.calm = calm;
      this.sigma.refresh({ skipIndexation: true });
    }
  }

  change(key, look, back = false) {
    const { graph } = this;
    const isNode = graph.hasNode(key);
    if (!isNode && !graph.hasEdge(key)) return;
    const now = isNode ? graph.getNodeAttributes(key) : graph.getEdgeAttributes(key);
    if (!back && !this.touched.has(key)) this.touched.set(key, { color: now.color, zIndex: now.zIndex, size: now.size, forceLabel: now.forceLabel });
    if (!back && !isNode) look = { ...look, size: Math.max(this.touched.get(key).size, 4 / this.k) };
    if (isNode) graph.mergeNodeAttributes(key, isNode && !back && look.color === undefined ? { forceLabel: true } : look);
    else graph.mergeEdgeAttributes(key, look);
  }

  moved() {
    for (const node of this.layout.nodes) {
      if (this.graph.getNodeAttribute(node.key, "x") !== node.x || this.graph.getNodeAttribute(node.key, "y") !== -node.y) {
        this.graph.mergeNodeAttributes(node.key, { x: node.x, y: -node.y });
      }
    }
  }

  hit(x, y, near) {
    const node = this.layout.nodes.find((one) => Math.hypot(one.x - x, one.y - y) <= sizeOf(one) + near);
    if (node) return { node };
    const line = nearest(this.lines, x, y, near);
    return line ? { link: line.link } : {};
  }

  /** The middle of a hand-off as drawn here. */
  middle(link) {
    return at(this.lineOf(link), 0.5);
  }

  destroy() {
    if (this.sigma) this.sigma.kill();
    if (this.box) this.box.remove();
    this.host.replaceChildren();
    Object.assign(this, { sigma: null, graph: null, box: null, water: null, touched: new Map(), calm: false });
  }
}
