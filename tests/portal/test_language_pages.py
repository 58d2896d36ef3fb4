"""No page of a Dane has a word of English: each page that there is, with something on it, is read."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from domain.models import ChargingSession, Floor, IdToken, Outlet, Site, Station, UnknownStation
from portal.translations import catalogue
from portal.translations.literals import shown_texts
from tests.portal.browser_like import Visitor

NO_PAGES = (
    "LocaleView.index",
    "OpenApi.get",
    "SignInView.login",
    "TreeView.children",
    "UtilView.back",
    "health.healthz",
)
"""What answers with something else than a page for somebody who has signed in."""


@pytest.fixture
def rows(db: Session) -> None:
    """One of everything, with the id 1."""
    site = Site(id=1, name="Nørreport")
    station = Station(id=1, name="N-101", charge_box_id="CB-101", site=site)
    started_at = datetime(2026, 11, 22, 16, 43, 2, tzinfo=UTC)
    db.add_all(
        [
            site,
            station,
            Floor(id=1, name="P1", site=site),
            Outlet(id=1, station=station, number=1),
            IdToken(id=1, token="04A1B2C3"),
            UnknownStation(id=1, charge_box_id="CB-999"),
            ChargingSession(
                id=1,
                started_at=started_at,
                logged_at=started_at,
                node_id=1,
                site_id=1,
                outlet_id=1,
                site_name="Nørreport",
                station_name="N-101",
                outlet_number=1,
                authorization=0,
                id_token="",
                meter_start_wh=0,
                review_reasons=[],
            ),
        ]
    )
    db.commit()


def pages(app: Flask) -> Iterator[str]:
    """The address of each page, for the rows with the id 1."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and _is_page(rule):
            with app.test_request_context():
                yield app.url_map.bind("").build(rule.endpoint, dict.fromkeys(rule.arguments, 1))


def _is_page(rule: Rule) -> bool:
    silent = rule.endpoint in NO_PAGES or rule.endpoint.endswith((".export", "static"))
    return not silent and not rule.rule.startswith("/api/v1/")


def english() -> set[str]:
    """The messages without values in them that are something else in Danish."""
    danish = catalogue.read("da")
    found = {m.id for m in catalogue.messages(danish) if isinstance(m.id, str) and m.id != m.string}
    return found - {m.string for m in catalogue.messages(danish)}


def test_no_page_of_a_dane_has_english_on_it(portal: Flask, administrator: Visitor, rows: None) -> None:
    administrator.get("/lang/da")
    words, seen = english(), []
    for path in pages(portal):
        page = administrator.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        seen += [(path, text) for text in shown_texts(page.text) if text in words]
    assert seen == []


def test_the_sign_in_page_and_its_refusals_are_danish(visitor: Visitor) -> None:
    visitor.get("/lang/da")
    words = english()
    for page in (visitor.get("/login/"), visitor.sign_in("", ""), visitor.sign_in("nobody@example.com", "wrong")):
        assert [text for text in shown_texts(page.text) if text in words] == []


@pytest.mark.parametrize("path", ["/nonsense", "/sites/show/999"])
def test_faults_are_danish(administrator: Visitor, path: str) -> None:
    administrator.get("/lang/da")
    page = administrator.get(path)
    assert page.status_code == 404
    assert [text for text in shown_texts(page.text) if text in english()] == []
