// What is to be seen of a chain: folding, filters, focus, path and what-if. Pure: no page, no drawing; numbers in the
// units of the server (value in person-equivalents, yields and shares 0..1), null where a figure cannot be known.

/** Upper limits of the bands 0..3; band 4 is everything from the last one up. Band 0: under 40 of 100 arrive. */
export const BAND_LIMITS = [0.4, 0.6, 0.75, 0.9];

/** How many of the largest losses stand out; everything else stays quiet. */
export const LOUD = 5;

export function bandOf(yielded) {
  if (yielded === null || yielded === undefined) return null;
  const index = BAND_LIMITS.findIndex((limit) => yielded < limit);
  return index < 0 ? BAND_LIMITS.length : index;
}

/** The sum of what is known; null if nothing is. */
export function total(values) {
  const known = values.filter((one) => one !== null && one !== undefined);
  return known.length ? known.reduce((sum, one) => sum + one, 0) : null;
}

/** The data of a page with what is looked up often. Parties and teams by number, hand-offs by their two ends. */
export function indexed(data) {
  const parties = new Map(data.parties.map((party) => [party.id, party]));
  const links = data.links.filter((link) => parties.has(link.from) && parties.has(link.to));
  const out = new Map([...parties.keys()].map((id) => [id, []]));
  const into = new Map([...parties.keys()].map((id) => [id, []]));
  for (const link of links) {
    out.get(link.from).push(link);
    into.get(link.to).push(link);
  }
  const members = data.teams.map((_, index) => data.parties.filter((party) => party.team === index));
  return { data, parties, links, out, into, members, teams: data.teams };
}

export function freshState(data) {
  return {
    folded: new Set(data.opens_folded ? data.teams.map((_, index) => index) : []),
    focus: null,
    steps: 2,
    filters: { team: null, band: null, ratings: 0, threshold: 0 },
    whatIf: null,
    hideNames: false,
    selected: null,
  };
}

/** Those within ``steps`` hand-offs up or down of a party, itself included. */
export function around(model, party, steps) {
  const found = new Set([party]);
  for (const [links, end] of [[model.into, "from"], [model.out, "to"]]) {
    let edge = [party];
    const seen = new Set(edge);
    for (let step = 0; step < steps && edge.length; step += 1) {
      edge = edge.flatMap((id) => links.get(id).map((link) => link[end])).filter((id) => !seen.has(id) && seen.add(id));
    }
    for (const id of seen) found.add(id);
  }
  return found;
}

