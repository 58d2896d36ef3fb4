// Elements for what scripts draw. Names and texts are only ever children, so that they stay text.
"use strict";

window.makeElement = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

// The symbol of a state, from the page's templates.
window.makeSymbol = (state) =>
  document.querySelector(`template[data-symbol="${state ?? "none"}"]`).content.firstElementChild.cloneNode(true);
