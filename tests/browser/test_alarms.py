"""A fault in a real browser: in the menu, the tree and the table by itself; acknowledged, over, and remembered."""

import time
from datetime import timedelta
from itertools import count
from pathlib import Path

from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus
from playwright.sync_api import Page, expect

from domain.alarms.sweeping import sweep
from domain.clock import now
from domain.db import session_factory
from domain.models import Outlet, Site, Station
from simulator.station import Station as Simulated
from tests.browser.simulated import living, report
from tests.fixtures.product import PortalServer
from tests.waiting import wait_until

numbers = count(1)
SHOWN_MS = 20_000
"""On a slow machine that does much else; how quick it is, is measured below."""
MEASURED, QUICK_SECONDS = 20, 1.0

FAULTED, AVAILABLE = ChargePointStatus.faulted, ChargePointStatus.available
HOT, NO_ERROR = ChargePointErrorCode.high_temperature, ChargePointErrorCode.no_error


def make_station() -> Station:
    """On a site of its own."""
    name = f"ALARM-{next(numbers)}"
    with session_factory()() as db:
        station = Station(site=Site(name=f"Site of {name}"), name=name, charge_box_id=name)
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
        db.commit()
        db.refresh(station)
        return station


def let_pass(minutes: float) -> None:
    """As the sweep finds it so many minutes from now."""
    with session_factory().begin() as db:
        sweep(db, now() + timedelta(minutes=minutes))


def test_a_fault_is_seen_acknowledged_and_remembered(
    signed_in_page: Page, portal_server: PortalServer, tmp_path: Path
) -> None:
    page, station = signed_in_page, make_station()
    node = f"?node=station-{station.id}"
    page.goto(f"/alarms/{node}")
    expect(page.locator("[data-live-sign]")).to_have_text("Live")
    expect(page.locator(".nothing")).to_contain_text("No alarm is active here.")
    badge = page.locator("[data-new-alarms]")
    before = int(badge.locator("span").first.inner_text()) if badge.is_visible() else 0
    rows = page.locator(".table-card tbody tr")
    page.evaluate("window.isTheSamePage = true")
    with living(Simulated(station.charge_box_id, portal_server.ws_url, outlets=1)) as simulated:
        report(simulated, 1, FAULTED, HOT)
        expect(rows).to_have_count(1, timeout=SHOWN_MS)
        expect(rows.first).to_contain_text("Temperature")
        expect(rows.first).to_contain_text("Outlet 1 · HighTemperature")
        expect(badge.locator("span").first).to_have_text(str(before + 1), timeout=SHOWN_MS)
        line = page.locator(f"[data-key=station-{station.id}]")
        expect(line).to_have_attribute("aria-label", f"{station.name}, fault", timeout=SHOWN_MS)
        assert page.evaluate("window.isTheSamePage")

        rows.first.get_by_role("button", name="Acknowledge").click()
        expect(page.get_by_text("1 alarm was acknowledged.")).to_be_visible()
        expect(rows.first.locator(".chip")).not_to_contain_text("New")
        if before:
            expect(badge.locator("span").first).to_have_text(str(before))
        else:
            expect(badge).to_be_hidden()

        report(simulated, 1, AVAILABLE, NO_ERROR)
        expect(rows.first).to_contain_text("Ending", timeout=SHOWN_MS)
        let_pass(2)
        page.reload()
        expect(page.locator(".nothing")).to_contain_text("No alarm is active here.")

        page.get_by_role("link", name="Alarm history").click()
        expect(rows).to_have_count(1)
        expect(rows.first).to_contain_text("Temperature")
        page.get_by_text("Export ▾").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name="CSV (.csv)").click()
        file = tmp_path / "history.csv"
        download.value.save_as(file)
        assert "temperature" in file.read_text() and station.name in file.read_text()


def test_one_is_acknowledged_with_a_note_in_a_dialog(signed_in_page: Page, portal_server: PortalServer) -> None:
    page, station = signed_in_page, make_station()
    with living(Simulated(station.charge_box_id, portal_server.ws_url, outlets=1)) as simulated:
        report(simulated, 1, FAULTED, HOT)
        page.goto(f"/alarms/?node=station-{station.id}")
        row = page.locator(".table-card tbody tr").first
        row.locator(".row-menu summary").click()
        row.get_by_role("menuitem", name="Acknowledge with a note …").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Note").fill("A fan stands still")
        dialog.get_by_role("button", name="Acknowledge").click()
        expect(page.get_by_text("1 alarm was acknowledged.")).to_be_visible()
        row.locator(".row-menu summary").click()
        row.get_by_role("menuitem", name="Show", exact=True).click()
        expect(page.get_by_text("A fan stands still")).to_be_visible()


def test_a_fault_is_on_an_open_page_within_a_second(signed_in_page: Page, portal_server: PortalServer) -> None:
    """From the frame that tells it to the row in the table, at one outlet after the other."""
    page, station = signed_in_page, make_station()
    page.goto(f"/alarms/?node=station-{station.id}")
    expect(page.locator("[data-live-sign]")).to_have_text("Live")
    rows = page.locator(".table-card tbody tr")
    took = []
    with living(Simulated(station.charge_box_id, portal_server.ws_url, outlets=MEASURED)) as simulated:
        for number in range(1, MEASURED + 1):
            began = time.monotonic()
            report(simulated, number, FAULTED, HOT)
            wait_until(lambda shown=number: rows.count() == shown)
            took.append(time.monotonic() - began)
    took.sort()
    p95 = took[int(len(took) * 0.95) - 1]
    assert p95 < QUICK_SECONDS, took


def test_a_report_is_tried_on_the_rules_by_keyboard_on_a_phone(signed_in_page: Page) -> None:
    page = signed_in_page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/alarm_rules/")
    page.get_by_role("link", name="What would this report raise?").press("Enter")
    code = page.get_by_label("Error code")
    code.press_sequentially("MadeUp")
    code.press("Enter")
    outcome = page.get_by_role("status").filter(has_text="No rule fits.")
    expect(outcome).to_contain_text("Alarm: Hardware fault")
    expect(code).to_have_value("MadeUp")
    page.get_by_label("State", exact=True).press("Tab")
    expect(page.get_by_label("Info")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