/** From a party over everybody's most important client towards the end customer: parties, and the largest hand-offs. */
export function pathOf(model, party) {
  const parties = [];
  const links = [];
  const seen = new Set();
  for (let id = party; id !== null && id !== undefined && model.parties.has(id) && !seen.has(id); ) {
    seen.add(id);
    parties.push(id);
    const next = model.parties.get(id).client;
    const given = next === null ? [] : model.out.get(id).filter((link) => link.to === next);
    if (!given.length) break;
    links.push(given.reduce((best, link) => ((link.flow || 0) > (best.flow || 0) ? link : best)).id);
    id = next;
  }
  return { parties, links };
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** Parties and teams whose name contains the words, those that begin with them first; at most ``most``. */
export function find(model, words, most = 12) {
  const sought = plain(words.trim());
  if (!sought) return [];
  const all = [
    ...model.data.parties.map((party) => ({ party: party.id, name: party.name, team: party.team })),
    ...model.teams.map((team, index) => ({ team: index, party: null, name: team.name })),
  ];
  const place = (one) => plain(one.name).indexOf(sought);
  const hits = all.map((one) => [place(one), one]).filter(([at]) => at >= 0);
  hits.sort(([one, a], [other, b]) => Math.min(one, 1) - Math.min(other, 1) || a.name.localeCompare(b.name));
  return hits.slice(0, most).map(([, one]) => one);
}

const isFolded = (state, party) => party.team !== null && state.folded.has(party.team);
export const keyOf = (state, party) => (isFolded(state, party) ? `t${party.team}` : `p${party.id}`);

/** A hand-off as the repairs tried out would make it; ``was`` keeps what it is today. */
function tried(state, link) {
  const change = state.whatIf && state.whatIf.links && state.whatIf.links[link.id];
  const removed = state.whatIf && (state.whatIf.removed || []).includes(link.id);
  if (!change && !removed) return link;
  const was = { flow: link.flow, lost: link.lost, yield: link.yield };
  return removed ? { ...link, flow: 0, lost: 0, gone: true, was } : { ...link, ...change, was };
}

function addedLinks(model, state) {
  const added = (state.whatIf && state.whatIf.added) || [];
  return added
    .filter((link) => model.parties.has(link.from) && model.parties.has(link.to))
    .map((link, index) => ({
      id: -1 - index, what: "", volume: null, share: null, yield: null, flow: null, lost: null, lost_share: null,
      gain: null, gain_share: null, basis: "given", ratings: 0, rank: null, bend: 0, href: null, ...link, isNew: true,
    }));
}

function passes(filters, link) {
  if (link.isNew || link.gone) return true;
  if ((link.flow || 0) < filters.threshold) return false;
  if (link.ratings < filters.ratings) return false;
  return filters.band === null || (filters.band === "assumed" ? link.basis === "assumed" : link.basis !== "assumed" && bandOf(link.yield) === filters.band);
}

/** Several hand-offs between the same two ends as one: flow, loss and ratings add up, the yield follows from them. */
export function together(links, from, to) {
  const [first] = links;
  const flow = total(links.map((link) => link.flow));
  const lost = total(links.map((link) => link.lost));
  const ranks = links.map((link) => link.rank).filter((rank) => rank !== null);
  const before = links.some((link) => link.was);
  const was = before && {
    flow: total(links.map((link) => (link.was || link).flow)),
    lost: total(links.map((link) => (link.was || link).lost)),
  };
  if (was) was.yield = was.flow ? 1 - was.lost / was.flow : null;
  const known = links.find((link) => link.basis !== "assumed");
  return {
    key: links.length === 1 ? `l${first.id}` : `${from}>${to}`,
    id: links.length === 1 ? first.id : null,
    ids: links.map((link) => link.id),
    from,
    to,
    what: links.length === 1 ? first.what : "",
    flow,
    lost,
    yield: links.length === 1 ? first.yield : flow ? 1 - (lost || 0) / flow : null,
    basis: (known || first).basis,
    ratings: total(links.map((link) => link.ratings)) || 0,
    rank: ranks.length ? Math.min(...ranks) : null,
    gain: links.length === 1 ? first.gain : null,
    bend: links.length === 1 ? first.bend || 0 : 0,
    href: links.length === 1 ? first.href : null,
    was: was || null,
    isNew: links.every((link) => link.isNew),
    drawn: links.length === 1 ? first.drawn || null : null, // by a room: both, one, others
    drawnWords: links.length === 1 ? first.drawn_words || "" : "",
    gone: links.every((link) => link.gone),
  };
}

function shownParties(model, state, links) {
  const { team, ratings, threshold, band } = state.filters;
  let parties = model.data.parties;
  if (state.focus !== null && model.parties.has(state.focus)) {
    const near = around(model, state.focus, state.steps);
    parties = parties.filter((party) => near.has(party.id));
  }
  if (team !== null) {
    const touched = new Set(model.members[team].map((party) => party.id));
    for (const link of links) {
      if (model.parties.get(link.from).team === team) touched.add(link.to);
      if (model.parties.get(link.to).team === team) touched.add(link.from);
    }
    parties = parties.filter((party) => touched.has(party.id));
  }
  // a large picture without what is filtered away; in a small one everybody keeps their place, only paler
  const filtered = ratings > 0 || threshold > 0 || band !== null;
  if (filtered && parties.length > 120) {
    const busy = new Set(links.flatMap((link) => [link.from, link.to]));
    parties = parties.filter((party) => busy.has(party.id));
  }
  return parties;
}

function nodesOf(model, state, parties) {
  const nodes = new Map();
  for (const party of parties) {
    const key = keyOf(state, party);
    if (key[0] === "p") {
      nodes.set(key, { key, party: party.id, team: party.team, kind: party.kind, name: party.name, x: party.x, y: party.y, inflow: party.inflow, count: 1, links: 0 });
    } else if (nodes.has(key)) {
      nodes.get(key).count += 1;
    } else {
      const team = model.teams[party.team];
      nodes.set(key, { key, party: null, team: party.team, kind: "team", name: team.name, x: team.x, y: team.y, inflow: null, count: 1, links: 0 });
    }
  }
  return nodes;
}

/** Everything that is drawn now: nodes (parties and folded teams) and links, the largest losses marked ``loud``. */
export function picture(model, state) {
  const every = [...model.links, ...addedLinks(model, state)].map((link) => tried(state, link));
  const kept = every.filter((link) => passes(state.filters, link));
  const parties = shownParties(model, state, kept);
  const nodes = nodesOf(model, state, parties);
  const groups = new Map();
  for (const link of kept) {
    const from = keyOf(state, model.parties.get(link.from));
    const to = keyOf(state, model.parties.get(link.to));
    if (!nodes.has(from) || !nodes.has(to) || (from === to && from[0] === "t")) continue;
    const { team } = state.filters;
    if (team !== null && nodes.get(from).team !== team && nodes.get(to).team !== team) continue;
    const merged = from[0] === "t" || to[0] === "t";
    const key = merged ? `${from}>${to}` : `l${link.id}`;
    if (!groups.has(key)) groups.set(key, { from, to, links: [] });
    groups.get(key).links.push(link);
  }
  const links = [...groups.values()].map((group) => together(group.links, group.from, group.to));
  for (const link of links) {
    link.assumed = link.basis === "assumed";
    link.band = link.assumed ? null : bandOf(link.yield);
    nodes.get(link.from).links += 1;
    nodes.get(link.to).links += 1;
  }
  const losses = links.filter((link) => !link.assumed && (link.lost || 0) > 0).sort((a, b) => b.lost - a.lost);
  // a room looks at what it has drawn: nothing else is loud then
  const loud = links.some((link) => link.drawn) ? 0 : LOUD;
  for (const link of losses.slice(0, loud)) link.loud = true;
  return { nodes: [...nodes.values()], links, byKey: nodes, people: parties.length, all: model.data.parties.length };
}

/** The position of a slider (0..100) as a flow: fine steps for small flows, where most hand-offs are. */
export function thresholdOf(model, position) {
  const largest = Math.max(0, ...model.links.map((link) => link.flow || 0));
  return position <= 0 ? 0 : largest * (position / 100) ** 3;
}
