// User settings: after a Save one finds the page where one left it, with the focus where one worked.
"use strict";
{
  const main = document.querySelector("main");
  const kept = "settings-place";

  for (const form of document.querySelectorAll("[data-keeps-place]")) {
    form.addEventListener("submit", () => sessionStorage.setItem(kept, main.scrollTop));
  }

  // What is shown once must neither come back nor be made again when the page is loaded once more.
  if (document.querySelector("[data-shown-once]")) history.replaceState(null, "", location.href);

  // A password that was made up (password.js) need not be typed again.
  const repeated = document.getElementById("password-repeated");
  document.querySelector(".generate").addEventListener("click", () => {
    repeated.value = document.getElementById("password-password").value;
  });

  function takePlace(place) {
    main.scrollTop = place;
    const wrong = document.querySelector(".field.bad .box");
    const news = wrong || document.querySelector("[data-shown-once], .said");
    const focused = wrong || document.querySelector("[data-shown-once] button") || news?.closest("footer")?.querySelector("button");
    focused?.focus({ preventScroll: true });
    news?.scrollIntoView({ block: "nearest" });
  }
  const place = sessionStorage.getItem(kept);
  sessionStorage.removeItem(kept);
  // Once the browser has followed the address to the section, which would move the page again.
  if (place !== null) addEventListener("load", () => requestAnimationFrame(() => takePlace(Number(place))));
}
