// The frame's own behaviour: drawer, menus, theme, copy buttons, dialogs. Every page works without it, less comfortably.
"use strict";
{
  const burger = document.querySelector(".burger");
  const side = document.getElementById("side");
  const veil = document.querySelector(".veil");

  function openDrawer(open) {
    document.body.classList.toggle("drawer-open", open);
    burger.setAttribute("aria-expanded", open);
    veil.hidden = !open;
    if (open) side.querySelector("a").focus();
  }
  burger.addEventListener("click", () => openDrawer(burger.getAttribute("aria-expanded") !== "true"));
  veil.addEventListener("click", () => openDrawer(false));

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("header details[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (document.body.classList.contains("drawer-open")) {
      openDrawer(false);
      burger.focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("header details[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  const themes = document.querySelectorAll("[data-theme-choice]");
  function markTheme() {
    const chosen = localStorage.getItem("theme") || "";
    for (const button of themes) button.setAttribute("aria-pressed", button.dataset.themeChoice === chosen);
  }
  for (const button of themes) {
    button.addEventListener("click", () => {
      localStorage.setItem("theme", button.dataset.themeChoice);
      applyTheme();
      markTheme();
    });
    button.closest("fieldset").hidden = false;
  }
  markTheme();

  function copyText(text) {
    // Outside of https and localhost a browser has no clipboard for scripts, only this older way.
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "unseen";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    return Promise.resolve();
  }
  function offerCopies(within) {
    for (const button of within.querySelectorAll("[data-copy]")) {
      const words = button.textContent;
      button.hidden = false;
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", async () => {
        await copyText(button.dataset.copy);
        button.textContent = button.dataset.done;
        setTimeout(() => { button.textContent = words; }, 2000);
      });
    }
  }
  offerCopies(document);
  // Whoever brings new content into the page says so there.
  document.addEventListener("filled", (event) => offerCopies(event.target));

  for (const opener of document.querySelectorAll("[data-dialog]")) {
    const dialog = document.getElementById(opener.dataset.dialog);
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
    for (const closer of dialog.querySelectorAll("[data-close]")) {
      closer.addEventListener("click", () => dialog.close());
    }
  }

  // A form that is sent twice by a double click would be saved twice.
  for (const form of document.querySelectorAll("form.sheet, form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form.sheet, form[data-once]")) delete form.dataset.sent;
  });

  document.querySelector(".tabs .on")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.querySelector(".note.bad, .field.bad .box")?.scrollIntoView({ block: "center" });
  document.querySelector(".field.bad .box")?.focus();
}
