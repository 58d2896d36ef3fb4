// A station's parameters: filters, what is changed and not sent, and the answers as they come. Without this script the
// page works: what was not touched is not sent, and the answers stand on the page when it is loaded again.
"use strict";
{
  const POLL_MS = 3000;
  const STAYED_MS = 5000; // Who is still here was asked and stayed, or fetched a file.
  const form = document.getElementById("upload");
  const body = form.querySelector("tbody");
  const filters = [...form.querySelectorAll("tr.f .in")];
  const upload = document.querySelector("[data-upload]");
  const note = form.querySelector(".danger-note");
  const rows = () => (body ? [...body.rows] : []);
  const field = (row) => row.querySelector("[name=value]");
  const before = (row) => row.querySelector("[name=was]").value.replace(/[\r\n]/g, "");
  const isChanged = (row) => Boolean(field(row)) && field(row).value !== before(row)
    && (!row.classList.contains("added") || row.querySelector("[name=key]").value.trim() !== "");
  let sending = false;
  let leaving = false; // A page that is loaded anew would call back who is on the way to another.

  function mark() {
    const changed = rows().filter(isChanged);
    for (const row of rows()) {
      const result = row.querySelector(".result");
      row.classList.toggle("edited", isChanged(row));
      for (const item of row.querySelectorAll(".undo")) item.hidden = !isChanged(row);
      let unsent = row.querySelector(".unsent");
      if (isChanged(row) && !unsent) {
        unsent = document.createElement("span");
        unsent.className = "unsent";
        unsent.textContent = _("not sent yet");
        result.prepend(unsent);
      } else if (!isChanged(row)) unsent?.remove();
      for (const other of result.children) if (other !== unsent) other.hidden = isChanged(row);
    }
    if (upload) {
      upload.disabled = changed.length === 0;
      upload.textContent = changed.length
        ? ngettext("Upload %(num)s change", "Upload %(num)s changes", changed.length)
        : _("Upload changes");
    }
    const dangerous = changed.some((row) => "danger" in row.dataset);
    note.hidden = changed.length === 0;
    note.querySelector("span").hidden = !dangerous;
    note.querySelector("b").hidden = !dangerous;
    note.querySelector("button").textContent = changed.length > 1 ? _("Undo all changes") : _("Undo the change");
    const last = rows().at(-1);
    if (last && "add" in last.dataset && isChanged(last)) offerAnother(last);
  }

  // There is always one more line to add a parameter in.
  function offerAnother(last) {
    const next = last.cloneNode(true);
    for (const input of next.querySelectorAll("input")) input.value = "";
    next.querySelector(".unsent")?.remove();
    next.classList.remove("edited");
    delete last.dataset.add;
    last.after(next);
  }

  function undo(chosen) {
    for (const row of chosen.filter(field)) {
      if (row.classList.contains("added")) row.querySelector("[name=key]").value = "";
      field(row).value = before(row);
      row.querySelector(".err")?.remove();
    }
    mark();
  }

  function cellText(row, column) {
    const cell = row.cells[column];
    const input = cell.querySelector("input:not([type=hidden]), select");
    return (column === 2 && input ? input.value : cell.textContent).toLowerCase();
  }

  function filter() {
    const wanted = filters.map((input) => input.value.trim().toLowerCase());
    const isFiltered = wanted.some(Boolean);
    let shown = 0;
    for (const row of rows()) {
      const fits = wanted.every((text, column) => !text || cellText(row, column).includes(text));
      row.hidden = row.classList.contains("added") ? isFiltered && !isChanged(row) : !fits && !isChanged(row);
      if (!row.hidden && !row.classList.contains("added")) shown += 1;
    }
    for (const input of filters) input.classList.toggle("set", input.value !== "");
    form.querySelector("[data-shown]").textContent = isFiltered ? `${shown} / ` : "";
    form.querySelector("[data-none]").hidden = shown > 0;
  }

  // What the server says now goes into the table; what somebody is typing stays.
  function take(page) {
    const fresh = page.getElementById("upload");
    const freshBody = fresh?.querySelector("tbody");
    if (!fresh || Boolean(freshBody) !== Boolean(body)) return location.reload(); // Signed out; or the first are there.
    takePart("head", page);
    form.toggleAttribute("data-waiting", fresh.hasAttribute("data-waiting"));
    if (!body) return undefined;
    takePart("foot", page);
    takeRows(freshBody);
    mark();
    return filter();
  }

  function takePart(name, page) {
    const [old, fresh] = [document, page].map((where) => where.querySelector(`[data-now=${name}]`));
    old.replaceChildren(...fresh.childNodes);
  }

  function takeRows(freshBody) {
    const known = new Map(rows().filter((row) => row.dataset.key).map((row) => [row.dataset.key, row]));
    const found = [...freshBody.rows].filter((row) => row.dataset.key).map((row) => {
      const old = known.get(row.dataset.key);
      if (!old || Boolean(field(old)) !== Boolean(field(row))) return document.importNode(row, true);
      takeRow(old, row);
      return old;
    });
    for (const row of known.values()) if (!found.includes(row) && !isChanged(row)) row.remove();
    const added = rows().find((row) => row.classList.contains("added"));
    for (const row of found) if (!row.isConnected) body.insertBefore(row, added);
  }

  function takeRow(old, fresh) {
    const input = field(old);
    const touched = isChanged(old) || document.activeElement === input;
    for (const name of ["stored", "result", "dots-col"]) {
      if (old.querySelector(`.${name} [open]`)) continue;
      old.querySelector(`.${name}`).replaceChildren(...document.importNode(fresh.querySelector(`.${name}`), true).childNodes);
    }
    if (!input || touched) return;
    old.querySelector("[name=was]").value = fresh.querySelector("[name=was]").value;
    input.value = field(fresh).value;
    if (input.type === "password") input.placeholder = field(fresh).placeholder;
  }

  let asked = false;
  async function renew() {
    if (asked || sending || leaving || document.hidden) return;
    asked = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
      if (answer.type === "opaqueredirect") return;
      if (answer.ok && !sending && !leaving) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // The line's own sign says that nothing is heard now (live.js); the next look tries again.
    } finally {
      asked = false;
    }
  }

  const isOurs = (change) => change.kind === "anything" || Number(form.dataset.parameters) === (change.station_id ?? change.id);
  let soon = null;
  document.addEventListener("live", (event) => {
    if (!event.detail.some((change) => ["command", "parameters", "station", "anything"].includes(change.kind) && isOurs(change))) return;
    clearTimeout(soon);
    soon = setTimeout(renew, 100);
  });
  setInterval(() => {
    if (document.documentElement.dataset.live !== "on" && form.hasAttribute("data-waiting")) renew();
  }, POLL_MS);

  if (filters.length) form.querySelector("tr.f").hidden = false;
  for (const input of filters) {
    input.addEventListener("input", filter);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
      if (event.key === "Escape") { input.value = ""; filter(); }
    });
  }
  form.addEventListener("input", mark);
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("tbody tr");
    if (event.key === "Escape" && row && field(row) === event.target) {
      field(row).value = before(row);
      mark();
    }
  });
  form.querySelector("[data-undo]").addEventListener("click", () => undo(rows()));
  form.addEventListener("click", (event) => {
    const item = event.target.closest(".undo");
    if (!item) return;
    item.closest("details").open = false;
    undo([item.closest("tr")]);
  });
  form.addEventListener("submit", () => {
    sending = true;
    for (const row of rows()) {
      if (!isChanged(row)) for (const input of row.querySelectorAll("input, select")) input.disabled = true;
    }
  });
  addEventListener("pageshow", () => {
    sending = false;
    for (const input of form.querySelectorAll("tbody input, tbody select")) input.disabled = false;
    mark();
  });
  addEventListener("beforeunload", (event) => {
    if (!sending && rows().some(isChanged)) event.preventDefault();
    leaving = true;
    setTimeout(() => { leaving = false; }, STAYED_MS);
  });
  mark();
}
