"""A floor's plan in a real browser: uploaded, stations dragged and placed by keys, and their colours as they change."""

from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from domain.db import session_factory
from domain.models import Floor, Outlet, Site, Station
from tests.browser.test_live import at
from tests.engine.conftest import Wire
from tests.fixtures.browser import SIZES
from tests.fixtures.product import PortalServer
from tests.pictures import picture

numbers = count(1)
COLOURED_MS = 20_000


@pytest.fixture
def stations(portal_server: PortalServer) -> list[Station]:
    """Two on a floor of their own."""
    name = f"PLAN-{next(numbers)}"
    with session_factory()() as db:
        site = Site(name=f"Site of {name}")
        db.add(site)
        db.flush()
        floor = Floor(site_id=site.id, name=f"Floor of {name}")
        db.add(floor)
        db.flush()
        made = [
            Station(site_id=site.id, floor_id=floor.id, name=f"{name}-{number}", charge_box_id=f"{name}-{number}")
            for number in (1, 2)
        ]
        db.add_all(made)
        db.flush()
        db.add_all([Outlet(station_id=station.id, number=1) for station in made])
        db.commit()
        return made


def open_plan(page: Page, stations: list[Station]) -> None:
    page.goto(f"/positions/?node=floor-{stations[0].floor_id}")
    expect(page.get_by_text("2 stations,")).to_be_visible()


def pin(page: Page, station: Station) -> Locator:
    return page.locator(".pin", has_text=station.name)


