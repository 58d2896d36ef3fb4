// A map: the pictures that the installation has chosen, or a plain ground with lines of latitude and longitude where it
// has chosen none or they cannot be loaded. All that stands on it is ours.
"use strict";
window.makeMap = () => {
  const element = document.querySelector("[data-map]");
  const note = document.querySelector("[data-no-tiles]");
  const given = JSON.parse(element.dataset.map);
  const map = L.map(element, { zoomControl: false, worldCopyJump: true, minZoom: 2, maxZoom: 19, zoomSnap: 0.5 });
  const graticule = makeGraticule(map);

  function plain(isPlain) {
    element.classList.toggle("plain", isPlain);
    if (isPlain === map.hasLayer(graticule)) return;
    if (isPlain) graticule.addTo(map);
    else graticule.remove();
  }

  function tiles() {
    // Who made them may want to know which site shows them, and learns no more than that.
    const layer = L.tileLayer(given.tiles, { maxZoom: 19, referrerPolicy: "strict-origin" });
    const tell = (isMissing) => {
      note.hidden = !isMissing;
      plain(isMissing);
    };
    layer.on("tileload", () => tell(false));
    layer.on("tileerror", () => { if (!element.querySelector(".leaflet-tile-loaded")) tell(true); });
    layer.addTo(map);
  }

  function escaped(text) {
    const span = document.createElement("span");
    span.textContent = text;
    return span.innerHTML;
  }

  function begin() {
    if (given.near) map.setView(given.near, 16);
    else if (given.far) map.setView(given.far, 5);
    else map.setView([30, 10], 2);
  }

  L.control.zoom({ zoomInTitle: _("Larger"), zoomOutTitle: _("Smaller") }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.attributionControl.setPrefix(false);
  begin();
  if (given.tiles) {
    tiles();
    if (given.attribution) map.attributionControl.addAttribution(escaped(given.attribution));
  } else plain(true);
  return { map, given };
};
