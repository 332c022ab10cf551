// "/" puts the cursor into the search, on every page. It rests while one types, and is off where keys.js has keys off.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea")) return;
  if (document.querySelector("dialog[open]") || localStorage.getItem("taizhang-keys-off") === "1") return;
  const field = document.querySelector("[data-search]");
  event.preventDefault();
  // A narrow header has a link in place of the field.
  if (field.offsetParent) {
    field.focus();
    field.select();
  } else location.assign(document.querySelector("[data-search-link]").href);
});
