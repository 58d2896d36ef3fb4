// Menus of tables: one open at a time, closed by Escape, a scroll or a click elsewhere; a row's opens by right-click too.
// Without this script they open by their buttons. A row's menu says at which cell it opens: event "menu", detail the cell.
"use strict";
{
  const main = document.querySelector("main");
  const items = (menu) => [...menu.querySelectorAll("a, button:not([hidden])")];

  function closeMenus(except) {
    for (const drop of main.querySelectorAll("details.drop[open]")) if (drop !== except) drop.open = false;
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.drop")));
  // Word of a scroll may come late, when a menu was opened after it; that it was opened is itself said a moment later.
  const top = (drop) => drop.querySelector("summary").getBoundingClientRect().top;
  const hasMoved = (drop) => drop.openedAt !== undefined && drop.openedAt !== top(drop);
  window.addEventListener("scroll", () => {
    for (const drop of main.querySelectorAll("details.drop[open]")) if (hasMoved(drop)) drop.open = false;
  }, true);

  main.addEventListener("toggle", (event) => {
    const drop = event.target;
    if (!drop.matches("details.drop")) return;
    const row = drop.closest("tbody tr");
    if (row) row.classList.toggle("sel", drop.open);
    if (!drop.open) {
      drop.openedAt = undefined;
      return drop.querySelector(".menu").classList.remove("at");
    }
    closeMenus(drop);
    drop.openedAt = top(drop);
    if (row && !drop.querySelector(".menu.at")) openMenu(drop, null);
    // One that hangs out at the left edge, as on a phone, is moved in.
    else if (drop.querySelector(".menu").getBoundingClientRect().left < 0) openMenu(drop, null, 4);
  }, true);

  main.addEventListener("keydown", (event) => {
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

  // At the pointer, at the cell that has the focus, or under its button.
  function openMenu(drop, cell, x, y) {
    const menu = drop.querySelector(".menu");
    drop.origin = cell?.matches("[tabindex]") ? cell : null;
    if (cell) drop.dispatchEvent(new CustomEvent("menu", { bubbles: true, detail: cell }));
    const box = drop.querySelector("summary").getBoundingClientRect();
    menu.classList.add("at");
    drop.openedAt = box.top;
    drop.open = true;
    place(menu, x ?? box.right - menu.offsetWidth, y ?? box.bottom + 4);
  }

  function place(menu, x, y) {
    menu.style.left = `${Math.max(4, Math.min(x, innerWidth - menu.offsetWidth - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, innerHeight - menu.offsetHeight - 4))}px`;
  }

  main.addEventListener("contextmenu", (event) => {
    if (event.target.closest(".menu, input, select")) return;
    const cell = event.target.closest("tbody td");
    // Beside the rows, and where there are none, there is only something to add.
    const drop = cell
      ? cell.parentNode.querySelector("details.row-menu")
      : event.target.closest(".table-card") && main.querySelector("details.adds");
    if (!drop) return;
    event.preventDefault();
    closeMenus(drop);
    // The keyboard's context key has no place of its own.
    const pointed = !cell || event.clientX || event.clientY;
    const box = (cell || drop).getBoundingClientRect();
    openMenu(drop, cell, pointed ? event.clientX : box.left + 8, pointed ? event.clientY : box.bottom);
    items(drop.querySelector(".menu"))[0].focus();
  });
}
