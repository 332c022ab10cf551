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
    if (answer.type === "opaqueredirect" || answer.headers.get("X-Session") === "ended") throw new Error("ended");
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

  // Who signed in again has a new token, which the page in this tab does not know.
  async function renewToken(form) {
    const answer = await fetch(location.href, { redirect: "manual" });
    if (answer.type === "opaqueredirect") throw new Error("ended");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.body.dataset.user !== document.body.dataset.user) throw new Error("other");
    form.elements.csrfmiddlewaretoken.value = page.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  async function send(row, form) {
    const body = () => ({ method: "POST", body: new FormData(form) });
    try {
      return await ask(row, body());
    } catch (error) {
      if (error.message !== "403") throw error;
      await renewToken(form);
      return ask(row, body());
    }
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
    document.dispatchEvent(new Event("taizhang:saved"));
    if (!html) return location.assign(row.querySelector("a.cancel").href);
    focusRow(put(row, html));
  }

  async function save(row, { goOn }) {
    const form = row.querySelector("form");
    if (row.hasAttribute("aria-busy")) return;
    row.setAttribute("aria-busy", "true");
    try {
      const { status, html } = await send(row, form);
      const fresh = put(row, html);
      if (status === 200) {
        document.dispatchEvent(new Event("taizhang:saved"));
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
      note.textContent = table.dataset[error.message] || table.dataset.failed;
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

  // A click on a code or a title waits for a second one, which edits the row. Keys do not: they have no detail.
  let opening = 0;
  table.addEventListener("click", (event) => {
    const link = event.target.closest("td.code a, td.title a");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (!link || !rowOf(link)?.querySelector("a.edit") || !plain || !event.detail) return;
    event.preventDefault();
    clearTimeout(opening);
    if (event.detail === 1) opening = setTimeout(() => location.assign(link.href), 250);
  });

  table.addEventListener("dblclick", (event) => {
    const row = rowOf(event.target);
    const opens = event.target.closest("td.code a, td.title a");
    if (!row || (event.target.closest("a, input, button, label") && !opens)) return;
    clearTimeout(opening);
    event.preventDefault();
    edit(row);
  });

  table.addEventListener("submit", (event) => {
    event.preventDefault();
    save(rowOf(event.target), { goOn: false });
  });

  table.addEventListener("keydown", (event) => {
    const row = rowOf(event.target);
    // 229: Safari ends a composition before the Enter that takes its word.
    if (!row || !row.classList.contains("editing") || event.isComposing || event.keyCode === 229) return;
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
