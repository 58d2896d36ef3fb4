"""Maps in a real browser: a position is chosen by a click, places take on their colours, and no picture is needed."""

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from domain.db import session_factory
from domain.models import Floor, Outlet, Site, Station
from tests.browser.test_live import at
from tests.browser.test_plan import COLOURED_MS, tell
from tests.fixtures.product import PortalServer
from tests.pictures import picture

numbers = count(1)


@pytest.fixture
def station(portal_server: PortalServer) -> Station:
    """Directly on a site of its own, which has a position."""
    name = f"MAP-{next(numbers)}"
    with session_factory()() as db:
        site = Site(name=f"Site of {name}", latitude=55.6, longitude=12.5)
        db.add(site)
        db.flush()
        station = Station(site_id=site.id, name=name, charge_box_id=name, latitude=55.601, longitude=12.501)
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
        db.commit()
        return station


def position(page: Page) -> tuple[float, float]:
    return float(page.input_value("#latitude")), float(page.input_value("#longitude"))


def click_map(page: Page, x: float, y: float) -> None:
    ground = page.locator(".map")
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()
    assert box
    ground.click(position={"x": x * box["width"], "y": y * box["height"]})


def test_a_click_on_the_map_sets_the_position_which_is_there_after_a_reload(sized_page: Page, station: Station) -> None:
    page = sized_page
    page.goto(f"/address/?node=site-{station.site_id}")
    expect(page.locator(".map-mark")).to_be_visible()
    click_map(page, 0.75, 0.3)
    latitude, longitude = position(page)
    assert latitude > 55.6, "above the middle is north of it"
    assert longitude > 12.5, "and right of it is east"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The address of")).to_be_visible()
    page.reload()
    assert position(page) == (latitude, longitude)
    mark, ground = page.locator(".map-mark").bounding_box(), page.locator(".map").bounding_box()
    assert mark
    assert ground
    assert mark["x"] + mark["width"] / 2 == pytest.approx(ground["x"] + ground["width"] / 2, abs=3), "it is the middle"


def test_the_mark_is_dragged_typed_and_set_by_keys(sized_page: Page, station: Station) -> None:
    page = sized_page
    page.goto(f"/address/?node=station-{station.id}")
    mark = page.locator(".map-mark")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    page.mouse.move(box["x"] + 18, box["y"] + 18)
    page.mouse.down()
    page.mouse.move(box["x"] - 60, box["y"] + 80, steps=6)
    page.mouse.up()
    dragged = position(page)
    assert dragged[0] < 55.601
    assert dragged[1] < 12.501
    page.fill("#latitude", "55,7")
    page.fill("#longitude", "12.6")
    page.locator("#longitude").blur()
    expect(mark).to_be_visible()
    page.locator(".map").focus()
    page.keyboard.press("ArrowRight")
    # The map glides there.
    expect(page.locator(".leaflet-pan-anim")).to_have_count(0)
    page.keyboard.press("Enter")
    moved = position(page)
    assert moved[1] > 12.6
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The address of")).to_be_visible()
    assert position(page) == moved
    page.get_by_role("button", name="No position").click()
    expect(mark).to_have_count(0)


def test_places_are_coloured_by_themselves_and_open(
    sized_page: Page, portal_server: PortalServer, station: Station
) -> None:
    page = sized_page
    with session_factory().begin() as db:
        db.add(Floor(site_id=station.site_id, name="Deck"))
    page.goto(f"/map/?node=site-{station.site_id}")
    marker = page.locator(".map-mark", has_text=re.compile(f"^{station.name}"))
    line = page.locator(".map-list li", has_text=re.compile(f"^{station.name}"))
    page.evaluate("window.isTheSamePage = true")

    def expect_colour(state: str) -> None:
        for where in (marker, line):
            expect(where.locator(".symbol")).to_have_class(f"symbol {state}", timeout=COLOURED_MS)
        expect(marker).to_have_attribute("aria-label", f"{station.name}, {state}")

    expect_colour("offline")
    with at(portal_server, station) as station_wire:
        tell(station_wire, "Charging")
        expect_colour("charging")
        tell(station_wire, "Faulted", "GroundFailure")
        expect_colour("fault")
        expect(page.locator(".map-list li", has_text="Site of")).to_contain_text("1 with a fault")
    assert page.evaluate("window.isTheSamePage")
    expect(page.locator(".map-list li", has_text="Deck")).to_contain_text("no station")
    marker.click()
    page.wait_for_url(f"**/stations/show/{station.id}?node=station-{station.id}")


def test_the_sites_of_the_system_open_from_map_and_list(sized_page: Page, station: Station) -> None:
    page = sized_page
    page.goto("/map/?node=system")
    site = f"Site of {station.name}"
    page.locator(".map-list").get_by_role("button", name=f"Show {site} on the map").click()
    expect(page.locator(".map-mark", has_text=site)).to_be_visible()
    page.locator(".map-list").get_by_role("link", name=site, exact=True).click()
    page.wait_for_url(f"**/map/?node=site-{station.site_id}")


TILES = "https://tiles.example.com/{z}/{x}/{y}.png"


def test_the_pictures_of_a_map_come_from_the_host_that_is_set_or_are_missed_kindly(
    browser: Browser, start_server: Callable[..., PortalServer]
) -> None:
    server = start_server(MAP_TILE_URL=TILES, MAP_ATTRIBUTION="© Them <b>")
    context = browser.new_context(base_url=server.url, locale="en-GB")
    page = context.new_page()
    asked: list[str | None] = []
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if "Security" in message.text else None)

    def answer(route: Route) -> None:
        asked.append(route.request.header_value("referer"))
        route.fulfill(body=picture("PNG", size=(256, 256)), content_type="image/png")

    tiles = "https://tiles.example.com/**"
    context.route(tiles, lambda route: route.abort())
    server.sign_in(page)
    page.goto("/map/?node=system")
    note = page.get_by_text("Map pictures cannot be loaded just now.")
    expect(note).to_be_visible()
    expect(page.locator(".graticule").first).to_be_attached()
    context.unroute(tiles)
    context.route(tiles, answer)
    page.reload()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    expect(note).to_be_hidden()
    expect(page.locator(".graticule")).to_have_count(0)
    expect(page.get_by_text("© Them <b>")).to_be_visible()
    assert set(asked) == {f"{server.url}/"}, "which site it is, and not which page"
    # Another host's pictures are stopped by the browser itself.
    blocked = """new Promise((done) => {
      const image = new Image();
      image.onload = () => done(true);
      image.onerror = () => done(false);
      image.src = "https://other.example.com/1.png";
    })"""
    context.route("https://other.example.com/**", lambda route: route.fulfill(body=picture(), content_type="image/png"))
    assert page.evaluate(blocked) is False
    assert len(wrong) == 1
    context.close()
