// How much of a text's length is used, said once its end is near. The length is counted as the server counts it, in
// characters and not in halves of them; nothing that is pasted is cut off unseen, since what is too long is refused in words.
"use strict";
{
  const NEAR = 0.9;

  function hintOf(field) {
    const known = document.getElementById(`${field.id}-length`);
    if (known) return known;
    const hint = document.createElement("span");
    hint.id = `${field.id}-length`;
    hint.className = "help length";
    hint.setAttribute("role", "status");
    field.after(hint);
    return hint;
  }

  function show(field) {
    if (field.maxLength > 0) {
      field.dataset.longest = field.maxLength;
      field.removeAttribute("maxlength");
    }
    const most = Number(field.dataset.longest);
    if (!most || !field.id) return;
    const typed = [...field.value.trim()].length;
    const isNear = typed >= most * NEAR;
    if (!isNear && !document.getElementById(`${field.id}-length`)) return;
    const hint = hintOf(field);
    hint.textContent = isNear ? _("%(typed)s of %(most)s characters", { typed, most }) : "";
    hint.classList.toggle("over", typed > most);
  }

  const isText = (element) => element.matches?.("input.box:not([type=password]), textarea.box");
  for (const type of ["focusin", "input"]) {
    document.addEventListener(type, (event) => {
      if (isText(event.target)) show(event.target);
    });
  }
}
