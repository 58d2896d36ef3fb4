// A plan that is too large is told before it travels; the portal looks again.
"use strict";
{
  const form = document.querySelector("form[data-plan-upload]");
  const file = form?.querySelector("input[type=file]");
  const trouble = form?.querySelector("[data-too-large]");
  const isTooLarge = () => file.files[0]?.size > Number(form.dataset.planUpload);

  file?.addEventListener("change", () => {
    trouble.textContent = trouble.dataset.tooLarge;
    trouble.hidden = !isTooLarge();
  });
  form?.addEventListener("submit", (event) => {
    if (isTooLarge()) event.preventDefault();
  });
}
