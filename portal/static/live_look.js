// Looks again when the live line (static/live.js) tells of something that concerns what is shown: at once, and then not
// again for a moment, however much changes.
"use strict";
window.lookWhenLive = (concerns, look, pauseMs = 700) => {
  let isLooking = false;
  let isDue = false;

  async function soon() {
    isDue = true;
    if (isLooking) return;
    isLooking = true;
    while (isDue && !document.hidden) {
      isDue = false;
      await look();
      await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
    }
    isLooking = false;
  }

  document.addEventListener("live", (event) => {
    if (event.detail.some((change) => change.kind === "anything" || concerns(change))) soon();
  });
  document.addEventListener("visibilitychange", () => { if (isDue) soon(); });
  return soon;
};
