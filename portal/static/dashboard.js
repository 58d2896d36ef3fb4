// The dashboard: each pane is fetched again every 30 seconds while somebody looks, and quietly put in place. One that
// names a kind of change is fetched at once when the portal tells of that.
"use strict";
{
  const EVERY_MS = 30000;
  const PAUSE_MS = 400;
  const panes = [...document.querySelectorAll("[data-pane]")];
  const lost = document.querySelector("[data-lost]");
  const focusable = "a, button, summary, [tabindex]";
  let fetchedAt = Date.now();
  let busy = false;

  // What a person has opened or stands on stays as it is; and so does what a script drew, with the figures that are new.
  function put(pane, html) {
    const open = [...pane.querySelectorAll("details")].map((part) => part.open);
    const scrolled = [...pane.querySelectorAll(".scrolls")].map((part) => [part.scrollTop, part.scrollLeft]);
    const focused = [...pane.querySelectorAll(focusable)].indexOf(document.activeElement);
    const kept = [...pane.querySelectorAll("[data-kept]")];
    pane.innerHTML = html;
    for (const part of kept) {
      const fresh = pane.querySelector(`[data-kept="${part.dataset.kept}"]`);
      if (!fresh) continue;
      Object.assign(part.dataset, fresh.dataset);
      fresh.replaceWith(part);
    }
    pane.querySelectorAll("details").forEach((part, index) => { part.open = open[index] ?? false; });
    pane.querySelectorAll(".scrolls").forEach((part, index) => {
      [part.scrollTop, part.scrollLeft] = scrolled[index] ?? [0, 0];
    });
    if (focused >= 0) pane.querySelectorAll(focusable)[focused]?.focus({ preventScroll: true });
    pane.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
  }

  const due = new Set();
  const underWay = new Set();

  async function hear(pane) {
    due.add(pane);
    if (underWay.has(pane) || document.hidden) return;
    underWay.add(pane);
    while (due.delete(pane)) {
      await refresh(pane).catch(() => { lost.hidden = false; });
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
    }
    underWay.delete(pane);
  }
  document.addEventListener("live", (event) => {
    const kinds = new Set(event.detail.map((change) => change.kind));
    for (const pane of panes.filter((each) => each.dataset.liveKind)) {
      if (kinds.has(pane.dataset.liveKind) || kinds.has("anything")) hear(pane);
    }
  });

  async function refresh(pane) {
    const response = await fetch(pane.dataset.pane, { redirect: "manual" });
    // Signed out, or the role no longer has this pane: the page itself says what is so now.
    if (response.type === "opaqueredirect" || response.status === 404) return location.reload();
    if (response.ok) put(pane, await response.text());
    else pane.querySelector(".stale").hidden = false;
  }

  async function refreshAll() {
    if (busy) return;
    busy = true;
    try {
      await Promise.all(panes.map(refresh));
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    } finally {
      busy = false;
      fetchedAt = Date.now();
    }
  }

  const isDue = () => !document.hidden && Date.now() - fetchedAt >= EVERY_MS;
  setInterval(() => isDue() && refreshAll(), 1000);
  document.addEventListener("visibilitychange", () => isDue() && refreshAll());
  addEventListener("online", refreshAll);
  addEventListener("offline", () => { lost.hidden = false; });
}
