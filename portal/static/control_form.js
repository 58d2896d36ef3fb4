// The steps of a charging profile: lines are added and taken away. Without this script there are a few empty lines.
"use strict";
{
  const indexed = /-\d+-/;

  function equip(editor) {
    const body = editor.querySelector("tbody");
    const add = editor.querySelector(".add");

    function number() {
      [...body.rows].forEach((row, index) => {
        for (const field of row.querySelectorAll("input, select")) {
          field.name = field.name.replace(indexed, `-${index}-`);
          field.id = field.name;
        }
        row.querySelector(".remove").hidden = body.rows.length === 1;
      });
    }

    const isEmpty = (row) => [...row.querySelectorAll("input")].every((field) => !field.value);
    [...body.rows].slice(1).filter(isEmpty).forEach((row) => row.remove());
    number();
    add.hidden = false;
    add.addEventListener("click", () => {
      const row = body.rows[body.rows.length - 1].cloneNode(true);
      for (const field of row.querySelectorAll("input, select")) field.value = "";
      for (const error of row.querySelectorAll(".err")) error.remove();
      body.append(row);
      number();
      row.querySelector("input").focus();
    });
    body.addEventListener("click", (event) => {
      const row = event.target.closest(".remove")?.closest("tr");
      if (!row) return;
      row.remove();
      number();
      add.focus();
    });
  }

  const equipAll = (within) => within.querySelectorAll("[data-steps]").forEach(equip);
  equipAll(document);
  document.addEventListener("filled", (event) => equipAll(event.target));
}
