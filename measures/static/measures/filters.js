// Applies a filter as soon as it is chosen, and offers the sections of the chosen pillar only.
"use strict";

(() => {
  const form = document.querySelector("form.filters");
  if (!form) return;
  const { pillar, section } = form.elements;

  function narrow() {
    for (const option of section.options) {
      const other = Boolean(pillar.value && option.value) && !option.value.startsWith(`${pillar.value}.`);
      option.hidden = option.disabled = other;
      if (other && option.selected) section.value = "";
    }
  }

  if (pillar && section) narrow();
  form.addEventListener("change", ({ target }) => {
    if (target === pillar && section) narrow();
    // What is typed is applied by Enter or by the button.
    if (target.matches("select, input[type=checkbox][name], input[type=radio]")) form.requestSubmit();
  });
})();
