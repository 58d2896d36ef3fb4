// How many alarms wait for somebody, at the function that shows them; asked again when the portal says that some changed.
"use strict";
{
  const PAUSE_MS = 400;
  const badge = document.querySelector("[data-new-alarms]");
  let isAsking = false;
  let isDue = false;

  function show(count) {
    badge.hidden = count === 0;
    badge.firstElementChild.textContent = count < 100 ? count : "99+";
    badge.lastElementChild.textContent = ngettext("%(num)d new alarm", "%(num)d new alarms", count);
  }

  async function look() {
    isDue = true;
    if (isAsking || document.hidden) return;
    isAsking = true;
    while (isDue) {
      isDue = false;
      try {
        const answer = await fetch(badge.dataset.newAlarms, { redirect: "manual" });
        if (answer.ok) show((await answer.json()).new);
      } catch {
        // The sign beside the navigator says that the line is away.
      }
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
    }
    isAsking = false;
  }

  if (badge) {
    document.addEventListener("live", (event) => {
      if (event.detail.some((change) => change.kind === "alarm" || change.kind === "anything")) look();
    });
    document.addEventListener("visibilitychange", () => { if (isDue) look(); });
  }
}
