// The navigator: a tree after the pattern of WAI-ARIA, whose branches are loaded when they are opened.
//
// What was loaded is kept for this browser tab, so that the tree stands at once on the next page; then it is asked for
// anew in one request. Names are only ever set as text.
"use strict";
{
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

  async function load(keys) {
    const query = new URLSearchParams(keys.map((key) => ["node", key]));
    const response = await fetch(`${tree.dataset.url}?${query}`, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.status);
    return response.json();
  }

  async function refresh() {
    try {
      const fetched = await load([...open].slice(0, MOST_BRANCHES));
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

  function element(name, className, text = "") {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = text;
    return made;
  }

  function spoken(node) {
    const count = node.count === null ? "" : ngettext("%(num)d station", "%(num)d stations", node.count);
    return [node.label, node.state_text, count].filter(Boolean).join(", ");
  }

  function drawItem(node, level) {
    const item = element("li");
    const isOpen = node.has_children && open.has(node.key) && node.key in below;
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-level", level);
    item.setAttribute("aria-selected", node.key === selectedKey);
    item.setAttribute("aria-label", spoken(node));
    item.dataset.key = node.key;
    item.tabIndex = -1;
    if (node.has_children) item.setAttribute("aria-expanded", isOpen);
    item.append(drawLine(node, isOpen));
    if (isOpen) item.append(drawList(below[node.key], level + 1));
    return item;
  }

  function drawLine(node, isOpen) {
    const isBranch = node.count !== null;
    const line = element("div", isBranch || !node.state ? "line" : `line ${node.state}`);
    const link = element("a", "", node.label);
    link.href = `${tree.dataset.href}?node=${node.key}`;
    link.tabIndex = -1;
    link.title = node.label;
    line.append(element("span", node.has_children ? "twist opens" : "twist"));
    if (!isBranch) line.append(element("i", "dot"));
    line.append(link);
    if (isBranch && !isOpen && node.count && node.state !== "available") {
      const dot = element("i", `dot late ${node.state}`);
      dot.title = node.state_text;
      line.append(dot);
    }
    const note = isBranch ? node.count.toLocaleString(document.documentElement.lang) : node.hint;
    if (note) line.append(element("span", "n", note));
    return line;
  }

  function drawList(nodes, level) {
    const list = element("ul");
    list.setAttribute("role", "group");
    list.append(...nodes.map((node) => drawItem(node, level)));
    return list;
  }

  function draw() {
    const focused = tree.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    tree.replaceChildren(...(below[ROOT] ?? []).map((node) => drawItem(node, 1)));
    const anchor = find(focused) ?? find(selectedKey) ?? tree.querySelector("li");
    if (!anchor) return;
    anchor.tabIndex = 0;
    if (focused) anchor.focus();
  }

  const find = (key) => key && tree.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const visible = () => [...tree.querySelectorAll("li")];

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
        item.removeAttribute("aria-busy");
        return;
      }
    }
    open[opens ? "add" : "delete"](key);
    if (!opens) delete below[key];
    keep();
    draw();
  }

  const isOpen = (item) => item.getAttribute("aria-expanded") === "true";
  const opens = (item) => item.hasAttribute("aria-expanded");
  const parent = (item) => item.parentElement.closest("li");

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

  const keys = {
    ArrowDown: (item) => focusOn(step(item, 1)),
    ArrowUp: (item) => focusOn(step(item, -1)),
    ArrowRight: (item) => (opens(item) && !isOpen(item) ? toggle(item, true) : isOpen(item) && focusOn(step(item, 1))),
    ArrowLeft: (item) => (isOpen(item) ? toggle(item, false) : focusOn(parent(item))),
    Home: () => focusOn(visible()[0]),
    End: () => focusOn(visible().at(-1)),
    Enter: (item) => item.querySelector("a").click(),
    " ": (item) => item.querySelector("a").click(),
  };

  tree.addEventListener("keydown", (event) => {
    const item = event.target.closest("li");
    if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
    if (keys[event.key]) keys[event.key](item);
    else if (event.key.length === 1) focusOn(startingWith(event.key, item));
    else return;
    event.preventDefault();
  });

  tree.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (!item || event.target.closest("a")) return;
    if (event.target.closest(".opens")) toggle(item, !isOpen(item));
    else item.querySelector("a").click();
  });

  // At once when something changes, and then not again for a moment, however much changes.
  const PAUSE_MS = 1500;
  let isResting = false;
  let isDue = false;

  async function refreshSoon() {
    isDue = true;
    if (isResting) return;
    isResting = true;
    while (isDue && !document.hidden) {
      isDue = false;
      await refresh();
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
    }
    isResting = false;
  }

  // The line tells the new states of all nodes that this user may see; those that are shown here take them on in place.
  const words = JSON.parse(tree.dataset.words);

  function recolour(states) {
    for (const node of Object.values(below).flat()) {
      const state = states[node.key];
      if (!state || state === node.state) continue;
      node.state = state;
      node.state_text = words[state];
      if (node.count === null) node.hint = state === "available" ? "" : words[state];
      const item = find(node.key);
      if (!item) continue;
      item.firstChild.replaceWith(drawLine(node, isOpen(item)));
      item.setAttribute("aria-label", spoken(node));
    }
  }

  document.addEventListener("live", (event) => {
    for (const change of event.detail) {
      if (change.kind === "states") recolour(change.states);
      else if (["tree", "anything"].includes(change.kind)) refreshSoon();
    }
  });
  document.addEventListener("visibilitychange", () => { if (isDue) refreshSoon(); });

  trouble.querySelector("button").addEventListener("click", refresh);
  draw();
  refresh().then(() => find(selectedKey)?.firstChild.scrollIntoView({ block: "center" }));
}
