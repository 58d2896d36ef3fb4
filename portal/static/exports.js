// Counts while files are made; when the state of one changes, the page loads once more and says what became of it.
"use strict";
{
  const EVERY_MS = 1000;
  const section = document.querySelector(".exports[data-live]");

  function show(file) {
    const line = section.querySelector(`[data-export="${file.id}"]`);
    if (!line || line.dataset.state !== file.state) return false;
    const told = line.querySelector(".export-told");
    if (told.textContent !== file.text) told.textContent = file.text;
    const bar = line.querySelector("progress");
    if (bar && file.total) {
      bar.max = file.total;
      bar.value = file.done;
    }
    return true;
  }

  async function look() {
    try {
      const answer = await fetch(section.dataset.url, { headers: { Accept: "application/json" } });
      if (!answer.ok) return location.reload();
      const { files } = await answer.json();
      if (!files.every(show)) return location.reload();
    } catch {
      // The portal does not answer just now: the next look tells.
    }
    setTimeout(look, EVERY_MS);
  }
  setTimeout(look, EVERY_MS);
}
