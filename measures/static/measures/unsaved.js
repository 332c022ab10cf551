// Keeps what somebody types until it is saved: asks before a page is left, and brings it back after a session
// that ended. It stays in this tab alone. While somebody types, the session stays alive.
"use strict";

(() => {
  const KEY = "taizhang-typed";
  const { user = "", lost, alive } = document.body.dataset;
  const words = document.querySelector("[data-typed-words]");
  const TYPED = "textarea:not([readonly]), select, input:is([type=text], [type=date], [type=number], :not([type]))";

  const read = () => JSON.parse(sessionStorage.getItem(KEY) || "null");
  const keep = (draft) => sessionStorage.setItem(KEY, JSON.stringify(draft));
  const forget = () => sessionStorage.removeItem(KEY);
  const here = location.pathname + location.search;

  const guarded = (form) => form?.method === "post" && !form.querySelector("[type=password], [type=file]");
  const typed = (form) => [...form.elements].filter((field) => field.name && field.matches(TYPED));

  function changed(field) {
    if (!field.matches("select")) return field.value !== field.defaultValue;
    const given = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(given, 0);
  }

  const unsaved = (form) => guarded(form) && (form.dataset.unsaved !== undefined || typed(form).some(changed));

  let sending = false;
  let told = Date.now();

  document.addEventListener("input", ({ target }) => {
    const form = target.form;
    if (!user || !guarded(form) || !target.matches(TYPED)) return;
    const values = Object.fromEntries(typed(form).map((field) => [field.name, field.value]));
    keep({ user, path: here, values });
    // The server writes activity down once a minute.
    if (Date.now() - told > 60_000) {
      told = Date.now();
      fetch(alive, { redirect: "manual" }).catch(() => {});
    }
  });

  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    if (defaultPrevented || target.method !== "post") return;
    sending = true;
    const draft = read();
    if (draft && guarded(target)) keep({ ...draft, sent: true });
  });
  document.addEventListener("taizhang:saved", forget);

  window.addEventListener("beforeunload", (event) => {
    if (!sending && [...document.forms].some(unsaved)) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { sending = false; });

  function tell(text, texts, address) {
    const note = words.content.firstElementChild.cloneNode(true);
    note.querySelector("p").textContent = words.dataset[text];
    for (const one of texts) {
      const copy = document.createElement("textarea");
      copy.readOnly = true;
      copy.rows = 4;
      copy.value = one;
      copy.setAttribute("aria-label", words.dataset.label);
      note.querySelector("div").before(copy);
    }
    const link = note.querySelector("a");
    if (address) link.href = address;
    else link.remove();
    note.querySelector("button").addEventListener("click", () => { forget(); note.remove(); });
    document.getElementById("content").prepend(note);
  }

  const longer = (draft) => Object.entries(draft.values)
    .filter(([name, value]) => value && !["version", "status", "owner"].includes(name))
    .map(([, value]) => value);

  function restore(draft) {
    const names = Object.keys(draft.values);
    const form = [...document.forms].find(
      (one) => guarded(one) && names.every((name) => typed(one).some((field) => field.name === name)),
    );
    if (!form) return tell("lost", longer(draft));
    for (const field of typed(form)) {
      if (field.name in draft.values) field.value = draft.values[field.name];
    }
    tell("back", []);
    keep({ ...draft, sent: false, lost: false });
  }

  // A form that came back with what is wrong, or with a conflict, holds what is not saved.
  for (const form of document.forms) {
    if (form.querySelector("[aria-invalid=true]") || (document.querySelector(".versus") && guarded(form))) {
      form.dataset.unsaved = "";
    }
  }

  const draft = read();
  if (!draft) return;
  if (!user || lost !== undefined) keep({ ...draft, lost: true });
  else if (draft.user !== user) tell("other", longer(draft));
  else if (draft.lost && draft.path === here) restore(draft);
  else if (draft.lost) tell("lost", longer(draft), draft.path);
  else forget();
})();
