// Signing out is for the whole browser: its other pages close as well, with what they show and hear (static/live.js).
// It is told once the sign-in is over, by the page that then asks to sign in again.
"use strict";
{
  const KEY = "signed-out";
  const form = document.querySelector("[data-sign-out]");
  if (form) {
    form.addEventListener("submit", () => sessionStorage.setItem(KEY, "now"));
    addEventListener("storage", (event) => { if (event.key === KEY) location.reload(); });
  } else if (sessionStorage.getItem(KEY)) {
    sessionStorage.removeItem(KEY);
    localStorage.setItem(KEY, Date.now());
  }
}
