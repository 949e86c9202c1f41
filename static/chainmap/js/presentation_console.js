// Beside the list of scenes: what another window shows now and what comes next. The list works without this file.
"use strict";

(() => {
  for (const form of document.querySelectorAll("[data-scene-move]")) {
    form.closest("li").addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      const button = form.querySelector(`[value="${event.key === "ArrowUp" ? "up" : "down"}"]`);
      event.preventDefault();
      if (!button.disabled) button.click();
    });
  }
  // after the browser itself has gone to the place in the address, which takes the focus away
  window.addEventListener("load", () => requestAnimationFrame(() => {
    if (!window.location.hash.startsWith("#scene-")) return;
    const moved = document.getElementById(window.location.hash.slice(1));
    moved?.querySelector("[data-scene-move] button:not(:disabled)")?.focus({ preventScroll: true });
  }));

  const console_ = document.querySelector("[data-console]");
  if (!console_ || !("BroadcastChannel" in window)) return;
  const channel = new BroadcastChannel(console_.dataset.console);
  const part = (name) => console_.querySelector(`[data-console-${name}]`);
  // said again it would be read aloud again
  const write = (name, text) => { if (part(name).textContent !== text) part(name).textContent = text; };
  const ask = () => channel.postMessage({ kind: "ask" });
  /** Milliseconds between two questions whether the other window is still there: one that crashed says no farewell. */
  const EVERY = 2000;
  const PATIENCE = 2;
  let unanswered = 0;
  channel.addEventListener("message", ({ data }) => {
    if (data.kind === "gone") {
      console_.hidden = true;
      ask();
    } else if (data.kind === "at") {
      unanswered = 0;
      console_.hidden = false;
      write("place", `${data.place} / ${data.count}`);
      write("title", data.title);
      // the next title stands here alone: what the room sees holds nothing of what comes
      const next = document.querySelectorAll(".scene-about > a")[Number(data.place)];
      write("next", next ? next.textContent : part("next").dataset.last);
    }
  });
  for (const button of console_.querySelectorAll("[data-console-go]")) {
    button.addEventListener("click", () => channel.postMessage({ kind: "go", where: button.dataset.consoleGo }));
  }
  setInterval(() => {
    if (unanswered >= PATIENCE) console_.hidden = true;
    unanswered += 1;
    ask();
  }, EVERY);
  ask();
})();
