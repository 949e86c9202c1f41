// What a view of the map looks like now: how far apart things are drawn, what stands out, which teams have a ground.
import { pathOf, picture } from "./chain_map_model.js";
import { scaleOf } from "./chain_map_shape.js";

/** Narrower windows than this have no room for names left of the outermost bars. */
const NARROW = 600;
const LETTER = 7.3;
/** Names at the shore are cut off behind so many letters, where the window has room for them. */
const SHORE_LETTERS = 34;
/** The same in the type of a projector. */
const LARGE_LETTER = 10.8;
const letterOf = (view) => (view.options.present ? LARGE_LETTER : LETTER);

/** Room for names around the bars, in pixels of the window: left, above, right, below. */
export function roomAround(view) {
  const { model, stage } = view;
  const wide = stage.clientWidth;
  const letter = letterOf(view);
  const named = (kind, least, longest) => {
    const names = model.data.parties.filter((party) => party.kind === kind).map((party) => [...party.name].length);
    return names.length ? Math.max(least, Math.min(longest, Math.max(...names) * letter + 34)) : Math.max(36, wide * 0.05);
  };
  const side = Math.max(36, wide * 0.05);
  const left = wide > NARROW && letter === LETTER ? named("external_supplier", 60, Math.min(200, wide * 0.16)) : side;
  return [left, 56, named("end_customer", 90, Math.min(SHORE_LETTERS * letter + 34, Math.max(116, wide * (letter !== LETTER ? 0.38 : 0.3)))), 26];
}

/** The places shown now decide how far apart they are drawn: anew after folding, focus and another window. */
export function scaleFor(view) {
  const { model, stage, state } = view;
  const [left, above, right, below] = roomAround(view);
  const whole = !state.folded.size && state.focus === null;
  const places = whole ? model.data.parties : picture(model, state).nodes;
  const aspect = (stage.clientWidth - left - right) / Math.max(120, stage.clientHeight - above - below);
  return scaleOf(places.length ? places : [{ x: 0, y: 0 }], Math.max(0.35, Math.min(3, aspect || 2)));
}

export function lookOf(view) {
  const narrow = view.stage.clientWidth < NARROW;
  const [left, , right] = roomAround(view);
  return { hulls: hullsOf(view), hideNames: view.state.hideNames, marks: marksOf(view), narrow, left, large: Boolean(view.options.present), plain: Boolean(view.options.present), long: Math.floor((right - 34) / letterOf(view)) };
}

/** The unfolded teams of two and more; a map of many has no grounds, they would lie over each other. */
function hullsOf({ layout, model, state }) {
  if (state.focus !== null || layout.nodes.length > 120) return [];
  const groups = new Map();
  for (const node of layout.nodes) {
    if (node.party === null || node.team === null) continue;
    if (!groups.has(node.team)) groups.set(node.team, []);
    groups.get(node.team).push(node);
  }
  const large = [...groups].filter(([, members]) => members.length > 1);
  return large.map(([team, members]) => ({ team, name: model.teams[team].name, members }));
}

/** What stands out: the chosen, the one the keys are at, the one under the pointer, the way to the end customer. */
export function marksOf(view) {
  const { chosen, chosenKey, hovered, keys, layout, model, state } = view;
  const { selected } = state;
  const start = state.focus !== null ? state.focus : chosen === undefined ? null : chosen;
  const way = start === null ? { parties: [], links: [] } : pathOf(model, start);
  const ids = new Set(way.links);
  const path = new Set(layout.links.filter((link) => link.ids.some((id) => ids.has(id))).map((link) => link.key));
  const nodes = new Set([...way.parties.map((id) => `p${id}`), ...(selected ? [selected.from, selected.to] : [])]);
  if (start !== null) nodes.add(`p${start}`);
  const calm = Boolean(selected || (chosenKey && state.focus !== chosen));
  return { calm, selected: selected ? selected.key : chosenKey || null, path, nodes, current: keys.at ? keys.at.key : null, hovered };
}
