// Where everything of a picture stands and how wide it is drawn. Pure: numbers in, numbers and path texts out, in the
// map's own pixels (the view scales them). Width = flow: one scale for the whole map, never below a hairline.

/** Of the server's units: no two parties are nearer, from left to right or from above to below. */
const SIDE = 180;
const ROW = 64;
const BAR = 10;
const LEAST_BAR = 16;
const HAIRLINE = 1.2;
const WIDEST = 30;
const LABEL = 15;
/** Names at the shore stand beside the bar: room for them right of the last column. */
const SHORE_NAMES = 230;

const round = (value) => Math.round(value * 10) / 10;

/** Nodes of one column, from top to bottom; a column is as wide as two fifths of the usual distance. */
function columnsOf(nodes, gap) {
  const columns = new Map();
  for (const node of [...nodes].sort((a, b) => a.x - b.x)) {
    const near = [...columns.keys()].find((x) => Math.abs(x - node.x) < gap * 0.4);
    const x = near === undefined ? node.x : near;
    if (!columns.has(x)) columns.set(x, []);
    columns.get(x).push(node);
  }
  for (const column of columns.values()) column.sort((a, b) => a.y - b.y);
  return [...columns.values()];
}

/** Factors from the server's units to the map's pixels, the same whatever is filtered.
 *
 * Any two parties are SIDE apart or ROW. Rows get room for a name; the distance of columns, and of rows in a flat chain,
 * follows the shape of the window (width to height of what is free for bars), so that the chain fills it.
 */
export function scaleOf(places, aspect) {
  const spanOf = (axis) => places.reduce((most, one) => Math.max(most, one[axis]), -Infinity) - places.reduce((least, one) => Math.min(least, one[axis]), Infinity);
  const [across, down] = [Math.max(0, spanOf("x")), Math.max(0, spanOf("y"))];
  let sy = (places.length > 120 ? 48 : 62) / ROW;
  const least = Math.max(108, Math.min(165, 120 * aspect)) / SIDE;
  const sx = Math.min(Math.max(across ? (Math.max(down * sy, 330) * aspect) / across : least, least), 400 / SIDE);
  if (down) sy *= Math.max(1, Math.min(aspect < 0.8 || places.length <= 60 ? 18 : 2.6, (across * sx) / aspect / (down * sy)));
  const fits = Math.min(1, 1000 / Math.max(1, across * sx), 1000 / aspect / Math.max(1, down * sy));
  return { sx, sy, columns: SIDE, grow: Math.min(2.2, 1 / Math.sqrt(fits)) };
}

/** Pixels per unit of flow: the widest hand-off stays a ribbon, and bars of one column do not touch. */
export function widthOf(nodes, links, scale) {
  const largest = Math.max(0, ...links.map((link) => Math.max(link.flow || 0, (link.was && link.was.flow) || 0)));
  if (!largest) return 0;
  const through = throughOf(nodes, links);
  const wanted = (WIDEST * scale.grow) / largest;
  const room = [];
  for (const column of columnsOf(nodes, scale.columns)) {
    for (let row = 1; row < column.length; row += 1) {
      const flows = (through.get(column[row].key) + through.get(column[row - 1].key)) / 2;
      const gap = (column[row].y - column[row - 1].y) * scale.sy - LABEL - 6;
      if (flows > 0 && gap > 0) room.push(gap / flows);
    }
  }
  room.sort((a, b) => a - b);
  return Math.min(wanted, room.length ? Math.max(room[Math.floor(room.length / 20)], 9 / largest) : wanted);
}

/** What passes through each node: the larger of what arrives and what is given on. */
function throughOf(nodes, links) {
  const given = new Map(nodes.map((node) => [node.key, 0]));
  const got = new Map(given);
  for (const link of links) {
    given.set(link.from, given.get(link.from) + (link.flow || 0));
    got.set(link.to, got.get(link.to) + arriving(link));
  }
  return new Map(nodes.map((node) => [node.key, Math.max(given.get(node.key), got.get(node.key), node.inflow || 0)]));
}

export const arriving = (link) => Math.max(0, (link.flow || 0) - (link.lost || 0));

/** Everything drawn, with places: nodes get x, y, w, h; links a middle line, widths and path texts. */
export function laidOut(picture, scale) {
  const k = widthOf(picture.nodes, picture.links, scale);
  const through = throughOf(picture.nodes, picture.links);
  const nodes = picture.nodes.map((node) => {
    const h = Math.max(LEAST_BAR * scale.grow, through.get(node.key) * k);
    return { ...node, x: node.x * scale.sx, y: node.y * scale.sy, w: BAR * scale.grow, h, grow: scale.grow };
  });
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const links = picture.links.map((link) => ({ ...link, source: byKey.get(link.from), target: byKey.get(link.to) }));
  relay(nodes, links, k, scale.grow);
  return { nodes, links, byKey, k, grow: scale.grow, box: boxOf(nodes, links), core: coreOf(nodes, links) };
}

