// Keys of the outline of a draft. Every act is a form of the page; this only finds and sends it.
"use strict";

(() => {
  const outline = document.querySelector("[data-outline]");
  if (!outline) return;
  const act = outline.querySelector("[data-outline-act]");
  const links = () => [...outline.querySelectorAll("a.edit")];
  const rowOf = (element) => element?.closest?.("[data-row]");
  const typing = (element) => element.matches("input, select, textarea");

  function move(step) {
    const all = links();
    const place = all.indexOf(rowOf(document.activeElement)?.querySelector("a.edit"));
    const next = all[place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  function send(name, row) {
    act.elements.row.value = row.dataset.row;
    act.elements.other.value = row.dataset.following;
    const button = act.querySelector("button");
    button.value = name;
    act.requestSubmit(button);
  }

  function press(form, name) {
    const button = form.querySelector(`button[value="${name}"]`);
    if (button) form.requestSubmit(button);
  }

  const go = (address) => location.assign(address);

  const acts = {
    n: (row) => go(`?add=${row.dataset.row}#add`),
    m: (row) => { if (row.dataset.following) send("merge", row); },
    s: (row) => { if (row.matches(".measure")) go(`?split=${row.dataset.row}#${row.dataset.row}`); },
    Delete: (row) => go(`?at=${row.dataset.row}&remove=1#${row.dataset.row}`),
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.metaKey) return;
    const { key, target, altKey, ctrlKey } = event;
    const form = target.closest?.(".opened, .adding form");
    const row = rowOf(target);
    if (form && key === "Enter" && ctrlKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button.main"));
    } else if (key === "Escape") {
      (form ?? outline).querySelector("a[data-close]")?.click();
    } else if (altKey && !ctrlKey && row && (key === "ArrowUp" || key === "ArrowDown")) {
      event.preventDefault();
      const name = key === "ArrowUp" ? "up" : "down";
      if (form) press(form, name);
      else send(name, row);
    } else if (altKey || ctrlKey || typing(target) || form) {
      return;
    } else if (key === "ArrowUp" || key === "ArrowDown") {
      if (!row && target !== document.body) return;
      event.preventDefault();
      move(key === "ArrowUp" ? -1 : 1);
    } else if (row && acts[key]) {
      event.preventDefault();
      acts[key](row);
    }
  });

  // Once the browser has gone to the row that the address names, which takes the focus away.
  window.addEventListener("pageshow", () => {
    const focused = outline.querySelector("[aria-invalid=true]")
      ?? (location.search.includes("remove=1") ? outline.querySelector("[data-remove]") : null)
      ?? outline.querySelector(".opened :is(input[type=text], textarea), .adding textarea")
      ?? outline.querySelector(`a.edit[id="${CSS.escape(location.hash.slice(1))}"]`);
    focused?.focus();
    focused?.scrollIntoView({ block: "nearest" });
  });
})();
