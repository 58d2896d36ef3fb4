// Where a driver may charge, drawn from the list that the page has: each site by the best that it has and how many outlets
// are free. Where the browser tells where somebody is, the list comes anew, the nearest first. Names are set as text only.
"use strict";
{
  const EVERY_MS = 30000;
  const trouble = document.querySelector("[data-trouble]");
  const said = document.querySelector("[data-near-said]");
  const nearMe = document.querySelector("[data-near-me]");
  const card = document.querySelector("[data-map-card]");
  const places = document.getElementById("places");
  const markers = new Map();
  let near = places.dataset.near ?? "";
  let here = null;

  card.hidden = false;
  const { map } = makeMap();

  function icon(link) {
    const whole = makeElement("div", { className: "map-place" });
    whole.append(makeSymbol(link.dataset.state), makeElement("span", { className: "texts" }, link.querySelector("b").textContent));
    whole.append(makeElement("span", { className: "number" }, link.dataset.free));
    return L.divIcon({ className: "map-mark", html: whole, iconSize: [36, 36] });
  }

  function draw() {
    const links = [...places.querySelectorAll("[data-at]")];
    const there = new Set(links.map((link) => link.dataset.place));
    for (const [key, marker] of markers) {
      if (there.has(key)) continue;
      marker.remove();
      markers.delete(key);
    }
    for (const link of links) {
      const marker = markers.get(link.dataset.place) ?? L.marker(link.dataset.at.split(",").map(Number), { icon: icon(link), riseOnHover: true }).addTo(map);
      markers.set(link.dataset.place, marker);
      marker.setIcon(icon(link)).off("click keydown").on("click", () => location.assign(link.href));
      marker.on("keydown", ({ originalEvent: event }) => { if (event.key === "Enter") location.assign(link.href); });
      marker.getElement().setAttribute("aria-label", `${link.querySelector("b").textContent}, ${link.querySelector(".state").innerText}`);
    }
  }

  function showAll() {
    const points = [...markers.values()].map((marker) => marker.getLatLng());
    if (here) points.splice(5, points.length, L.latLng(here)); // Oneself and the nearest.
    if (points.length) map.fitBounds(L.latLngBounds(points), { padding: [50, 50], maxZoom: 15 });
  }

  async function look() {
    const url = new URL(location.href);
    if (near) url.searchParams.set("near", near);
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" }, redirect: "manual" });
      if (answer.type === "opaqueredirect") return location.reload(); // Signed out.
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("places");
      if (!places.contains(document.activeElement)) places.replaceChildren(...fresh.childNodes);
      draw();
      trouble.hidden = true;
    } catch {
      trouble.hidden = false;
    }
    return undefined;
  }

  async function goNear(latitude, longitude) {
    near = `${latitude.toFixed(4)},${longitude.toFixed(4)}`; // To ten metres: enough to find an outlet.
    document.activeElement?.blur();
    await look();
    showAll();
  }

  function sayNot(why) {
    said.textContent = said.dataset[why];
    said.hidden = false;
  }

  function findMe() {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        said.hidden = true;
        here = [coords.latitude, coords.longitude];
        goNear(...here);
      },
      (error) => sayNot(error.code === error.PERMISSION_DENIED ? "denied" : "unknown"),
      { timeout: 15000, maximumAge: 60000 },
    );
  }

  if ("geolocation" in navigator && isSecureContext) {
    nearMe.hidden = false;
    nearMe.addEventListener("click", findMe);
    // Who has allowed it before is not asked again, and who has not is asked only when they want it.
    navigator.permissions?.query({ name: "geolocation" }).then(({ state }) => { if (state === "granted" && !near) findMe(); });
  }
  document.querySelector("[data-near-middle]").addEventListener("click", () => {
    here = null;
    const middle = map.getCenter().wrap();
    near = `${middle.lat.toFixed(4)},${middle.lng.toFixed(4)}`;
    look();
  });
  setInterval(() => { if (!document.hidden) look(); }, EVERY_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  draw();
  showAll();
}
