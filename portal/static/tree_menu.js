// The navigator's menu: by right-click, a long press, the context key, Shift+F10, or the button on the selected line.
// What it offers is asked for when it opens (portal/tree_menu.py); it looks and works like a table row's (menus.js).
"use strict";
{
  const tree = document.getElementById("tree");
  const LONG_PRESS_MS = 500;
  const TREMBLE_PX = 10;
  let menu = null;

  const items = () => [...menu.querySelectorAll('[role="menuitem"]')];

  function close(back = false) {
    if (!menu) return;
    const { key } = menu;
    menu.remove();
    menu = null;
    tree.querySelector(".sel")?.classList.remove("sel");
    if (back) Tree.focusOn(Tree.find(key));
  }

  // What forms in a dialog need, brought in when it may first be needed, where the page has it not by itself.
  let equipped = null;
  const equip = () => {
    equipped ??= Promise.all(tree.dataset.equipment.split(" ").map((url) => {
      const name = new URL(url, location.href).pathname;
      const isThere = [...document.querySelectorAll("script[src], link[href]")].some((one) =>
        new URL(one.src || one.href).pathname === name);
      if (isThere) return null;
      const isStyle = name.endsWith(".css");
      const part = isStyle ? makeElement("link", { rel: "stylesheet", href: url }) : makeElement("script", { src: url });
      document.head.append(part);
      return new Promise((resolve) => { part.onload = part.onerror = resolve; });
    }));
    return equipped;
  };

  async function openFor(asked, x, y) {
    const { key } = asked.dataset;
    close();
    const asking = fetch(`${tree.dataset.url}menu?node=${key}`, { redirect: "manual" }).catch(() => null);
    const [answer] = await Promise.all([asking, equip()]);
    if (!answer?.ok) return TreeActs.say(_("The menu could not be loaded. Try again."), true);
    const entries = await answer.json();
    const item = Tree.find(key); // The tree may have been drawn anew meanwhile.
    if (!item) return undefined;
    close();
    show(item, entries);
    const box = item.firstChild.getBoundingClientRect();
    place(x ?? box.left + 24, y ?? box.bottom);
    return items()[0].focus({ preventScroll: true });
  }

  function show(item, entries) {
    const { key } = item.dataset;
    const list = makeElement("div", { className: "menu" });
    list.setAttribute("role", "menu");
    list.setAttribute("aria-label", Tree.nodeOf(key).label);
    list.append(...[{ act: "open", label: _("Open"), url: item.querySelector("a").href }, ...entries].map(drawEntry));
    menu = makeElement("div", { className: "drop tree-menu", key, origin: item }, list);
    item.firstChild.classList.add("sel");
    document.body.append(menu);
  }

  function drawEntry(entry) {
    const isOff = entry.why_not && entry.act !== "remove";
    const line = entry.url && !isOff ? makeElement("a", { href: entry.url }) : makeElement("button", { type: "button" });
    line.className = entry.danger ? "item danger" : "item";
    line.textContent = entry.label;
    line.tabIndex = -1;
    line.setAttribute("role", "menuitem");
    if (isOff) {
      line.setAttribute("aria-disabled", "true");
      line.append(makeElement("small", { textContent: entry.why_not }));
    } else if (["add", "command"].includes(entry.act)) line.dataset.formDialog = "";
    line.addEventListener("click", (event) => (isOff ? event.preventDefault() : act(entry)));
    return line;
  }

  function act(entry) {
    const { key } = menu;
    TreeActs.say("");
    switch (entry.act) {
      case "rename": close(); return TreeActs.rename(key);
      case "move": close(true); return TreeActs.chooseAndMove(key);
      case "remove": close(true); return TreeActs.remove(key, entry.why_not);
      case "add": Tree.opened(key); break;
      case "command": asked = { key, label: entry.label }; break;
      default: return close();
    }
    return setTimeout(close); // dialog.js looks at it first.
  }

  function place(x, y) {
    const list = menu.firstChild;
    list.style.left = `${Math.max(4, Math.min(x, innerWidth - list.offsetWidth - 4))}px`;
    list.style.top = `${Math.max(4, Math.min(y, innerHeight - list.offsetHeight - 4))}px`;
  }

  // A command that was asked for here is told of here; the page below need not be loaded anew.
  let asked = null;
  document.addEventListener("saved", (event) => {
    if (!asked || !event.detail.matches(".command-form")) return;
    event.preventDefault();
    const name = Tree.nodeOf(asked.key)?.label ?? "";
    TreeActs.say(_("%(command)s %(name)s: asked. What becomes of it stands under Control.", {
      command: asked.label.replace(" …", ":"), name,
    }));
    asked = null;
  });

  // --- Ways to open it ----------------------------------------------------------------------------------------

  tree.addEventListener("contextmenu", (event) => {
    const item = event.target.closest("li");
    if (!item || event.target.matches("input")) return;
    event.preventDefault();
    endPress();
    // The keyboard's context key has no place of its own.
    const isPointed = event.clientX || event.clientY;
    if (isPointed) Tree.focusOn(item);
    openFor(item, isPointed ? event.clientX : undefined, isPointed ? event.clientY : undefined);
  });

  tree.addEventListener("keydown", (event) => {
    if (event.key !== "ContextMenu" && !(event.shiftKey && event.key === "F10")) return;
    const item = event.target.closest("li");
    if (event.target !== item) return;
    event.preventDefault();
    openFor(item);
  });

  tree.addEventListener("click", (event) => {
    const button = event.target.closest(".more");
    if (!button) return;
    const box = button.getBoundingClientRect();
    openFor(button.closest("li"), box.left, box.bottom);
  });

  let press = null;
  function endPress() {
    clearTimeout(press?.timer);
    press = null;
  }
  // Not every telephone calls a long press a right-click.
  tree.addEventListener("pointerdown", (event) => {
    endPress();
    const item = event.target.closest("li");
    if (event.pointerType !== "touch" || !item || event.target.closest("input, .more")) return;
    const { clientX: x, clientY: y } = event;
    const timer = setTimeout(() => {
      press = null;
      // The finger goes up yet: that is no click on the line, and takes the focus from no menu.
      document.addEventListener("touchend", (lifted) => { if (lifted.cancelable) lifted.preventDefault(); },
        { capture: true, once: true, passive: false });
      openFor(item, x, y);
    }, LONG_PRESS_MS);
    press = { timer, x, y };
  });
  tree.addEventListener("pointermove", (event) => {
    if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > TREMBLE_PX) endPress();
  });
  for (const name of ["pointerup", "pointercancel"]) tree.addEventListener(name, endPress);

  // --- Within it, and away from it ----------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (!menu?.contains(event.target)) return;
    const all = items();
    const at = all.indexOf(document.activeElement);
    const steps = {
      ArrowDown: () => all[(at + 1) % all.length].focus(),
      ArrowUp: () => all[(at + all.length - 1) % all.length].focus(),
      Home: () => all[0].focus(),
      End: () => all.at(-1).focus(),
      Escape: () => close(true),
      Tab: () => close(true),
      " ": () => document.activeElement.click(),
    };
    const letter = event.key.length === 1 && event.key.toLowerCase();
    const named = () => [...all.slice(at + 1), ...all.slice(0, at + 1)].find((one) => one.textContent.toLowerCase().startsWith(letter));
    if (steps[event.key]) steps[event.key]();
    else if (letter) named()?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("contextmenu", (event) => { if (menu?.contains(event.target)) event.preventDefault(); });
  document.addEventListener("pointerdown", (event) => { if (menu && !menu.contains(event.target)) close(); });
  for (const name of ["wheel", "touchmove"]) {
    document.addEventListener(name, (event) => { if (menu && !menu.contains(event.target)) close(); }, { passive: true });
  }
  window.addEventListener("resize", () => close());
}
