// Says that a form is on its way, and keeps it from being sent twice. Forms work without it.
"use strict";

(() => {
  const forms = [...document.querySelectorAll("form[data-wait]")];
  const words = document.querySelector("[data-wait-words]");
  const buttons = (form) => [...form.elements].filter((element) => element.matches("button"));

  function wait(form, on) {
    buttons(form).forEach((button) => { button.disabled = on; });
    if (words) words.hidden = !on;
  }

  forms.forEach((form) => form.addEventListener("submit", () => {
    // After the browser has gathered the fields: a disabled button is not sent.
    setTimeout(() => wait(form, true));
  }));
  // Back from the next page, the form is to be used again.
  window.addEventListener("pageshow", () => forms.forEach((form) => wait(form, false)));
})();
