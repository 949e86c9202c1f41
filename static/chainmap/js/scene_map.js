// Puts the map that can be moved in place of the still picture of a scene. Without this file the picture stays.
"use strict";

(() => {
  const WAITING = "[data-scene-map]:not([data-scene-mounted])";

  function styled(href) {
    if (!href || document.querySelector(`link[href="${CSS.escape(href)}"]`)) return Promise.resolve();
    return new Promise((done) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = href;
      link.addEventListener("load", done);
      link.addEventListener("error", done);
      document.head.append(link);
    });
  }

  async function mount(room) {
    room.dataset.sceneMounted = "";
    const still = [...room.childNodes];
    try {
      const [{ mountChainMap }, answer] = await Promise.all([
        import(room.dataset.sceneModule),
        fetch(room.dataset.sceneMap, { headers: { "X-Requested-With": "fetch" } }),
        styled(room.dataset.sceneStyle),
      ]);
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await answer.json();
      if (!room.isConnected) return;
      const view = mountChainMap(room, data, {
        present: true,
        readOnly: true,
        focus: room.dataset.sceneFocus ? Number(room.dataset.sceneFocus) : null,
        steps: Number(room.dataset.sceneSteps || 2),
      });
      if (room.dataset.sceneSelect) view.select(Number(room.dataset.sceneSelect));
      room.chainMap = view;
    } catch {
      room.classList.remove("chain-map");
      room.replaceChildren(...still);
    }
  }

  const mountAll = () => document.querySelectorAll(WAITING).forEach(mount);
  new MutationObserver(mountAll).observe(document.body, { childList: true, subtree: true });
  mountAll();
})();
