// A password's rules tick while it is typed, and one can be made up. The rules themselves are in domain/passwords.py.
"use strict";
{
  const RULES = {
    length: (text) => [...text].length >= 8,
    letters: (text) => /\p{L}/u.test(text),
    digits: (text) => /[0-9]/.test(text),
  };
  // Without those that people mistake for each other.
  const ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  const LENGTH = 16;

  const follows = (text) => Object.values(RULES).every((rule) => rule(text));

  function made() {
    const bytes = crypto.getRandomValues(new Uint8Array(LENGTH * 4));
    // Bytes beyond the last whole alphabet would make its first characters more likely.
    const fair = [...bytes].filter((byte) => byte < 256 - (256 % ALPHABET.length));
    const text = fair.slice(0, LENGTH).map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
    return text.length === LENGTH && follows(text) ? text : made();
  }

  function enhance(place) {
    const field = place.querySelector("input");
    const rules = [...place.querySelectorAll("[data-rule]")];
    const said = place.querySelector("[role=status]");
    const button = place.querySelector(".generate");

    function tick() {
      const missing = rules.filter((rule) => {
        const ok = RULES[rule.dataset.rule](field.value);
        rule.classList.toggle("ok", ok);
        return !ok;
      });
      const words = missing.map((rule) => rule.textContent).join(", ");
      const text = !field.value ? "" : words ? _("Still missing: %(rules)s", { rules: words }) : _("The password follows the rules.");
      // Only a change is announced, not each key.
      if (said.textContent !== text) said.textContent = text;
    }

    field.addEventListener("input", tick);
    button.hidden = false;
    button.addEventListener("click", () => {
      field.type = "text";
      field.value = made();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.select();
    });
    tick();
  }

  const enhanceAll = (within) => within.querySelectorAll("[data-password]").forEach(enhance);
  enhanceAll(document);
  document.addEventListener("filled", (event) => enhanceAll(event.target));
}
