"""The app: for drivers, in their language, and with nothing of anybody in what browsers keep."""

import pytest

from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.people import add_person, sign_in


@pytest.fixture
def drivers(db, portal) -> Visitor:
    return sign_in(portal, add_person(db, RoleName.EV_USER, "eva@example.com"))


def test_drivers_have_the_app_and_nobody_else(drivers, administrator):
    page = drivers.get("/charging/").text
    assert '<link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials">' in page
    assert 'class="dock"' in page
    page = administrator.get("/charging/").text
    assert "manifest" not in page
    assert 'class="dock"' not in page


@pytest.mark.parametrize(("language", "short_name"), [("en", "Charging"), ("da", "Opladning")])
def test_the_manifest_is_in_the_language_of_who_asks(visitor, language, short_name):
    answer = visitor.get("/manifest.webmanifest", headers={"Accept-Language": language})
    assert answer.mimetype == "application/manifest+json"
    manifest = answer.json
    assert (manifest["lang"], manifest["short_name"], manifest["display"]) == (language, short_name, "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert visitor.get(icon["src"]).mimetype == icon["type"]
    assert manifest["start_url"].startswith(manifest["scope"])


def test_the_worker_is_asked_for_anew_and_keeps_nothing_of_anybody(visitor):
    answer = visitor.get("/service-worker.js")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    shell = answer.text.split("const SHELL = ")[1].split(";\n")[0]
    assert '"offline":"/offline"' in shell
    assert "/charging" not in shell
    # Whoever asks: else it would be another one with each language, and take over each time.
    assert visitor.get("/service-worker.js", headers={"Accept-Language": "da"}).text == answer.text


@pytest.mark.parametrize(("language", "words"), [("en", "You are offline"), ("da", "Du er offline")])
def test_the_page_without_a_line_holds_nothing_of_anybody(drivers, language, words):
    page = drivers.get("/offline", headers={"Accept-Language": language})
    assert words in page.text
    assert page.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in page.text
    assert "eva@example.com" not in page.text
