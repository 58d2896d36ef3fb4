// My charging, kept live: asks every three seconds while somebody looks, and says so when it cannot.
(function () {
  "use strict";
  const EVERY_MS = 3000;
  const LONGEST_MS = 10000;
  const now = document.getElementById("now");
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
    section.querySelector("[data-line]").setAttribute("points", figures.line);
    section.querySelector("[data-area]").setAttribute("points", figures.line && `0,160 ${figures.line} 720,160`);
  }

  // There is more or less to show: take it from the page itself, and leave alone what somebody is about to use.
  async function renew(shape) {
    const answer = await get(location.href, "text/html");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement && now.contains(document.activeElement) ? document.activeElement.id : "";
    for (const id of ["now", "free"]) {
      const old = document.getElementById(id);
      const fresh = page.getElementById(id);
      if (old && fresh && (id === "now" || !old.contains(document.activeElement))) {
        old.replaceChildren(...fresh.childNodes);
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
      wait();
    }
  }

  function wait() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, EVERY_MS);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) look();
  });
  window.addEventListener("online", () => {
    clearTimeout(timer);
    look();
  });
  wait();
})();