/** Ports and paths anew, after a node was moved. */
export function relay(nodes, links, k, grow) {
  const hairline = HAIRLINE * grow;
  for (const link of links) {
    link.sent = Math.max(hairline, (link.flow || 0) * k);
    link.got = Math.max(hairline, arriving(link) * k);
    link.before = link.was ? Math.max(hairline, arriving(link.was) * k) : null;
  }
  const out = grouped(links, "source");
  const into = grouped(links, "target");
  for (const node of nodes) {
    stack(node, out.get(node), "target", "sent", "from_y");
    stack(node, into.get(node), "source", "got", "to_y");
  }
  for (const link of links) trace(link);
}

function grouped(links, end) {
  const groups = new Map();
  for (const link of links) {
    if (!groups.has(link[end])) groups.set(link[end], []);
    groups.get(link[end]).push(link);
  }
  return groups;
}

/** The ends of ribbons on one side of a bar, in the order of where they come from or go to, so that few cross. */
function stack(node, links, far, width, name) {
  if (!links) return;
  links.sort((a, b) => a[far].y - b[far].y || (a.bend || 0) - (b.bend || 0) || (a.key < b.key ? -1 : 1));
  const sum = links.reduce((all, link) => all + link[width], 0);
  const step = sum > node.h ? (node.h * 0.98) / sum : 1;
  let y = node.y - (sum * step) / 2;
  for (const link of links) {
    link[name] = y + (link[width] * step) / 2;
    y += link[width] * step;
  }
}

/** The middle line of the ribbon and of what leaks away from it. */
function trace(link) {
  const { source, target } = link;
  const across = target.x - source.x;
  link.back = across < source.w + 14;
  if (Math.abs(across) < 60 * source.grow && source !== target) link.curve = sideways(link);
  else link.curve = link.back ? backwards(link) : forwards(link);
  link.path = pathText(link.curve);
  link.leak = link.sent - link.got > 0.35 ? leakText(link) : null;
  link.middle = at(link.curve, 0.5);
}

const startOf = (link) => link.from_y - (link.sent - link.got) / 2;

function forwards(link) {
  const [x0, x1] = [link.source.x + link.source.w / 2, link.target.x - link.target.w / 2];
  const [y0, y1, bow] = [startOf(link), link.to_y, bowOf(link)];
  const reach = (x1 - x0) * 0.5;
  return [x0, y0, x0 + reach, y0 + bow, x1 - reach, y1 + bow, x1, y1];
}

/** Against the stream: out on the right, round below and in from the left. */
function backwards(link) {
  const [x0, x1] = [link.source.x + link.source.w / 2, link.target.x - link.target.w / 2];
  const away = Math.abs(x1 - x0);
  const reach = 46 + Math.min(90, away * 0.25);
  const sag = 26 + Math.min(60, away * 0.12) + Math.abs(link.bend || 0) * 40;
  const [y0, y1] = [startOf(link), link.to_y];
  return [x0, y0, x0 + reach, y0 + sag, x1 - reach, y1 + sag, x1, y1];
}

/** Within a column: an arc on the right on the way down, on the left on the way up, wider the further it goes. */
function sideways(link) {
  const side = link.target.y > link.source.y ? 1 : -1;
  const [y0, y1] = [startOf(link), link.to_y];
  const [x0, x1] = [link.source, link.target].map((node) => node.x + (side * node.w) / 2);
  const reach = side * (16 * link.source.grow + Math.min(120, Math.abs(y1 - y0) * 0.26) + Math.abs(link.bend || 0) * 14);
  return [x0, y0, x0 + reach, y0, x1 + reach, y1, x1, y1];
}

/** Parallel hand-offs keep apart between their ends too, where their bars are too thin to do it. */
function bowOf(link) {
  const side = link.bend || 0;
  return Math.max(-1.5, Math.min(1.5, side)) * Math.max(18, link.sent * 1.2);
}

export function pathText(curve) {
  const [x0, y0, ax, ay, bx, by, x1, y1] = curve.map(round);
  return `M${x0} ${y0}C${ax} ${ay} ${bx} ${by} ${x1} ${y1}`;
}

/** What is lost leaves the ribbon below its first half and sinks; a wedge that gets thinner. */
function leakText(link) {
  const wide = link.sent - link.got;
  const [x0, y0] = link.curve;
  const top = y0 + link.got / 2;
  const spot = at(link.curve, link.loud ? 0.5 : 0.4);
  const drop = link.got / 2 + wide * 0.8 + (link.loud ? 16 : 8);
  const [ax, bx] = [x0 + (spot[0] - x0) * 0.55, x0 + (spot[0] - x0) * 0.8];
  const [tipX, tipY] = [spot[0], spot[1] + drop];
  const lean = top + (spot[1] - y0) * 0.45;
  const text = [x0, top, ax, top, bx, lean, tipX, tipY, bx - wide * 0.2, lean + wide * 0.9, ax, top + wide, x0, top + wide].map(round);
  const [a, b, c, d, e, f, g, h, i, j, l, m, n, o] = text;
  return `M${a} ${b}C${c} ${d} ${e} ${f} ${g} ${h}C${i} ${j} ${l} ${m} ${n} ${o}Z`;
}

