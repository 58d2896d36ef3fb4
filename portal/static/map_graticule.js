// The lines of latitude and longitude, as the ground of a map that has no pictures: as many as can be told apart.
"use strict";
window.makeGraticule = (map) => {
  const STEPS = [60, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001];
  const LEAST_PX = 110;
  const MOST_LATITUDE = 85;
  const layer = L.layerGroup();

  function step(bounds) {
    const perDegree = map.getSize().x / (bounds.getEast() - bounds.getWest());
    return STEPS.findLast((each) => each * perDegree >= LEAST_PX) ?? STEPS[0];
  }

  const digits = (by) => Math.max(0, Math.ceil(-Math.log10(by)));
  const named = (degrees, by, letters) =>
    `${Math.abs(degrees).toFixed(digits(by))}° ${Math.abs(degrees) < by / 2 ? "" : letters[degrees < 0 ? 1 : 0]}`.trim();

  function line(points, label, at, side) {
    const words = document.createElement("span");
    words.textContent = label;
    const icon = L.divIcon({ className: `graticule-label ${side}`, html: words, iconSize: null });
    L.polyline(points, { className: "graticule", interactive: false, weight: 1 }).addTo(layer);
    L.marker(at, { icon, interactive: false, keyboard: false }).addTo(layer);
  }

  function draw() {
    layer.clearLayers();
    const bounds = map.getBounds();
    const by = step(bounds);
    const [west, east] = [bounds.getWest(), bounds.getEast()];
    const [south, north] = [Math.max(-MOST_LATITUDE, bounds.getSouth()), Math.min(MOST_LATITUDE, bounds.getNorth())];
    for (let number = Math.ceil(south / by); number * by <= north; number++) {
      const latitude = number * by;
      line([[latitude, west], [latitude, east]], named(latitude, by, "NS"), [latitude, west], "left");
    }
    for (let number = Math.ceil(west / by); number * by <= east; number++) {
      const longitude = number * by;
      line([[south, longitude], [north, longitude]], named(longitude, by, "EW"), [bounds.getNorth(), longitude], "top");
    }
  }

  layer.on("add", () => { map.on("moveend resize", draw); draw(); });
  layer.on("remove", () => { map.off("moveend resize", draw); layer.clearLayers(); });
  return layer;
};
