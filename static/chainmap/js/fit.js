// Results on a projector: as many rows as fit, in type for the back row, and how many more there are. Nothing is cut.
//
// data-fit          a result: its inside has to fit into it
// data-fit-row      may go, the last first; one stays
// data-fit-rest     says how many are not seen, and holds those that never had room; opened, everything is there
// data-fit-words    in it: the words for 0, 1, 2 ... more; data-fit-left: how many it holds itself
"use strict";

(() => {
  // few words are written large, for the back row: the largest first
  const ROOMY = ["is-huge", "is-roomy"];
  const isOver = (result) => result.scrollHeight > result.clientHeight + 1;

  function tell(rest, hidden) {
    const words = JSON.parse(rest.dataset.fitWords);
    const count = hidden + Number(rest.dataset.fitLeft);
    rest.hidden = !count;
    rest.querySelector("summary").textContent = words[Math.min(count, words.length - 1)];
  }

  function fit(result) {
    const rows = [...result.querySelectorAll("[data-fit-row]")].filter((row) => !row.closest("details"));
    const rest = result.querySelector("[data-fit-rest]");
    for (const row of rows) row.hidden = false;
    result.classList.remove("is-tight", ...ROOMY);
    if (rest) tell(rest, 0);
    // whoever opens something wants to read it all, and scrolls
    if (!result.clientHeight || result.querySelector("details[open]")) return;
    for (const size of ROOMY) {
      result.classList.add(size);
      if (!isOver(result)) return;
      result.classList.remove(size);
    }
    if (isOver(result)) result.classList.add("is-tight");
    for (let seen = rows.length; rest && seen > 1 && isOver(result); seen -= 1) {
      rows[seen - 1].hidden = true;
      tell(rest, rows.length - seen + 1);
    }
  }

  const seen = new MutationObserver(fitAll);
  function fitAll() {
    seen.disconnect();
    document.querySelectorAll(".screen [data-fit]").forEach(fit);
    seen.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["hidden", "class"] });
  }

  document.addEventListener("toggle", fitAll, true);
  window.addEventListener("resize", fitAll);
  document.fonts.ready.then(fitAll);
  fitAll();
})();
