// The presentation works without this file, link by link; it adds keys, a clicker, swipes, full screen and black.
"use strict";

(() => {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const rightToLeft = document.documentElement.dir === "rtl";
  const black = document.getElementById("black");
  const stage = () => document.getElementById("stage");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(stage().dataset.channel) : null;
  let going = null;
  let idle = 0;
  let isLeft = false;

  function shrink(element) {
    if (calm.matches) return;
    for (const bar of element.querySelectorAll("[data-from]")) {
      const from = Math.min(Number(bar.dataset.from), 200);
      if (!(from > 1)) continue;
      bar.style.transformBox = "fill-box";
      bar.style.transformOrigin = "left";
      bar.animate([{ transform: `scaleX(${from})` }, { transform: "scaleX(1)" }], { duration: 900, easing: "ease-in-out" });
    }
  }

  function tell() {
    const { place, count, title } = stage().dataset;
    if (place && !isLeft) channel?.postMessage({ kind: "at", place, count, title, black: !black.hidden });
  }

  /** What scripts add to the page that came. */
  function dress() {
    for (const button of stage().querySelectorAll('[data-go="black"]')) button.hidden = false;
    const full = stage().querySelector('[data-go="full"]');
    if (full && document.fullscreenEnabled) full.hidden = false;
    tell();
  }

  async function go(address, { isBack = false, keeps = false } = {}) {
    going?.abort();
    going = new AbortController();
    let page;
    try {
      const answer = await fetch(address, { signal: going.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch (error) {
      if (error.name !== "AbortError") window.location.assign(address);
      return;
    }
    const fresh = page.getElementById("stage");
    if (!fresh) {
      window.location.assign(address);
      return;
    }
    const held = stage().contains(document.activeElement) ? document.activeElement.getAttribute("rel") : null;
    stage().replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    if (!keeps) window.history.replaceState(null, "", address);
    if (held) fresh.querySelector(`[rel="${held}"]`)?.focus();
    dress();
    if (!isBack) shrink(fresh);
  }

  function follow(selector, isBack = false) {
    const link = stage().querySelector(selector);
    if (link) go(link.href, { isBack });
    return Boolean(link);
  }

  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }

  function blacken(on = black.hidden) {
    black.hidden = !on;
    tell();
  }

  /** Out of black, out of full screen (the browser sees to that), out of the presentation. */
  function escape() {
    if (!black.hidden) blacken(false);
    else if (!document.fullscreenElement) window.location.assign(stage().dataset.back);
  }

  const next = () => (black.hidden ? follow('[rel="next"]') : blacken(false));
  const previous = () => follow('[rel="prev"]', true);
  const ACTIONS = {
    [rightToLeft ? "ArrowLeft" : "ArrowRight"]: next,
    [rightToLeft ? "ArrowRight" : "ArrowLeft"]: previous,
    ArrowDown: next,
    ArrowUp: previous,
    PageDown: next,
    PageUp: previous,
    Home: () => follow('[data-go="first"]', true),
    End: () => follow('[data-go="last"]'),
    f: full,
    h: () => follow('[data-go="names"]'),
    b: () => blacken(),
    ".": () => blacken(),  // many clickers send this for black
    Escape: escape,
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === " ") {
      if (event.target.closest?.("a, button")) return;
      event.preventDefault();
      if (event.shiftKey) previous();
      else next();
      return;
    }
    const inMap = event.target.closest?.("[role=application]") && key.startsWith("Arrow");
    if (!ACTIONS[key] || inMap) return;
    event.preventDefault();
    ACTIONS[key]();
  });

  document.addEventListener("click", (event) => {
    if (event.target === black) {
      blacken(false);
      return;
    }
    const button = event.target.closest?.("button[data-go]");
    if (button) {
      if (button.dataset.go === "full") full();
      else blacken();
      return;
    }
    const link = event.target.closest?.("#stage .stage-bar a[href]");
    if (!link || link.dataset.go === "end" || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.href, { isBack: link.rel === "prev" });
  });

  let touched = null;
  document.addEventListener("touchstart", (event) => {
    touched = event.touches.length === 1 && !event.target.closest?.("[role=application]") ? event.touches[0] : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!touched) return;
    const end = event.changedTouches[0];
    const across = (end.clientX - touched.clientX) * (rightToLeft ? -1 : 1);
    const down = Math.abs(end.clientY - touched.clientY);
    touched = null;
    if (Math.abs(across) < 60 || down > Math.abs(across) / 2) return;
    if (across < 0) next();
    else previous();
  }, { passive: true });

  channel?.addEventListener("message", ({ data }) => {
    if (data.kind === "ask") tell();
    else if (data.kind === "go") ({ next, previous, black: () => blacken() })[data.where]?.();
  });
  window.addEventListener("pagehide", () => {
    isLeft = true;
    channel?.postMessage({ kind: "gone" });
  });
  window.addEventListener("pageshow", () => {
    if (!isLeft) return;
    isLeft = false;
    tell();
  });

  const wake = () => {
    document.body.classList.remove("is-idle");
    window.clearTimeout(idle);
    idle = window.setTimeout(() => document.body.classList.add("is-idle"), 4000);
  };
  document.addEventListener("pointermove", wake);
  dress();
  shrink(stage());
})();
