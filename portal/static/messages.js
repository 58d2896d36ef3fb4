// Words in our scripts: _("Show"), _("%(count)s rows", {count: 3}), ngettext("%(num)s row", "%(num)s rows", 3).
// The translations come from build/messages.<language>.js, which stands before this file in the page.
(function () {
  "use strict";
  const messages = window.messages || {};

  function fill(text, values) {
    return text.replace(/%\((\w+)\)[sd]/g, (whole, name) => (name in values ? values[name] : whole)).replace(/%%/g, "%");
  }

  window._ = function (text, values) {
    const found = messages[text];
    const said = typeof found === "string" ? found : text;
    return values ? fill(said, values) : said;
  };

  window.ngettext = function (one, many, num, values) {
    const forms = Array.isArray(messages[one]) ? messages[one] : [one, many];
    return fill(forms[num === 1 ? 0 : 1], { num, ...values });
  };
})();
