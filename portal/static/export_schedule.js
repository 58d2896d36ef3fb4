// Shows of the form of a regular export what belongs to the choices made; without scripts all of it stands there.
"use strict";
{
  const form = document.querySelector("form.export-schedule");
  const SERVERS = ["sftp", "ftps"];
  const SHOWN_FOR = {
    weekday: ({ every }) => every === "week",
    month_day: ({ every }) => every === "month",
    directory: ({ target }) => target !== "mail",
    host: ({ target }) => SERVERS.includes(target),
    port: ({ target }) => SERVERS.includes(target),
    account: ({ target }) => SERVERS.includes(target),
    password: ({ target }) => SERVERS.includes(target),
  };

  function show() {
    const chosen = { every: form.every.value, target: form.target.value };
    for (const [name, isShown] of Object.entries(SHOWN_FOR)) {
      form.querySelector(`[name="${name}"]`).closest(".field").hidden = !isShown(chosen);
    }
    form.querySelector(".of-servers").hidden = !SERVERS.includes(chosen.target);
  }

  form.addEventListener("change", show);
  show();
}
