// The pure part of the map on a chain worked by hand; run by node (tests/browser/test_chain_map_model.py).
//
//     ext ──(1 of 10, 8 arrive)──> ann ──(8, 6)──> bea ──(4, 3)──> client        ann, bea: team Sales
//                                   └──(2, 1)──> cyd ──(3, 3, assumed)──> client  cyd, dov: team Plant
//                                  bea ──(2, 1)──> dov, bea ──(1, 1)──> cyd; dov ──(1, .5)──> bea
import assert from "node:assert/strict";
import { test } from "node:test";
import { around, bandOf, find, freshState, indexed, pathOf, picture, thresholdOf, together, total } from "../../static/chainmap/js/chain_map_model.js";
import { inSight, sharedStart, shortened, twoLines } from "../../static/chainmap/js/chain_map_names.js";
import { arriving, laidOut, nearest, scaleOf } from "../../static/chainmap/js/chain_map_shape.js";

const party = (id, name, kind, team, x, y, client) => ({ id, name, kind, team, x, y, inflow: null, client, href: null });
const link = (id, from, to, flow, lost, more = {}) => ({
  id, from, to, what: `thing ${id}`, flow, lost, yield: 1 - lost / flow, basis: "rated", ratings: 2, rank: id, gain: 1, bend: 0, href: `/h/${id}/`, ...more,
});
const made = () => ({
  name: "Acme", opens_folded: false, may_arrange: false,
  parties: [
    party(10, "Ext", "external_supplier", null, 80, 80, 1), party(1, "Ann", "employee", 0, 360, 80, 2),
    party(2, "Béa", "employee", 0, 640, 80, 9), party(3, "Cyd", "employee", 1, 640, 144, 9),
    party(4, "Dov", "employee", 1, 640, 208, 2), party(9, "The client", "end_customer", null, 920, 80, null),
  ],
  teams: [{ id: 70, name: "Sales", x: 500, y: 80 }, { id: 71, name: "Plant", x: 640, y: 176 }],
  links: [
    link(1, 10, 1, 10, 2), link(2, 1, 2, 8, 2), link(3, 1, 3, 2, 1, { ratings: 1 }), link(4, 2, 9, 4, 1), link(5, 2, 4, 2, 1),
    link(6, 2, 3, 1, 0), link(7, 3, 9, 3, 0, { basis: "assumed", ratings: 0, rank: null }), link(8, 4, 2, 1, 0.5),
  ],
});
const drawn = (change = {}, data = made()) => picture(indexed(data), { ...freshState(data), ...change });
const sum = (links, name) => links.reduce((all, one) => all + one[name], 0);

test("a folded team: flow, loss and ratings add up, the yield follows, what stays inside is gone", () => {
  const { nodes, links } = drawn({ folded: new Set([1]) });
  assert.deepEqual(nodes.map((node) => node.key), ["p10", "p1", "p2", "t1", "p9"]);
  assert.equal(nodes.find((node) => node.key === "t1").count, 2);
  const toPlant = links.find((one) => one.from === "p2" && one.to === "t1");
  assert.deepEqual(toPlant.ids, [5, 6]);
  assert.deepEqual([toPlant.flow, toPlant.lost, toPlant.ratings, toPlant.yield], [3, 1, 4, 1 - 1 / 3]);
  assert.deepEqual([toPlant.href, toPlant.gain, toPlant.rank], [null, null, 5]);
  // nothing but the inside of teams gets lost in folding
  assert.equal(sum(links, "flow"), sum(made().links, "flow"));
  const both = drawn({ folded: new Set([0, 1]) }).links;
  assert.equal(sum(both, "flow"), 31 - 8);
  assert.equal(sum(both, "lost"), 7.5 - 2);
  assert.ok(both.every((one) => one.from !== one.to));
});

test("an assumed hand-off among others of a folded team does not make the whole assumed", () => {
  const known = together([made().links[6], made().links[3]], "t1", "p9");
  assert.equal(known.basis, "rated");
  assert.equal(together([made().links[6]], "p3", "p9").basis, "assumed");
});

test("filters leave what passes all of them", () => {
  const filtered = (filters) => drawn({ filters: { team: null, band: null, ratings: 0, threshold: 0, ...filters } });
  const ids = (found) => found.links.flatMap((one) => one.ids);
  assert.deepEqual(ids(filtered({ threshold: 3 })), [1, 2, 4, 7]);
  assert.deepEqual(ids(filtered({ ratings: 2 })), [1, 2, 4, 5, 6, 8]);
  assert.deepEqual(ids(filtered({ band: 1 })), [3, 5, 8]); // half arrives
  assert.deepEqual(ids(filtered({ band: "assumed" })), [7]);
  const plant = filtered({ team: 1 });
  assert.deepEqual(ids(plant), [3, 5, 6, 7, 8]);
  assert.deepEqual(plant.nodes.map((node) => node.key), ["p1", "p2", "p3", "p4", "p9"]);
  assert.equal(filtered({ threshold: 1e9 }).nodes.length, 6); // a small chain keeps everybody in place
});

