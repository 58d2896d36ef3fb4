// Several tags in one field, each as a chip. Without scripts the field is an ordinary one, with commas between the tags.
"use strict";
{
  function enhance(place) {
    const field = place.querySelector("input");
    if (!field || field.type === "hidden") return;
    const box = document.createElement("div");
    const typing = document.createElement("input");
    box.className = "box chips";
    typing.placeholder = place.dataset.chips;
    for (const name of ["id", "aria-describedby", "aria-invalid", "autocomplete", "spellcheck"]) {
      if (field.hasAttribute(name)) typing.setAttribute(name, field.getAttribute(name));
    }
    field.removeAttribute("id");
    field.type = "hidden";
    box.append(typing);
    field.after(box);

    const tags = () => [...box.querySelectorAll(".tag")].map((chip) => chip.dataset.tag);
    // What is still being typed counts too, so that nothing is lost on saving.
    const keep = () => { field.value = [...tags(), typing.value.trim()].filter(Boolean).join(", "); };

    function add(text) {
      for (const tag of text.split(/[,;\n]/).map((part) => part.trim()).filter(Boolean)) {
        if (tags().includes(tag)) continue;
        const chip = document.createElement("span");
        const cross = document.createElement("button");
        chip.className = "tag";
        chip.dataset.tag = chip.textContent = tag;
        cross.type = "button";
        cross.textContent = "✕";
        cross.setAttribute("aria-label", _("Remove %(tag)s", { tag }));
        cross.addEventListener("click", () => remove(chip));
        chip.append(cross);
        typing.before(chip);
      }
      keep();
    }

    function remove(chip) {
      chip.remove();
      keep();
      typing.focus();
    }

    function take() {
      const text = typing.value;
      typing.value = "";
      add(text);
    }

    typing.addEventListener("input", () => (/[,;\n]/.test(typing.value) ? take() : keep()));
    typing.addEventListener("blur", take);
    typing.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && typing.value.trim()) {
        event.preventDefault();
        take();
      } else if (event.key === "Backspace" && !typing.value && tags().length) {
        remove([...box.querySelectorAll(".tag")].at(-1));
      }
    });
    box.addEventListener("click", (event) => { if (event.target === box) typing.focus(); });
    add(field.value);
  }

  const enhanceAll = (within) => within.querySelectorAll("[data-chips]").forEach(enhance);
  enhanceAll(document);
  document.addEventListener("filled", (event) => enhanceAll(event.target));
}
