// Ticking many rows, on several pages of one list: the box that ticks all, the count, and one joined field in
// place of a thousand.
"use strict";

(() => {
  const form = document.querySelector("[data-bulk]");
  if (!form) return;
  const KEY = "taizhang-ticks";
  const all = document.querySelector("[data-tick-all]");
  const count = document.querySelector("[data-ticked]");
  const elsewhere = document.querySelector("[data-ticked-on-others]");
  const untick = document.querySelector("[data-untick]");
  const boxes = () => [...document.querySelectorAll('input[name="codes"]')];

  // The ticks of one list only: another filter begins anew.
  function read() {
    const kept = JSON.parse(sessionStorage.getItem(KEY) || "{}");
    return new Set(kept.list === form.dataset.ticks ? kept.codes : []);
  }
  const keep = (codes) => sessionStorage.setItem(KEY, JSON.stringify({ list: form.dataset.ticks, codes: [...codes] }));

  function tell() {
    const codes = read();
    for (const box of boxes()) {
      if (box.checked) codes.add(box.value);
      else codes.delete(box.value);
      box.closest("tr").classList.toggle("ticked", box.checked);
    }
    keep(codes);
    const here = boxes().filter((box) => box.checked).length;
    count.textContent = codes.size || "";
    elsewhere.hidden = codes.size === here;
    untick.hidden = !codes.size;
    if (all) {
      all.checked = here > 0 && here === boxes().length;
      all.indeterminate = here > 0 && !all.checked;
    }
    if (codes.size) form.querySelector('[value="ticked"]').checked = true;
  }

  function show() {
    const codes = read();
    for (const box of boxes()) box.checked = codes.has(box.value);
    tell();
  }

  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      boxes().forEach((box) => { box.checked = all.checked; });
      tell();
    });
  }
  untick.addEventListener("click", () => {
    sessionStorage.removeItem(KEY);
    show();
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "codes") tell();
  });
  // A form of more than 1,000 fields is refused, so ticks are sent as one.
  form.addEventListener("formdata", (event) => {
    event.formData.delete("codes");
    event.formData.append("codes", [...read()].join(","));
  });
  window.addEventListener("pageshow", show);
  // They were changed together: the list begins anew.
  if (document.querySelector(".messages .undo")) sessionStorage.removeItem(KEY);
  show();
})();
