// Counts while an import runs; when it is over, the page loads once more and says what became of it.
"use strict";
{
  const EVERY_MS = 1500;
  const section = document.getElementById("import-progress");
  const told = section.querySelector(".import-told");
  const bar = section.querySelector("progress");

  async function look() {
    try {
      const answer = await fetch(section.dataset.url, { headers: { Accept: "application/json" } });
      if (!answer.ok) return location.reload();
      const progress = await answer.json();
      if (progress.over) return location.reload();
      if (told.textContent !== progress.text) told.textContent = progress.text;
      if (progress.total) {
        bar.max = progress.total;
        bar.value = progress.done;
      }
    } catch {
      told.textContent = _("The portal does not answer; trying again …");
    }
    setTimeout(look, EVERY_MS);
  }
  setTimeout(look, EVERY_MS);
}
