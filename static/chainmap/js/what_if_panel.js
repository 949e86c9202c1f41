// What if beside the map: opened over the sheet of a hand-off, so that the change and the picture are seen together.
// Without this the part stays below the map.

/** Moves the part `#what-if` into the map's room; returns a function that opens it. */
export function panelBesideMap(view) {
  const panel = document.getElementById("map-try");
  const opener = document.querySelector("[data-map-try]");
  if (!panel || !opener) return () => {};
  const title = document.getElementById("what-if-title");
  panel.append(document.getElementById("what-if"));
  opener.hidden = false;

  function show(on) {
    panel.hidden = !on;
    opener.setAttribute("aria-expanded", String(on));
    (on ? title : opener).focus({ preventScroll: true });
    if (on) panel.scrollTop = 0;
    view.resized(false); // unlike the sheet it stays for long: the picture is laid out for the room that is left
  }
  const open = () => show(true);

  opener.addEventListener("click", () => show(panel.hidden));
  panel.querySelector("[data-map-try-close]").addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) show(false);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest('a[href="#what-if-title"]')) return;
    event.preventDefault();
    open();
  });
  if (["#what-if", "#what-if-title"].includes(location.hash)) open();
  return open;
}
