// Comfort for the one table. Everything it does also works without it: filters are a form, menus open by themselves.
"use strict";

(() => {
  const view = document.querySelector(".table-view");
  if (!view) return;
  const form = document.getElementById("filters");
  const fields = [...document.querySelectorAll('[form="filters"]')];
  const remembered = `${location.pathname}:filter`;

  // Filters: apply on Enter or change, and keep what is empty out of the URL.
  function apply(field) {
    if (field) sessionStorage.setItem(remembered, field.name);
    const asked = new URLSearchParams(location.search);
    for (const other of fields) {
      const unasked = other.name === "rows" && other !== field && !asked.has("rows");
      other.disabled = other.value === "" || unasked;
    }
    form.submit();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply(fields.includes(document.activeElement) ? document.activeElement : null);
  });
  for (const field of fields) {
    field.addEventListener("change", () => apply(field));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || field.value === "") return;
      field.value = "";
      if (field.defaultValue) apply(field);
    });
  }
  // The page comes back from the browser's memory with its fields still disabled.
  window.addEventListener("pageshow", () => fields.forEach((field) => { field.disabled = false; }));

  const before = sessionStorage.getItem(remembered);
  sessionStorage.removeItem(remembered);
  const wrong = fields.find((field) => field.getAttribute("aria-invalid"));
  const again = wrong || fields.find((field) => field.name === before);
  if (again) {
    again.focus();
    if (again.select) again.select();
  }

  // A link to what is shown is copied; without this script it is followed, and stands in the address bar.
  view.querySelector(".share").addEventListener("click", (event) => {
    event.preventDefault();
    copy(event.target.href);
    event.target.closest("details").open = false;
    say(view.dataset.linkCopied);
  });

  // A row's menu offers to filter by the value that it was opened at (static/menus.js).
  view.addEventListener("menu", (event) => {
    const cell = event.detail;
    if (!cell.dataset.column) return;
    const link = event.target.querySelector(".filter-by");
    const params = new URLSearchParams(location.search);
    for (const name of ["after", "before", "count"]) params.delete(name);
    params.set(cell.dataset.column, cell.dataset.filter);
    link.href = `?${params}`;
    link.textContent = view.dataset.filterBy.replace("%s", () => cell.innerText.trim() || view.dataset.filterEmpty);
  });

  // Cells can be walked through with the arrows; one of them is in the order of Tab.
  let rows = [];
  const cellAt = (row, column) => rows[row] && rows[row].children[column];
  function takeRows() {
    rows = [...view.querySelectorAll("tbody tr[data-key]")];
    for (const button of view.querySelectorAll(".copy-row")) button.hidden = false;
    if (rows.length && !view.querySelector("tbody td[tabindex]")) rows[0].querySelector("td[data-column]").tabIndex = 0;
  }
  takeRows();
  // Others came (static/live_table.js).
  document.addEventListener("rows", takeRows);
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  view.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches("tbody td[data-column]")) return;
    const row = rows.indexOf(cell.parentNode);
    const mark = event.key === " " && cell.parentNode.querySelector(".mark-col input");
    if (mark) {
      event.preventDefault();
      return mark.click();
    }
    if (event.key === "Enter") return cell.parentNode.querySelector(".menu a, .menu button:not([hidden])").click();
    const step = STEPS[event.key];
    const next = step && cellAt(row + step[0], [...cell.parentNode.children].indexOf(cell) + step[1]);
    if (!next || !next.dataset.column) return;
    event.preventDefault();
    focusCell(next);
  });
  function focusCell(cell) {
    for (const other of view.querySelectorAll("tbody td[tabindex]")) other.removeAttribute("tabindex");
    cell.tabIndex = 0;
    cell.focus();
  }
  view.addEventListener("mousedown", (event) => {
    const cell = event.target.closest("tbody td[data-column]");
    if (cell && event.button === 2) focusCell(cell);
  });

  // Marks: all of the page at once, or from one to another with Shift.
  const marks = [...view.querySelectorAll("tbody .mark-col input")];
  const all = view.querySelector(".mark-all");
  let last = null;
  function countMarks() {
    const count = marks.filter((mark) => mark.checked).length;
    for (const mark of marks) mark.closest("tr").classList.toggle("marked", mark.checked);
    all.checked = count === marks.length;
    all.indeterminate = count > 0 && !all.checked;
    view.querySelector("[data-marked]").textContent = `(${count})`;
    view.querySelector('button[form="marked"]').disabled = count === 0;
    const told = view.querySelector(".marked-count");
    told.textContent = count ? told.dataset.words.replace("{number}", count) : "";
  }
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const mark of marks) mark.checked = all.checked;
      countMarks();
    });
    for (const mark of marks) {
      mark.addEventListener("click", (event) => {
        const [from, to] = [marks.indexOf(last), marks.indexOf(mark)].sort((one, other) => one - other);
        if (event.shiftKey && last) for (const between of marks.slice(from, to + 1)) between.checked = mark.checked;
        last = mark;
        countMarks();
      });
    }
    // The page may come back from the browser's memory with its marks.
    window.addEventListener("pageshow", countMarks);
  }

  // Copy row: tab-separated, as a spreadsheet takes it.
  view.addEventListener("click", (event) => {
    const button = event.target.closest(".copy-row");
    if (!button) return;
    copy([...button.closest("tr").querySelectorAll("td[data-column]")].map((cell) => cell.innerText.trim()).join("\t"));
    button.closest("details").open = false;
    say(view.dataset.copied);
  });

  function copy(text) {
    // The clipboard is there on https and localhost only.
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    return undefined;
  }

  function say(text) {
    const toast = view.querySelector(".toast");
    toast.textContent = text;
    toast.hidden = false;
    setTimeout(() => { toast.hidden = true; }, 2500);
  }

  // Delete asks here instead of on a page of its own.
  const dialog = view.querySelector("dialog.confirm");
  if (dialog) {
    for (const link of view.querySelectorAll(".row-menu a.danger:not([data-form-dialog])")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        const cells = [...link.closest("tr").querySelectorAll("td[data-column]")];
        dialog.querySelector("form").action = link.href;
        dialog.querySelector(".what").textContent = cells.slice(0, 3).map((cell) => cell.innerText.trim()).filter(Boolean).join(" · ");
        link.closest("details").open = false;
        dialog.showModal();
      });
    }
    dialog.querySelector(".cancel").addEventListener("click", () => dialog.close());
  }
})();
