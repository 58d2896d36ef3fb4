// The map of the system or of a site: each place as the symbol of its worst state with how many stations it has, and the
// same in a list; both are kept live. Names are only ever set as text.
"use strict";
{
  const PAUSE_MS = 1000; // However much changes in a whole system.
  const page = document.querySelector("[data-places]");
  const list = page.querySelector(".map-list ul");
  const trouble = document.querySelector("[data-trouble]");
  const { map } = makeMap();
  const markers = new Map();
  const lines = new Map();
  let isShown = false;

  function icon(place) {
    const whole = makeElement("div", { className: "map-place" });
    whole.append(makeSymbol(place.state), makeElement("span", { className: "texts" }, place.label));
    if (place.count) whole.append(makeElement("span", { className: "number" }, place.count.toLocaleString(document.documentElement.lang)));
    return L.divIcon({ className: "map-mark", html: whole, iconSize: [36, 36] });
  }

  function drawMarker(place) {
    if (place.latitude === null || place.longitude === null) {
      markers.get(place.key)?.marker.remove();
      return void markers.delete(place.key);
    }
    const told = JSON.stringify(place);
    const known = markers.get(place.key);
    if (known?.told === told) return undefined;
    const at = [place.latitude, place.longitude];
    const marker = known?.marker ?? L.marker(at, { icon: icon(place), riseOnHover: true }).addTo(map);
    markers.set(place.key, { marker, told });
    marker.setLatLng(at).setIcon(icon(place)).setZIndexOffset(["available", "charging", "offline", "fault"].indexOf(place.state) * 100);
    const tip = makeElement("span");
    tip.append(makeElement("b", {}, place.label), makeElement("br"), place.text);
    marker.unbindTooltip().bindTooltip(tip, { direction: "top", offset: [0, -16], className: "map-tip" });
    marker.getElement().setAttribute("aria-label", `${place.label}, ${place.text}`);
    marker.off("click keydown").on("click", () => location.assign(place.url));
    marker.on("keydown", ({ originalEvent: event }) => { if (event.key === "Enter") location.assign(place.url); });
    return undefined;
  }

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
      show.addEventListener("click", () => map.setView(markers.get(place.key).marker.getLatLng(), Math.max(map.getZoom(), 14)));
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
    const there = new Set(places.map((place) => place.key));
    for (const [key, { marker }] of markers) {
      if (there.has(key)) continue;
      marker.remove();
      markers.delete(key);
    }
    places.forEach(drawMarker);
    drawList(places);
    const stations = places.filter((place) => place.kind === "site").reduce((sum, place) => sum + place.count, 0);
    document.querySelector("[data-count]").textContent = ngettext("%(num)d station", "%(num)d stations", stations);
    page.querySelector("[data-nothing]").hidden = places.some((place) => place.kind !== "site" || place.key !== page.dataset.marked);
    page.querySelector("[data-nowhere]").hidden = !places.some((place) => place.kind !== "floor" && place.latitude === null);
  }

  function showAll() {
    const points = [...markers.values()].map(({ marker }) => marker.getLatLng());
    const marked = markers.get(page.dataset.marked);
    if (marked && page.dataset.marked.startsWith("station")) map.setView(marked.marker.getLatLng(), 17);
    else if (points.length) map.fitBounds(L.latLngBounds(points), { padding: [50, 50], maxZoom: 16 });
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
