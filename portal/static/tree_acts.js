// What the navigator does to nodes: rename in place, move, remove. The server has the last word, and says it in words.
"use strict";

const TreeActs = (() => {
  const tree = document.getElementById("tree");
  const said = document.querySelector(".tree-said");
  const token = () => document.querySelector('[data-sign-out] [name="csrf_token"]').value;

  // What was done, or why not, read aloud too.
  function say(text, isBad = false) {
    said.textContent = text;
    said.hidden = text === "";
    said.classList.toggle("bad", isBad);
  }

  // The answer, or an error with what the server said for a person to read.
  async function ask(act, values) {
    let answer;
    try {
      answer = await fetch(`${tree.dataset.url}${act}`, {
        method: "POST",
        body: new URLSearchParams(values),
        headers: { Accept: "application/json", "X-CSRFToken": token() },
        redirect: "manual",
      });
    } catch {
      throw new Error(_("The portal cannot be reached. Nothing was changed."));
    }
    if (answer.ok) return answer.json();
    if (answer.status === 422) throw new Error((await answer.json()).message);
    if (answer.status === 404) throw new Error(_("It is not there any more."));
    if (answer.status === 403) throw new Error(_("You may not do this."));
    throw new Error(_("This could not be done. Load the page anew, then try again."));
  }

  // The page shows it, or names it among what is above: then it is loaded anew.
  function show(key, parents) {
    for (const parent of parents) Tree.opened(parent);
    if (Tree.path.includes(key)) location.reload();
    else Tree.refresh();
  }

  // --- Rename -------------------------------------------------------------------------------------------------

  function rename(key) {
    const item = Tree.find(key);
    const line = item.firstChild;
    const was = Tree.nodeOf(key).label;
    if (line.querySelector("input")) return;
    const field = makeElement("input", { className: "rename", value: was, maxLength: 100, spellcheck: false });
    field.setAttribute("aria-label", _("New name of %(name)s", { name: was }));
    line.querySelector("a").after(field);
    Tree.draw();
    field.focus();
    field.select();
    let isSending = false;

    function end(back) {
      if (!field.isConnected) return;
      field.remove();
      Tree.draw();
      if (back) Tree.focusOn(Tree.find(key));
    }

    async function send() {
      if (isSending) return;
      if (field.value.trim() === was) return end(true);
      isSending = true;
      try {
        const { name } = await ask("rename", { node: key, name: field.value, was });
        Tree.nodeOf(key).label = name;
        end(true);
        say(_("%(old)s is now called %(new)s.", { old: was, new: name }));
        show(key, []);
      } catch (error) {
        field.setAttribute("aria-invalid", "true");
        say(error.message, true);
        field.focus();
      } finally {
        isSending = false;
      }
    }

    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") send();
      else if (event.key === "Escape") {
        say("");
        end(true);
      } else return;
      event.preventDefault();
    });
    // What was typed is not lost by a click elsewhere; nothing typed is nothing to keep.
    field.addEventListener("blur", () => { if (field.value.trim() === was && !isSending) end(false); });
  }

  // --- Move and remove ----------------------------------------------------------------------------------------

  // A question; `act` is done when it is answered with yes, and its refusal stands in the dialog.
  function question(key, title, content, button, act) {
    const trouble = makeElement("p", { className: "tree-trouble", hidden: true });
    trouble.setAttribute("role", "alert");
    const cancel = makeElement("button", { type: "button", textContent: act ? _("Cancel") : _("Close") });
    const heading = makeElement("h2", { id: "tree-question", textContent: title });
    const footer = makeElement("footer", {}, cancel);
    const form = makeElement("form", { method: "dialog" }, heading, ...content, trouble, footer);
    if (act) footer.append(makeElement("button", button));
    const dialog = makeElement("dialog", { className: "dialog tree-dialog" }, form);
    dialog.setAttribute("aria-labelledby", "tree-question");
    document.body.append(dialog);
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await act();
        dialog.close();
      } catch (error) {
        trouble.textContent = error.message;
        trouble.hidden = false;
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      Tree.focusOn(Tree.find(key));
    });
    dialog.showModal();
    return dialog;
  }

  async function move(key, place, placeName) {
    const name = Tree.nodeOf(key)?.label ?? "";
    await ask("move", { node: key, place });
    say(_("%(name)s stands on %(place)s now.", { name, place: placeName }));
    show(key, [place]);
  }

  async function chooseAndMove(key) {
    const name = Tree.nodeOf(key).label;
    const here = Tree.parent(Tree.find(key)).dataset.key;
    const answer = await fetch(`${tree.dataset.url}places?node=${key}`, { redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return say(_("The places could not be loaded. Try again."), true);
    const select = makeElement("select", { className: "box", id: "tree-place", required: true });
    for (const { label, places } of await answer.json()) {
      const options = places.map(([value, text]) =>
        makeElement("option", { value, textContent: text, disabled: value === here, selected: value === here }));
      select.append(...(label ? [makeElement("optgroup", { label }, ...options)] : options));
    }
    const words = makeElement("label", { htmlFor: select.id, textContent: _("Site or floor") });
    const button = { className: "p", textContent: _("Move") };
    question(key, _("Move %(name)s to …", { name }), [makeElement("div", { className: "pane field" }, words, select)], button,
      () => move(key, select.value, select.selectedOptions[0].textContent));
    select.focus();
  }

  function askAndMove(key, place) {
    const [name, placeName] = [Tree.nodeOf(key).label, Tree.nodeOf(place).label];
    const text = makeElement("p", {
      textContent: _("Charges so far stay with the site where they happened; who looks after the new site sees it from now on."),
    });
    const button = { className: "p", textContent: _("Move") };
    question(key, _("Move %(name)s to %(place)s?", { name, place: placeName }), [text], button,
      () => move(key, place, placeName));
  }

  function remove(key, refusal) {
    const name = Tree.nodeOf(key).label;
    if (refusal) {
      return question(key, _("Cannot be removed"), [makeElement("p", { textContent: refusal })], null, null);
    }
    const text = makeElement("p", { textContent: _("This cannot be undone. What was charged stays in Statistics.") });
    return question(key, _("Remove %(name)s?", { name }), [text], { className: "d", textContent: _("Remove") }, async () => {
      const { parent } = await ask("remove", { node: key });
      if (key === Tree.selectedKey) return location.assign(`${tree.dataset.href}${parent}`);
      say(_("%(name)s was removed.", { name }));
      await Tree.refresh();
      return Tree.focusOn(Tree.find(parent));
    });
  }

  return { askAndMove, chooseAndMove, move, remove, rename, say };
})();
