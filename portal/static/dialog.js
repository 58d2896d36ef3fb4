// Forms of records in a dialog: a link marked data-form-dialog opens its page's form here, and what is wrong is said in
// place. Without scripts the same links lead to the same forms as pages.
"use strict";
{
  const dialog = document.createElement("dialog");
  dialog.className = "dialog form-dialog";
  dialog.setAttribute("aria-labelledby", "form-dialog-title");
  document.body.append(dialog);
  let before = "";
  let busy = false;
  let opener = null;

  const typed = () => {
    const form = dialog.querySelector("form");
    return form ? new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "csrf_token")).toString() : "";
  };

  async function open(url) {
    const answer = await fetch(url, { redirect: "manual" }).catch(() => null);
    // Signed out, or not to be had: the page itself says so.
    if (!answer?.ok || !show(await answer.text(), url)) return location.assign(url);
    before = typed();
    return focusFirst();
  }

  // Put a page's form into the dialog; false if the page has none.
  function show(html, url) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const sheet = page.querySelector("main .sheet");
    if (!sheet) return false;
    const title = document.createElement("h2");
    title.id = "form-dialog-title";
    title.textContent = page.querySelector("main h1").textContent;
    const cross = document.createElement("button");
    cross.type = "button";
    cross.className = "cross";
    cross.dataset.close = "";
    cross.setAttribute("aria-label", _("Close"));
    cross.textContent = "✕";
    title.append(cross);
    sheet.classList.remove("card");
    if (sheet.matches("form") && !sheet.getAttribute("action")) sheet.action = url;
    dialog.replaceChildren(title, document.importNode(sheet, true));
    if (!dialog.open) dialog.showModal();
    dialog.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
    return true;
  }

  function focusFirst() {
    const wrong = dialog.querySelector(".bad input:not([type=hidden]), .bad .box");
    (wrong || dialog.querySelector(".sheet input:not([type=hidden]), .sheet a, .sheet button"))?.focus();
  }

  async function send(form) {
    if (busy) return;
    busy = true;
    const sent = new FormData(form);
    const answer = await fetch(form.action, { method: "POST", body: sent, redirect: "manual" }).catch(() => null);
    busy = false;
    if (answer?.type === "opaqueredirect") return saved(form);
    // 409 and 404: somebody else changed or deleted the same meanwhile, and the page says what.
    if (![404, 409, 422].includes(answer?.status) || !show(await answer.text(), form.action)) return trouble(form);
    // A password never comes back from the server; what was typed stays here.
    for (const field of dialog.querySelectorAll("input[type=password]")) {
      field.value = sent.get(field.name) || "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return focusFirst();
  }

  // The page below is loaded anew and says so, unless it shows what is new by itself.
  function saved(form) {
    const isForPage = document.dispatchEvent(new CustomEvent("saved", { detail: form, cancelable: true }));
    if (isForPage) location.reload();
    else dialog.close();
  }

  function trouble(form) {
    const note = form.querySelector(".trouble") || document.createElement("p");
    note.className = "note bad trouble";
    note.setAttribute("role", "alert");
    note.textContent = _("This could not be saved. What you typed is still here; try again in a moment.");
    form.querySelector(".pane").prepend(note);
  }

  const mayLose = () => typed() === before || confirm(_("Close without saving what was typed?"));

  function close() {
    if (mayLose()) dialog.close();
  }
  dialog.addEventListener("close", () => opener?.focus());

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-form-dialog]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (dialog.contains(link)) {
        if (mayLose()) open(link.href);
        return;
      }
      const menu = link.closest(".drop");
      // A menu closes, so the focus comes back to what it was opened from.
      opener = menu?.origin || menu?.querySelector("summary") || link;
      menu?.removeAttribute("open");
      open(link.href);
    } else if (event.target.closest(".form-dialog [data-close]")) {
      event.preventDefault();
      close();
    }
  });
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.target);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  });
  // A browser's own way back (Android) closes too.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
}
