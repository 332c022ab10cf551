// Ticking many rows: the box that ticks all, the count, and one joined field in place of a thousand.
"use strict";

(() => {
  const form = document.querySelector("[data-bulk]");
  if (!form) return;
  const all = document.querySelector("[data-tick-all]");
  const count = document.querySelector("[data-ticked]");
  const boxes = () => [...document.querySelectorAll('input[name="codes"]')];

  function tell() {
    const ticked = boxes().filter((box) => box.checked).length;
    count.textContent = ticked || "";
    if (all) {
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && !all.checked;
    }
    boxes().forEach((box) => box.closest("tr").classList.toggle("ticked", box.checked));
    if (ticked) form.querySelector('[value="ticked"]').checked = true;
  }

  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      boxes().forEach((box) => { box.checked = all.checked; });
      tell();
    });
  }
  document.addEventListener("change", (event) => {
    if (event.target.name === "codes") tell();
  });
  // A form of more than 1,000 fields is refused, so ticks are sent as one.
  form.addEventListener("formdata", (event) => {
    const codes = event.formData.getAll("codes");
    event.formData.delete("codes");
    event.formData.append("codes", codes.join(","));
  });
  window.addEventListener("pageshow", tell);
})();