def waits(page: Page, station: Station) -> Locator:
    return page.locator(".waits", has_text=station.name)


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where on the screen this part of the plan is."""
    box = page.locator(".plan-ground").bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def part(page: Page, station: Station) -> tuple[float, float]:
    """At which part of the plan a station stands."""
    box = page.locator(".plan-ground").bounding_box()
    x, y = middle(pin(page, station).locator(".symbol"))
    assert box
    return round((x - box["x"]) / box["width"], 2), round((y - box["y"]) / box["height"], 2)


def drag(page: Page, to: tuple[float, float], locator: Locator) -> None:
    page.mouse.move(*middle(locator))
    page.mouse.down()
    page.mouse.move(*to, steps=8)
    page.mouse.up()


def expect_saved(page: Page, station: Station, word: str = "Saved") -> None:
    expect(page.locator("[data-said]")).to_have_text(f"{word}: {station.name}")


def test_a_plan_is_uploaded_and_a_station_dragged_onto_it_is_found_there(
    sized_page: Page, stations: list[Station], tmp_path: Path
) -> None:
    page, station = sized_page, stations[0]
    file = tmp_path / "plan.png"
    file.write_bytes(picture("PNG", size=(900, 600)))
    page.goto(f"/floors/show/{station.floor_id}")
    page.set_input_files("#plan-file", file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("was saved.")).to_be_visible()
    open_plan(page, stations)
    expect(page.locator(".plan-ground img")).to_be_visible()
    waits(page, station).scroll_into_view_if_needed()
    drag(page, place(page, 0.7, 0.75), waits(page, station))
    expect_saved(page, station)
    expect(page.get_by_text("2 stations, 1 on the plan")).to_be_visible()
    page.reload()
    expect(pin(page, station)).to_be_visible()
    assert part(page, station) == (0.7, 0.75)
    # A picture of another size and shape keeps the position.
    file.write_bytes(picture("JPEG", size=(400, 400)))
    page.goto(f"/floors/show/{station.floor_id}")
    page.set_input_files("#plan-file", file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("was saved.")).to_be_visible()
    open_plan(page, stations)
    expect(pin(page, station)).to_be_visible()
    assert part(page, station) == (0.7, 0.75)


def test_a_station_is_dragged_elsewhere_undone_and_dragged_off(sized_page: Page, stations: list[Station]) -> None:
    page, station = sized_page, stations[0]
    with session_factory().begin() as db:
        at_first = db.get_one(Station, station.id)
        at_first.plan_x, at_first.plan_y = 0.25, 0.5
    open_plan(page, stations)
    drag(page, place(page, 0.5, 0.25), pin(page, station))
    expect_saved(page, station)
    assert part(page, station) == (0.5, 0.25)
    page.get_by_role("button", name="Undo").click()
    expect_saved(page, station, "Undone")
    assert part(page, station) == (0.25, 0.5)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.locator(".plan-tray").scroll_into_view_if_needed()
    drag(page, middle(page.locator("#tray-title")), pin(page, station))
    expect(waits(page, station)).to_be_visible()
    expect_saved(page, station)
    page.reload()
    expect(waits(page, station)).to_be_visible()


def test_the_keyboard_places_moves_and_takes_off(sized_page: Page, stations: list[Station]) -> None:
    page, station = sized_page, stations[1]
    open_plan(page, stations)
    aloud = page.locator("[data-aloud]")
    waits(page, station).focus()
    page.keyboard.press("Enter")
    expect(aloud).to_contain_text(f"{station.name} is lifted.")
    expect(pin(page, station)).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    expect(aloud).to_have_text("46 % from the left, 55 % from the top")
    page.keyboard.press("Enter")
    expect_saved(page, station)
    expect(pin(page, station)).to_be_focused()
    assert part(page, station) == (0.46, 0.55)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(aloud).to_have_text(f"{station.name} is back where it was.")
    assert part(page, station) == (0.46, 0.55)
    page.reload()
    expect(pin(page, station)).to_be_visible()
    assert part(page, station) == (0.46, 0.55)
    pin(page, station).focus()
    page.keyboard.press("Delete")
    expect_saved(page, station)
    expect(waits(page, station)).to_be_visible()


def test_a_station_is_chosen_with_a_click_and_put_down_with_another(sized_page: Page, stations: list[Station]) -> None:
    """As one does with a finger, where the plan and the list are not in sight at once."""
    page, station = sized_page, stations[0]
    open_plan(page, stations)
    waits(page, station).click()
    page.mouse.click(*place(page, 0.3, 0.3))
    expect_saved(page, station)
    assert part(page, station) == (0.3, 0.3)


def test_fingers_drag_a_station_and_zoom(
    browser: Browser, portal_server: PortalServer, stations: list[Station]
) -> None:
    station = stations[0]
    with session_factory().begin() as db:
        placed = db.get_one(Station, station.id)
        placed.plan_x, placed.plan_y = 0.25, 0.5
    context = browser.new_context(
        base_url=portal_server.url, viewport={"width": 360, "height": 740}, has_touch=True, locale="en-GB"
    )
    page = context.new_page()
    portal_server.sign_in(page)
    open_plan(page, stations)
    expect(pin(page, station)).to_be_visible()
    fingers = context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    (x, y), (to_x, to_y) = middle(pin(page, station).locator(".symbol")), place(page, 0.75, 0.25)
    touch("touchStart", (x, y))
    for part_of_way in (0.2, 0.5, 0.8, 1):
        touch("touchMove", (x + (to_x - x) * part_of_way, y + (to_y - y) * part_of_way))
    touch("touchEnd")
    expect_saved(page, station)
    assert part(page, station) == (0.75, 0.25)
    x, y = place(page, 0.5, 0.75)
    touch("touchStart", (x - 20, y), (x + 20, y))
    for spread in (25, 30, 40):
        touch("touchMove", (x - spread, y), (x + spread, y))
    touch("touchEnd")
    expect(page.get_by_title("The whole plan")).to_have_text("200 %")
    assert part(page, station) == (0.75, 0.25)
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_what_could_not_be_saved_goes_back_and_says_so(
    signed_in_page: Page, stations: list[Station], size: str
) -> None:
    page, station = signed_in_page, stations[0]
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    open_plan(page, stations)
    page.route("**/positions/place/*", lambda route: route.abort())
    waits(page, station).click()
    page.mouse.click(*place(page, 0.3, 0.3))
    expect(page.get_by_text(f"{station.name} could not be saved, and is back where it was.")).to_be_visible()
    expect(waits(page, station)).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def tell(station: Wire, status: str, error: str = "NoError") -> None:
    sent = {"connectorId": 1, "status": status, "errorCode": error}
    assert station.ask(2, status, "StatusNotification", sent) == [3, status, {}]


def test_the_symbol_turns_green_blue_red_and_grey_by_itself(
    sized_page: Page, portal_server: PortalServer, stations: list[Station]
) -> None:
    page, station = sized_page, stations[0]
    with session_factory().begin() as db:
        placed = db.get_one(Station, station.id)
        placed.plan_x, placed.plan_y = 0.5, 0.5
    open_plan(page, stations)
    page.evaluate("window.isTheSamePage = true")

    def expect_colour(state: str) -> None:
        expect(pin(page, station).locator(".symbol")).to_have_class(f"symbol {state}", timeout=COLOURED_MS)
        expect(pin(page, station)).to_have_attribute("aria-label", f"{station.name}, {state}")

    expect_colour("offline")
    with at(portal_server, station) as station_wire:
        tell(station_wire, "Available")
        expect_colour("available")
        tell(station_wire, "Charging")
        expect_colour("charging")
        tell(station_wire, "Faulted", "GroundFailure")
        expect_colour("fault")
    expect_colour("offline")
    assert page.evaluate("window.isTheSamePage")


def test_who_looks_at_the_same_plan_sees_the_move(signed_in_page: Page, stations: list[Station]) -> None:
    page, station = signed_in_page, stations[0]
    open_plan(page, stations)
    other = page.context.new_page()
    open_plan(other, stations)
    expect(other.locator("html")).to_have_attribute("data-live", "on")
    waits(page, station).click()
    page.mouse.click(*place(page, 0.3, 0.3))
    expect_saved(page, station)
    expect(pin(other, station)).to_be_visible()


def test_zoom_keeps_what_one_looks_at_and_the_positions(signed_in_page: Page, stations: list[Station]) -> None:
    page, station = signed_in_page, stations[0]
    with session_factory().begin() as db:
        placed = db.get_one(Station, station.id)
        placed.plan_x, placed.plan_y = 0.5, 0.5
    open_plan(page, stations)
    whole = page.get_by_title("The whole plan")
    before = middle(pin(page, station).locator(".symbol"))
    page.get_by_role("button", name="Larger").click()
    expect(whole).to_have_text("125 %")
    page.mouse.move(*before)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(whole).to_have_text("340 %")
    after = middle(pin(page, station).locator(".symbol"))
    assert after == pytest.approx(before, abs=4)
    drag(page, (after[0] + 60, after[1]), pin(page, station))
    expect_saved(page, station)
    whole.click()
    expect(whole).to_have_text("100 %")
    x, y = part(page, station)
    assert 0.5 < x < 0.6
    assert y == 0.5
