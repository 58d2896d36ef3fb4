"""The navigator's menu, renaming, dragging and colours in a real browser, by mouse, by keyboard and by finger."""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from domain.db import session_factory
from domain.models import Floor, IdToken, Outlet, Site, Station
from simulator.station import Station as SimulatedStation
from tests.browser.simulated import living, report
from tests.fixtures.browser import SIZES
from tests.fixtures.product import PortalServer

numbers = count(1)
SEEN_MS = 20_000
BLUE, RED = "rgb(21, 101, 192)", "rgb(198, 40, 40)"


@pytest.fixture
def watched(page: Page, portal_server: PortalServer) -> Iterator[Page]:
    """Signed in; at the end, nothing was complained of."""
    complaints: list[str] = []
    # A refusal is said in words, and noted by the browser besides.
    page.on("console", lambda message: "422" in message.text or complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    portal_server.sign_in(page)
    yield page
    assert complaints == []


@pytest.fixture
def branch(servers: None) -> str:
    """The name of a site with the floors P1 and P2; on the first stands a station with an outlet."""
    name = f"Tree {next(numbers)}"
    with session_factory().begin() as db:
        site = Site(name=name)
        floors = [Floor(name=f"{name} {floor}", site=site) for floor in ("P1", "P2")]
        db.add_all([site, *floors])
        db.flush()
        station = Station(name=f"{name} S", charge_box_id=name, site=site, floor=floors[0])
        db.add_all([station, Outlet(station=station, number=1)])
    return name


def item(page: Page, label: str) -> Locator:
    return page.get_by_role("treeitem", name=re.compile(f"^{re.escape(label)}(,|$)"))


def line(page: Page, label: str) -> Locator:
    return item(page, label).locator("> .line")


def show_tree(page: Page) -> None:
    """On a narrow screen the navigator is in a drawer."""
    if page.viewport_size["width"] < 900 and not page.locator("#tree").is_visible():
        page.get_by_role("button", name="Menu", exact=True).click()


def opened(page: Page, label: str) -> None:
    if item(page, label).get_attribute("aria-expanded") == "false":
        line(page, label).locator(".twist").click()
    expect(item(page, label)).to_have_attribute("aria-expanded", "true")


def choose(page: Page, label: str, entry: str) -> None:
    """By right-click on a line of the tree."""
    show_tree(page)
    line(page, label).click(button="right")
    page.get_by_role("menu", name=label).get_by_role("menuitem", name=entry, exact=True).click()


def drag(page: Page, label: str, place: str) -> None:
    """The place is in sight before: where the mouse went down, nothing must be scrolled away under it."""
    line(page, place).scroll_into_view_if_needed()
    line(page, label).drag_to(line(page, place))


def saved(page: Page, said: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("main").get_by_role("status")).to_have_text(said)


@pytest.mark.parametrize("size", SIZES)
def test_a_whole_branch_is_built_by_right_click(watched: Page, size: str) -> None:
    watched.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    watched.goto("/statistics/")
    name = f"Clicked {size}"
    dialog = watched.get_by_role("dialog")
    choose(watched, "Charge Portal", "Add site …")
    dialog.get_by_label("Name").fill(name)
    saved(watched, f"{name} was created.")
    choose(watched, name, "Add floor …")
    dialog.get_by_label("Name").fill(f"{name} P1")
    saved(watched, f"{name} P1 was created.")
    choose(watched, f"{name} P1", "Add station …")
    dialog.get_by_label("Name", exact=True).fill(f"{name} S")
    dialog.get_by_label("Charge box id").fill(name)
    saved(watched, f"{name} S was created.")
    choose(watched, f"{name} S", "Add outlet …")
    saved(watched, f"{name} S / 1 was created.")
    show_tree(watched)
    expect(item(watched, f"{name} S").get_by_role("treeitem", name="Outlet 1, offline")).to_be_visible()
    assert "/statistics/" in watched.url, "one stays where one is"
    assert watched.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with session_factory()() as db:
        outlet = db.scalars(select(Outlet).join(Outlet.station).where(Station.charge_box_id == name)).one()
        assert outlet.station.floor
        assert outlet.station.floor.name == f"{name} P1"


def test_a_name_is_changed_in_place(watched: Page, branch: str) -> None:
    watched.goto("/statistics/")
    choose(watched, branch, "Rename")
    field = watched.get_by_label(f"New name of {branch}")
    expect(field).to_be_focused()
    field.fill("")
    field.press("Enter")
    said = watched.get_by_role("complementary").get_by_role("status")
    expect(said).to_have_text("This is needed.")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(item(watched, branch)).to_be_focused()
    expect(said).to_be_hidden()
    choose(watched, branch, "Rename")
    field.fill(f"<i> {branch} 充電")
    field.press("Enter")
    expect(item(watched, f"<i> {branch} 充電")).to_be_focused()
    with session_factory()() as db:
        assert db.scalars(select(Site.name).where(Site.name.contains(f"<i> {branch} "))).one()


def test_the_menu_by_keyboard(watched: Page, branch: str) -> None:
    watched.goto("/statistics/")
    item(watched, branch).focus()
    watched.keyboard.press("Shift+F10")
    menu = watched.get_by_role("menu", name=branch)
    entries = menu.get_by_role("menuitem")
    expect(entries).to_have_text(["Open", "Add floor …", "Add station …", "Rename", "Command …", "Remove …"])
    expect(entries.first).to_be_focused()
    watched.keyboard.press("ArrowUp")
    expect(entries.last).to_be_focused()
    watched.keyboard.press("r")
    expect(menu.get_by_role("menuitem", name="Rename")).to_be_focused()
    watched.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(item(watched, branch)).to_be_focused()
    watched.keyboard.press("ContextMenu")
    expect(entries.first).to_be_focused()
    watched.keyboard.press("End")
    watched.keyboard.press("Enter")
    dialog = watched.get_by_role("dialog", name="Cannot be removed")
    expect(dialog).to_contain_text(f"{branch} cannot be deleted, because it contains {branch} P1, {branch} P2.")
    watched.keyboard.press("Escape")
    expect(item(watched, branch)).to_be_focused()


def test_a_station_is_dragged_to_another_floor(watched: Page, branch: str) -> None:
    watched.goto("/statistics/")
    opened(watched, branch)
    opened(watched, f"{branch} P1")
    drag(watched, f"{branch} S", f"{branch} P2")
    expect(item(watched, f"{branch} P2").get_by_role("treeitem", name=f"{branch} S")).to_be_visible()
    expect(item(watched, f"{branch} P1")).not_to_have_attribute("aria-expanded", "true")
    watched.reload()
    expect(item(watched, f"{branch} P2").get_by_role("treeitem", name=f"{branch} S")).to_be_visible()


def test_another_site_is_asked_about(watched: Page, branch: str) -> None:
    with session_factory().begin() as db:
        db.add(Site(name=f"{branch} B"))
    watched.goto("/statistics/")
    opened(watched, branch)
    drag(watched, f"{branch} P1", f"{branch} B")
    dialog = watched.get_by_role("dialog", name=f"Move {branch} P1 to {branch} B?")
    dialog.get_by_role("button", name="Move").click()
    expect(item(watched, f"{branch} B").get_by_role("treeitem", name=f"{branch} P1")).to_be_visible()
    with session_factory()() as db:
        assert db.scalars(select(Site.name).join(Station).where(Station.charge_box_id == branch)).one() == f"{branch} B"


@pytest.mark.parametrize("size", SIZES)
def test_a_station_is_moved_and_removed_by_the_menu(watched: Page, branch: str, size: str) -> None:
    with session_factory()() as db:
        key = db.scalars(select(Station.id).where(Station.charge_box_id == branch)).one()
    watched.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    watched.goto(f"/configuration/?node=station-{key}")
    show_tree(watched)
    line(watched, f"{branch} S").locator(".more").click()
    watched.get_by_role("menuitem", name="Move to …").click()
    dialog = watched.get_by_role("dialog", name=f"Move {branch} S to …")
    dialog.get_by_label("Site or floor").select_option(f"{branch} P2")
    dialog.get_by_role("button", name="Move").click()
    crumbs = watched.get_by_role("navigation", name="The selected node", include_hidden=True).locator("a, b")
    expect(crumbs).to_have_text(["Charge Portal", branch, f"{branch} P2", f"{branch} S"])
    choose(watched, "Outlet 1", "Remove …")
    watched.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(item(watched, "Outlet 1")).to_have_count(0)
    choose(watched, f"{branch} S", "Remove …")
    watched.get_by_role("dialog", name=f"Remove {branch} S?").get_by_role("button", name="Remove").click()
    watched.wait_for_url("**/floors/show/*")
    expect(watched.get_by_role("heading", name=f"{branch} P2", level=1)).to_be_visible()


def test_a_long_press_opens_the_menu(watched: Page, branch: str) -> None:
    """The finger goes up yet, and does not choose the line."""
    watched.set_viewport_size(SIZES["phone"])  # type: ignore[arg-type]
    watched.goto("/statistics/")
    show_tree(watched)
    line(watched, branch).click(trial=True)  # The drawer has come to rest.
    box = line(watched, branch).bounding_box()
    assert box
    devtools = watched.context.new_cdp_session(watched)
    point = {"x": box["x"] + 60, "y": box["y"] + 10}
    devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(watched.get_by_role("menu", name=branch)).to_be_visible()
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(watched.get_by_role("menuitem", name="Open")).to_be_focused()
    assert watched.url.endswith("/statistics/")


@pytest.mark.parametrize("size", SIZES)
def test_the_icon_turns_blue_and_red_as_the_station_does(
    watched: Page, portal_server: PortalServer, branch: str, size: str
) -> None:
    """Started by the outlet's menu; without a reload, and without taking the focus away."""
    token = f"C{branch.split()[-1]}A1B2"
    with session_factory().begin() as db:
        key = db.scalars(select(Station.id).where(Station.charge_box_id == branch)).one()
        db.add(IdToken(token=token))
    with living(SimulatedStation(branch, portal_server.ws_url)) as alive:
        watched.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
        watched.goto(f"/statistics/?node=station-{key}")
        show_tree(watched)
        outlet = item(watched, f"{branch} S").get_by_role("treeitem", name="Outlet 1")
        expect(outlet).to_have_accessible_name("Outlet 1, available", timeout=SEEN_MS)
        watched.evaluate("window.isTheSamePage = true")
        outlet.locator("> .line").click(button="right")
        watched.get_by_role("menuitem", name="Start …").click()
        dialog = watched.get_by_role("dialog")
        dialog.get_by_label("Tag").fill(token)
        dialog.get_by_role("button", name="Start charging").click()
        said = watched.get_by_role("complementary").get_by_role("status")
        expect(said).to_have_text("Start: Outlet 1: asked. What becomes of it stands under Control.")
        station = item(watched, f"{branch} S")
        expect(station).to_have_accessible_name(f"{branch} S, charging", timeout=SEEN_MS)
        expect(station.locator("> .line")).to_have_css("color", BLUE)
        outlet.focus()
        report(alive, 1, ChargePointStatus.faulted, ChargePointErrorCode.ground_failure)
        expect(station).to_have_accessible_name(f"{branch} S, fault", timeout=SEEN_MS)
        expect(station.locator("> .line")).to_have_css("color", RED)
        expect(outlet).to_be_focused()
        assert watched.evaluate("window.isTheSamePage")


@pytest.mark.parametrize("size", SIZES)
def test_a_station_that_is_found_is_shown_in_the_tree(watched: Page, branch: str, size: str) -> None:
    """By its charge box id, wherever it stands; the way to it is open."""
    with session_factory().begin() as db:
        station = db.scalars(select(Station).where(Station.charge_box_id == branch)).one()
        station.charge_box_id = f"box/{branch.replace(' ', '-')}/7"
    watched.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    watched.goto("/statistics/")
    field = watched.get_by_role("searchbox")
    field.fill(f"{branch.replace(' ', '-')}/7".upper())
    field.press("Enter")
    watched.wait_for_url("**/stations/show/*")
    show_tree(watched)
    for label in (branch, f"{branch} P1"):
        expect(item(watched, label)).to_have_attribute("aria-expanded", "true")
    expect(item(watched, f"{branch} S")).to_have_attribute("aria-selected", "true")
    expect(line(watched, f"{branch} S")).to_be_in_viewport()
