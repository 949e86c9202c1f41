// The walk works without this file, link by link; it adds keys, a clicker, swipes, and the bar that shrinks.
"use strict";

(() => {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const rightToLeft = document.documentElement.dir === "rtl";
  const forth = rightToLeft ? "ArrowLeft" : "ArrowRight";
  const back = rightToLeft ? "ArrowRight" : "ArrowLeft";
  let going = null;

  const walk = () => document.getElementById("walk");

  /** Let what is left shrink from what it was before; nothing else moves, and not where motion is unwanted. */
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
    const fresh = page.getElementById("walk");
    if (!fresh) {
      window.location.assign(address);
      return;
    }
    const opened = walk().querySelector("details")?.open;
    const held = walk().contains(document.activeElement) ? document.activeElement.getAttribute("rel") : null;
    walk().replaceWith(document.adoptNode(fresh));
    if (opened && fresh.querySelector("details")) fresh.querySelector("details").open = true;
    document.title = page.title;
    if (!keeps) window.history.pushState(null, "", address);
    if (held) (fresh.querySelector(`[rel="${held}"]`) ?? fresh.querySelector(".walk-buttons a"))?.focus({ preventScroll: true });
    if (!isBack) shrink(fresh);
  }

  function follow(selector, options) {
    const link = walk()?.querySelector(selector);
    if (link) go(link.href, options);
    return Boolean(link);
  }

  const typing = (target) => target.closest?.("input, select, textarea, [contenteditable]");
  const pressing = (target) => target.closest?.("a, button, summary");

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
    let went = false;
    if (event.key === forth || event.key === "PageDown") went = follow('[rel="next"]');
    else if (event.key === " " && !pressing(event.target)) went = follow(event.shiftKey ? '[rel="prev"]' : '[rel="next"]');
    else if (event.key === back || event.key === "PageUp") went = follow('[rel="prev"]', { isBack: true });
    else if (event.key === "Home") went = follow(".walk-places li:first-child a", { isBack: true });
    else if (event.key === "End") went = follow("[data-last]") || follow('[rel="next"]');
    if (went) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#walk a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.origin !== window.location.origin) return;
    event.preventDefault();
    go(link.href, { isBack: link.rel === "prev" });
  });

  let touched = null;
  document.addEventListener("touchstart", (event) => {
    touched = event.touches.length === 1 && event.target.closest?.("#walk") ? event.touches[0] : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!touched) return;
    const end = event.changedTouches[0];
    const across = (end.clientX - touched.clientX) * (rightToLeft ? -1 : 1);
    const down = Math.abs(end.clientY - touched.clientY);
    touched = null;
    if (Math.abs(across) < 60 || down > Math.abs(across) / 2) return;
    if (across < 0) follow('[rel="next"]');
    else follow('[rel="prev"]', { isBack: true });
  }, { passive: true });

  window.addEventListener("popstate", () => go(window.location.href, { isBack: true, keeps: true }));
  if (walk()) shrink(walk());
})();
