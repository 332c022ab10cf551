// Single letters as keys among the sentences of an article: each presses the button or follows the link that the
// page has for it. The answer takes the place of the page without a reload, so that keys pressed meanwhile wait for
// it. Keys rest while one types, and can be turned off for good, together with those of the list.
"use strict";

(() => {
  const OFF = "taizhang-keys-off";
  const main = document.querySelector("main");
  const waiting = [];
  let busy = false;

  const keysOn = () => localStorage.getItem(OFF) !== "1";
  const all = (selector) => [...main.querySelectorAll(selector)];
  const sentence = () => document.activeElement?.closest("[data-sentence]");
  const measure = () => document.activeElement?.closest("[data-measure]");

  function go(to) {
    if (!to) return;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
  }

  function step(selector, from, by) {
    const found = all(selector);
    const place = found.indexOf(from);
    go(found[place < 0 ? (by > 0 ? 0 : found.length - 1) : place + by]);
  }

  // The form that is open, or where the last act was.
  function start() {
    const line = main.querySelector("[data-keys-line]");
    line.hidden = false;
    line.querySelector("[data-keys-on]").checked = keysOn();
    const field = main.querySelector(
      "[data-editing] :is([aria-invalid=true], textarea, input:not([type=hidden]))",
    );
    if (field) field.focus();
    else go(document.getElementById(main.querySelector("[data-focus]").dataset.focus));
  }

  async function load(address, options) {
    busy = true;
    main.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, options);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("main");
      // Another page: the session has ended, or the draft was published meanwhile.
      if (!fresh?.querySelector("[data-focus]")) return location.assign(answer.url);
      main.replaceChildren(...fresh.childNodes);
      history.replaceState(null, "", answer.url);
      start();
    } catch {
      location.reload();
      return;
    }
    busy = false;
    main.removeAttribute("aria-busy");
    // What was meant as keys is no text for a form that has opened.
    if (main.querySelector("[data-editing]")) waiting.length = 0;
    while (waiting.length && !busy) handle(waiting.shift());
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "acts" || !event.submitter) return;
    event.preventDefault();
    const body = new FormData(event.target, event.submitter);
    if (!busy) load(event.target.action, { method: "POST", body });
  });

  main.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-key]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!busy) load(link.href);
  });

  main.addEventListener("change", ({ target }) => {
    if (target.dataset.keysOn === undefined) return;
    if (target.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });

  const own = (key) => `[data-key="${key}"]`;

  function press(key) {
    const here = sentence();
    // A measure's own key comes first, then that of its sentence, then the first one in the sentence.
    const button =
      measure()?.querySelector(own(key)) ||
      here?.querySelector(`:scope > .said ${own(key)}`) ||
      here?.querySelector(own(key)) ||
      main.querySelector(`.sentences-head ${own(key)}`);
    button?.click();
    return Boolean(button);
  }

  const moves = {
    j: () => step("[data-sentence]", sentence(), 1),
    k: () => step("[data-sentence]", sentence(), -1),
    ArrowDown: () => step("[data-sentence], [data-measure]", measure() || sentence(), 1),
    ArrowUp: () => step("[data-sentence], [data-measure]", measure() || sentence(), -1),
  };
  const known = (key) => Boolean(moves[key] || main.querySelector(own(key)));

  function handle(key) {
    if (moves[key]) moves[key]();
    else press(key);
  }

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.isComposing || event.keyCode === 229) return;
    const form = event.target.closest("[data-editing]");
    if (form && event.key === "Escape") {
      form.querySelector("[data-cancel]").click();
    } else if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector('[name="act"]'));
    }
    if (!keysOn() || event.ctrlKey || event.metaKey) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (!/^([a-z]|Arrow(Down|Up))$/.test(event.key) || !known(event.key)) return;
    event.preventDefault();
    if (busy) waiting.push(event.key);
    else handle(event.key);
  });

  start();
})();
