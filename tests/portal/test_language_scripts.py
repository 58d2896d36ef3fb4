"""The words of our scripts, in a real browser."""

import pytest
from playwright.sync_api import Page

SAYS = """() => [
  _("Save"), _("%(a)s of %(b)s", {a: 1, b: 2}), _("%(gone)s", {}),
  ngettext("%(num)d station", "%(num)d stations", 1), ngettext("%(num)d station", "%(num)d stations", 0),
  ngettext("%(num)d %(x)s", "%(num)d %(x)ss", 2, {x: "word"})
]"""


@pytest.mark.parametrize(
    ("language", "stations"),
    [("en", ["1 station", "0 stations"]), ("da", ["1 ladestation", "0 ladestationer"])],
)
def test_scripts_speak_the_language_of_the_page(signed_in_page: Page, language: str, stations: list[str]) -> None:
    signed_in_page.goto(f"/lang/{language}")
    signed_in_page.goto("/")
    assert signed_in_page.evaluate(SAYS) == ["Save", "1 of 2", "%(gone)s", *stations, "2 words"]
    assert signed_in_page.locator("html").get_attribute("lang") == language
