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

  // The chosen columns are remembered in this browser, for this table.
  const columns = view.querySelector("form.columns");
  const remember = (value, age) => {
    document.cookie = `${view.dataset.cookie}=${value};path=${location.pathname};max-age=${age};samesite=lax`;
  };
  columns.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = [...columns.querySelectorAll(":checked")].map((box) => box.value).join(",");
    remember(chosen, chosen ? 31536000 : 0);
    const params = new URLSearchParams(location.search);
    params.delete("columns");
    location.search = params.toString();
  });
  columns.querySelector(".usual").addEventListener("click", () => remember("", 0));

  // Menus: one open at a time, closed by Escape or a click elsewhere.
  function closeMenus(except) {
    for (const drop of view.querySelectorAll("details.drop[open]")) if (drop !== except) drop.open = false;
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.drop")));
  view.addEventListener("toggle", (event) => {
    const drop = event.target;
    const row = drop.closest("tbody tr");
    if (row) row.classList.toggle("sel", drop.open);
    if (!drop.open) return drop.querySelector(".menu").classList.remove("at");
    closeMenus(drop);
    if (row && !drop.querySelector(".menu.at")) openMenu(drop, null);
  }, true);

  const items = (menu) => [...menu.querySelectorAll("a, button:not([hidden])")];
  view.addEventListener("keydown", (event) => {
    const drop = event.target.closest("details.drop");
    if (!drop || !drop.open) return;
    const all = items(drop.querySelector(".menu"));
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape") {
      drop.open = false;
      (drop.origin || drop.querySelector("summary")).focus();
    } else if (event.key === "ArrowDown" && drop.querySelector('[role="menu"]')) {
      all[(at + 1) % all.length].focus();
    } else if (event.key === "ArrowUp" && drop.querySelector('[role="menu"]')) {
      all[(at + all.length - 1) % all.length].focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // A row's menu, at the pointer or at the cell that has the focus, with "filter by" for the value pointed at.
  function openMenu(drop, cell, x, y) {
    const menu = drop.querySelector(".menu");
    drop.origin = cell;
    if (cell && cell.dataset.column) offerFilter(menu, cell);
    const box = drop.querySelector("summary").getBoundingClientRect();
    menu.classList.add("at");
    drop.open = true;
    place(menu, x ?? box.right - menu.offsetWidth, y ?? box.bottom + 4);
    if (cell) items(menu)[0].focus();
  }

  function place(menu, x, y) {
    menu.style.left = `${Math.max(4, Math.min(x, innerWidth - menu.offsetWidth - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, innerHeight - menu.offsetHeight - 4))}px`;
  }

  function offerFilter(menu, cell) {
    const link = menu.querySelector(".filter-by");
    const params = new URLSearchParams(location.search);
    for (const name of ["after", "before", "count"]) params.delete(name);
    params.set(cell.dataset.column, cell.dataset.filter);
    link.href = `?${params}`;
    link.textContent = view.dataset.filterBy.replace("%s", () => cell.innerText.trim() || view.dataset.filterEmpty);
  }

  const adds = view.querySelector("details.adds");
  view.addEventListener("contextmenu", (event) => {
    const cell = event.target.closest("tbody td");
    if (event.target.closest(".menu, input, select")) return;
    if (!cell) {
      // Beside the rows, and where there are none, there is only something to add.
      if (!adds || !event.target.closest(".table-card")) return;
      event.preventDefault();
      closeMenus(adds);
      openMenu(adds, null, event.clientX, event.clientY);
      items(adds)[0].focus();
      return;
    }
    event.preventDefault();
    const box = cell.getBoundingClientRect();
    // The keyboard's context key has no place of its own.
    const pointed = event.clientX || event.clientY;
    const drop = cell.parentNode.querySelector("details.drop");
    closeMenus(drop);
    openMenu(drop, cell, pointed ? event.clientX : box.left + 8, pointed ? event.clientY : box.bottom);
  });
  window.addEventListener("scroll", () => closeMenus(null), true);

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
    if (event.key === "Enter") return items(cell.parentNode.querySelector(".menu"))[0].click();
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
    closeMenus(null);
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
    for (const link of view.querySelectorAll(".row-menu a.danger")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        const cells = [...link.closest("tr").querySelectorAll("td[data-column]")];
        dialog.querySelector("form").action = link.href;
        dialog.querySelector(".what").textContent = cells.slice(0, 3).map((cell) => cell.innerText.trim()).filter(Boolean).join(" · ");
        closeMenus(null);
        dialog.showModal();
      });
    }
    dialog.querySelector(".cancel").addEventListener("click", () => dialog.close());
  }
})();
