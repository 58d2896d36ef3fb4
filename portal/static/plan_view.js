// The view on a plan: zoom by buttons, keys, ctrl and wheel, or two fingers; pan by dragging the ground, or as one scrolls.
//
// The ground is made as large as the zoom says, and scrolls within its view; what stands on it is placed in percent.
"use strict";
window.makePlanView = (page) => {
  const LARGEST = 6;
  const SMALLEST = 0.5;
  const STEP = 1.25;
  const LEAST_HEIGHT_PX = 260;
  const view = page.querySelector(".plan-view");
  const ground = page.querySelector(".plan-ground");
  const buttons = Object.fromEntries([...document.querySelectorAll("[data-zoom]")].map((b) => [b.dataset.zoom, b]));
  const PLAIN = { width: 3, height: 2 };
  let shape = PLAIN;
  let zoom = 1;
  let last = "";

  // The size at which the whole plan is in sight.
  function whole() {
    const width = view.offsetWidth; // With its scroll bars.
    const height = Math.max(LEAST_HEIGHT_PX, window.innerHeight - 290);
    const scale = Math.min(width / shape.width, height / shape.height);
    return { width: shape.width * scale, height: shape.height * scale };
  }

  function fit() {
    const { width, height } = whole();
    view.style.height = `${Math.ceil(height)}px`;
    ground.style.width = `${width * zoom}px`;
    ground.style.height = `${height * zoom}px`;
    view.classList.toggle("zoomed", zoom > 1);
    buttons.whole.textContent = _("%(percent)s %%", { percent: Math.round(zoom * 100) });
    buttons.in.disabled = zoom >= LARGEST;
    buttons.out.disabled = zoom <= SMALLEST;
  }

  // What is under the given point of the window stays under it; without one, the middle.
  function zoomTo(wanted, at) {
    const box = view.getBoundingClientRect();
    const point = at ?? { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    const before = partAt(point);
    zoom = Math.min(LARGEST, Math.max(SMALLEST, wanted));
    fit();
    const now = ground.getBoundingClientRect();
    view.scrollLeft += now.left + before.x * now.width - point.x;
    view.scrollTop += now.top + before.y * now.height - point.y;
  }

  function partAt({ x, y }) {
    const box = ground.getBoundingClientRect();
    return { x: (x - box.left) / box.width, y: (y - box.top) / box.height };
  }

  function isInSight({ x, y }) {
    const seen = view.getBoundingClientRect();
    const box = ground.getBoundingClientRect();
    return x >= Math.max(seen.left, box.left) && x <= Math.min(seen.right, box.right)
      && y >= Math.max(seen.top, box.top) && y <= Math.min(seen.bottom, box.bottom);
  }

  // A part of the plan from the point of view of whoever looks: the middle of what is in sight.
  function middle() {
    const box = view.getBoundingClientRect();
    const { x, y } = partAt({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
    return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
  }

  function showPart({ x, y }) {
    const [left, top, margin] = [x * ground.offsetWidth, y * ground.offsetHeight, 40];
    if (left < view.scrollLeft + margin || left > view.scrollLeft + view.clientWidth - margin)
      view.scrollLeft = left - view.clientWidth / 2;
    if (top < view.scrollTop + margin || top > view.scrollTop + view.clientHeight - margin)
      view.scrollTop = top - view.clientHeight / 2;
  }

  function setPicture(plan) {
    const told = JSON.stringify(plan);
    if (told === last) return;
    last = told;
    shape = plan ?? PLAIN;
    let image = ground.querySelector("img");
    if (!plan) image?.remove();
    else if (!image) {
      image = document.createElement("img");
      image.alt = "";
      image.draggable = false;
      ground.prepend(image);
    }
    if (plan && image.getAttribute("src") !== plan.url) image.src = plan.url;
    ground.classList.toggle("plain", !plan);
    fit();
  }

  buttons.in.addEventListener("click", () => zoomTo(zoom * STEP));
  buttons.out.addEventListener("click", () => zoomTo(zoom / STEP));
  buttons.whole.addEventListener("click", () => zoomTo(1));
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomTo(zoom * Math.exp(-event.deltaY / 300), { x: event.clientX, y: event.clientY });
  }, { passive: false });
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea")) return;
    const wanted = { "+": zoom * STEP, "-": zoom / STEP, 0: 1 }[event.key];
    if (wanted) zoomTo(wanted);
  });

  // Two fingers; one finger scrolls as everywhere.
  let pinch = null;
  const spread = ([one, two]) => Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
  const between = ([one, two]) => ({ x: (one.clientX + two.clientX) / 2, y: (one.clientY + two.clientY) / 2 });
  view.addEventListener("touchstart", (event) => {
    pinch = event.touches.length === 2 ? { spread: spread(event.touches), zoom } : null;
  }, { passive: true });
  view.addEventListener("touchmove", (event) => {
    if (!pinch || event.touches.length !== 2) return;
    event.preventDefault();
    zoomTo(pinch.zoom * (spread(event.touches) / pinch.spread), between(event.touches));
  }, { passive: false });

  // The mouse takes hold of the ground.
  view.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest(".pin")) return;
    const begun = { x: event.clientX + view.scrollLeft, y: event.clientY + view.scrollTop };
    const pan = (move) => {
      view.scrollLeft = begun.x - move.clientX;
      view.scrollTop = begun.y - move.clientY;
    };
    const end = () => {
      view.classList.remove("panning");
      removeEventListener("pointermove", pan);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
    };
    view.classList.add("panning");
    addEventListener("pointermove", pan);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  });

  new ResizeObserver(fit).observe(view.parentElement);
  addEventListener("resize", fit);
  return { view, ground, partAt, isInSight, middle, showPart, setPicture };
};
