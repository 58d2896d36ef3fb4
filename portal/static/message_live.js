// New messages appear by themselves: a cheap question every second and a half, while somebody looks. When there are
// some, static/live_table.js brings them in. Without this script the page is a table like others.
"use strict";
{
  const EVERY_MS = 1500;
  const LONGEST_MS = 10000;
  const holder = document.querySelector("[data-newer]");
  const button = holder.querySelector(".pause");
  const sign = holder.querySelector(".message-live");
  let timer = 0;
  let isAsking = false;
  let known = newest();

  const isPaused = () => holder.hasAttribute("data-paused");

  function rows() {
    return [...holder.querySelectorAll("tbody tr[data-key]")];
  }

  function newest() {
    return Math.max(0, ...rows().map((row) => Number(row.dataset.key)));
  }

  function show(state) {
    if (sign.classList.contains(state)) return;
    sign.className = `message-live ${state}`;
    sign.textContent = sign.dataset[state];
  }

  async function look() {
    if (isAsking || isPaused()) return;
    isAsking = true;
    clearTimeout(timer);
    try {
      const url = new URL(holder.dataset.newer, location.href);
      url.searchParams.set("known", known);
      const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(LONGEST_MS) });
      if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload(); // Signed out.
      if (!answer.ok) throw new Error(String(answer.status));
      if ((await answer.json()).newer) {
        document.dispatchEvent(new CustomEvent("live", { detail: [{ kind: "message" }] }));
      }
      if (!isPaused()) show("live");
    } catch {
      if (!document.hidden && !isPaused()) show("off");
    } finally {
      isAsking = false;
      wait();
    }
    return undefined;
  }

  function wait() {
    clearTimeout(timer);
    if (!document.hidden && !isPaused()) timer = setTimeout(look, EVERY_MS);
  }

  holder.addEventListener("rows", () => {
    for (const row of rows()) row.classList.toggle("fresh", Number(row.dataset.key) > known);
    known = Math.max(known, newest());
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));

  button.hidden = false;
  button.addEventListener("click", () => {
    holder.toggleAttribute("data-paused");
    button.textContent = isPaused() ? button.dataset.resume : button.dataset.pause;
    show(isPaused() ? "paused" : "live");
    if (!isPaused()) look();
  });
  show("live");
  wait();
}
