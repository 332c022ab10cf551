// The lines to decide, by keyboard: j and k lead from box to box, x ticks. They rest while one types.
"use strict";

(() => {
  const boxes = [...document.querySelectorAll("[data-mapping] [data-line] input[type=checkbox]")];
  const said = document.querySelector("[data-mapping-keys]");
  if (!boxes.length || localStorage.getItem("taizhang-keys-off") === "1") return;
  if (said) said.hidden = false;

  function move(step) {
    const line = document.activeElement?.closest?.("[data-line]");
    const place = boxes.findIndex((box) => box.closest("[data-line]") === line);
    const next = boxes[place < 0 ? (step > 0 ? 0 : boxes.length - 1) : place + step];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.closest("[data-line]").scrollIntoView({ block: "center" });
  }

  const acts = {
    j: () => move(1),
    k: () => move(-1),
    x: () => { if (boxes.includes(document.activeElement)) document.activeElement.click(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea") || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
})();
