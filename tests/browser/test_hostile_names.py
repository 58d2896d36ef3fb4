"""Names that hold HTML, in a real browser: scripts put them into the page too; and how long a name may be."""

from itertools import count

import pytest
from playwright.sync_api import Page, expect

from domain.db import session_factory
from domain.models import Floor, Outlet, Site, Station
from tests.fixtures.product import PortalServer

HOSTILE = '"\'></script><img src=x onerror="hacked=1">{{7*7}}'
numbers = count(1)


@pytest.fixture
def branch(portal_server: PortalServer) -> dict[str, str]:
    """A hostile site, floor, station and outlet, by level as `?node=` has them."""
    name = f"{HOSTILE} {next(numbers)}"
    with session_factory().begin() as db:
        site = Site(name=name, city=HOSTILE, latitude=55.6, longitude=12.5)
        db.add(site)
        db.flush()
        floor = Floor(site_id=site.id, name=name)
        db.add(floor)
        db.flush()
        station = Station(site_id=site.id, floor_id=floor.id, name=name, charge_box_id=name, vendor=HOSTILE)
        db.add(station)
        db.flush()
        outlet = Outlet(station_id=station.id, number=1, parking=HOSTILE, connector_type=HOSTILE[:50])
        db.add(outlet)
        db.flush()
        return {
            "name": name,
            "site": f"site-{site.id}",
            "floor": f"floor-{floor.id}",
            "station": f"station-{station.id}",
            "outlet": f"outlet-{outlet.id}",
        }


def test_a_hostile_name_is_text_wherever_a_script_puts_it(signed_in_page: Page, branch: dict[str, str]) -> None:
    page = signed_in_page
    for level in ("site", "floor", "station", "outlet"):
        for path in ("/topology/", "/configuration/", "/control/", "/map/", "/floor/positions/", "/address/"):
            page.goto(f"{path}?node={branch[level]}")
            expect(page.get_by_role("tree")).to_contain_text(HOSTILE)
            _is_text(page)
    page.goto(f"/topology/?node={branch['station']}")
    page.get_by_role("treeitem", name=branch["name"], selected=True).locator("> .line").click(button="right")
    expect(page.get_by_role("menu").first).to_be_visible()
    _is_text(page)
    page.get_by_role("searchbox").first.fill(branch["name"][:40])
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(HOSTILE)
    _is_text(page)


def _is_text(page: Page) -> None:
    assert page.evaluate("typeof hacked") == "undefined", page.url
    expect(page.locator("img[src=x]")).to_have_count(0)


def test_a_form_says_when_a_name_is_nearly_as_long_as_it_may_be(signed_in_page: Page) -> None:
    page = signed_in_page
    page.goto("/sites/add")
    name = page.get_by_label("Name", exact=False).first
    name.fill("n" * 80)
    expect(page.locator(".help.length")).to_have_count(0)
    # A face is one character, though it is two halves to the browser.
    name.fill("😀" * 95)
    expect(page.locator(".help.length")).to_have_text("95 of 100 characters")
    name.fill("😀" * 101)
    expect(page.locator(".help.length.over")).to_have_text("101 of 100 characters")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".err")).to_have_text("At most 100 characters.")
    name = page.get_by_label("Name", exact=False).first
    expect(name).to_have_value("😀" * 101)
    name.fill("😀" * 100)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("was created.")
