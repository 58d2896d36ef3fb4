"""The live line in a real browser: the tree takes on new colours by itself, and says when it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import orjson
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from domain.db import session_factory
from domain.models import Outlet, PortalUser, Site, Station
from domain.roles import RoleName
from tests.engine.conftest import ANSWER_SECONDS, Wire, wire
from tests.fixtures.product import PortalServer
from tests.portal.people import PASSWORD, add_person

numbers = count(1)
COLOURED_MS = 20_000


def make_station() -> Station:
    """On a site of its own."""
    name = f"LIVE-{next(numbers)}"
    with session_factory()() as db:
        site = Site(name=f"Site of {name}")
        db.add(site)
        db.flush()
        station = Station(site_id=site.id, name=name, charge_box_id=name)
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
        db.commit()
        return station


@contextmanager
def at(server: PortalServer, station: Station) -> Iterator[Wire]:
    with wire(f"{server.ws_url}/{station.charge_box_id}") as station_wire:
        yield station_wire


def tell_charging(station: Wire) -> None:
    status = {"connectorId": 1, "status": "Charging", "errorCode": "NoError"}
    assert station.ask(2, "1", "StatusNotification", status) == [3, "1", {}]


def test_the_tree_is_coloured_without_a_reload(signed_in_page: Page, portal_server: PortalServer) -> None:
    station = make_station()
    signed_in_page.goto(f"/configuration/?node=station-{station.id}")
    expect(signed_in_page.locator("[data-live-sign]")).to_have_text("Live")
    line = signed_in_page.locator(f"[data-key=station-{station.id}]")
    expect(line).to_have_attribute("aria-label", f"{station.name}, offline")
    signed_in_page.evaluate("window.isTheSamePage = true")
    with at(portal_server, station) as station_wire:
        tell_charging(station_wire)
        expect(line).to_have_attribute("aria-label", f"{station.name}, charging", timeout=COLOURED_MS)
    expect(line).to_have_attribute("aria-label", f"{station.name}, offline", timeout=COLOURED_MS)
    assert signed_in_page.evaluate("window.isTheSamePage")


def test_a_line_that_is_lost_says_so_and_comes_back(signed_in_page: Page, portal_server: PortalServer) -> None:
    sockets = []
    signed_in_page.on("websocket", lambda socket: sockets.append(socket.url))
    signed_in_page.goto("/configuration/")
    sign = signed_in_page.locator("[data-live-sign]")
    expect(sign).to_have_text("Live")
    signed_in_page.context.set_offline(True)
    portal_server.kill_engine()
    expect(sign).to_have_text("Not live, reconnecting …", timeout=COLOURED_MS)
    signed_in_page.context.set_offline(False)
    expect(sign).to_have_text("Live", timeout=COLOURED_MS)
    assert set(sockets) == {f"{portal_server.url.replace('http', 'ws')}/live/"}
    assert len(sockets) > 1


LEFT_AT_ONCE = """
addEventListener("DOMContentLoaded", () => dispatchEvent(new PageTransitionEvent("pagehide")));
"""


def test_a_page_that_is_left_before_the_line_is_made_leaves_no_complaint(signed_in_page: Page) -> None:
    complaints: list[str] = []
    signed_in_page.on("console", lambda message: complaints.append(message.text))
    signed_in_page.add_init_script(LEFT_AT_ONCE)
    signed_in_page.goto("/configuration/")
    expect(signed_in_page.locator("[data-live-sign]")).to_have_text("Live")
    assert complaints == []


@pytest.fixture
def listening(browser: Browser, portal_server: PortalServer) -> Iterator[tuple[PortalUser, Station, ClientConnection]]:
    """A site administrator of one site, and what their page hears."""
    station = make_station()
    with session_factory()() as db:
        site = db.get_one(Site, station.site_id)
        email = f"{station.name.lower()}@example.com"
        person = add_person(db, RoleName.SITE_ADMINISTRATOR, email, sites=[site])
    context = browser.new_context(base_url=portal_server.url)
    page = context.new_page()
    page.goto("/login/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in context.cookies())
    context.close()
    url = portal_server.url.replace("http", "ws") + "/live/"
    with connect(url, origin=portal_server.url, additional_headers={"Cookie": cookies}) as socket:  # type: ignore[arg-type]
        yield person, station, socket


def heard(socket: ClientConnection) -> list[dict[str, object]]:
    """The next news."""
    while not (changes := orjson.loads(socket.recv(timeout=ANSWER_SECONDS))):
        pass
    return changes


def test_a_site_administrator_hears_of_the_own_sites_alone(
    portal_server: PortalServer, listening: tuple[PortalUser, Station, ClientConnection]
) -> None:
    _, own, socket = listening
    with at(portal_server, make_station()) as elsewhere:
        tell_charging(elsewhere)
        with at(portal_server, own):
            changes = heard(socket)
            while not any("states" in change for change in changes):  # The first word may be to look for itself.
                tell_charging(elsewhere)
                with at(portal_server, own):
                    changes += heard(socket)
    assert {change["id"] for change in changes if change["kind"] == "station"} == {own.id}
    stations = {key for change in changes for key in change.get("states", {}) if key.startswith("station-")}
    assert stations == {f"station-{own.id}"}


def test_the_line_ends_when_the_sign_in_does(
    portal_server: PortalServer, listening: tuple[PortalUser, Station, ClientConnection]
) -> None:
    """What happens after that is not told any more."""
    person, own, socket = listening
    assert orjson.loads(socket.recv(timeout=ANSWER_SECONDS)) == []
    with session_factory().begin() as db:
        db.execute(update(PortalUser).where(PortalUser.id == person.id).values(active=False))
    with at(portal_server, own), pytest.raises(ConnectionClosed) as closed:
        heard(socket)
    assert closed.value.rcvd.code == 4401


def test_signing_out_closes_the_other_pages_of_the_browser_too(page: Page, portal_server: PortalServer) -> None:
    """They once stayed open, and went on hearing."""
    with session_factory()() as db:
        add_person(db, RoleName.SUPPORT, "two.pages@example.com")
    page.goto("/login/")
    page.fill("input[name=username]", "two.pages@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    other = page.context.new_page()
    other.goto("/configuration/")
    expect(other.locator("[data-live-sign]")).to_have_text("Live")
    page.locator("[data-sign-out] button").evaluate("button => button.click()")
    other.wait_for_url(lambda url: "/login" in url)