test("bands meet at their lower limit, and the unknown is in none", () => {
  assert.deepEqual([0, 0.39, 0.4, 0.6, 0.75, 0.9, 1].map(bandOf), [0, 0, 1, 2, 3, 4, 4]);
  assert.equal(bandOf(null), null);
  assert.equal(total([null, null]), null);
});

test("focus: so many steps up and down, and no further", () => {
  const model = indexed(made());
  assert.deepEqual([...around(model, 3, 1)].sort(), [1, 2, 3, 9]);
  assert.deepEqual([...around(model, 3, 2)].sort((a, b) => a - b), [1, 2, 3, 4, 9, 10]);
  assert.deepEqual(drawn({ focus: 10, steps: 1 }).nodes.map((node) => node.key), ["p10", "p1"]);
});

test("the way to the end customer follows everybody's most important client and ends in a loop too", () => {
  assert.deepEqual(pathOf(indexed(made()), 10), { parties: [10, 1, 2, 9], links: [1, 2, 4] });
  const data = made();
  data.parties[2].client = 4; // Béa works for Dov and Dov for Béa
  assert.deepEqual(pathOf(indexed(data), 1).parties, [1, 2, 4]);
});

test("names are found without accents and capitals, beginnings first, teams too", () => {
  const model = indexed(made());
  assert.deepEqual(find(model, "bea").map((one) => one.party), [2]);
  assert.deepEqual(find(model, "e").map((one) => one.name), ["Ext", "Béa", "Sales", "The client"]);
  assert.deepEqual(find(model, "  "), []);
});

test("the largest losses stand out, assumed ones never", () => {
  assert.deepEqual(drawn().links.filter((one) => one.loud).map((one) => one.id), [1, 2, 3, 4, 5]);
});

test("what is tried out keeps what is today, adds and takes away", () => {
  const whatIf = { links: { 2: { flow: 8, lost: 0, yield: 1 } }, added: [{ from: 4, to: 9, flow: 1, lost: 0, yield: 1 }, { from: 4, to: 404 }], removed: [4] };
  const { links } = drawn({ whatIf });
  assert.deepEqual(links.find((one) => one.id === 2).was, { flow: 8, lost: 2, yield: 0.75 });
  assert.deepEqual(links.filter((one) => one.isNew).map((one) => [one.from, one.to]), [["p4", "p9"]]);
  const gone = links.find((one) => one.id === 4);
  assert.deepEqual([gone.gone, gone.flow, gone.was.flow], [true, 0, 4]);
  const folded = drawn({ whatIf, folded: new Set([0]) }).links.find((one) => one.from === "t0" && one.to === "p9");
  assert.deepEqual([folded.flow, folded.was.flow], [0, 4]);
});

test("the slider reaches nothing at 0 and the largest flow at 100", () => {
  const model = indexed(made());
  assert.deepEqual([thresholdOf(model, 0), thresholdOf(model, 100)], [0, 10]);
});

test("drawn widths are flows on one scale, and what leaks is what is lost", () => {
  const found = drawn();
  const layout = laidOut(found, scaleOf(made().parties, 1.6));
  const [first, second] = layout.links.filter((one) => [1, 2].includes(one.id)).sort((a, b) => a.id - b.id);
  assert.ok(Math.abs(first.sent / second.sent - 10 / 8) < 1e-9);
  assert.ok(Math.abs(first.got / first.sent - 0.8) < 1e-9);
  assert.equal(arriving(first), 8);
  assert.equal(nearest(layout.links, ...first.middle, 4).id, 1);
  assert.equal(nearest(layout.links, -500, -500, 4), null);
});

test("names that are cut keep what tells them from others", () => {
  assert.deepEqual([shortened("Counter (2)", 11), shortened("a person of Workshop (2)", 14)], ["Counter (2)", "a person o…(2)"]);
  assert.equal(shortened("Northspoke Parts (invented)", 12), "Northspoke…");
  assert.equal(sharedStart(["Journal AEA", "Journal AER of 9", "Journal JEP"]), "Journal ");
  assert.deepEqual([sharedStart(["Journal"]), sharedStart(["Journal", "Journal B"]), sharedStart(["Ann", "Bea"])], ["", "", ""]);
  assert.deepEqual(twoLines("Harbour Parcel Riders (invented firm)", 21), ["Harbour Parcel Riders", "(invented firm)"]);
  assert.deepEqual(twoLines("Harbour Parcel Riders (invented firm)", 14), ["Harbour Parcel", "Riders (inven…"]);
  assert.equal(twoLines("Donaudampfschiff", 10), null);
});

test("a name that ends at its bar is not put where its beginning is out of sight", () => {
  const [left, other] = [[100, 20, "end", 130], [100, 50, "end", 60]];
  assert.deepEqual(inSight([left, other], 0), [other]);
  assert.deepEqual(inSight([left, other], -40), [left, other]);
});
