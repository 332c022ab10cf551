// A line of advice on the first visit, until its reader has got it. Without this script it stays hidden.
"use strict";

document.querySelectorAll("[data-hint]").forEach((hint) => {
  const key = `taizhang-hint-${hint.dataset.hint}`;
  hint.hidden = localStorage.getItem(key) === "1";
  hint.querySelector("button").addEventListener("click", () => {
    localStorage.setItem(key, "1");
    hint.hidden = true;
  });
});
