"""The Services tab in a real browser, with a service at the other end that fails and comes back."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from config import get_settings
from domain.db import session_factory
from domain.models import Outlet, ServiceOutletValue, Site, Station
from tests.fixtures.environment import using
from tests.fixtures.product import PortalServer
from tests.fixtures.receiver import Receiver

LIVE_MS = 60_000
"""What was asked for is delivered by jobs, and the page looks every few seconds."""
EXPECTED = re.compile("422|WebSocket is closed before")
"""Of the console: a form that asks again, and a page that is left while its live line is being opened."""
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def server(start_server: Callable[..., PortalServer]) -> Iterator[PortalServer]:
    started = start_server(SERVICES_ALLOW_LOOPBACK="true", SECRET_KEY=get_settings().session_secret())
    places = {"DATABASE_URL": started.database_url, "DATABASE_OWNER_URL": started.database_owner_url}
    with using(**places, REDIS_URL=started.redis_url):
        yield started


@pytest.fixture
def opened(browser: Browser, server: PortalServer) -> Iterator[Callable[..., Page]]:
    """Makes pages of the administrator; at the end no script complained."""
    complaints: list[str] = []
    contexts = []

    def make(**options: object) -> Page:
        context = browser.new_context(base_url=server.url, **{"locale": "en-GB"} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: EXPECTED.search(message.text) or complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        server.sign_in(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def button(page: Page, name: str) -> object:
    return page.get_by_role("button", name=name, exact=True)


def add(page: Page, kind: str, name: str) -> None:
    page.goto("/services/add")
    page.check(f"input[value={kind}]")
    page.fill("#name", name)
    button(page, "Save").click()
    expect(page.locator("h1")).to_contain_text(name)


def no_wider_than_the_screen(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_webhook_from_nothing_to_trouble_and_back(opened, server, receiver: Receiver):
    page = opened(viewport={"width": 1440, "height": 900})
    page.goto("/configuration/?node=system")
    page.get_by_role("link", name="Services", exact=True).click()
    expect(page.get_by_text("There is no service yet.")).to_be_visible()

    add(page, "webhook", "Operations <b>1</b>")
    expect(button(page, "Enable")).to_be_disabled()
    page.get_by_role("link", name="Configure", exact=True).click()
    page.fill("#url", "http://169.254.169.254/")
    button(page, "Save").click()
    expect(page.get_by_text("This address is never called")).to_be_visible()
    page.fill("#url", receiver.url)
    page.get_by_label("States of stations and outlets").check()
    button(page, "Save").click()
    button(page, "Make secrets").click()
    receiver.secret = page.locator(".key code").inner_text()
    assert receiver.secret.startswith("whsec_")

    receiver.status = 503
    button(page, "Enable").click()
    expect(page.get_by_text("Operations <b>1</b> is enabled.")).to_be_visible()
    button(page, "Test").click()
    expect(page.get_by_text("In trouble")).to_be_visible(timeout=LIVE_MS)
    expect(page.get_by_role("cell", name=re.compile("^503"))).to_be_visible()

    receiver.status = 200
    button(page, "Send again").first.click()
    expect(page.get_by_text("Working")).to_be_visible(timeout=LIVE_MS)
    expect(page.get_by_role("cell", name="Delivered")).to_be_visible(timeout=LIVE_MS)
    assert [message["type"] for message in receiver.taken] == ["test"]

    page.get_by_role("link", name="Services", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="Operations <b>1</b>")).to_contain_text("Working")


def test_on_a_phone_and_in_danish(opened, server):
    with session_factory().begin() as db:
        site = Site(name="Havnen", latitude=56.1, longitude=10.2)
        db.add(site)
        db.flush()
        station = Station(site_id=site.id, name="Kaj", charge_box_id="K")
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
    page = opened(viewport=PHONE, locale="da-DK", color_scheme="dark")
    page.goto("/services/add")
    page.check("input[value=map_feed]")
    page.fill("#name", "NOBIL")
    button(page, "Gem").click()
    expect(page.locator("h1")).to_contain_text("NOBIL")
    assert no_wider_than_the_screen(page)
    page.get_by_role("link", name="Konfigurér", exact=True).click()
    page.fill("#party_id", "fcr")
    assert no_wider_than_the_screen(page)
    button(page, "Gem").click()
    button(page, "Lav hemmeligheder").click()
    expect(page.locator(".key code")).to_be_visible()
    assert no_wider_than_the_screen(page)
    button(page, "Aktivér").click()
    expect(page.get_by_text("1 steder med 1 udtag vises.")).to_be_visible(timeout=LIVE_MS)
    page.goto("/services/")
    expect(page.get_by_role("link", name="NOBIL")).to_be_visible()
    assert no_wider_than_the_screen(page)

    page.goto("/outlets/show/1")
    page.get_by_label("Udtagets id på kortet (EVSE-UID)").fill("DNK_1_1")
    page.locator("#services").get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Egenskaberne hos tjenester blev gemt.")).to_be_visible()
    assert no_wider_than_the_screen(page)
    with session_factory()() as db:
        assert db.scalars(select(ServiceOutletValue.value)).all() == ["DNK_1_1"]
