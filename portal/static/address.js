// An address on a map: a click, the dragged mark and Enter set the position into the fields; what is typed moves the mark.
"use strict";
{
  const DIGITS = 6;
  const form = document.querySelector("[data-address]");
  const { latitude, longitude } = form.elements;
  const said = document.querySelector("[data-said]");
  const mayEdit = form.querySelector("footer") !== null;
  const { map, given } = makeMap();
  const degrees = (text) => (text.trim() === "" ? NaN : Number(text.replace(",", ".")));

  const mark = L.marker([0, 0], {
    draggable: mayEdit,
    keyboard: false,
    icon: L.divIcon({
      className: "map-mark",
      html: document.querySelector("template[data-mark]").content.firstElementChild.cloneNode(true),
      iconSize: [36, 36],
    }),
  });

  function typed() {
    const [north, east] = [degrees(latitude.value), degrees(longitude.value)];
    return Math.abs(north) <= 90 && Math.abs(east) <= 180 ? L.latLng(north, east) : null;
  }

  function showTyped() {
    const at = typed();
    if (!at) return mark.remove();
    mark.setLatLng(at).addTo(map);
    if (!map.getBounds().contains(at)) map.panTo(at);
    return undefined;
  }

  function take(at) {
    const { lat, lng } = at.wrap();
    latitude.value = lat.toFixed(DIGITS);
    longitude.value = lng.toFixed(DIGITS);
    mark.setLatLng([lat, lng]).addTo(map);
    for (const field of [latitude, longitude]) field.dispatchEvent(new Event("input", { bubbles: true }));
    said.textContent = _("Position: %(latitude)s, %(longitude)s. Save it.", { latitude: latitude.value, longitude: longitude.value });
  }

  if (mayEdit) {
    map.on("click", (event) => take(event.latlng));
    mark.on("dragend", () => take(mark.getLatLng()));
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== map.getContainer()) return;
      event.preventDefault();
      take(map.getCenter());
    });
    form.querySelector("[data-map-buttons]").hidden = false;
    form.querySelector("[data-middle]").addEventListener("click", () => take(map.getCenter()));
    form.querySelector("[data-clear]").addEventListener("click", () => {
      latitude.value = longitude.value = "";
      mark.remove();
    });
    map.getContainer().classList.add("chooses");
  }
  for (const field of [latitude, longitude]) field.addEventListener("change", showTyped);

  if (given.site) {
    const tip = document.createElement("span");
    tip.textContent = given.site;
    L.circleMarker(given.near, { className: "map-site", radius: 7 }).bindTooltip(tip).addTo(map);
  }
  if (typed()) map.setView(typed(), 16);
  showTyped();
}
