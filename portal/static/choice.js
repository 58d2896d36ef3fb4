// A text field that suggests as one types (portal/choices.py). Without this script the whole text is typed.
"use strict";

function suggestIn(field) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${field.id}-suggestions`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", _("Suggestions"));
  const frame = document.createElement("span");
  frame.className = "suggesting";
  field.replaceWith(frame);
  frame.append(field, list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
  })) field.setAttribute(name, value);

  let asked = null;

  function show(open) {
    list.hidden = !open;
    field.setAttribute("aria-expanded", open);
    if (open) return;
    asked?.abort();
    mark(null);
  }

  function mark(option) {
    for (const other of list.children) other.setAttribute("aria-selected", other === option);
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    field.value = option.dataset.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    show(false);
  }

  function offer(found) {
    list.replaceChildren(...found.map(({ value, label }, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.dataset.value = value;
      const who = document.createElement("span");
      who.textContent = label;
      const what = document.createElement("small");
      what.textContent = value;
      option.append(who, what);
      // Before the field loses the focus.
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(option);
      });
      return option;
    }));
    show(found.length > 0);
  }

  async function suggest() {
    asked?.abort();
    asked = new AbortController();
    if (!field.value.trim()) return show(false);
    try {
      const address = `${field.dataset.suggestions}?q=${encodeURIComponent(field.value)}`;
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      // Whoever was signed out meanwhile is told so when they save.
      if (answer.ok && !answer.redirected) offer(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") show(false);
    }
  }

  field.addEventListener("input", suggest);
  field.addEventListener("blur", () => show(false));
  field.addEventListener("keydown", (event) => {
    const options = [...list.children];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !list.hidden) show(false);
    else if (event.key === "ArrowDown" && list.hidden) suggest();
    else if (event.key === "ArrowDown") mark(options[(at + 1) % options.length]);
    else if (event.key === "ArrowUp" && !list.hidden) mark(options[(Math.max(at, 0) + options.length - 1) % options.length]);
    else if (event.key === "Enter" && at >= 0) choose(options[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

const suggestWithin = (within) => within.querySelectorAll("input[data-suggestions]").forEach(suggestIn);
suggestWithin(document);
// A form that a dialog shows comes later.
document.addEventListener("filled", (event) => suggestWithin(event.target));
