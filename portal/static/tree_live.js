// The navigator hears of changes (static/live.js): new states are taken on in place, a tree that changed is loaded anew.
"use strict";
{
  // At once when something changes, and then not again for a moment, however much changes.
  const PAUSE_MS = 1500;
  let isResting = false;
  let isDue = false;

  async function refreshSoon() {
    isDue = true;
    if (isResting) return;
    isResting = true;
    while (isDue && !document.hidden) {
      isDue = false;
      await Tree.refresh();
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
    }
    isResting = false;
  }

  document.addEventListener("live", (event) => {
    for (const change of event.detail) {
      if (change.kind === "states") Tree.recolour(change.states);
      else if (["tree", "anything"].includes(change.kind)) refreshSoon();
    }
  });
  document.addEventListener("visibilitychange", () => { if (isDue) refreshSoon(); });
}
