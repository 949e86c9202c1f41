// The words of the map: written by the server in the reader's language, in <template id="map-words">; "{n}" is filled in.

export function readWords(root = document) {
  const held = root.getElementById("map-words");
  const texts = new Map([...(held ? held.content.querySelectorAll("[data-word]") : [])].map((one) => [one.dataset.word, one.textContent]));
  const number = new Intl.NumberFormat(root.documentElement.lang || undefined, { maximumFractionDigits: 1 });
  const words = (key, values = {}) =>
    (texts.get(key) || "").replace(/\{(\w+)\}/g, (_, name) => {
      const value = values[name];
      return typeof value === "number" ? number.format(value) : value === undefined || value === null ? "" : String(value);
    });
  words.number = (value) => number.format(value);
  return words;
}

/** One hand-off in a sentence or three: who, what, how much arrives, what is lost, how sure. */
export function linkSentence(words, link, nameOf) {
  const parts = [words(link.what ? "link" : "link_many", { from: nameOf(link.source || link.from), to: nameOf(link.target || link.to), what: link.what, n: link.ids.length })];
  if (link.assumed) parts.push(words("link_assumed"));
  else if (link.yield !== null) parts.push(words("link_arrives", { n: Math.round(100 * link.yield) }));
  if (link.was && link.was.yield !== null && link.yield !== link.was.yield) parts.push(words("link_was", { n: Math.round(100 * link.was.yield) }));
  if (!link.assumed && link.lost) parts.push(words("link_lost", { lost: link.lost, flow: link.flow }));
  if (link.ratings) parts.push(words("link_ratings", { n: link.ratings }));
  return parts.filter(Boolean).join(" ");
}

export function nodeSentence(words, node, into, out, team) {
  const parts = [words(`node_${node.kind}`, { name: node.name, n: node.count })];
  if (team && node.kind === "employee") parts.push(words("node_in_team", { team }));
  if (into || out) parts.push(words("node_links", { into, out }));
  return parts.filter(Boolean).join(" ");
}
