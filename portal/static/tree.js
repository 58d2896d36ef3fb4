// The navigator: a tree after the pattern of WAI-ARIA, whose branches are loaded when they are opened.
//
// What was loaded is kept for this browser tab, so that the tree stands at once on the next page; then it is asked for
// anew in one request. See tree_lines.js (how it is drawn), tree_live.js (how it stays true), tree_menu.js and
// tree_drag.js (what can be done there).
"use strict";

const Tree = (() => {
  const tree = document.getElementById("tree");
  const trouble = document.querySelector(".tree-trouble");
  const ROOT = "";
  const MOST_BRANCHES = 100; // As many as one request may ask for.
  const path = tree.dataset.path.split(" ");
  const selectedKey = path.at(-1);

  const kept = restore();
  const open = new Set([ROOT, ...kept.open, ...path.slice(0, -1)]);
  if (kept.selected !== selectedKey) open.add(selectedKey);
  let below = kept.below;

  const tells = {
    selectedKey,
    isOpen: (node) => node.has_children && open.has(node.key) && node.key in below,
    below: (key) => below[key],
  };

  function restore() {
    try {
      const { open, below, selected } = JSON.parse(sessionStorage.getItem(tree.dataset.store));
      return { open, below, selected };
    } catch {
      return { open: [], below: {}, selected: null };
    }
  }

  function keep() {
    try {
      sessionStorage.setItem(tree.dataset.store, JSON.stringify({ open: [...open], below, selected: selectedKey }));
    } catch {
      // Without room to keep it, the tree is loaded on each page.
    }
  }

  // States that were told while an answer is on its way are newer than the answer.
  const loading = new Set();

  async function load(keys) {
    const heard = {};
    loading.add(heard);
    try {
      const loaded = await fetchChildren(keys);
      takeOn(Object.values(loaded).flat(), heard);
      return loaded;
    } finally {
      loading.delete(heard);
    }
  }

  async function fetchChildren(keys) {
    const query = new URLSearchParams(keys.map((key) => ["node", key]));
    const response = await fetch(`${tree.dataset.url}children?${query}`, { headers: { Accept: "application/json" } });
    if (!response.ok || response.redirected) throw new Error(response.status);
    return response.json();
  }

  // The line tells the new states of all nodes that this user may see.
  function recolour(states) {
    for (const heard of loading) Object.assign(heard, states);
    if (takeOn(Object.values(below).flat(), states)) draw();
  }

  // Whether any of the nodes looks otherwise now.
  function takeOn(nodes, states) {
    const changed = nodes.filter((node) => node.key in states && states[node.key] !== node.state);
    for (const node of changed) {
      node.state = states[node.key];
      if (node.count === null) node.hint = node.state === "available" ? "" : TreeLines.words[node.state];
    }
    return changed.length > 0;
  }

  // Ask anew for what is open, or for some of it.
  async function refresh(keys = [...open]) {
    const asked = keys.filter((key) => open.has(key)).slice(0, MOST_BRANCHES);
    if (!asked.length) return;
    try {
      const fetched = await load(asked);
      // What was opened while the answer was on its way is newer than the answer.
      below = Object.fromEntries([...open].map((key) => [key, fetched[key] ?? below[key]]).filter(([, nodes]) => nodes));
      forgetGone();
      trouble.hidden = true;
      keep();
      draw();
    } catch {
      trouble.hidden = false;
    }
  }

  function forgetGone() {
    const there = new Set(Object.values(below).flat().map((node) => node.key));
    for (const key of open) if (key !== ROOT && !there.has(key)) open.delete(key);
  }

  function draw() {
    TreeLines.draw(below[ROOT] ?? [], tells);
    if (tree.querySelector('[tabindex="0"]')) return;
    const anchor = find(selectedKey) ?? tree.querySelector("li");
    if (anchor) anchor.tabIndex = 0;
  }

  const find = (key) => key && tree.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const visible = () => [...tree.querySelectorAll("li")];
  const isOpen = (item) => item.getAttribute("aria-expanded") === "true";
  const opens = (item) => item.hasAttribute("aria-expanded");
  const parent = (item) => item.parentElement.closest("li");

  function nodeOf(key) {
    for (const nodes of Object.values(below)) for (const node of nodes) if (node.key === key) return node;
    return null;
  }

  function focusOn(item) {
    if (!item) return;
    tree.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    item.tabIndex = 0;
    item.focus();
    item.firstChild.scrollIntoView({ block: "nearest" });
  }

  async function toggle(item, opens) {
    const key = item.dataset.key;
    if (opens && !(key in below)) {
      item.setAttribute("aria-busy", "true");
      try {
        const loaded = await load([key]);
        Object.assign(below, loaded); // Which a refresh may have replaced meanwhile.
        trouble.hidden = true;
      } catch {
        trouble.hidden = false;
        return;
      } finally {
        item.removeAttribute("aria-busy");
      }
    }
    open[opens ? "add" : "delete"](key);
    if (!opens) delete below[key];
    keep();
    draw();
  }

  // From now on open, here and on the next page, as far as it has something below.
  function opened(key) {
    open.add(key);
    keep();
  }

  function step(item, by) {
    const items = visible();
    return items[items.indexOf(item) + by];
  }

  function startingWith(letter, item) {
    const items = visible();
    const after = items.indexOf(item) + 1;
    return [...items.slice(after), ...items.slice(0, after)].find((other) =>
      other.getAttribute("aria-label").toLowerCase().startsWith(letter.toLowerCase()));
  }

  const choose = (item) => item.querySelector("a").click();
  const keys = {
    ArrowDown: (item) => focusOn(step(item, 1)),
    ArrowUp: (item) => focusOn(step(item, -1)),
    ArrowRight: (item) => (opens(item) && !isOpen(item) ? toggle(item, true) : isOpen(item) && focusOn(step(item, 1))),
    ArrowLeft: (item) => (isOpen(item) ? toggle(item, false) : focusOn(parent(item))),
    Home: () => focusOn(visible()[0]),
    End: () => focusOn(visible().at(-1)),
    Enter: choose,
    " ": choose,
  };

  tree.addEventListener("keydown", (event) => {
    const item = event.target.closest("li");
    if (event.target !== item || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (keys[event.key]) keys[event.key](item);
    else if (event.key.length === 1) focusOn(startingWith(event.key, item));
    else return;
    event.preventDefault();
  });

  tree.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (!item || event.target.closest("a, button, input")) return;
    if (event.target.closest(".opens")) toggle(item, !isOpen(item));
    else choose(item);
  });

  trouble.querySelector("button").addEventListener("click", () => refresh());
  draw();
  // Whoever is in the tree already is not torn away.
  let isInUse = false;
  for (const name of ["pointerdown", "keydown", "wheel"]) {
    tree.addEventListener(name, () => { isInUse = true; }, { once: true, passive: true });
  }
  refresh().then(() => { if (!isInUse) find(selectedKey)?.firstChild.scrollIntoView({ block: "center" }); });

  return { path, selectedKey, draw, find, focusOn, isOpen, nodeOf, opened, parent, recolour, refresh, toggle };
})();
