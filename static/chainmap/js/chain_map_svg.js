// Draws a laid out picture as SVG: quiet ribbons, the few large losses loud. One text for the browser to read, few
// elements: a hand-off is a ribbon, what leaks from it, its marks; who is hit by a click is computed, not drawn.
import { inSight, sharedStart, shortened, twoLines } from "./chain_map_names.js";
import { at, cuts, hullText, nearest } from "./chain_map_shape.js";

const NAME = 13;
const LEAST_ON_SCREEN = 11.5;
const MOST_ON_SCREEN = 19;
/** On a projector: readable from the back row. */
const LARGER = 1.3;
const LEAST_ON_PROJECTOR = 18;
/** A yield that differs by less than this did not change: answers and pages round differently. */
const CHANGED = 0.0005;

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
export const escaped = (text) => String(text).replace(/[&<>"']/g, (one) => ENTITIES[one]);

const r = (value) => Math.round(value * 10) / 10;

const DEFS = `<defs>
<linearGradient id="cm-fade"><stop class="cm-leak-near" offset="0"/><stop class="cm-leak-mid" offset=".55"/><stop class="cm-leak-far" offset="1"/></linearGradient>
<linearGradient id="cm-fade-loud"><stop class="cm-loud-near" offset="0"/><stop class="cm-loud-mid" offset=".6"/><stop class="cm-leak-far" offset="1"/></linearGradient>
<linearGradient id="cm-sea"><stop class="cm-sea-near" offset="0"/><stop class="cm-sea-far" offset="1"/></linearGradient>
</defs>`;

/** What each shape of a node looks like; places are relative to its middle. */
function nodeShape(node) {
  const half = r(node.h / 2 / node.grow);
  const tall = 2 * half;
  if (node.kind === "end_customer") return `<path d="M-5 ${-half}h6a12 ${Math.min(12, half)} 0 0 1 12 ${Math.min(12, half)}v${r(Math.max(0, tall - 2 * Math.min(12, half)))}a12 ${Math.min(12, half)} 0 0 1 -12 ${Math.min(12, half)}h-6z"/>`;
  if (node.kind === "external_supplier") return `<path d="M-9 ${-half}h9l6 ${half}l-6 ${half}h-9l5 ${-half}z"/>`;
  if (node.kind === "team") return `<rect class="cm-behind" x="-9" y="${-half + 3}" width="18" height="${r(tall - 6)}" rx="3"/><rect x="-5" y="${-half}" width="10" height="${tall}" rx="3"/>`;
  return `<rect x="-5" y="${-half}" width="10" height="${tall}" rx="4"/>`;
}

function linkText(link, marked) {
  const key = escaped(link.key);
  const tone = link.assumed ? "cm-assumed" : `cm-band-${link.band === null ? "none" : link.band}`;
  const extra = `${link.loud ? " cm-loud" : ""}${link.isNew ? " cm-new" : ""}${link.gone ? " cm-gone" : ""}`;
  let text = "";
  if (link.drawn) return `<path class="cm-drawn-bed" d="${link.path}"/><path class="cm-link cm-drawn cm-drawn-${escaped(link.drawn)}" data-key="${key}" d="${link.path}"/>`;
  if (link.before !== null && Math.abs(link.before - link.got) > 0.5) return text + triedText(link, key, tone, extra);
  if (link.leak && !link.assumed) text += `<path class="cm-leak${extra}" d="${link.leak}"/>`;
  if (link.assumed) text += `<path class="cm-bed" d="${link.path}" stroke-width="${r(link.got)}"/>`;
  const wide = link.assumed ? Math.min(2, link.got) : link.got;
  text += `<path class="cm-link ${tone}${extra}" data-key="${key}" d="${link.path}" stroke-width="${r(wide)}"/>`;
  if (marked && !link.assumed) {
    const d = cuts(link);
    if (d) text += `<path class="cm-cuts ${tone}${extra}${link.got >= 7 ? " cm-inside" : ""}" d="${d}"/>`;
  }
  return text;
}

/** A hand-off that is tried out: what arrives today in its colour, what would be gained at its edges or be missing. */
function triedText(link, key, tone, extra) {
  const gains = link.got > link.before;
  const [wide, core] = gains ? [link.got + 2, link.before] : [link.before, link.got];
  return `<path class="${gains ? "cm-gained" : "cm-was"}" d="${link.path}" stroke-width="${r(wide)}"/>` +
    `<path class="cm-link ${tone}${extra} cm-tried" data-key="${key}" d="${link.path}" stroke-width="${r(core)}"/>`;
}

/** Where the water begins, or null without end customers. */
export function shoreOf(layout) {
  const xs = layout.nodes.filter((node) => node.kind === "end_customer").map((node) => node.x);
  return xs.length ? Math.min(...xs) - 30 * layout.grow : null;
}

function shoreText(layout) {
  const x = shoreOf(layout);
  if (x === null) return "";
  const [, top, right, bottom] = layout.box;
  const [from, to, step] = [top - 4000, bottom + 4000, 90 * layout.grow];
  let d = `M${r(x)} ${r(from)}`;
  for (let y = from, side = 1; y < to; y += step, side = -side) d += `q${r(14 * side * layout.grow)} ${r(step / 2)} 0 ${r(step)}`;
  return `<g class="cm-shore"><path class="cm-water" d="${d}H${r(right + 5000)}V${r(from)}Z"/><path class="cm-surf" d="${d}"/></g>`;
}

export class SvgRenderer {
  constructor(host, words) {
    this.host = host;
    this.words = words;
    this.kind = "svg";
  }

  draw(layout, look) {
    this.layout = layout;
    this.look = look;
    const [left, top, right, bottom] = layout.box;
    const [width, height] = [right - left, bottom - top];
    const marked = layout.links.length <= 260;
    const quiet = layout.links.filter((link) => !link.loud && !link.drawn).sort((a, b) => a.sent - b.sent);
    const loud = layout.links.filter((link) => link.loud || link.drawn).sort((a, b) => a.lost - b.lost);
    this.host.innerHTML = `<svg xmlns="http://www.w3.org/2000/svg" class="cm-svg${layout.nodes.length > 120 ? " cm-many" : ""}" width="${r(width)}" height="${r(height)}" viewBox="${r(left)} ${r(top)} ${r(width)} ${r(height)}" aria-hidden="true" focusable="false">` +
      `${DEFS}${shoreText(layout)}<g class="cm-hulls">${look.hulls.map((hull) => this.hullText(hull)).join("")}</g>` +
      `<g class="cm-links">${quiet.map((link) => linkText(link, marked)).join("")}</g>` +
      `<g class="cm-links cm-front">${loud.map((link) => linkText(link, true)).join("")}</g><g class="cm-over"></g>` +
      `<g class="cm-nodes">${layout.nodes.map((node) => this.nodeText(node)).join("")}</g>` +
      `<g class="cm-names"></g></svg>`;
    this.svg = this.host.firstElementChild;
    this.over = this.svg.querySelector(".cm-over");
    this.names = this.svg.querySelector(".cm-names");
    this.named = null;
    this.mark(look.marks);
  }

  nodeText(node) {
    const idle = node.links ? "" : " cm-idle";
    return `<g class="cm-node cm-${node.kind}${idle}" data-key="${node.key}" transform="translate(${r(node.x)} ${r(node.y)})${node.grow > 1 ? ` scale(${r(node.grow * 10) / 10})` : ""}">${nodeShape(node)}</g>`;
  }

  hullText({ team, members }) {
    return `<path class="cm-hull" data-team="${team}" d="${hullText(members)}"/>`;
  }

  /** What stands out now: selected, current, on the way to the end customer. Everything else pales while something does. */
  mark(marks) {
    this.marks = marks;
    if (!this.svg) return;
    this.drawOver();
    this.svg.classList.toggle("cm-calm", marks.calm);
    // names are placed anew only where another one has to be read
    const named = [marks.selected, marks.current, this.layout.byKey.has(marks.hovered) ? marks.hovered : "", ...marks.nodes].join();
    if (this.scale && named !== this.named) this.settle(this.scale);
    this.named = named;
  }

  /** The marks themselves; rings around parties are as large on the screen at every scale. */
  drawOver() {
    const { marks } = this;
    const { byKey } = this.layout;
    const pixel = Math.max(1, 1 / (this.scale || 1));
    const links = new Map(this.layout.links.map((link) => [link.key, link]));
    let text = "";
    for (const key of marks.path) {
      const link = links.get(key);
      if (link) text += `${linkText(link, false)}<path class="cm-way" d="${link.path}" stroke-width="${r(Math.max(2.5, Math.min(6, link.got * 0.4)) * link.source.grow)}"/>`;
    }
    for (const [key, name] of [[marks.hovered, "cm-hovered"], [marks.current, "cm-current"], [marks.selected, "cm-selected"]]) {
      const link = key && links.get(key);
      const node = key && byKey.get(key);
      if (link) text += `<path class="${name}" d="${link.path}" stroke-width="${r(link.sent + 6)}"/>${name === "cm-selected" ? linkText(link, true) : ""}`;
      const [side, end] = [7 * pixel, 6 * pixel];
      if (node) text += `<rect class="${name}" x="${r(node.x - node.w / 2 - side)}" y="${r(node.y - node.h / 2 - end)}" width="${r(node.w + 2 * side)}" height="${r(node.h + 2 * end)}" rx="${r(8 * pixel)}"/>`;
    }
    this.over.innerHTML = text;
  }

  /** Names and numbers for this scale: never too small to read, none over another or over a bar, the important ones first. */
  settle(scale) {
    const isOther = scale !== this.scale;
    this.scale = scale;
    if (!this.svg) return;
    if (isOther) this.drawOver();
    this.svg.style.setProperty("--cm-pixel", r(Math.max(1, 1 / scale))); // what has to be seen from afar
    const [larger, least] = this.look.large ? [LARGER, LEAST_ON_PROJECTOR] : [1, LEAST_ON_SCREEN];
    const size = Math.max(least, larger * Math.min(MOST_ON_SCREEN, NAME * scale)) / scale;
    const taken = new Taken(size);
    const { nodes, links } = this.layout;
    for (const node of nodes) taken.add(node.x - node.w / 2, node.y - node.h / 2, node.w, node.h);
    const chosen = links.find((link) => link.key === this.marks.selected && !link.assumed);
    const speaks = (link) => link === chosen || link.loud || link.drawn || (link.was && !link.isNew && Math.abs(link.was.yield - link.yield) >= CHANGED);
    // a room reads one number, that of the hand-off it is told about
    const numbered = this.look.large && chosen ? [chosen] : links.filter(speaks);
    this.numbered = [];
    numbered.sort((a, b) => (b === chosen) - (a === chosen) || b.lost - a.lost);
    const numbers = numbered.map((link) => this.numberText(link, size, taken, link === chosen));
    // from afar only those who matter for the losses, and the largest: names must not hide what they stand for
    const few = NAME * scale < 7.5 && nodes.length > 150;
    const ends = new Set(numbered.flatMap((link) => [link.from, link.to]));
    const ordered = nodes.map((node) => [this.weight(node) + (ends.has(node.key) ? 1e5 : 0), node]).sort((a, b) => b[0] - a[0]);
    const shown = few ? ordered.filter(([weight], index) => weight >= 1e5 || index < 30) : ordered;
    this.labels = [];
    this.shore = this.shoreOf(nodes, size);
    const teams = this.look.hulls.map((hull) => this.teamText(hull, size, taken));
    const names = shown.map(([weight, node]) => this.nameText(node, size, taken, weight));
    this.names.setAttribute("font-size", r(size));
    this.names.innerHTML = this.shoreName(size) + teams.join("") + names.join("") + numbers.join("");
  }

  shoreName(size) {
    const x = shoreOf(this.layout);
    if (x === null) return "";
    const top = Math.min(...this.layout.nodes.filter((node) => node.kind === "end_customer").map((node) => node.y - node.h / 2));
    return `<text class="cm-shore-name" x="${r(x + 26 * this.layout.grow)}" y="${r(top - size * 1.5)}">${escaped(this.words("shore"))}</text>`;
  }

  /** What the names at the shore begin with alike, and whether there is room for two lines of each. */
  shoreOf(nodes, size) {
    const ashore = nodes.filter((node) => node.kind === "end_customer").sort((a, b) => a.y - b.y);
    const gaps = ashore.slice(1).map((node, index) => node.y - ashore[index].y);
    return { same: sharedStart(ashore.map((node) => node.name)), tall: Math.min(...gaps, Infinity) >= 2.5 * size };
  }

  /** The name of an end customer in one or two lines, what tells it from the others kept. */
  shoreLines(name) {
    const most = this.look.long;
    if ([...name].length <= most) return [name];
    const lines = this.shore.tall ? twoLines(name, most) : null;
    if (lines) return lines;
    const { same } = this.shore;
    return [shortened(same && name.startsWith(same) ? `…${name.slice(same.length)}` : name, most)];
  }

  weight(node) {
    const stands = [this.marks.current, this.marks.selected, this.marks.hovered].includes(node.key) || this.marks.nodes.has(node.key);
    return (stands ? 1e9 : 0) + (node.kind === "end_customer" || node.kind === "team" ? 1e6 : 0) + (node.links ? 1e3 : 0) + node.h;
  }

  nameText(node, size, taken, weight) {
    if (this.look.hideNames && node.kind === "employee") return "";
    const ashore = node.kind === "end_customer";
    const outside = node.kind === "external_supplier" && !this.look.narrow && !this.look.large;
    const lines = ashore ? this.shoreLines(node.name) : [shortened(node.name, outside ? Math.max(8, Math.min(24, Math.floor((this.look.left - 14) / 6.4))) : 22) + (node.kind === "team" ? ` · ${node.count}` : "")];
    const wide = Math.max(...lines.map((line) => [...line].length)) * size * (ashore || node.kind === "team" ? 0.62 : 0.58);
    const gap = size * 0.35;
    const right = [node.x + node.w / 2 + gap + (ashore ? 10 * node.grow : 0), node.y + gap, "start", 0];
    const left = [node.x - node.w / 2 - gap - 4 * node.grow, node.y + gap, "end", wide];
    const above = [node.x, node.y - node.h / 2 - size * 0.45, "middle", wide / 2];
    const below = [node.x, node.y + node.h / 2 + size * 1.05, "middle", wide / 2];
    // on a projector nobody stands left of the bars: from its bar on, over it
    const [over, under] = [above, below].map(([, y]) => [node.x - node.w / 2, y, "start", 0]);
    const large = node.kind === "external_supplier" && this.look.large;
    // nor would the middle of a name at the left edge be seen
    const edge = this.layout.core[0] - (this.look.left - 4) / this.scale;
    const cut = (this.look.large || this.look.narrow) && node.x - wide / 2 < edge;
    const places = ashore ? [right] : outside ? [left] : large || cut ? [over, right, under] : weight >= 1e5 ? [above, below, right, ...inSight([left], edge)] : [above, right];
    const tall = (lines.length - 1) * size * 0.6;
    const free = places.find(([x, y, , before]) => taken.take(x - before, y - size - tall, wide, size * 1.15 + 2 * tall));
    if (!free && weight < 1e9) return "";
    const [x, y, anchor] = free || places[0];
    const found = this.marks.selected === node.key ? " cm-found" : "";
    const spans = lines.length === 1 ? escaped(lines[0]) : lines.map((line, index) => `<tspan x="${r(x)}" y="${r(y + (index - 0.5) * size * 1.15)}">${escaped(line)}</tspan>`).join("");
    return `<text class="cm-name cm-name-${node.kind}${node.links ? "" : " cm-idle"}${found}" x="${r(x)}" y="${r(y)}" text-anchor="${anchor}">${spans}</text>`;
  }

  numberText(link, size, taken, isChosen) {
    if (!link.drawn && (link.yield === null || link.isNew)) return "";
    const now = Math.round(100 * link.yield);
    const was = link.was && link.was.yield !== null ? Math.round(100 * link.was.yield) : now;
    const text = link.drawn ? link.drawnWords : was === now ? this.words("arrive", { n: now }) : this.words("arrive_was", { was, n: now });
    const wide = [...text].length * size * 0.6;
    const places = [0.5, 0.38, 0.62, 0.28, 0.72].flatMap((t) => {
      const [x, middle] = at(link.curve, t);
      const beside = isChosen ? [-1, 1].map((side) => [x + side * (wide / 2 + link.got / 2 + size * 0.5), middle + size * 0.35]) : [];
      return [[x, middle + link.got / 2 + size * 1.15], [x, middle - link.got / 2 - size * 0.4], ...beside];
    });
    const free = places.find(([x, y]) => taken.take(x - wide / 2, y - size, wide, size * 1.15));
    if (!free && !isChosen) return "";
    const [x, y] = free || places[0];
    if (!free) taken.add(x - wide / 2, y - size, wide, size * 1.15);
    this.numbered.push({ left: x - wide / 2, right: x + wide / 2, top: y - size, bottom: y + size * 0.15, link });
    return `<text class="cm-number${link.drawn ? " cm-number-drawn" : ""}" x="${r(x)}" y="${r(y)}" text-anchor="middle">${escaped(text)}</text>`;
  }

  teamText({ team, name, members }, size, taken) {
    const first = members.reduce((best, node) => (node.y - node.h / 2 < best.y - best.h / 2 ? node : best));
    const left = first.x - 14;
    const top = first.y - first.h / 2 - Math.max(24 + size * 0.4, size * 1.9);
    const text = shortened(name, 28) + (this.look.plain ? "" : " ▾");
    const wide = [...text].length * size * 0.6;
    if (!taken.take(left, top - size, wide, size)) return "";
    this.labels.push({ team, left, right: left + wide, top: top - size, bottom: top + size * 0.3 });
    return `<text class="cm-team" data-team="${team}" x="${r(left)}" y="${r(top)}">${escaped(text)}</text>`;
  }

  /** After a drag: everything in its new place, without a new text for what stays. */
  moved() {
    this.draw(this.layout, { ...this.look, marks: this.marks });
    if (this.scale) this.settle(this.scale);
  }

  apply({ x, y, k }) {
    if (!this.svg) return;
    const [left, top] = this.layout.box;
    this.svg.style.transform = `translate(${x + left * k}px, ${y + top * k}px) scale(${k})`;
  }

  moving(on) {
    if (this.svg) this.svg.style.willChange = on ? "transform" : "auto";
  }

  /** What is at a point of the map: {node}, {link}, {team} or {}; ``near`` in the map's pixels. */
  hit(x, y, near) {
    const reach = Math.max(near, 4);
    const node = this.layout.nodes.find((one) => Math.abs(one.x - x) <= one.w / 2 + 2 + reach && Math.abs(one.y - y) <= one.h / 2 + reach);
    if (node) return { node };
    const label = (this.labels || []).find((one) => x >= one.left - near && x <= one.right + near && y >= one.top - near && y <= one.bottom + near);
    if (label) return { team: label.team };
    // a number opens the hand-off it is about, whatever passes below it
    const number = (this.numbered || []).find((one) => x >= one.left && x <= one.right && y >= one.top && y <= one.bottom);
    const link = number ? number.link : nearest(this.layout.links, x, y, reach);
    return link ? { link } : {};
  }

  destroy() {
    this.svg = null;
    this.host.textContent = "";
  }
}

/** Which places of the map already hold a text: a coarse grid, so that a thousand names cost little. */
class Taken {
  constructor(cell) {
    this.cell = cell * 2;
    this.cells = new Map();
  }

  /** Takes a place if it is free. */
  take(x, y, width, height) {
    return this.add(x, y, width, height, true);
  }

  add(x, y, width, height, onlyFree = false) {
    const box = [x, y, x + width, y + height];
    const found = [];
    for (let column = Math.floor(x / this.cell); column <= Math.floor(box[2] / this.cell); column += 1) {
      for (let row = Math.floor(y / this.cell); row <= Math.floor(box[3] / this.cell); row += 1) found.push(`${column},${row}`);
    }
    const crosses = (other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
    if (onlyFree && found.some((cell) => (this.cells.get(cell) || []).some(crosses))) return false;
    for (const cell of found) {
      if (!this.cells.has(cell)) this.cells.set(cell, []);
      this.cells.get(cell).push(box);
    }
    return true;
  }
}
