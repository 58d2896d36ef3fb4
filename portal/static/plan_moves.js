// Moving a station: dragged with mouse or finger, or lifted (chosen by a click or by Enter) and then moved with the arrow
// keys or put down by a click on the plan. One at a time; who moves it is told what becomes of it.
"use strict";
window.makePlanMoves = (page, plan, { find, draw, aloud, save }) => {
  const STEP = 0.01;
  const LONG_STEP = 0.05;
  const THRESHOLD_PX = { mouse: 4, pen: 6, touch: 8 };
  const tray = page.querySelector(".plan-tray");
  const ring = page.querySelector(".plan-ring");
  let moving = null; // {station, to: {x, y} or null, isDragged}
  let isAfterDrag = false;

  const clamp = (part) => Math.min(1, Math.max(0, part));
  const percent = (part) => Math.round(part * 100);
  const where = ({ x, y }) => _("%(x)s %% from the left, %(y)s %% from the top", { x: percent(x), y: percent(y) });
  const inside = (box, { x, y }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

  function show() {
    ring.hidden = !moving?.to;
    if (moving?.to) {
      ring.style.left = `${moving.to.x * 100}%`;
      ring.style.top = `${moving.to.y * 100}%`;
    }
    draw();
  }

  function lift(station) {
    if (moving) cancel();
    const isPlaced = station.x !== null;
    moving = { station, to: isPlaced ? { x: station.x, y: station.y } : plan.middle(), isDragged: false };
    show();
    plan.view.scrollIntoView({ block: "nearest" });
    plan.showPart(moving.to);
    find(station.id)?.focus({ preventScroll: true });
    aloud(_("%(name)s is lifted. Move it with the arrow keys, Enter puts it down, Escape puts it back.", { name: station.label }));
  }

  function cancel() {
    const { station, isDragged } = moving;
    moving = null;
    show();
    if (!isDragged) find(station.id)?.focus({ preventScroll: true });
    aloud(_("%(name)s is back where it was.", { name: station.label }));
  }

  function drop(to) {
    const { station, isDragged } = moving;
    moving = null;
    ring.hidden = true;
    save(station, to);
    if (!isDragged) find(station.id)?.focus({ preventScroll: true });
    aloud(to ? _("%(name)s stands at %(where)s.", { name: station.label, where: where(to) })
      : _("%(name)s is off the plan.", { name: station.label }));
  }

  function step(event) {
    const by = event.shiftKey ? LONG_STEP : STEP;
    const way = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key];
    if (!way) return false;
    moving.to = { x: clamp(moving.to.x + way[0]), y: clamp(moving.to.y + way[1]) };
    show();
    plan.showPart(moving.to);
    aloud(where(moving.to));
    return true;
  }

  function onKey(event) {
    if (!moving || moving.isDragged || event.ctrlKey || event.altKey || event.metaKey) return;
    if (step(event)) { /* moved */ }
    else if (event.key === "Enter" || event.key === " ") drop(moving.to);
    else if (event.key === "Escape") cancel();
    else if (event.key === "Delete" || event.key === "Backspace") drop(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Dragging, from the plan or from the tray.

  function target(point) {
    if (plan.isInSight(point)) return plan.partAt(point);
    return inside(tray.getBoundingClientRect(), point) ? null : undefined;
  }

  function begin(event, station, element) {
    if (event.button !== 0 || !event.isPrimary) return;
    const from = { x: event.clientX, y: event.clientY };
    const ghost = element.querySelector(".symbol").cloneNode(true);
    const handlers = {
      pointermove(move) {
        const point = { x: move.clientX, y: move.clientY };
        const far = Math.hypot(point.x - from.x, point.y - from.y);
        if (!moving?.isDragged) {
          if (far < THRESHOLD_PX[move.pointerType]) return;
          if (moving) cancel();
          moving = { station, to: null, isDragged: true };
          page.classList.add("dragging");
          ghost.classList.add("ghost");
          page.append(ghost);
        }
        ghost.style.left = `${point.x}px`;
        ghost.style.top = `${point.y}px`;
        moving.to = target(point) ?? null;
        tray.classList.toggle("taking", target(point) === null);
        show();
      },
      pointerup(up) {
        end();
        if (!moving?.isDragged) return;
        isAfterDrag = true;
        setTimeout(() => { isAfterDrag = false; });
        const to = target({ x: up.clientX, y: up.clientY });
        if (to === undefined || (to === null && station.x === null)) cancel();
        else drop(to);
      },
      pointercancel() {
        end();
        if (moving?.isDragged) cancel();
      },
      keydown(key) {
        if (key.key !== "Escape" || !moving?.isDragged) return;
        end();
        cancel();
      },
    };
    function end() {
      for (const [name, handler] of Object.entries(handlers)) removeEventListener(name, handler);
      ghost.remove();
      page.classList.remove("dragging");
      tray.classList.remove("taking");
    }
    for (const [name, handler] of Object.entries(handlers)) addEventListener(name, handler);
  }

  page.addEventListener("keydown", onKey, true);
  plan.view.addEventListener("click", (event) => {
    const point = { x: event.clientX, y: event.clientY };
    if (moving && !moving.isDragged && !isAfterDrag && event.detail > 0 && plan.isInSight(point)) drop(plan.partAt(point));
  });
  return { begin, lift, get moving() { return moving; }, get isAfterDrag() { return isAfterDrag; } };
};
