// Names where there is too little room for them: what tells one from another is kept. Pure: texts in, texts out.

/** At most so many letters; a number at the end ("Counter (2)") stays. */
export function shortened(name, most) {
  const letters = [...name];
  if (letters.length <= most) return name;
  const numbered = /\s(\S*\d\S*)$/.exec(name);
  const tail = numbered && [...numbered[1]].length <= most / 2 ? numbered[1] : "";
  return `${letters.slice(0, Math.max(1, most - 1 - [...tail].length)).join("").trimEnd()}…${tail}`;
}

/** The words that two and more names all begin with, up to the blank behind them; "" where there are none. */
export function sharedStart(names) {
  if (names.length < 2) return "";
  const split = names.map((name) => name.split(" "));
  let same = 0;
  while (split.every((words) => words.length > same + 1 && words[same] === split[0][same])) same += 1;
  return same ? `${split[0].slice(0, same).join(" ")} ` : "";
}

/** A name in two lines of at most so many letters, or null where its first word is too long for one. */
export function twoLines(name, most) {
  const words = name.split(" ");
  let first = "";
  while (words.length && [...first, ...words[0]].length + 1 <= most) first = `${first}${first && " "}${words.shift()}`;
  return first && words.length ? [first, shortened(words.join(" "), most)] : null;
}

/** Of the places of a name, [x, y, anchor, how far it reaches left of x], those that begin right of the edge. */
export function inSight(places, edge) {
  return places.filter(([x, , , before]) => x - before >= edge);
}
