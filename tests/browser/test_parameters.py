"""The OCPP tab in a browser, with a station at the other end of the wire."""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from domain import clock, parameters
from domain.db import session_factory
from domain.models import Outlet, Site, Station
from engine import jobs
from tests.engine.conftest import Wire, wire
from tests.fixtures.product import PortalServer

LIVE_MS = 20_000
numbers = count(1)
TOLD = [
    {"key": "HeartbeatInterval", "value": "300", "readonly": False},
    {"key": "MeterValueSampleInterval", "value": "60", "readonly": False},
    {"key": "NumberOfConnectors", "value": "1", "readonly": True},
    {"key": "VendorThing", "value": "17", "readonly": False},
]


@pytest.fixture
def station(portal_server: PortalServer) -> Iterator[tuple[Station, Wire]]:
    name = f"TUNED-{next(numbers)}"
    with session_factory().begin() as db:
        site = Site(name=f"Site of {name}")
        db.add(site)
        db.flush()
        station = Station(site_id=site.id, name=name, charge_box_id=name)
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
    with wire(f"{portal_server.ws_url}/{name}") as station_wire:
        yield station, station_wire


@pytest.fixture
def tab(signed_in_page: Page, station: tuple[Station, Wire]) -> Page:
    """Its parameters, read."""
    record, line = station
    page = signed_in_page
    page.goto(f"/parameters/?node=station-{record.id}")
    expect(page.get_by_text("This station has not told its parameters yet.")).to_be_visible()
    page.get_by_role("button", name="Read the parameters").click()
    answer(line, "GetConfiguration", configurationKey=TOLD)
    expect(page.locator("tr[data-key]")).to_have_count(4, timeout=LIVE_MS)
    return page


def answer(line: Wire, action: str, **payload: object) -> dict[str, object]:
    """Wait until something is asked of the station, and answer; returns what was asked."""
    kind, unique_id, asked, told = line.receive()
    assert (kind, asked) == (2, action)
    line.send(3, unique_id, payload)
    return told


def row(page: Page, key: str):
    return page.locator(f'tr[data-key="{key}"]')


def write(page: Page, key: str, value: str) -> None:
    page.get_by_label(f"Value of {key}").fill(value)


def test_a_parameter_is_changed_and_uploaded(tab: Page, station: tuple[Station, Wire]) -> None:
    upload = tab.locator("[data-upload]")
    expect(upload).to_be_disabled()
    write(tab, "MeterValueSampleInterval", "30")
    write(tab, "VendorThing", "18")
    expect(upload).to_have_text("Upload 2 changes")
    expect(row(tab, "MeterValueSampleInterval")).to_contain_text("not sent yet")
    expect(tab.get_by_text("can cut the line. A careful rollout")).to_be_hidden()
    upload.click()
    line = station[1]
    asked = answer(line, "ChangeConfiguration", status="RebootRequired")
    assert asked == {"key": "MeterValueSampleInterval", "value": "30"}
    result = row(tab, "MeterValueSampleInterval").locator(".result")
    expect(result).to_contain_text("Reboot required", timeout=LIVE_MS)
    assert answer(line, "ChangeConfiguration", status="NotSupported") == {"key": "VendorThing", "value": "18"}
    expect(row(tab, "VendorThing").locator(".result")).to_contain_text("Not supported", timeout=LIVE_MS)
    expect(row(tab, "MeterValueSampleInterval").locator(".stored")).to_have_text("30")
    expect(row(tab, "VendorThing").locator(".stored")).to_have_text("17")
    expect(upload).to_be_disabled()
    result.get_by_role("button", name="Restart").click()
    assert answer(line, "Reset", status="Accepted") == {"type": "Soft"}


def test_a_key_that_can_cut_the_line_asks_again(tab: Page, station: tuple[Station, Wire]) -> None:
    write(tab, "HeartbeatInterval", "60")
    expect(tab.get_by_text("can cut the line. A careful rollout")).to_be_visible()
    tab.locator("[data-upload]").click()
    expect(tab.get_by_role("heading", name="Upload 1 change to")).to_be_visible()
    expect(tab.get_by_text("never connect again")).to_be_visible()
    tab.get_by_role("button", name="Upload all the same").click()
    expect(tab.get_by_role("heading", name="Upload 1 change to")).to_be_visible()
    tab.get_by_label("I have checked the new value of HeartbeatInterval").check()
    tab.get_by_role("button", name="Upload all the same").click()
    asked = answer(station[1], "ChangeConfiguration", status="Accepted")
    assert asked == {"key": "HeartbeatInterval", "value": "60"}
    expect(row(tab, "HeartbeatInterval").locator(".result")).to_contain_text("Accepted", timeout=LIVE_MS)


