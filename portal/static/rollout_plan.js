// The plan of a careful rollout: filters over the marks, and all stations at once. Without this script everything is there.
"use strict";
{
  const form = document.querySelector("form.plan");
  for (const input of form.querySelectorAll("[data-filter]")) {
    const labels = [...document.getElementById(input.dataset.filter).querySelectorAll("label")];
    input.hidden = false;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const label of labels) label.hidden = !label.textContent.toLowerCase().includes(wanted) && !label.querySelector("[type=checkbox]").checked;
    });
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }
  const all = form.querySelector("[name=all]");
  const marks = [...form.querySelectorAll("[name=station]")];
  all.addEventListener("change", () => { for (const mark of marks) mark.checked = all.checked; });
  for (const mark of marks) mark.addEventListener("change", () => { all.checked = marks.every((each) => each.checked); });
  for (const name of ["within", "same_model"]) {
    form.querySelector(`[name=${name}]`)?.addEventListener("change", () => form.requestSubmit(form.querySelector("[data-show]")));
  }
  // A value that somebody writes is meant to be copied.
  for (const box of form.querySelectorAll("[name=value]")) {
    box.addEventListener("input", () => { box.closest("label").querySelector("[name=chosen]").checked = true; });
  }
}
