// What stands on a map: each place as the symbol of its worst state with how many stations it has. Names are only ever
// set as text.
"use strict";
window.makeMarks = (map) => {
  const markers = new Map();

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

  function draw(places) {
    const there = new Set(places.map((place) => place.key));
    for (const [key, { marker }] of markers) {
      if (there.has(key)) continue;
      marker.remove();
      markers.delete(key);
    }
    places.forEach(drawMarker);
  }

  // Names stand to the right of their symbols: for them there may be more room.
  function showAll(padding = 50, right = padding) {
    const points = [...markers.values()].map(({ marker }) => marker.getLatLng());
    if (points.length) map.fitBounds(L.latLngBounds(points), { paddingTopLeft: [padding, padding], paddingBottomRight: [right, padding], maxZoom: 16 });
  }

  // Where a place stands, if it does.
  const at = (key) => markers.get(key)?.marker.getLatLng();
  return { draw, showAll, at };
};
