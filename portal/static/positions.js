// Station positions: the stations of a floor as symbols on its plan, those that wait beside it, live. What is dropped is
// saved at once; what could not be saved goes back and says so; what was saved can be undone.
"use strict";
{
  const page = document.querySelector("[data-positions]");
  const floorId = Number(page.dataset.floor);
  const mayPlace = "place" in page.dataset;
  const pins = page.querySelector(".plan-pins");
  const list = page.querySelector(".plan-tray ul");
  const trouble = document.querySelector("[data-trouble]");
  const said = page.querySelector("[data-said]");
  const undo = document.querySelector("[data-undo]");
  const usual = said.textContent;
  const elements = new Map();
  const beingSaved = new Set();
  const undone = [];
  let stations = [];

  const plan = makePlanView(page);
  const find = (id) => elements.get(id)?.element;
  const aloud = (text) => { page.querySelector("[data-aloud]").textContent = text; };
  const moves = makePlanMoves(page, plan, { find, draw, aloud, save });
  const tip = makePlanTip(page, (station) => [
    { label: _("Open"), href: `${page.dataset.stationUrl}?node=station-${station.id}` },
    ...(mayPlace ? [{ label: _("Move"), act: () => moves.lift(station) }] : []),
    ...(mayPlace && station.x !== null ? [{ label: _("Take off the plan"), act: () => save(station, null) }] : []),
  ]);

  // Drawing: each station has one element, on the plan or beside it, which is kept as long as it stays there.

  function make(station, isOnPlan) {
    const made = makeElement("button", { className: isOnPlan ? "pin" : "waits" });
    made.type = "button";
    const current = () => stations.find((each) => each.id === station.id);
    made.addEventListener("click", (event) => {
      if (moves.isAfterDrag || moves.moving?.station.id === station.id) return;
      if (mayPlace && (event.detail === 0 || !isOnPlan)) {
        tip.hide();
        moves.lift(current());
      } else tip.show(current(), made, true);
    });
    made.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse" && isOnPlan && !moves.moving) tip.show(current(), made, false);
    });
    made.addEventListener("pointerleave", tip.leave);
    made.addEventListener("focus", () => {
      if (isOnPlan && !moves.moving && made.matches(":focus-visible")) tip.show(current(), made, false);
    });
    made.addEventListener("blur", tip.leave);
    if (mayPlace) made.addEventListener("pointerdown", (event) => {
      tip.leave();
      // With a finger the tray scrolls; there one drags by the handle.
      if (isOnPlan || event.pointerType !== "touch" || event.target.closest(".grip")) moves.begin(event, current(), made);
    });
    if (mayPlace) made.addEventListener("keydown", (event) => {
      if (isOnPlan && event.key === "Delete" && !moves.moving) save(current(), null);
    });
    return made;
  }

  function fill(made, station, isOnPlan) {
    const texts = makeElement("span", { className: "texts" }, station.label);
    if (!isOnPlan) texts.append(makeElement("small", {}, station.note));
    const isMoving = moves.moving?.station.id === station.id;
    const parts = [makeSymbol(station.state), texts];
    if (!isOnPlan && mayPlace) parts.push(isMoving ? makeElement("span", { className: "muted" }, _("moving")) : makeElement("span", { className: "grip" }, "⠿"));
    made.replaceChildren(...parts);
    made.setAttribute("aria-label", [station.label, station.state_text, isOnPlan ? "" : _("not on the plan")].filter(Boolean).join(", "));
  }

  function drawOne(station) {
    const isMoving = moves.moving?.station.id === station.id;
    // One that is lifted stands on the plan in any case; one that is dragged stays where it was until it is dropped.
    const at = isMoving && !moves.moving.isDragged ? moves.moving.to : station.x === null ? null : station;
    let known = elements.get(station.id);
    if (known?.isOnPlan !== (at !== null)) {
      known?.holder.remove();
      const made = make(station, at !== null);
      const holder = at === null ? makeElement("li") : made;
      if (at === null) holder.append(made);
      known = { element: made, holder, isOnPlan: at !== null };
      elements.set(station.id, known);
    }
    const told = JSON.stringify([station, isMoving]);
    if (known.told !== told) fill(known.element, station, known.isOnPlan);
    known.told = told;
    known.element.classList.toggle("moving", isMoving);
    known.element.classList.toggle("marked", station.id === Number(page.dataset.marked));
    if (at) {
      known.element.style.left = `${at.x * 100}%`;
      known.element.style.top = `${at.y * 100}%`;
      known.element.classList.toggle("leftwards", at.x > 0.85);
    }
    return known;
  }

  function draw() {
    const there = new Set(stations.map((station) => station.id));
    for (const [id, { holder }] of elements) {
      if (there.has(id)) continue;
      holder.remove();
      elements.delete(id);
    }
    const drawn = stations.map(drawOne);
    for (const [parent, isOnPlan] of [[pins, true], [list, false]]) {
      const wanted = drawn.filter((one) => one.isOnPlan === isOnPlan).map((one) => one.holder);
      wanted.forEach((holder, index) => { if (parent.children[index] !== holder) parent.insertBefore(holder, parent.children[index] ?? null); });
    }
    count();
  }

  function count() {
    const placed = stations.filter((station) => station.x !== null).length;
    const all = ngettext("%(num)d station", "%(num)d stations", stations.length);
    document.querySelector("[data-count]").textContent = _("%(stations)s, %(placed)s on the plan", { stations: all, placed });
    page.querySelector("[data-waiting]").textContent = stations.length - placed || "";
    page.querySelector("[data-all-placed]").hidden = !stations.length || placed < stations.length;
    page.querySelector("[data-no-stations]").hidden = stations.length > 0;
  }

  // Saving.

  const placeOf = ({ x, y }) => (x === null ? null : { x, y });

  async function post(station, to) {
    const url = (to ? page.dataset.place : page.dataset.takeOff).replace(/0$/, station.id);
    const body = new FormData();
    body.set("csrf_token", page.dataset.csrf);
    if (to) for (const [name, part] of Object.entries(to)) body.set(name, part);
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") return location.reload(); // Signed out.
    if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message ?? "");
    return undefined;
  }

  function put(id, at) {
    const station = stations.find((each) => each.id === id);
    if (station) [station.x, station.y] = at ? [at.x, at.y] : [null, null];
    draw();
  }

  async function save(station, to, isUndo = false) {
    const from = placeOf(station);
    tip.hide();
    trouble.hidden = true;
    beingSaved.add(station.id);
    put(station.id, to);
    try {
      await post(station, to);
      if (!isUndo) undone.push({ station, to: from });
      said.textContent = isUndo ? _("Undone: %(name)s", { name: station.label }) : _("Saved: %(name)s", { name: station.label });
    } catch (error) {
      put(station.id, from);
      said.textContent = usual;
      trouble.textContent = [_("%(name)s could not be saved, and is back where it was.", { name: station.label }), error.message].join(" ");
      trouble.hidden = false;
      if (isUndo) undone.push({ station, to });
    } finally {
      beingSaved.delete(station.id);
      undo.disabled = !undone.length;
    }
  }

  undo?.addEventListener("click", () => {
    const { station, to } = undone.pop();
    const current = stations.find((each) => each.id === station.id);
    undo.disabled = !undone.length;
    if (current) save(current, to, true);
  });

  // What is so.

  let asked = 0;
  async function look() {
    const number = ++asked;
    const wereSaved = new Set(beingSaved);
    try {
      const answer = await fetch(page.dataset.positions, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 404) return location.reload();
      if (!answer.ok) throw new Error(answer.status);
      const told = await answer.json();
      if (number !== asked) return undefined;
      const before = new Map(stations.map((station) => [station.id, station]));
      // An answer that was on its way while a station was saved does not know of that yet.
      const isOld = (id) => (wereSaved.has(id) || beingSaved.has(id)) && before.has(id);
      stations = told.stations.map((station) =>
        (isOld(station.id) ? { ...station, x: before.get(station.id).x, y: before.get(station.id).y } : station));
      plan.setPicture(told.plan);
      draw();
    } catch {
      trouble.textContent = _("The portal cannot be reached; what is shown may be old.");
      trouble.hidden = false;
    }
    return undefined;
  }

  const isOurs = (change) =>
    (change.kind === "floor" && change.id === floorId) ||
    (change.kind === "station" && stations.some((station) => station.id === change.id));
  const soon = lookWhenLive(isOurs, look);
  soon();
}
