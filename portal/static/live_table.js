// The one table, kept live: when something of its kind changes, the same page is asked for and its rows are put in.
// Filters, order and page stay; a row whose menu is open waits.
"use strict";
{
  const holder = document.querySelector("[data-live-table]");
  const kind = holder.dataset.liveTable;
  const PAUSE_MS = 400;
  const POLL_MS = 2000;
  let isAsking = false;
  let isDue = false;
  let timer = 0;

  const isLive = () => document.documentElement.dataset.live === "on";
  const bodyOf = (page) => page.querySelector(".table-card tbody");

  function show(page) {
    const body = bodyOf(holder);
    const fresh = bodyOf(page);
    if (!fresh || body.querySelector("details[open]")) return;
    const old = new Map([...body.rows].map((row) => [row.dataset.key, row]));
    const rows = [...fresh.rows].map((row) => keep(old.get(row.dataset.key), row));
    const isSame = rows.length === body.rows.length && rows.every((row, index) => row === body.rows[index]);
    if (!isSame) body.replaceChildren(...rows);
    for (const part of [".nothing", ".foot .summary"]) {
      const [before, now] = [holder.querySelector(part), page.querySelector(part)];
      if (before && now) before.replaceChildren(...now.childNodes);
      else if (before && part === ".nothing") before.remove();
    }
    // The way on begins behind what is the last row now; the choice of how many rows is the one that is listened to.
    const [pager, links] = [holder, page].map((each) => each.querySelector(".pager"));
    pager.replaceChildren(...[...links.children].filter((link) => link.tagName !== "SELECT"), pager.querySelector("select"));
    holder.dispatchEvent(new CustomEvent("rows", { bubbles: true }));
  }

  // What was there stays, with other contents, so that the focus and the keyboard's place are not lost. What a script
  // has done to a menu since (static/table.js) is no difference: there its links count.
  function keep(old, fresh) {
    if (!old) return fresh;
    [...fresh.cells].forEach((cell, index) => {
      const before = old.cells[index];
      if (told(before) !== told(cell)) before.replaceChildren(...cell.childNodes);
      if (cell.dataset.filter !== undefined) before.dataset.filter = cell.dataset.filter;
    });
    return old;
  }

  const linksOf = (cell) => [...cell.querySelectorAll('a[role="menuitem"]:not(.filter-by)')].map((link) => link.href);
  const told = (cell) => (cell.matches(".dots-col") ? linksOf(cell).join(" ") : cell.innerHTML);

  async function look() {
    if (holder.hasAttribute("data-paused")) return wait();
    if (isAsking) {
      isDue = true;
      return;
    }
    isAsking = true;
    isDue = false;
    try {
      const answer = await fetch(location.href, { redirect: "manual" });
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // The sign beside the navigator says that the line is away.
    }
    await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
    isAsking = false;
    if (isDue && !document.hidden) look();
    else wait();
  }

  function wait() {
    clearTimeout(timer);
    if (!isLive() && !document.hidden) timer = setTimeout(look, POLL_MS);
  }

  document.addEventListener("live", (event) => {
    if (!event.detail.some((change) => change.kind === kind || change.kind === "anything")) return;
    isDue = true;
    if (!document.hidden) look();
  });
  document.addEventListener("live-state", wait);
  document.addEventListener("saved", (event) => {
    if (!event.detail.matches(".command-form")) return;
    event.preventDefault();
    look();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && isDue) look(); });
  wait();
}
