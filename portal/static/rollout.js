// A careful rollout, kept live while something is still to happen.
"use strict";
{
  const EVERY_MS = 3000;
  const page = document.getElementById("rollout");
  let asked = false;

  async function renew() {
    if (asked || document.hidden) return;
    asked = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("rollout");
      page.replaceChildren(...fresh.childNodes);
      page.toggleAttribute("data-open", fresh.hasAttribute("data-open"));
    } catch {
      // The line's own sign says that nothing is heard now (live.js); the next look tries again.
    } finally {
      asked = false;
    }
  }
  document.addEventListener("live", (event) => {
    const mine = event.detail.some((change) => change.kind === "anything" || (change.kind === "rollout" && String(change.id) === page.dataset.rollout));
    if (mine) renew();
  });
  // A line that comes back, a value that is put back: what nobody calls out is looked for.
  setInterval(() => { if (page.hasAttribute("data-open")) renew(); }, EVERY_MS);
}
