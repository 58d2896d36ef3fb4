"""The tab Control in a real browser, with a simulated station at the other end."""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from domain import clock
from domain.db import session_factory
from domain.models import ChargingSession, Command, CommandState, IdToken, Outlet, Site, Station
from domain.roles import RoleName
from simulator.station import Station as SimulatedStation
from tests.browser.simulated import living
from tests.fixtures.product import PortalServer
from tests.portal.people import add_person

LIVE_MS = 20_000
PHONE = {"width": 360, "height": 740}
numbers = count(1)


def make_station(name: str, site_id: int | None = None) -> Station:
    """With two outlets, on a site of its own unless one is given."""
    with session_factory()() as db:
        if site_id is None:
            site = Site(name=f"Site of {name}")
            db.add(site)
            db.flush()
            site_id = site.id
        station = Station(site_id=site_id, name=name, charge_box_id=name, protocol="ocpp1.6")
        db.add(station)
        db.flush()
        db.add_all(Outlet(station_id=station.id, number=number) for number in (1, 2))
        db.commit()
        return station


@pytest.fixture
def station(portal_server: PortalServer) -> Station:
    return make_station(f"CONTROL-{next(numbers)}")


@pytest.fixture
def alive(portal_server: PortalServer, station: Station) -> Iterator[SimulatedStation]:
    with living(SimulatedStation(station.charge_box_id, portal_server.ws_url)) as simulated:
        yield simulated


