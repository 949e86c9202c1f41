// Works a new state of a piece of a page into the one that stands there, so that as much as can be stays: nodes keep
// their focus, scroll and what somebody typed. `touched` is a set of fields somebody typed in or chose.
//
// id, data-key, data-live-form  what a node is: with another one it is replaced, not changed
// data-live-keep="<key>"        the inside belongs to another script: left alone while the key is the same
// data-live-own                 put there by a script: not taken away
"use strict";

const TYPED = "input:not([type=hidden]), textarea, select";
const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.key || node.dataset.liveForm || "" : "");
const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

/** How much it matters that a node stays: the one somebody is in, one with a key, any other. */
function weight(node) {
  if (node.nodeType !== 1) return 1;
  if (node.contains(document.activeElement)) return 10000;
  return keyOf(node) ? 1000 : 10;
}

/** Pairs of old and new that are the same thing, in order, so that as much as can be stays. */
function pairs(old, fresh) {
  const best = Array.from({ length: old.length + 1 }, () => new Float64Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const stays = weight(old[i]);
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      best[i][j] = Math.max(best[i + 1][j], best[i][j + 1], alike(old[i], fresh[j]) ? stays + best[i + 1][j + 1] : 0);
    }
  }
  const found = new Map();
  for (let i = 0, j = 0; i < old.length && j < fresh.length;) {
    if (best[i][j] === best[i + 1][j]) i += 1;
    else if (best[i][j] === best[i][j + 1]) j += 1;
    else found.set(fresh[j++], old[i++]);
  }
  return found;
}

export function workIn(from, to, touched) {
  const fresh = [...to.childNodes];
  const same = pairs([...from.childNodes], fresh);
  let old = from.firstChild;
  for (const one of fresh) {
    const match = same.get(one);
    if (!match) {
      from.insertBefore(one, old);
      continue;
    }
    while (old !== match) old = removed(old);
    change(match, one, touched);
    old = match.nextSibling;
  }
  while (old) old = removed(old);
}

/** What a script put there stays. */
function removed(node) {
  const next = node.nextSibling;
  if (!node.dataset?.liveOwn) node.remove();
  return next;
}

function change(from, to, touched) {
  if (from.nodeType !== 1) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (from.dataset.liveKeep && from.dataset.liveKeep === to.dataset.liveKeep) return;
  for (const { name, value } of [...to.attributes]) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
  if (from.matches("input, textarea, select")) changeField(from, to, touched);
  if (!from.matches("textarea, select") || !touched.has(from)) workIn(from, to, touched);
}

/** What somebody typed or chose stays; the rest says what the server says. */
function changeField(from, to, touched) {
  if (touched.has(from) || (document.activeElement === from && from.matches(TYPED))) return;
  if (from.type === "checkbox" || from.type === "radio") from.checked = to.checked;
  else if (from.tagName !== "SELECT" && from.value !== to.value) from.value = to.value;
}
