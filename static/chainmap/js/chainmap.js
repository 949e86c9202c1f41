// The page works without this file; it only adds the switch between the whole picture and a larger one that scrolls.
"use strict";

for (const button of document.querySelectorAll("[data-zoom]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const large = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(large));
    button.closest("figure").classList.toggle("larger", large);
  });
}
