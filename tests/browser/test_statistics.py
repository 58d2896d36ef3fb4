"""Statistics as a person uses it, in a real browser: filter, sort, show, copy, choose columns, export."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from domain.db import session_factory
from domain.models import ChargingSession, MeterValue, Site, Station
from launcher.migrate import ensure_partitions
from tests.fixtures.browser import PICTURES
from tests.fixtures.product import PortalServer

FIRST = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
NAMES = ("BR-101", "BR-102", "BR-103")
COUNT = 60
NARROW = {"width": 360, "height": 740}


@pytest.fixture(autouse=True)
def sessions(portal_server: PortalServer) -> list[ChargingSession]:
    """Sixty sessions at three stations; the last one still charges."""
    ensure_partitions(FIRST.date(), FIRST.date() + timedelta(days=90))
    with session_factory()() as db, db.begin():
        site = Site(name=f"Browser {datetime.now(UTC).timestamp()}")
        db.add(site)
        db.flush()
        stations = [Station(site_id=site.id, name=name, charge_box_id=f"{name} {site.id}") for name in NAMES]
        db.add_all(stations)
        db.flush()
        rows = [_session(number, site, stations[number % 3]) for number in range(COUNT)]
        db.add_all(rows)
    return rows


def _session(number: int, site: Site, station: Station) -> ChargingSession:
    started_at = FIRST + timedelta(hours=number)
    ended_at = None if number == COUNT - 1 else started_at + timedelta(minutes=30 + number)
    return ChargingSession(
        started_at=started_at,
        stopped_at=ended_at,
        ended_at=ended_at,
        logged_at=started_at,
        node_id=station.id,
        site_id=site.id,
        outlet_id=station.id,
        site_name=site.name,
        station_name=station.name,
        outlet_number=1,
        authorization=number % 2,
        id_token=f"tag{number}",
        email="=cmd@example.com" if number == 1 else f"driver{number}@example.com" if number % 2 else None,
        meter_start_wh=1000 * number,
        meter_stop_wh=None if ended_at is None else 1000 * number + 500 * number,
        energy_wh=None if ended_at is None else 500 * number,
    )


@pytest.fixture
def statistics(signed_in_page: Page, sessions: list[ChargingSession]) -> Page:
    """The page for the site of these sessions: other tests leave theirs in the same database."""
    signed_in_page.goto(address(sessions))
    return signed_in_page


def address(sessions: list[ChargingSession]) -> str:
    return f"/statistics/?node=site-{sessions[0].site_id}"


def parameters(page: Page) -> dict[str, list[str]]:
    """What the URL asks for besides the node."""
    found = parse_qs(urlsplit(page.url).query)
    assert found.pop("node")
    return found


def column(page: Page, name: str) -> list[str]:
    cells = page.locator(f'tbody td[data-column="{name}"]')
    return [text.strip() for text in cells.all_inner_texts()]


def test_filter_show_and_export(statistics: Page, sessions: list[ChargingSession]) -> None:
    page = statistics
    page.get_by_label("Filter: Energy kWh").fill(">10")
    page.get_by_label("Filter: Energy kWh").press("Enter")
    kept = [row for row in reversed(sessions) if row.energy_wh and row.energy_wh > 10_000]
    expect(page.locator(".foot")).to_contain_text(f"{len(kept)} sessions · ")
    assert parameters(page) == {"energy_kwh": [">10"]}
    expect(page.get_by_label("Filter: Energy kWh")).to_be_focused()
    assert column(page, "energy_kwh") == [f"{row.energy_wh / 1000:.3f}" for row in kept[:25]]

    page.locator("tbody tr").first.locator('td[data-column="station"]').click(button="right")
    with page.expect_popup() as popup:
        page.get_by_role("menuitem", name="Show session").click()
    expect(popup.value.get_by_role("heading", level=1)).to_contain_text(f"Session {kept[0].id}")
    expect(popup.value.locator("main")).to_contain_text(kept[0].id_token)

    page.get_by_text("Export ▾").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Excel").click()
    assert re.fullmatch(r"Statistics-\d{4}-\d\d-\d\d-\d{4}\.xlsx", download.value.suggested_filename)
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    header, *lines = sheet.iter_rows(values_only=True)
    assert header[5] == "Energy kWh"
    assert [line[5] for line in lines] == [row.energy_wh / 1000 for row in kept if row.energy_wh]
    assert [line[3] for line in lines] == [row.station_name for row in kept]


def test_export_as_csv_keeps_formulas_text(statistics: Page, sessions: list[ChargingSession]) -> None:
    page = statistics
    page.get_by_role("columnheader", name="Start").get_by_role("link").click()
    page.get_by_text("Export ▾").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV (.csv)").click()
    header, *lines = csv.reader(io.StringIO(download.value.path().read_text("utf-8")))
    assert [line[header.index("email")] for line in lines[:4]] == ["", "'=cmd@example.com", "", "driver3@example.com"]
    assert len(lines) == COUNT


def test_what_is_not_understood_is_explained_and_cleared(statistics: Page) -> None:
    page = statistics
    field = page.get_by_label("Filter: Start")
    field.fill("yesterday")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#error-started_at")).to_contain_text("Write a date, such as")
    page.keyboard.press("Escape")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert parameters(page) == {}


def test_the_back_button_undoes_a_filter(statistics: Page) -> None:
    page = statistics
    page.get_by_label("Filter: Authorisation").select_option("Anonymous (0)")
    expect(page.locator(".foot")).to_contain_text("30 sessions")
    page.go_back()
    expect(page.locator(".foot")).to_contain_text("60 sessions")
    expect(page.get_by_label("Filter: Authorisation")).to_be_enabled()


def test_an_empty_table_says_why(statistics: Page) -> None:
    page = statistics
    page.get_by_label("Filter: Station").fill("nowhere")
    page.get_by_label("Filter: Station").press("Enter")
    expect(page.locator(".nothing")).to_contain_text("Nothing matches the filters.")
    page.locator(".nothing").get_by_role("link", name="Clear all filters").click()
    expect(page.locator(".foot")).to_contain_text("60 sessions")


def turn(page: Page, way: str) -> list[str]:
    """To the next or previous page; when its sessions started."""
    with page.expect_navigation():
        page.get_by_role("link", name=way).click()
    return column(page, "started_at")


def test_pages_lead_on_and_back(statistics: Page, sessions: list[ChargingSession]) -> None:
    first = column(statistics, "started_at")
    second = turn(statistics, "Next page")
    third = turn(statistics, "Next page")
    expect(statistics.get_by_role("link", name="Next page")).to_have_count(0)
    assert len(first + second + third) == len(set(first + second + third)) == COUNT
    assert turn(statistics, "Previous page") == second


def test_the_menu_opens_from_the_keyboard_and_the_button(statistics: Page) -> None:
    page = statistics
    page.locator("tbody td").first.focus()
    page.keyboard.press("ArrowDown")
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    station = page.locator("td:focus").inner_text()
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Show session")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("td:focus")).to_have_text(station)
    page.locator("tbody tr").nth(1).get_by_label("Menu of this row").click()
    page.get_by_role("menuitem", name=f"Filter by {station}").click()
    expect(page.locator(".foot")).to_contain_text("20 sessions")
    assert parameters(page) == {"station": [f'="{station}"']}


def test_filter_by_the_value_pointed_at(statistics: Page) -> None:
    page = statistics
    page.locator('td[data-column="ended_at"]').first.click(button="right")
    page.get_by_role("menuitem", name="Filter by charging").click()
    expect(page.locator(".foot")).to_contain_text("1 session")
    assert column(page, "ended_at") == ["charging"]


def test_chosen_columns_are_remembered(statistics: Page, sessions: list[ChargingSession]) -> None:
    page = statistics
    page.get_by_text("Columns", exact=True).first.click()
    page.get_by_role("checkbox", name="Node id").check()
    page.get_by_role("checkbox", name="E-mail").uncheck()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("columnheader", name="Node id")).to_be_visible()
    page.goto(address(sessions))
    expect(page.get_by_role("columnheader", name="Node id")).to_be_visible()
    expect(page.get_by_role("columnheader", name="E-mail")).to_have_count(0)


def test_the_order_of_columns_is_chosen_and_shared_by_a_link(
    statistics: Page, browser: Browser, portal_server: PortalServer, sessions: list[ChargingSession]
) -> None:
    page = statistics
    page.get_by_text("Columns", exact=True).first.click()
    page.get_by_role("button", name="Move Energy kWh up").press("Enter")
    page.get_by_role("button", name="Move Energy kWh up").press("Enter")
    page.get_by_role("button", name="Move Start down").click()
    page.get_by_role("button", name="Apply").click()
    expected = ["Duration", "Start ↓", "End", "Energy kWh", "Station"]
    expect(page.locator("thead tr").first.locator("th")).to_contain_text([*expected, "Outlet"])
    page.get_by_text("Views ▾").click()
    link = page.get_by_text("Link to this view").get_attribute("href")
    assert link
    elsewhere = browser.new_context(base_url=portal_server.url, locale="en-GB").new_page()
    portal_server.sign_in(elsewhere)
    elsewhere.goto(link)
    expect(elsewhere.locator("thead tr").first.locator("th")).to_contain_text([*expected, "Outlet"])
    elsewhere.context.close()


def test_a_view_is_saved_chosen_and_removed(sized_page: Page, sessions: list[ChargingSession]) -> None:
    page = sized_page
    page.goto(f"{address(sessions)}&station=BR-102&sort=energy_kwh")
    page.get_by_text("Views ▾").click()
    page.get_by_label("Name of the view").fill("The second, poorest first")
    page.get_by_label("Name of the view").press("Enter")
    expect(page.locator(".note.good")).to_have_text("The view “The second, poorest first” is saved.")
    page.goto(address(sessions))
    page.get_by_text("Views ▾").click()
    page.get_by_role("link", name="The second, poorest first").click()
    asked = parameters(page)
    assert (asked["station"], asked["sort"], "columns" in asked) == (["BR-102"], ["energy_kwh"], True)
    expect(page.locator(".foot")).to_contain_text("20 sessions")
    page.get_by_text("Views ▾").click()
    menu = page.locator(".views .menu").bounding_box()
    assert menu and page.viewport_size and menu["x"] >= 0 and menu["x"] + menu["width"] <= page.viewport_size["width"]
    page.get_by_role("button", name="Remove the view The second, poorest first").click()
    expect(page.locator(".note.good")).to_contain_text("The view was removed.")
    expect(page.locator(".foot")).to_contain_text("20 sessions")


def test_dates_are_picked(statistics: Page, sessions: list[ChargingSession]) -> None:
    page = statistics
    page.get_by_role("button", name="Dates of Start").click()
    page.get_by_label("From").fill("2026-06-02")
    page.get_by_label("To, that day included").fill("2026-06-02")
    page.get_by_role("dialog").get_by_role("button", name="Filter").click()
    expect(page.get_by_label("Filter: Start")).to_have_value("2026-06-02")
    of_that_day = [row for row in sessions if (row.started_at + timedelta(hours=2)).day == 2]
    expect(page.locator(".foot")).to_contain_text(f"{len(of_that_day)} sessions")

    page.get_by_role("button", name="Dates of Start").click()
    expect(page.get_by_label("From")).to_have_value("2026-06-02")
    page.get_by_label("To, that day included").fill("")
    page.get_by_role("dialog").get_by_role("button", name="Filter").click()
    expect(page.get_by_label("Filter: Start")).to_have_value(">=2026-06-02")
    later = [row for row in sessions if (row.started_at + timedelta(hours=2)).day >= 2]
    expect(page.locator(".foot")).to_contain_text(f"{len(later)} sessions")
    page.get_by_role("button", name="Dates of Start").click()
    page.get_by_role("button", name="Today").click()
    expect(page.locator(".nothing")).to_contain_text("Nothing matches the filters.")


def test_what_the_meter_showed_is_drawn(sized_page: Page, sessions: list[ChargingSession]) -> None:
    charging_session = sessions[7]
    with session_factory()() as db, db.begin():
        db.add_all(
            MeterValue(
                received_at=charging_session.started_at + timedelta(minutes=number),
                measured_at=charging_session.started_at + timedelta(minutes=number),
                outlet_id=charging_session.outlet_id,
                charging_session_id=charging_session.id,
                energy_wh=charging_session.meter_start_wh + 100.0 * number,
                power_w=11_000.0 - number,
                current_a=16.0,
                soc_percent=float(number),
                samples=[],
            )
            for number in range(30)
        )
    page = sized_page
    page.goto(f"/statistics/show/{charging_session.id}")
    drawn = page.locator("[data-session-chart][data-drawn]")
    expect(drawn.locator("canvas")).to_be_visible()
    told = page.evaluate("JSON.parse(document.getElementById('session-figures').textContent)")
    assert [(curve["name"], curve["unit"], curve["values"][3]) for curve in told["curves"]] == [
        ("Power", "kW", 10.997),
        ("Energy since the start", "kWh", 0.3),
        ("Current", "A", 16),
        ("State of charge", "%", 3),
    ]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=PICTURES / f"session-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]


def test_sorting_is_told_to_assistive_technology(statistics: Page) -> None:
    page = statistics
    heading = page.get_by_role("columnheader", name="Energy kWh")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")


def test_copy_row_puts_the_cells_into_the_clipboard(statistics: Page) -> None:
    page = statistics
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("tbody td").nth(3).click(button="right")
    page.get_by_role("menuitem", name="Copy row").click()
    expect(page.locator(".toast")).to_have_text("Row copied")
    copied = page.evaluate("navigator.clipboard.readText()").split("\t")
    assert copied[2:5] == ["charging", NAMES[(COUNT - 1) % 3], "1"]


def test_a_phone_scrolls_the_table_inside_its_card_and_keeps_the_menu_in_reach(statistics: Page) -> None:
    page = statistics
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    button = page.locator("tbody tr").first.get_by_label("Menu of this row")
    button.scroll_into_view_if_needed()
    # What scrolls tells so a frame later, and closes menus with that.
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    button.click()
    expect(page.locator(".menu.at")).to_be_visible()  # It is put in its place a moment after it has opened.
    menu = page.get_by_role("menuitem", name="Show session").bounding_box()
    assert menu is not None
    assert menu["x"] >= 0 and menu["x"] + menu["width"] <= NARROW["width"]


def test_the_filters_work_without_scripts(
    signed_in_page: Page, browser: Browser, portal_server: PortalServer, sessions: list[ChargingSession]
) -> None:
    state = signed_in_page.context.storage_state()
    plain = browser.new_context(
        java_script_enabled=False, storage_state=state, base_url=portal_server.url, locale="en-GB"
    ).new_page()
    plain.goto(address(sessions))
    plain.get_by_label("Filter: Station").fill("BR-101")
    plain.get_by_label("Filter: Station").press("Enter")
    expect(plain.locator(".foot")).to_contain_text("20 sessions")
    plain.locator("tbody tr").first.get_by_label("Menu of this row").click()
    expect(plain.get_by_role("menuitem", name="Show session")).to_be_visible()
    plain.context.close()
