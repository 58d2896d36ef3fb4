// The lines of the navigator. What stands already is changed in place and never made anew, so that the focus, a name that
// is being typed and a menu stay where they are. Names are only ever set as text.
"use strict";

const TreeLines = (() => {
  const tree = document.getElementById("tree");
  const words = JSON.parse(tree.dataset.words);

  function set(target, name, value) {
    if (value === null) target.removeAttribute(name);
    else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value);
  }

  function say(target, text) {
    if (target.textContent !== text) target.textContent = text;
    target.hidden = text === "";
  }

  function make(key) {
    const item = makeElement("li");
    item.setAttribute("role", "treeitem");
    item.dataset.key = key;
    item.tabIndex = -1;
    const line = makeElement("div");
    const link = makeElement("a");
    link.tabIndex = -1;
    link.draggable = false;
    const more = makeElement("button", { className: "more" });
    more.type = "button";
    more.tabIndex = -1;
    more.textContent = "⋯";
    line.append(makeElement("span"), makeElement("i"), link, makeElement("i"), makeElement("span", { className: "n" }), more);
    item.append(line);
    return item;
  }

  function update(item, node, level, tells) {
    const isBranch = node.count !== null;
    const isOpen = tells.isOpen(node);
    const count = isBranch ? ngettext("%(num)d station", "%(num)d stations", node.count) : "";
    const isWorrying = isBranch && node.count > 0 && node.state && node.state !== "available";
    set(item, "aria-level", level);
    set(item, "aria-selected", node.key === tells.selectedKey);
    set(item, "aria-label", [node.label, node.state && words[node.state], count].filter(Boolean).join(", "));
    set(item, "aria-expanded", node.has_children ? isOpen : null);
    const line = item.firstChild;
    const field = line.querySelector("input"); // In which a new name is typed.
    const [twist, dot, link, late, note, more] = [...line.children].filter((part) => part !== field);
    set(line, "class", isBranch || !node.state ? "line" : `line ${node.state}`);
    set(twist, "class", node.has_children ? "twist opens" : "twist");
    set(dot, "class", "dot");
    dot.hidden = isBranch;
    say(link, node.label);
    set(link, "href", `${tree.dataset.href}${node.key}`);
    set(link, "title", node.label);
    link.hidden = field !== null;
    set(late, "class", `dot late ${node.state}`);
    set(late, "title", words[node.state] ?? null);
    late.hidden = !isWorrying || isOpen;
    say(note, isBranch ? node.count.toLocaleString(document.documentElement.lang) : node.hint);
    set(more, "aria-label", _("What can be done with %(name)s", { name: node.label }));
    more.hidden = node.key !== tells.selectedKey;
    if (isOpen) fill(listOf(item), tells.below(node.key), level + 1, tells);
    else item.querySelector("ul")?.remove();
  }

  function listOf(item) {
    const list = item.querySelector(":scope > ul") ?? makeElement("ul");
    list.setAttribute("role", "group");
    if (!list.parentNode) item.append(list);
    return list;
  }

  function fill(list, nodes, level, tells) {
    const before = new Map([...list.children].map((item) => [item.dataset.key, item]));
    nodes.forEach((node, index) => {
      const item = before.get(node.key) ?? make(node.key);
      before.delete(node.key);
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
      update(item, node, level, tells);
    });
    for (const gone of before.values()) gone.remove();
  }

  // `tells` knows which branches are open, what is below them and which node is selected.
  function draw(nodes, tells) {
    const focused = tree.contains(document.activeElement) ? document.activeElement : null;
    fill(tree, nodes, 1, tells);
    if (focused && focused !== document.activeElement && tree.contains(focused)) focused.focus(); // It was moved.
  }

  return { draw, words };
})();
