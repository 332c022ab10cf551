// Edits an item in its row: fetches the row with its form, sends it, and puts the answer in its place.
// Without this script the same links and forms load whole pages.
"use strict";

(() => {
  const table = document.querySelector("[data-rows]");
  if (!table) return;
  const said = document.querySelector("[data-said]");
  const before = new Map(); // code → the row's HTML before it was edited

  const rowOf = (element) => element.closest("tbody[data-row]");

  async function ask(row, options) {
    const query = table.dataset.query;
    const address = row.dataset.address + (query ? `?${query}` : "");
    const answer = await fetch(address, { ...options, headers: { "X-Fragment": "row" }, redirect: "manual" });
    if (answer.headers.get("X-Session") === "ended") throw new Error("ended");
    // 422 and 409 are answers too: the row with what is wrong, or with both texts.
    if (![200, 409, 422].includes(answer.status)) throw new Error(answer.status);
    return { status: answer.status, html: await answer.text() };
  }

  function put(row, html) {
    const holder = document.createElement("table");
    holder.innerHTML = html;
    const fresh = holder.querySelector("tbody");
    row.replaceWith(fresh);
    return fresh;
  }

  function focusRow(row) {
    if (row) row.querySelector("tr").focus();
  }

  function focusField(row) {
    const field =
      row.querySelector("[aria-invalid=true]") ||
      row.querySelector("[name=entry-progress]") ||
      row.querySelector("td select, td input:not([type=hidden]), textarea");
    if (field) field.focus();
  }

  async function edit(row) {
    if (row.classList.contains("editing") || !row.querySelector("a.edit")) return;
    try {
      const { html } = await ask(row, {});
      before.set(row.dataset.row, row.outerHTML);
      focusField(put(row, html));
    } catch {
      location.assign(row.dataset.address);
    }
  }

  function cancel(row) {
    const html = before.get(row.dataset.row);
    if (!html) return location.assign(row.querySelector("a.cancel").href);
    focusRow(put(row, html));
  }

  async function save(row, { goOn }) {
    const form = row.querySelector("form");
    if (row.hasAttribute("aria-busy")) return;
    row.setAttribute("aria-busy", "true");
    try {
      const { status, html } = await ask(row, { method: "POST", body: new FormData(form) });
      const fresh = put(row, html);
      if (status === 200) {
        fresh.classList.add("saved");
        said.textContent = `${fresh.dataset.row} ${table.dataset.saved}`;
        focusRow(goOn && fresh.nextElementSibling?.matches("tbody") ? fresh.nextElementSibling : fresh);
      } else {
        focusField(fresh);
      }
    } catch (error) {
      row.removeAttribute("aria-busy");
      let note = row.querySelector("[data-failed-note]");
      if (!note) {
        note = document.createElement("p");
        note.className = "errors";
        note.dataset.failedNote = "";
        note.setAttribute("role", "alert");
        form.after(note);
      }
      note.textContent = error.message === "ended" ? table.dataset.ended : table.dataset.failed;
    }
  }

  table.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("a.edit")) {
      event.preventDefault();
      edit(row);
    } else if (event.target.closest("a.cancel")) {
      event.preventDefault();
      cancel(row);
    } else if (event.target.dataset.take) {
      const field = row.querySelector(`[name="${event.target.dataset.take}"]`);
      field.value = event.target.dataset.value;
      field.focus();
    }
  });

  table.addEventListener("dblclick", (event) => {
    const row = rowOf(event.target);
    // Every cell but those that are links, tell about the measure, or hold the tick and the button.
    const passive = "td.tick, td.unit, td.code, td.title, td.section, td.updated, td.do";
    if (row && event.target.closest("td") && !event.target.closest(passive)) edit(row);
  });

  table.addEventListener("submit", (event) => {
    event.preventDefault();
    save(rowOf(event.target), { goOn: false });
  });

  table.addEventListener("keydown", (event) => {
    const row = rowOf(event.target);
    if (!row || !row.classList.contains("editing") || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      cancel(row);
    } else if (event.key === "Enter") {
      const inText = event.target.matches("textarea, a, button");
      if (inText && !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      save(row, { goOn: true });
    }
  });

  // keys.js asks for an edit by this event.
  table.addEventListener("taizhang:edit", (event) => edit(event.target));
})();