export function at(curve, t) {
  const [x0, y0, ax, ay, bx, by, x1, y1] = curve;
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return [a * x0 + b * ax + c * bx + d * x1, a * y0 + b * ay + c * by + d * y1];
}

/** Short strokes across a ribbon, one for every band below the best: the colour said once more. */
export function cuts(link) {
  if (link.band === null || link.band === undefined || link.band >= 4) return "";
  const count = 4 - link.band;
  const half = link.got / 2 + 2.5;
  const texts = [];
  for (let index = 0; index < count; index += 1) {
    const t = 0.62 + (index - (count - 1) / 2) * Math.min(0.04, 6 / Math.max(40, Math.abs(link.curve[6] - link.curve[0])));
    const [x, y] = at(link.curve, t);
    const [fx, fy] = at(link.curve, t + 0.01);
    const length = Math.hypot(fx - x, fy - y) || 1;
    const [nx, ny] = [(-(fy - y) / length) * half, ((fx - x) / length) * half];
    texts.push(`M${round(x - nx)} ${round(y - ny)}L${round(x + nx)} ${round(y + ny)}`);
  }
  return texts.join("");
}

/** Left, top, right, bottom of the bars and loops alone; the view adds room for names in pixels of the window. */
export function coreOf(nodes, links) {
  if (!nodes.length) return [0, 0, 640, 360];
  const xs = nodes.map((node) => node.x);
  const ys = [...nodes.flatMap((node) => [node.y - node.h / 2, node.y + node.h / 2]), ...links.filter((link) => link.back).map((link) => link.curve[3] - 10)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Left, top, right, bottom of all that is drawn, with room for the names at both ends. */
export function boxOf(nodes, links) {
  if (!nodes.length) return [0, 0, 640, 360];
  const ys = [...nodes.flatMap((node) => [node.y - node.h / 2 - LABEL - 14, node.y + node.h / 2 + 18]), ...links.filter((link) => link.back).map((link) => link.curve[3] + 10)];
  const xs = nodes.map((node) => node.x);
  const outside = nodes.some((node) => node.kind === "external_supplier") ? 120 : 60;
  const ashore = nodes.some((node) => node.kind === "end_customer");
  const shore = ashore ? SHORE_NAMES : 80;
  return [Math.min(...xs) - outside, Math.min(...ys) - (ashore ? 40 : 12), Math.max(...xs) + shore, Math.max(...ys) + 12];
}

/** A soft outline around the members of a team: the hull of their bars, moved outwards, with round corners. */
export function hullText(nodes, pad = 24) {
  const points = nodes.flatMap((node) => [
    [node.x - pad, node.y - node.h / 2 - pad], [node.x + pad, node.y - node.h / 2 - pad],
    [node.x - pad, node.y + node.h / 2 + pad * 0.6], [node.x + pad, node.y + node.h / 2 + pad * 0.6],
  ]);
  const hull = convex(points);
  const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const corner = (a, b) => {
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const part = Math.min(0.5, 16 / length);
    return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
  };
  const start = middle(hull[0], hull[hull.length - 1]);
  let text = `M${start.map(round).join(" ")}`;
  hull.forEach((point, index) => {
    const before = hull[(index + hull.length - 1) % hull.length];
    const after = hull[(index + 1) % hull.length];
    text += `L${corner(point, before).map(round).join(" ")}Q${point.map(round).join(" ")} ${corner(point, after).map(round).join(" ")}`;
  });
  return `${text}Z`;
}

/** Andrew's monotone chain. */
function convex(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (all) => {
    const kept = [];
    for (const point of all) {
      while (kept.length >= 2 && turn(kept[kept.length - 2], kept[kept.length - 1], point) <= 0) kept.pop();
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** The hand-off nearest to a point, or null beyond ``most`` pixels of its edge; a loud one wins over a quiet one beside it. */
export function nearest(links, x, y, most) {
  let best = null;
  let least = most;
  for (const link of links) {
    const [x0, y0, ax, ay, bx, by, x1, y1] = link.curve;
    const reach = link.got / 2 + most;
    if (x < Math.min(x0, ax, bx, x1) - reach || x > Math.max(x0, ax, bx, x1) + reach) continue;
    if (y < Math.min(y0, ay, by, y1) - reach || y > Math.max(y0, ay, by, y1) + reach) continue;
    let [px, py] = [x0, y0];
    for (let step = 1; step <= 24; step += 1) {
      const [qx, qy] = at(link.curve, step / 24);
      const gap = segment(x, y, px, py, qx, qy) - link.got / 2 - (link.loud ? most / 2 : 0);
      if (gap < least) [best, least] = [link, gap];
      [px, py] = [qx, qy];
    }
  }
  return best;
}

function segment(x, y, ax, ay, bx, by) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const t = length ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}
