// Light or dark, before the first paint: as chosen on this browser, else as the system says.
"use strict";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
function applyTheme() {
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // A browser that keeps nothing follows the system.
  }
  document.documentElement.dataset.theme = chosen || (systemIsDark.matches ? "dark" : "light");
}
applyTheme();
systemIsDark.addEventListener("change", applyTheme);