def test_what_somebody_types_outlives_what_the_station_tells(tab: Page, station: tuple[Station, Wire]) -> None:
    write(tab, "VendorThing", "99")
    with session_factory().begin() as db:
        command = parameters.change(db, db.get(Station, station[0].id), "HeartbeatInterval", "200", None, clock.now())
    jobs.send_command(command.id)
    answer(station[1], "ChangeConfiguration", status="Accepted")
    expect(row(tab, "HeartbeatInterval").locator(".stored")).to_have_text("200", timeout=LIVE_MS)
    expect(tab.get_by_label("Value of HeartbeatInterval")).to_have_value("200")
    expect(tab.get_by_label("Value of VendorThing")).to_have_value("99")
    expect(tab.locator("[data-upload]")).to_have_text("Upload 1 change")


def test_filters_undo_and_leaving(tab: Page) -> None:
    tab.get_by_label("Filter: Parameter").fill("vendor")
    expect(tab.locator("tr[data-key]:visible")).to_have_count(1)
    write(tab, "VendorThing", "18")
    tab.get_by_label("Filter: Parameter").fill("heart")
    # What is changed and not sent stays in sight.
    expect(tab.locator("tr[data-key]:visible")).to_have_count(2)
    asked = []
    tab.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    tab.get_by_role("link", name="Dashboard").click()
    assert asked == ["beforeunload"]
    tab.get_by_role("button", name="Undo the change").click()
    expect(tab.locator("[data-upload]")).to_be_disabled()
    tab.get_by_role("link", name="Dashboard").click()
    expect(tab).to_have_title("Dashboard · Charge Portal")


def test_the_menu_of_a_parameter(tab: Page, station: tuple[Station, Wire]) -> None:
    """By right-click and by its button; one open at a time, closed by Escape."""
    write(tab, "VendorThing", "18")
    row(tab, "VendorThing").locator(".key").click(button="right")
    tab.get_by_role("menuitem", name="Undo the change").click()
    expect(row(tab, "VendorThing").locator("[name=value]")).to_have_value("17")
    row(tab, "HeartbeatInterval").locator(".key").click(button="right")
    row(tab, "NumberOfConnectors").get_by_label("Menu of this row").click()
    tab.evaluate("dispatchEvent(new Event('scroll'))")  # Of a scroll before, after which nothing has moved.
    expect(tab.locator("details.drop[open]:not(header *)")).to_have_count(1)
    tab.keyboard.press("Escape")
    expect(tab.locator("details.drop[open]:not(header *)")).to_have_count(0)
    row(tab, "HeartbeatInterval").get_by_label("Menu of this row").click()
    expect(tab.get_by_role("menuitem", name="Undo the change")).to_be_hidden()
    tab.get_by_role("menuitem", name="Read from the station again").click()
    assert answer(station[1], "GetConfiguration", configurationKey=[TOLD[0] | {"value": "240"}]) == {
        "key": ["HeartbeatInterval"]
    }
    expect(row(tab, "HeartbeatInterval").locator(".stored")).to_have_text("240", timeout=LIVE_MS)
    row(tab, "HeartbeatInterval").get_by_label("Menu of this row").click()
    tab.get_by_role("menuitem", name="Copy to other stations …").click()
    expect(tab).to_have_url(re.compile(r"/rollouts/plan\?node=station-\d+$"))
    expect(tab.locator("[name=chosen]:checked")).to_have_value("HeartbeatInterval")


def test_it_works_without_scripts(tab: Page, station: tuple[Station, Wire], portal_server: PortalServer) -> None:
    context = tab.context.browser.new_context(
        base_url=portal_server.url, java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    context.add_cookies(tab.context.cookies())
    plain = context.new_page()
    plain.goto(f"/parameters/?node=station-{station[0].id}")
    plain.get_by_label("Value of VendorThing").fill("18")
    plain.get_by_role("button", name="Upload changes").click()
    assert answer(station[1], "ChangeConfiguration", status="Accepted") == {"key": "VendorThing", "value": "18"}
    context.close()
