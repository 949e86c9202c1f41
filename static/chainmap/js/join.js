// The list of people on the page to join by: letters typed above it hide whoever has none of them. Without this file the
// button beside the field does the same.
(() => {
  const field = document.querySelector("[data-find]");
  const rows = [...document.querySelectorAll("[data-name]")];
  if (!field || !rows.length) return;
  const fold = (text) => text.toLocaleLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  const find = field.closest(".who-am-in").querySelector(".find");
  find.hidden = true;

  function shorten() {
    const parts = fold(field.value).split(/\s+/u).filter(Boolean);
    const found = rows.filter((row) => parts.every((part) => fold(row.dataset.name).includes(part)));
    for (const row of rows) row.hidden = found.length > 0 && !found.includes(row) && !row.querySelector(":checked");
  }

  field.addEventListener("input", shorten);
  // the key that ends a line is about the list, and joins nobody
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  shorten();
})();
