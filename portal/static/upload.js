// A form with a large file: sent by a script, so that one sees how far it is. Without scripts the browser sends it.
"use strict";
{
  const form = document.querySelector("form[data-upload]");
  const told = form.querySelector(".upload-told");
  const bar = told.querySelector("progress");
  const words = told.querySelector("span");
  const trouble = form.querySelector(".trouble");
  const button = form.querySelector("button.p");

  function show(event) {
    if (!event.lengthComputable) return;
    bar.value = event.loaded / event.total;
    const percent = Math.floor(100 * bar.value);
    words.textContent = percent < 100 ? _("%(percent)s %%", { percent }) : _("Checking …");
  }

  function end() {
    button.disabled = false;
    told.hidden = true;
  }

  // Saved: the answer says where to go. Else it is the same page with what is wrong, of which the fields are put in; the
  // file that was chosen stays chosen.
  function done(request) {
    if (request.status === 200) return location.assign(JSON.parse(request.responseText).url);
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const fresh = page.querySelector("form[data-upload]");
    end();
    if (![409, 422].includes(request.status) || !fresh) {
      trouble.hidden = false;
      return undefined;
    }
    const old = [...form.querySelectorAll(".field")];
    [...fresh.querySelectorAll(".field")].forEach((field, index) => {
      const chosen = old[index].querySelector("input[type=file]");
      if (chosen) field.querySelector("input[type=file]").replaceWith(chosen);
      old[index].replaceWith(field);
    });
    form.querySelector(".bad input, .bad textarea")?.focus();
    return undefined;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", show);
    request.addEventListener("load", () => done(request));
    request.addEventListener("error", () => {
      end();
      trouble.hidden = false;
    });
    trouble.hidden = true;
    told.hidden = false;
    words.textContent = "";
    button.disabled = true;
    request.open("POST", location.href);
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(form));
  });
}
