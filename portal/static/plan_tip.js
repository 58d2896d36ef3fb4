// What is told of a station on a closer look: beside its symbol, in short while one points at it, with buttons once it is
// chosen. Names are only ever set as text.
"use strict";
window.makePlanTip = (page, offers) => {
  const tip = page.querySelector(".plan-tip");
  const MARGIN_PX = 8;
  let anchor = null;
  let isChosen = false;

  function fill(station) {
    const lines = makeElement("ul");
    const states = station.outlets.map((outlet) => `${outlet.label}: ${outlet.state_text}`);
    for (const text of states.length ? states : [station.state_text]) lines.append(makeElement("li", {}, text));
    tip.replaceChildren(makeElement("b", {}, station.label), lines);
    if (!isChosen) return;
    const buttons = makeElement("div", { className: "buttons" });
    for (const { label, href, act } of offers(station)) {
      const made = makeElement(href ? "a" : "button", { className: href ? "button s" : "s" }, label);
      if (href) made.href = href;
      else {
        made.type = "button";
        made.addEventListener("click", () => { hide(); act(); });
      }
      buttons.append(made);
    }
    tip.append(buttons);
  }

  function put() {
    const at = anchor.getBoundingClientRect();
    const left = Math.min(Math.max(MARGIN_PX, at.left), innerWidth - tip.offsetWidth - MARGIN_PX);
    const below = at.bottom + MARGIN_PX;
    const isRoom = below + tip.offsetHeight < innerHeight - MARGIN_PX;
    tip.style.left = `${left}px`;
    tip.style.top = `${isRoom ? below : Math.max(MARGIN_PX, at.top - tip.offsetHeight - MARGIN_PX)}px`;
  }

  function show(station, beside, chosen) {
    if (isChosen && !chosen) return;
    anchor = beside;
    isChosen = chosen;
    fill(station);
    tip.hidden = false;
    tip.classList.toggle("chosen", chosen);
    put();
    if (chosen) tip.querySelector("a, button")?.focus({ preventScroll: true });
  }

  function hide() {
    tip.hidden = true;
    isChosen = false;
    anchor = null;
  }

  // A look that nobody asked to stay.
  function leave() {
    if (!isChosen) hide();
  }

  document.addEventListener("pointerdown", (event) => {
    if (isChosen && !tip.contains(event.target)) hide();
  });
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || tip.hidden) return;
    const back = isChosen && anchor;
    hide();
    back?.focus?.();
  });
  document.addEventListener("scroll", hide, true);
  return { show, leave, hide };
};
