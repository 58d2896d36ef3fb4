// Dragging in the navigator: stations onto floors and sites, floors onto sites. The menu's "Move to …" does the same
// without a mouse.
"use strict";
{
  const tree = document.getElementById("tree");
  const OPEN_AFTER_MS = 700;
  const moves = tree.dataset.moves.split(" ");
  const MAY_STAND_ON = { station: ["floor", "site"], floor: ["site"] };
  let dragged = null;
  let over = null;
  let timer = 0;

  const kindOf = (item) => item.dataset.key.split("-")[0];

  // The line that would take it: what lies between stands for what is above it.
  function placeAt(target) {
    let item = target.closest?.("#tree li");
    while (item && !MAY_STAND_ON[kindOf(dragged)].includes(kindOf(item))) item = Tree.parent(item);
    return item && item !== Tree.parent(dragged) ? item : null;
  }

  const siteOf = (item) => (kindOf(item) === "site" ? item : Tree.parent(item) && siteOf(Tree.parent(item)));

  function mark(item) {
    if (item === over) return;
    clearTimeout(timer);
    over?.firstChild.classList.remove("takes");
    over = item;
    if (!item) return;
    item.firstChild.classList.add("takes");
    if (item.getAttribute("aria-expanded") === "false") {
      timer = setTimeout(() => Tree.toggle(item, true), OPEN_AFTER_MS);
    }
  }

  function end() {
    mark(null);
    dragged?.firstChild.classList.remove("dragged");
    dragged = null;
  }

  // A finger's long press opens the menu. What points is known when it does: many machines have a mouse and a finger.
  tree.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    const isDragged = event.pointerType !== "touch" && !event.target.matches("input");
    item.firstChild.draggable = isDragged && moves.includes(kindOf(item));
  });
  tree.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", Tree.nodeOf(dragged.dataset.key).label);
    dragged.firstChild.classList.add("dragged");
  });
  tree.addEventListener("dragover", (event) => {
    if (!dragged) return;
    mark(placeAt(event.target));
    if (!over) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  });
  tree.addEventListener("dragleave", (event) => { if (!tree.contains(event.relatedTarget)) mark(null); });
  tree.addEventListener("dragend", end);
  tree.addEventListener("drop", (event) => {
    const place = dragged && placeAt(event.target);
    if (!place) return;
    event.preventDefault();
    const [key, placeKey] = [dragged.dataset.key, place.dataset.key];
    const isOtherSite = siteOf(dragged) !== siteOf(place);
    end();
    if (isOtherSite) TreeActs.askAndMove(key, placeKey); // Who sees it changes.
    else TreeActs.move(key, placeKey, Tree.nodeOf(placeKey).label).catch((error) => TreeActs.say(error.message, true));
  });
}
