// My charging, kept live: looks when the live line tells of something, and from time to time besides; without a line every
// three seconds. Says so when it cannot. Nobody who does not look is asked for.
(function () {
  "use strict";
  const EVERY_MS = 3000;
  const EVERY_MS_WITH_LINE = 15000; // What one reading less may cost, should a word be lost.
  const LONGEST_MS = 10000;
  const now = document.getElementById("now");
  const page = document.documentElement;
  const ownLine = Boolean(document.querySelector("main [data-live-sign]"));
  const station = Number(now.dataset.station);
  let isDue = false; // A word came while one was asking.
  const notLive = document.querySelector("[data-not-live]");
  let timer = null;
  let asking = null; // The request under way, so that it can be given up.

  function write(figures) {
    const section = now.querySelector(`[data-session="${figures.id}"]`);
    if (!section) return;
    for (const field of section.querySelectorAll("[data-live]")) {
      const text = figures[field.dataset.live];
      if (field.textContent !== text) field.textContent = text;
    }
    begin(section.querySelector("[data-duration]"), figures.seconds);
    section.querySelector("[data-line]").setAttribute("points", figures.line);
    section.querySelector("[data-area]").setAttribute("points", figures.line && `0,160 ${figures.line} 720,160`);
  }

  // Durations go on between two looks. Where one began is counted by this page's own clock, which need not be right.
  function begin(field, seconds) {
    field.begunMs = performance.now() - seconds * 1000;
  }

  function tick() {
    if (document.hidden) return;
    for (const field of now.querySelectorAll("[data-duration]")) {
      if (field.begunMs === undefined) begin(field, Number(field.dataset.duration));
      const seconds = Math.floor((performance.now() - field.begunMs) / 1000);
      const two = (number) => String(number).padStart(2, "0");
      field.textContent = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    }
  }

  // There is more or less to show: take it from the page itself, and leave alone what somebody is about to use.
  async function renew(shape) {
    const answer = await get(location.href, "text/html");
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement && now.contains(document.activeElement) ? document.activeElement.id : "";
    for (const id of ["now", "free"]) {
      const old = document.getElementById(id);
      const part = fresh.getElementById(id);
      if (old && part && (id === "now" || !old.contains(document.activeElement) || !part.querySelector("form"))) {
        old.replaceChildren(...part.childNodes);
      }
    }
    now.dataset.shape = shape;
    if (focused) (document.getElementById(focused) || now).focus();
  }

  async function get(url, kind) {
    const answer = await fetch(url, { headers: { Accept: kind }, signal: asking.signal, redirect: "manual" });
    if (answer.status === 401 || answer.type === "opaqueredirect") {
      location.reload(); // The sign-in is over.
      throw new Error("signed out");
    }
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  async function look() {
    isDue = Boolean(asking);
    if (asking) return;
    asking = new AbortController();
    const tooLong = setTimeout(() => asking.abort(), LONGEST_MS);
    try {
      const live = await (await get(now.dataset.url, "application/json")).json();
      live.running.forEach(write);
      if (live.shape !== now.dataset.shape) await renew(live.shape);
      now.dataset.asOf = live.as_of;
      notLive.hidden = true;
    } catch {
      if (document.hidden) return;
      notLive.textContent = notLive.dataset.notLive.replace("{time}", now.dataset.asOf);
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
    const hasLine = ownLine && page.dataset.live === "on";
    if (!document.hidden) timer = setTimeout(look, hasLine ? EVERY_MS_WITH_LINE : EVERY_MS);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) look();
  });
  document.addEventListener("live", (event) => {
    const concerns = (change) => change.kind !== "station" || change.id === station;
    if (ownLine && !document.hidden && event.detail.some(concerns)) {
      clearTimeout(timer);
      look();
    }
  });
  for (const name of ["online", "offline"]) {
    window.addEventListener(name, () => {
      clearTimeout(timer);
      look();
    });
  }

  // Who taps twice has asked once; the portal sees to that too.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  setInterval(tick, 1000);
  wait();
})();
