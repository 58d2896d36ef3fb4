// From when to when, in the filter of a date: written by hand, or picked here.
"use strict";

(() => {
  const picker = document.querySelector("dialog.dates");
  if (!picker) return;
  const [from, to] = picker.querySelectorAll("[type=date]");
  let field = null;

  for (const each of document.querySelectorAll("input[data-dates]")) {
    const button = window.makeElement("button", { type: "button", className: "pick", title: each.dataset.dates });
    button.setAttribute("aria-label", each.dataset.dates);
    button.append(picker.querySelector("svg").cloneNode(true));
    button.addEventListener("click", () => open(each));
    each.parentNode.append(button);
  }

  function open(clicked) {
    field = clicked;
    [from.value, to.value] = read(field.value.trim());
    picker.querySelector("h2").textContent = field.dataset.dates;
    picker.showModal();
  }

  // The first and the last day of what was written, as far as it names days.
  function read(text) {
    const [first = "", last = ""] = text.match(/\d{4}-\d\d-\d\d/g) ?? [];
    if (text.startsWith("<")) return ["", first];
    return [first, last || (text.startsWith(">") ? "" : first)];
  }

  function written(first, last) {
    if (!first || !last) return first ? `>=${first}` : last && `<=${last}`;
    if (first > last) return written(last, first);
    return first === last ? first : `${first}..${last}`;
  }

  function filter(first, last) {
    field.value = written(first, last);
    picker.close();
    field.dispatchEvent(new Event("change"));
  }

  picker.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    filter(from.value, to.value);
  });
  picker.querySelector(".cancel").addEventListener("click", () => picker.close());

  const now = new Date();
  const on = (month, day) => new Date(Date.UTC(now.getFullYear(), month, day)).toISOString().slice(0, 10);
  const [month, today] = [now.getMonth(), now.getDate()];
  const SPANS = {
    today: [on(month, today), on(month, today)],
    week: [on(month, today - 6), on(month, today)],
    "30-days": [on(month, today - 29), on(month, today)],
    month: [on(month, 1), on(month + 1, 0)],
    "month-before": [on(month - 1, 1), on(month, 0)],
  };
  for (const button of picker.querySelectorAll("[data-span]")) {
    button.addEventListener("click", () => filter(...SPANS[button.dataset.span]));
  }
})();
