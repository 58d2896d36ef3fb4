// The map of the system or of a site: each place as the symbol of its worst state with how many stations it has, and the
// same in a list; both are kept live. Names are only ever set as text.
"use strict";
{
  const PAUSE_MS = 1000; // However much changes in a whole system.
  const page = document.querySelector("[data-places]");
  const list = page.querySelector(".map-list ul");
  const trouble = document.querySelector("[data-trouble]");
  const { map } = makeMap();
  const marks = makeMarks(map);
  const lines = new Map();
  let isShown = false;

  function makeLine(place) {
    const item = makeElement("li", { className: place.key === page.dataset.marked ? "marked" : "" });
    const told = makeElement("span", { className: "texts" });
    const link = makeElement("a", {}, place.label);
    link.href = place.url;
    told.append(link, makeElement("small", {}, place.text));
    item.append(makeSymbol(place.state), told);
    const isNowhere = place.latitude === null || place.longitude === null;
    if (!isNowhere) {
      const show = makeElement("button", { className: "s" }, _("Show"));
      show.type = "button";
      show.setAttribute("aria-label", _("Show %(name)s on the map", { name: place.label }));
      show.addEventListener("click", () => map.setView(marks.at(place.key), Math.max(map.getZoom(), 14)));
      item.append(show);
    } else if (place.kind === "site") {
      const set = makeElement("a", { className: "button s" }, _("Set position"));
      set.href = `${page.dataset.addressUrl}?node=${place.key}`;
      item.append(set);
    }
    return item;
  }

  function drawList(places) {
    const wanted = places.map((place) => {
      const told = JSON.stringify(place);
      const known = lines.get(place.key);
      if (known?.told === told) return known.item;
      const item = makeLine(place);
      if (known?.item.contains(document.activeElement)) queueMicrotask(() => item.querySelector("a").focus());
      known?.item.remove();
      lines.set(place.key, { item, told });
      return item;
    });
    list.replaceChildren(...wanted);
  }

  function draw(places) {
    marks.draw(places);
    drawList(places);
    const stations = places.filter((place) => place.kind === "site").reduce((sum, place) => sum + place.count, 0);
    document.querySelector("[data-count]").textContent = ngettext("%(num)d station", "%(num)d stations", stations);
    page.querySelector("[data-nothing]").hidden = places.some((place) => place.kind !== "site" || place.key !== page.dataset.marked);
    page.querySelector("[data-nowhere]").hidden = !places.some((place) => place.kind !== "floor" && place.latitude === null);
  }

  function showAll() {
    const marked = marks.at(page.dataset.marked);
    if (marked && page.dataset.marked.startsWith("station")) map.setView(marked, 17);
    else marks.showAll();
  }

  async function look() {
    try {
      const answer = await fetch(page.dataset.places, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.type === "opaqueredirect") return location.reload(); // Signed out.
      if (!answer.ok) throw new Error(answer.status);
      draw(await answer.json());
      trouble.hidden = true;
      if (!isShown) showAll();
      isShown = true;
    } catch {
      trouble.hidden = false;
    }
    return undefined;
  }

  lookWhenLive((change) => change.kind === "station", look, PAUSE_MS)();
}
