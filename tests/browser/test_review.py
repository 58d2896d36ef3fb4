"""A session that a person looks at, in a real browser: corrected in Danish, confirmed in English, several at once."""

from datetime import timedelta
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect

from domain import charging_sessions, stations
from domain.clock import now
from domain.db import session_factory
from domain.models import ChargingSession, Outlet, OutletMode, Site, Station
from domain.reports import BootReport, StartReport
from domain.roles import RoleName
from tests.fixtures.product import PortalServer
from tests.portal.people import PASSWORD, add_person

numbers = count(1)
HOW_MANY = 3


@pytest.fixture
def doubtful(portal_server: PortalServer) -> list[ChargingSession]:
    """On a site of their own: their stops never came."""
    name = f"REVIEW-{next(numbers)}"
    at = now() - timedelta(days=1)
    with session_factory()() as db, db.begin():
        site = Site(name=f"Site of {name}")
        ids = []
        for number in range(HOW_MANY):
            station = Station(site=site, name=f"{name}-{number}", charge_box_id=f"{name}-{number}")
            db.add(station)
            db.flush()
            db.add(Outlet(station_id=station.id, number=1, mode=OutletMode.OPEN))
            db.flush()
            began = at + timedelta(minutes=number)
            ids.append(
                charging_sessions.start(db, StartReport(station.id, began, 1, "x", 0, began)).charging_session_id
            )
            stations.boot(db, BootReport(station.id, at + timedelta(hours=1), "V", "M", None, None))
        return [db.query(ChargingSession).filter_by(id=number).one() for number in ids]


def test_one_is_corrected_and_the_others_confirmed(signed_in_page: Page, doubtful: list[ChargingSession]) -> None:
    page = signed_in_page
    page.goto(f"/review/?node=site-{doubtful[0].site_id}")
    expect(page.locator(".foot")).to_contain_text("3 sessions")
    page.locator("tbody tr").first.locator("td[data-column=station]").click(button="right")
    page.get_by_role("menuitem", name="Review", exact=True).click()
    page.get_by_label("Energy in kWh").fill("7.5")
    page.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("alert")).to_have_text("Say why it is corrected; the note stands with the correction.")
    page.get_by_label("Note").fill("Read at the meter")
    page.get_by_role("button", name="Correct").click()
    expect(page.locator(".note.good")).to_have_text(f"Session {doubtful[0].id} was reviewed.")
    expect(page.locator(".foot")).to_contain_text("2 sessions")

    page.get_by_label("Mark all rows of this page").check()
    page.get_by_text("Confirm ▾").click()
    page.get_by_role("menuitem", name="Confirm the marked ones").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm 2 sessions")
    page.get_by_role("button", name="Right as they are").click()
    expect(page.locator(".note.good")).to_have_text("2 sessions were reviewed.")
    expect(page.locator(".nothing")).to_contain_text("Nothing to look at")
    page.goto(f"/statistics/show/{doubtful[0].id}")
    expect(page.locator("main")).to_contain_text("Read at the meter")


def test_a_dane_on_a_phone_confirms(
    browser: Browser, portal_server: PortalServer, doubtful: list[ChargingSession]
) -> None:
    size = {"width": 360, "height": 740}
    context = browser.new_context(base_url=portal_server.url, locale="da-DK", viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    with session_factory()() as db:
        # Of their own, since a language that somebody chooses is kept.
        add_person(db, RoleName.ADMINISTRATOR, email := f"dane{next(numbers)}@example.com")
    page.goto("/login/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"/review/look/{doubtful[1].id}?node=site-{doubtful[1].site_id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Gennemgang af session {doubtful[1].id}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Rigtig, som den er").click()
    expect(page.locator(".note.good")).to_have_text(f"Session {doubtful[1].id} er gennemgået.")
    expect(page.locator(".foot")).to_contain_text("2 sessioner")
    context.close()
