// News: what is opened is read; and a preview of what is being written. Without scripts a button marks as read.
"use strict";
{
  const badge = document.querySelector("[data-unread]");

  function showUnread(count) {
    badge.hidden = count === 0;
    badge.firstChild.textContent = count < 100 ? count : "99+";
    badge.lastChild.textContent = ngettext("%(num)d unread", "%(num)d unread", count);
  }

  async function markRead(item) {
    const form = item.querySelector("form");
    if (!form || item.dataset.sent) return;
    item.dataset.sent = "yes";
    try {
      const headers = { Accept: "application/json" };
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
      if (!response.ok) throw new Error(response.status);
      showUnread((await response.json()).unread);
      form.remove();
      item.querySelector(".new")?.remove();
    } catch {
      // It stays unread, and its button stays to be pressed.
      delete item.dataset.sent;
    }
  }

  for (const item of document.querySelectorAll("details.news")) {
    item.addEventListener("toggle", () => item.open && markRead(item));
  }

  function openNamed() {
    const item = location.hash && document.getElementById(location.hash.slice(1));
    if (!item) return;
    item.open = true;
    item.scrollIntoView({ block: "start" });
  }
  openNamed();
  addEventListener("hashchange", openNamed);

  const writing = document.querySelector("[data-preview]");
  if (writing) {
    const body = writing.elements.body;
    const preview = document.querySelector(".writing section");
    const trouble = preview.querySelector(".stale");
    let asked = 0;
    let waiting;

    async function show() {
      const number = ++asked;
      try {
        const response = await fetch(writing.dataset.preview, { method: "POST", body: new FormData(writing) });
        if (!response.ok || response.redirected) throw new Error(response.status);
        const html = await response.text();
        // A later question may have been answered first.
        if (number !== asked) return;
        preview.querySelector(".written").innerHTML = html; // The server has made it safe (portal/markdown.py).
        trouble.hidden = true;
      } catch {
        trouble.hidden = false;
      }
    }

    preview.hidden = false;
    body.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 300);
    });
    show();
  }
}
