// The page that stands in for one that cannot be had: that one comes as soon as the portal answers, or when somebody asks.
"use strict";
{
  const EVERY_MS = 5000;
  const again = document.querySelector("[data-again]");

  async function look() {
    try {
      if ((await fetch(again.dataset.again, { cache: "no-store" })).ok) location.reload();
    } catch {
      // Still away; that is what the page says.
    }
  }

  again.addEventListener("click", () => location.reload());
  addEventListener("online", look);
  setInterval(() => { if (!document.hidden) look(); }, EVERY_MS);
}
