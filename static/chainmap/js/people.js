// Suggests names while somebody types. Without this file, or when the server does not answer, the field is a plain one.
"use strict";

(() => {
  const SHORTEST = 2;
  const PAUSE = 120;

  function prepare(field) {
    const input = field.querySelector("input");
    const list = field.querySelector("datalist");
    if (!input || !list || input.getAttribute("list")) return;
    input.setAttribute("list", list.id);
    let under_way = null;
    let timer = 0;
    let asked = "";

    async function ask() {
      const text = input.value.trim();
      if (text.length < SHORTEST || text === asked) return;
      if ([...list.options].some((one) => one.value === text)) return; // chosen already
      asked = text;
      if (under_way) under_way.abort();
      under_way = new AbortController();
      try {
        const address = `${field.dataset.people}?q=${encodeURIComponent(text.slice(0, 100))}`;
        const answer = await fetch(address, { signal: under_way.signal, credentials: "same-origin" });
        if (!answer.ok) return;
        const { people } = await answer.json();
        list.replaceChildren(
          ...people.map(({ label, team }) => {
            const option = document.createElement("option");
            option.value = label;
            if (team && !label.includes(team)) option.label = team;
            return option;
          }),
        );
      } catch {
        asked = ""; // aborted, or no connection: the next letter tries again
      }
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    });
  }

  for (const field of document.querySelectorAll("[data-people]")) prepare(field);
})();
