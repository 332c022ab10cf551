// Single letters as keys among the sentences of an article: each presses the button or follows the link that the
// page has for it. They rest while one types, and can be turned off for good, together with those of the list.
"use strict";

(() => {
  const OFF = "taizhang-keys-off";
  const line = document.querySelector("[data-keys-line]");
  const on = document.querySelector("[data-keys-on]");
  if (!line) return;
  line.hidden = false;
  on.checked = localStorage.getItem(OFF) !== "1";
  on.addEventListener("change", () => {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });

  const all = (selector) => [...document.querySelectorAll(selector)];
  const sentence = () => document.activeElement?.closest("[data-sentence]");
  const measure = () => document.activeElement?.closest("[data-measure]");

  function go(to) {
    if (!to) return;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
    // A page that is opened again is opened here.
    history.replaceState(null, "", `#${to.id}`);
  }

  function step(selector, from, by) {
    const found = all(selector);
    const place = found.indexOf(from);
    go(found[place < 0 ? (by > 0 ? 0 : found.length - 1) : place + by]);
  }

  const own = (key) => `:scope [data-key="${key}"]`;

  function press(key) {
    const here = sentence();
    // A measure's own key comes first, then that of its sentence, then the first one in the sentence.
    const button =
      measure()?.querySelector(own(key)) ||
      here?.querySelector(`:scope > .said [data-key="${key}"]`) ||
      here?.querySelector(own(key)) ||
      (key === "u" && document.querySelector('[data-key="u"]'));
    button?.click();
    return Boolean(button);
  }

  const moves = {
    j: () => step("[data-sentence]", sentence(), 1),
    k: () => step("[data-sentence]", sentence(), -1),
    ArrowDown: () => step("[data-sentence], [data-measure]", measure() || sentence(), 1),
    ArrowUp: () => step("[data-sentence], [data-measure]", measure() || sentence(), -1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.isComposing || event.keyCode === 229) return;
    const form = event.target.closest("[data-editing]");
    if (form && event.key === "Escape") {
      form.querySelector("[data-cancel]").click();
    } else if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector('[name="act"]'));
    }
    if (!on.checked || event.ctrlKey || event.metaKey) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (moves[event.key]) {
      event.preventDefault();
      moves[event.key]();
    } else if (event.key.length === 1 && press(event.key)) {
      event.preventDefault();
    }
  });

  // The form that is open, or where the last act was.
  const field = document.querySelector("[data-editing] :is([aria-invalid=true], textarea, input:not([type=hidden]))");
  const marked = location.hash && document.getElementById(location.hash.slice(1));
  const start = marked || document.getElementById(`s${document.querySelector('#acts [name="at"]').value}`);
  if (field) field.focus();
  else if (start) start.focus({ preventScroll: Boolean(marked) });
})();
