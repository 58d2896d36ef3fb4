// The live line: one WebSocket, over which the page hears what has changed. It comes back by itself and says when it is away.
//
// Scripts that show something listen for "live" (event.detail is a list of {kind, id, ...}, of which {kind: "anything"}
// means: look for yourself) and for "live-state" ("on" or "off"); `document.documentElement.dataset.live` holds the latter.
"use strict";
{
  const SILENCE_MS = 45000; // More than twice what the server lets pass without a word.
  const LONGEST_PAUSE_MS = 30000;
  const SIGNED_OUT = 4401;
  const sign = document.querySelector("[data-live-sign]");
  const url = new URL(sign.dataset.liveSign, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";

  let socket = null;
  let failures = 0;
  let watch = 0;

  const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  function show(state) {
    document.documentElement.dataset.live = state;
    sign.className = `live-sign ${state}`;
    sign.textContent = sign.dataset[state];
    sign.hidden = false;
    // Said aloud only when something is wrong, not on each page.
    if (state === "off") sign.setAttribute("role", "alert");
    else sign.removeAttribute("role");
    say("live-state", state);
  }

  function connect() {
    clearTimeout(watch);
    socket = new WebSocket(url);
    socket.addEventListener("message", (event) => {
      watchSilence();
      const changes = JSON.parse(event.data);
      if (document.documentElement.dataset.live !== "on") {
        show("on");
        // What happened since the page was made, or since the line was lost, was not heard.
        changes.push({ kind: "anything" });
        failures = 0;
      }
      if (changes.length) say("live", changes);
    });
    socket.addEventListener("close", (event) => {
      clearTimeout(watch);
      if (event.code === SIGNED_OUT) return location.reload();
      if (failures++ > 0 || document.documentElement.dataset.live) show("off");
      // Spread, so that all pages do not come back in the same moment.
      const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(failures, 8)) * (0.5 + Math.random());
      watch = setTimeout(connect, pause);
    });
    watchSilence();
  }

  function watchSilence() {
    clearTimeout(watch);
    watch = setTimeout(() => socket.close(), SILENCE_MS);
  }

  addEventListener("online", () => { if (socket.readyState === WebSocket.CLOSED) connect(); });
  // A page that the browser keeps for the way back must not hold the line. One that is still being made ends with the
  // page, without the complaint that closing it would be worth to the browser.
  addEventListener("pagehide", () => { clearTimeout(watch); if (socket.readyState === WebSocket.OPEN) socket.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted && socket.readyState !== WebSocket.CONNECTING) connect(); });
  connect();
}
