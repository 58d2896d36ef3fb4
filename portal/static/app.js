// The drivers' app: registers its service worker, and offers to install it where the browser does.
"use strict";
{
  const KEPT_DAYS = 90;
  const hint = document.querySelector("[data-install]");
  const { worker, offline } = document.querySelector("[data-worker]").dataset;
  let offer = null;

  if ("serviceWorker" in navigator) {
    // Where the browser has forbidden it there is no page without a line, and all else works.
    navigator.serviceWorker.register(worker).then(speak).catch((error) => console.warn("no service worker:", error.message));
  }

  // The page without a line is kept in one language: that of the page which one saw last.
  async function speak() {
    const kept = await caches.match(offline);
    if (!kept || kept.headers.get("Content-Language") === document.documentElement.lang) return;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      if (await cache.match(offline)) await cache.add(offline);
    }
  }

  function isUnwanted() {
    try {
      return Number(localStorage.getItem("install-unwanted-until")) > Date.now();
    } catch {
      return false; // A browser that keeps nothing asks again.
    }
  }

  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    if (hint) hint.hidden = isUnwanted() && !("always" in hint.dataset);
  });
  addEventListener("appinstalled", () => { if (hint) hint.hidden = true; });

  hint?.querySelector("[data-install-now]").addEventListener("click", async () => {
    hint.hidden = true;
    await offer.prompt();
  });
  hint?.querySelector("[data-install-not]")?.addEventListener("click", () => {
    hint.hidden = true;
    try {
      localStorage.setItem("install-unwanted-until", String(Date.now() + KEPT_DAYS * 86400e3));
    } catch {
      // As above.
    }
  });
}