@pytest.fixture
def watched(signed_in_page: Page) -> Iterator[Page]:
    """Signed in; at the end nothing was complained of, but for forms that ask again."""
    complaints: list[str] = []
    page = signed_in_page
    page.on("console", lambda message: "422" in message.text or complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def open_control(page: Page, station: Station) -> None:
    page.goto(f"/control/?node=station-{station.id}")
    expect(page.locator("[data-live-sign]")).to_have_text("Live")
    page.evaluate("window.isTheSamePage = true")


def card(page: Page, number: int) -> Locator:
    return page.get_by_role("region", name=f"Outlet {number}", exact=True)


def history(page: Page) -> Locator:
    return page.locator(".history tbody tr")


def outlet_of(station: Station, number: int) -> int:
    with session_factory()() as db:
        return db.scalars(select(Outlet.id).filter_by(station_id=station.id, number=number)).one()


def test_a_charge_is_started_seen_in_the_tree_and_stopped(
    watched: Page, station: Station, alive: SimulatedStation
) -> None:
    token = f"0B{next(numbers):06X}"
    with session_factory()() as db:
        user = add_person(db, RoleName.EV_USER, f"{token.lower()}@example.com", first_name="Eva", last_name=f"X{token}")
        db.add(IdToken(token=token, user_id=user.id))
        db.commit()
    open_control(watched, station)
    in_tree = watched.locator(f"[data-key=outlet-{outlet_of(station, 1)}]")
    expect(in_tree).to_have_attribute("aria-label", "Outlet 1, available", timeout=LIVE_MS)

    card(watched, 1).get_by_role("link", name="Start", exact=True).click()
    dialog = watched.get_by_role("dialog", name=f"Start charging · {station.name}")
    expect(dialog).to_contain_text("as if it had been held to the reader")
    dialog.get_by_label("Tag").press_sequentially(f"x{token[:6]}")
    dialog.get_by_role("option", name=token).click()
    dialog.get_by_role("button", name="Start charging").click()

    expect(in_tree).to_have_attribute("aria-label", "Outlet 1, charging", timeout=LIVE_MS)
    expect(card(watched, 1).locator(".chip")).to_have_text("Charging", timeout=LIVE_MS)
    expect(card(watched, 1)).to_contain_text(f"Eva X{token}")
    expect(history(watched).first).to_contain_text("Accepted", timeout=LIVE_MS)
    with session_factory()() as db:
        number = db.scalars(select(ChargingSession.id).filter_by(node_id=station.id)).one()
    expect(history(watched).first).to_contain_text(f"Session {number} began", timeout=LIVE_MS)

    card(watched, 1).get_by_role("link", name="Stop", exact=True).click()
    dialog = watched.get_by_role("dialog", name=f"Stop charging · {station.name}")
    dialog.get_by_role("button", name="Stop charging").click()
    expect(dialog).to_contain_text("A driver counts on this charge.")
    dialog.get_by_role("button", name="Yes: Stop charging").click()
    expect(in_tree).to_have_attribute("aria-label", "Outlet 1, available", timeout=LIVE_MS)
    expect(card(watched, 1)).to_contain_text(f"Last: Eva X{token}, 1.50 kWh", timeout=LIVE_MS)
    assert watched.evaluate("window.isTheSamePage")

    watched.get_by_role("link", name=f"Session {number} began").click()
    expect(watched.get_by_text("Stopped from the portal")).to_be_visible()
    expect(watched.get_by_text("1.500 kWh", exact=True)).to_be_visible()


def test_an_answer_is_seen_within_a_moment_and_without_a_reload(
    watched: Page, station: Station, alive: SimulatedStation
) -> None:
    open_control(watched, station)
    watched.get_by_role("link", name="Clear cache …").click()
    watched.get_by_role("dialog").get_by_role("button", name="Clear").click()
    expect(watched.get_by_role("dialog")).to_be_hidden()
    expect(history(watched).first).to_contain_text("Clear cache")
    expect(history(watched).first).to_contain_text("Accepted", timeout=LIVE_MS)
    assert watched.evaluate("window.isTheSamePage")


def test_by_keyboard_a_form_opens_says_what_is_wrong_and_gives_the_focus_back(
    watched: Page, station: Station, alive: SimulatedStation
) -> None:
    open_control(watched, station)
    expect(card(watched, 1).get_by_role("link", name="Start", exact=True)).to_be_visible(timeout=LIVE_MS)
    off = card(watched, 1).get_by_role("link", name=re.compile("Nothing is charging here"))
    off.focus()
    expect(off).to_be_focused()
    expect(off).to_have_attribute("aria-disabled", "true")
    start = card(watched, 1).get_by_role("link", name="Start", exact=True)
    start.focus()
    watched.keyboard.press("Enter")
    dialog = watched.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Start charging").focus()
    watched.keyboard.press("Enter")
    expect(dialog.locator(".err")).to_have_text(["This is needed."])
    expect(dialog.get_by_label("Tag")).to_be_focused()
    watched.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(card(watched, 1).get_by_role("link", name="Start", exact=True)).to_be_focused()


def test_the_steps_of_a_profile_are_added_and_taken_away(watched: Page, station: Station) -> None:
    open_control(watched, station)
    watched.get_by_role("region", name="Charging profile").get_by_role("link", name="Set …").click()
    dialog = watched.get_by_role("dialog")
    steps = dialog.locator("[data-steps] tbody tr")
    expect(steps).to_have_count(1)
    dialog.get_by_label("From of step 1").fill("0:00")
    dialog.get_by_label("Limit of step 1").fill("16")
    dialog.get_by_role("button", name="Another step").click()
    dialog.get_by_role("button", name="Another step").click()
    expect(steps).to_have_count(3)
    steps.nth(1).get_by_role("button").click()
    steps.nth(1).locator("input").nth(0).fill("6:30")
    steps.nth(1).locator("input").nth(1).fill("8")
    dialog.get_by_label("Wait until it is back").check()
    dialog.get_by_role("button", name="Set").click()
    expect(dialog).to_be_hidden()
    with session_factory()() as db:
        command = db.scalars(select(Command).filter_by(station_id=station.id)).one()
    assert command.parameters["profile"]["periods"] == [
        {"start_seconds": 0, "limit": 16.0},
        {"start_seconds": 23400, "limit": 8.0},
    ]
    expect(history(watched).first).to_contain_text("Waits until the station is back")


def test_marked_stations_are_asked_and_counted_live(
    watched: Page, portal_server: PortalServer, station: Station, alive: SimulatedStation
) -> None:
    make_station(f"{station.name}-away", station.site_id)
    make_station(f"{station.name}-other", station.site_id)
    watched.goto(f"/stations/?node=site-{station.site_id}")
    to_marked = watched.get_by_role("menuitem", name="To the marked stations")
    watched.get_by_text("Command ▾").click()
    expect(to_marked).to_be_disabled()
    watched.keyboard.press("Escape")
    # By the keyboard as well: the space bar marks the row one stands in.
    watched.locator("tbody td[data-column]").first.focus()
    watched.keyboard.press(" ")
    watched.get_by_label(f"Mark {station.name}-away").check()
    expect(watched.locator(".marked-count")).to_have_text("2 marked")
    watched.get_by_label("Mark all rows of this page").check()
    expect(watched.locator(".marked-count")).to_have_text("3 marked")
    watched.get_by_label(f"Mark {station.name}-other").uncheck()
    watched.get_by_text("Command ▾").click()
    to_marked.click()

    expect(watched.get_by_text("2 stations · 1 is offline")).to_be_visible()
    watched.get_by_label("Clear cache").check()
    watched.get_by_role("button", name="Continue").click()
    watched.get_by_role("button", name="Continue").click()
    watched.get_by_role("button", name="Yes, to 2 stations").click()
    expect(watched.locator("h1")).to_contain_text("Clear cache")
    bar = watched.locator(".bar")
    expect(bar).to_have_attribute("aria-label", "Accepted: 1, Failed: 1", timeout=LIVE_MS)
    expect(watched.get_by_text("All is over.")).to_be_visible()
    expect(watched.locator("tbody tr")).to_contain_text([f"{station.name}-away"])

    watched.get_by_role("link", name="Send again to the failed").click()
    watched.get_by_role("button", name="Send again").click()
    expect(bar).to_have_attribute("aria-label", "Failed: 1", timeout=LIVE_MS)


def test_on_a_phone_nothing_sticks_out(signed_in_page: Page, station: Station) -> None:
    with session_factory().begin() as db:
        db.add(
            Command(
                site_id=station.site_id, station_id=station.id, action="clear_cache", parameters={},
                state=CommandState.ACCEPTED, created_at=clock.now(), deadline_at=clock.now(),
            )
        )  # fmt: skip
    signed_in_page.set_viewport_size(PHONE)
    for theme in ("light", "dark"):
        signed_in_page.goto("/")
        signed_in_page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
        for address in (
            f"/control/?node=station-{station.id}",
            f"/control/ask/set_charging_profile?node=station-{station.id}",
            f"/commands/?node=station-{station.id}",
            "/bulk/",
            "/bulk/?action=reset",
            "/batches/",
        ):
            signed_in_page.goto(address)
            expect(signed_in_page.locator("h1")).to_be_visible()
            assert signed_in_page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
            assert signed_in_page.evaluate("document.querySelector('main').scrollWidth") <= PHONE["width"], address


def test_the_history_is_live_in_its_own_table(watched: Page, station: Station, alive: SimulatedStation) -> None:
    watched.goto(f"/commands/?node=station-{station.id}&command=reset")
    expect(watched.locator("[data-live-sign]")).to_have_text("Live")
    expect(watched.get_by_text("Nothing matches the filters.")).to_be_visible()
    watched.evaluate("window.isTheSamePage = true")
    other = watched.context.new_page()
    open_control(other, station)
    other.get_by_role("link", name="Soft restart").click()
    other.get_by_role("dialog").get_by_role("button", name="Restart").click()
    row = watched.locator("tbody tr")
    expect(row).to_contain_text(["Restart: soft"], timeout=LIVE_MS)
    expect(row).to_contain_text(["Accepted"], timeout=LIVE_MS)
    expect(watched.get_by_text("Nothing matches the filters.")).to_be_hidden()
    assert watched.evaluate("window.isTheSamePage")
