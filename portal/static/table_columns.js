// Which columns a table shows, and in which order.
"use strict";

(() => {
  const view = document.querySelector(".table-view");
  if (!view) return;

  // The chosen columns are remembered in this browser, for this table.
  const columns = view.querySelector("form.columns");
  const remember = (value, age) => {
    document.cookie = `${view.dataset.cookie}=${value};path=${location.pathname};max-age=${age};samesite=lax`;
  };
  columns.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = [...columns.querySelectorAll(":checked")].map((box) => box.value).join(",");
    remember(chosen, chosen ? 31536000 : 0);
    const params = new URLSearchParams(location.search);
    params.delete("columns");
    location.search = params.toString();
  });
  columns.querySelector(".usual").addEventListener("click", () => remember("", 0));

  // Their order: each may go up and down among them.
  const set = columns.querySelector("fieldset");
  for (const line of set.querySelectorAll(".one")) {
    const heading = line.textContent.trim();
    const step = (sign, words, move) => {
      const button = window.makeElement("button", { type: "button", className: "q", textContent: sign, title: words.replace("%s", () => heading) });
      button.setAttribute("aria-label", button.title);
      button.addEventListener("click", () => {
        move();
        button.focus();
      });
      line.append(button);
    };
    step("↑", set.dataset.up, () => line.previousElementSibling.matches(".one") && line.previousElementSibling.before(line));
    step("↓", set.dataset.down, () => line.nextElementSibling?.after(line));
  }
})();
