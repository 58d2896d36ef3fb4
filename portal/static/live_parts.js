// A page in parts, kept live: asked for anew when the portal says that something of its station or of its batch changed
// (static/live.js), and now and then besides, since meters say nothing of themselves. Only the parts that differ are
// replaced, and never one that is in use.
"use strict";
{
  const OPEN_MS = 2000; // While an answer may come and nobody tells us.
  const USUAL_MS = 5000;
  const LONGEST_MS = 10000;
  const whole = document.querySelector("[data-live-parts]");
  const station = Number(whole.dataset.station);
  const batch = Number(whole.dataset.batch);
  const notLive = document.querySelector("[data-not-live]");
  let timer = 0;
  let asking = null;
  let isDue = false;
  let asOf = new Date();

  const isLive = () => document.documentElement.dataset.live === "on";
  const isInUse = (part) => part.querySelector("details[open]");

  function show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const fresh of page.querySelectorAll("[data-part]")) {
      const old = whole.querySelector(`[data-part="${fresh.dataset.part}"]`);
      if (!old || isInUse(old) || old.innerHTML === fresh.innerHTML) continue;
      const focused = placeOf(old, document.activeElement);
      old.replaceChildren(...fresh.childNodes);
      if (focused >= 0) reachable(old)[focused]?.focus();
    }
    whole.toggleAttribute("data-open", page.querySelector("[data-open]") !== null);
  }

  const reachable = (part) => [...part.querySelectorAll("a, summary, [tabindex]")];
  const placeOf = (part, element) => (part.contains(element) ? reachable(part).indexOf(element) : -1);

  async function look() {
    if (asking) {
      isDue = true;
      return;
    }
    clearTimeout(timer);
    isDue = false;
    asking = new AbortController();
    const tooLong = setTimeout(() => asking.abort(), LONGEST_MS);
    try {
      const answer = await fetch(whole.dataset.liveParts, { signal: asking.signal, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload(); // Signed out.
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
      asOf = new Date();
      notLive.hidden = true;
    } catch {
      if (document.hidden) return;
      notLive.textContent = notLive.dataset.notLive.replace("{time}", asOf.toLocaleTimeString(document.documentElement.lang));
      notLive.hidden = false;
    } finally {
      clearTimeout(tooLong);
      asking = null;
      if (isDue) look();
      else wait();
    }
  }

  function wait() {
    clearTimeout(timer);
    if (document.hidden) return;
    timer = setTimeout(look, whole.hasAttribute("data-open") && !isLive() ? OPEN_MS : USUAL_MS);
  }

  const concerns = (change) =>
    change.kind === "anything" || change.station_id === station || change.batch_id === batch ||
    (change.kind === "station" && change.id === station);
  document.addEventListener("live", (event) => {
    if (!document.hidden && event.detail.some(concerns)) look();
  });
  document.addEventListener("live-state", wait);
  // What was asked stands in the history at once.
  document.addEventListener("saved", (event) => {
    if (!event.detail.matches(".command-form")) return;
    event.preventDefault();
    look();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  window.addEventListener("online", look);

  // One menu at a time; a click elsewhere and Escape close it.
  const closeMenus = (except) => {
    for (const drop of whole.querySelectorAll("details.drop[open]")) if (drop !== except) drop.open = false;
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.drop")));
  whole.addEventListener("keydown", (event) => {
    const drop = event.key === "Escape" && event.target.closest("details.drop[open]");
    if (!drop) return;
    drop.open = false;
    drop.querySelector("summary").focus();
  });

  whole.toggleAttribute("data-open", whole.querySelector("[data-open]") !== null);
  wait();
}
