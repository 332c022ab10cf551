// Single letters as keys in the list; "/" is a key of every page (search.js). They rest while one types, and can be turned off for good.
"use strict";

(() => {
  const dialog = document.querySelector("[data-keys]");
  const table = document.querySelector("[data-rows]");
  if (!dialog || !table) return;
  const on = dialog.querySelector("[data-keys-on]");
  const open = document.querySelector("[data-keys-open]");
  const OFF = "taizhang-keys-off";

  on.checked = localStorage.getItem(OFF) !== "1";
  on.addEventListener("change", () => {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  if (open) {
    open.hidden = false;
    open.addEventListener("click", () => dialog.showModal());
  }

  const rows = () => [...table.querySelectorAll("tbody[data-row]")];
  const current = () => document.activeElement?.closest?.("tbody[data-row]");

  function move(step) {
    const all = rows();
    const place = all.indexOf(current());
    const next = all[place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step];
    if (!next) return;
    next.querySelector("tr").focus();
    next.scrollIntoView({ block: "nearest" });
  }

  const acts = {
    f: () => document.querySelector('main [name="q"]').focus(),
    "?": () => dialog.showModal(),
    j: () => move(1),
    k: () => move(-1),
    e: () => current()?.dispatchEvent(new CustomEvent("taizhang:edit", { bubbles: true })),
    o: () => { if (current()) location.assign(current().dataset.address); },
    x: () => current()?.querySelector('input[name="codes"]')?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
    if (event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) return;
    if (event.key === "Enter" && event.target.matches("tbody[data-row] > tr")) {
      event.preventDefault();
      acts.e();
    } else if (on.checked && acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  });
})();
