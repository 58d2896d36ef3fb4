// The map of the dashboard. Its pane is fetched anew again and again; the map stays, and its places change.
"use strict";
{
  const PADDING_PX = 28;
  const NAME_PX = 110;
  let shown = null;

  function fill() {
    const ground = document.querySelector("[data-pane-map]");
    if (!ground) return;
    if (!shown || shown.ground !== ground) {
      const { map } = makeMap();
      map.scrollWheelZoom.disable(); // Who scrolls past it means the page.
      shown = { ground, map, marks: makeMarks(map), isNew: true };
    }
    shown.marks.draw(JSON.parse(ground.dataset.places));
    if (shown.isNew) shown.marks.showAll(PADDING_PX, NAME_PX);
    shown.isNew = false;
  }

  document.addEventListener("filled", fill);
  fill();
}
