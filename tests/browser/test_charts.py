"""Charts in a real browser: drawn, chosen, zoomed by the slider, read as a table, taken away as a picture."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import update

from domain.db import session_factory
from domain.models import OutletStateChange, OutletStateNote, Site, Station
from tests.domain.charge_histories import BEGIN, Charge, write
from tests.fixtures.browser import PICTURES
from tests.waiting import wait_until

DAY = 24 * 60
WHEN = "first=2026-03-20&last=2026-04-02"
CHART = "echarts.getInstanceByDom(document.querySelector('[data-chart]'))"
SHOWN = f"{CHART}.getOption().dataZoom[0]"
AXIS_BEGINS = f"{CHART}.getModel().getComponent('grid').coordinateSystem.getRect().x"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def node(portal_server) -> str:
    """A station that charged at on five days, each time more."""
    with session_factory().begin() as db:
        name = f"CHART-{len(db.query(Station).all())}"
        station = Station(site=Site(name=f"Site of {name}"), name=name, charge_box_id=name)
        db.add(station)
        db.flush()
        write(db, [Charge(day * DAY, day * DAY + 60, day * DAY + 60, 5000 * (day + 1)) for day in range(5)], [station])
        return f"station-{station.id}"


def open_chart(page: Page, node: str, chart: str = "energy", more: str = "") -> None:
    page.goto(f"/charts/?node={node}&chart={chart}&unit=day&{WHEN}{more}")
    expect(page.locator("[data-chart][data-drawn=yes] canvas").first).to_be_visible()


def test_a_chart_is_drawn_chosen_and_read_as_a_table(sized_page: Page, node: str, request) -> None:
    page = sized_page
    open_chart(page, node)
    expect(page.locator(".whole")).to_contain_text("75.0 kWh")
    page.screenshot(path=PICTURES / f"charts-{request.node.callspec.id}.png")
    page.get_by_text("The same figures as a table").click()
    expect(page.get_by_role("row", name="Fri 27 Mar 2026")).to_contain_text("5.0")
    page.get_by_role("combobox", name="By").select_option("month")
    expect(page.locator("[data-chart][data-drawn=yes]")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"node={node}\b.*unit=month"))
    page.get_by_role("link", name="Sessions").click()
    expect(page.locator(".whole")).to_contain_text("5")
    page.get_by_label("Compare with the time before").check()
    expect(page.get_by_label("Compare with the time before")).to_be_checked()
    expect(page).to_have_url(re.compile("compare=yes"))
    for chart in ("hours", "stations", "peak"):
        open_chart(page, node, chart)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), chart


def test_the_slider_zooms(signed_in_page: Page, node: str) -> None:
    page = signed_in_page
    open_chart(page, node)
    box = page.locator("[data-chart]").bounding_box()
    assert page.evaluate(f"{SHOWN}.start") == 0
    # The left handle stands where the axis begins, in the slider at the foot.
    handle = box["x"] + page.evaluate(AXIS_BEGINS) + 3
    y = box["y"] + box["height"] - 20
    page.mouse.move(handle, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, y, steps=5)
    page.mouse.up()
    wait_until(lambda: page.evaluate(f"{SHOWN}.start") > 20)


def test_it_is_taken_away_as_a_picture_and_as_a_file(signed_in_page: Page, node: str) -> None:
    page = signed_in_page
    open_chart(page, node)
    with page.expect_download() as picture:
        page.get_by_role("button", name="PNG").click()
    assert picture.value.suggested_filename == "Energy.png"
    assert Path(picture.value.path()).read_bytes().startswith(PNG)
    with page.expect_download() as file:
        page.get_by_role("link", name="CSV").click()
    assert "Fri 27 Mar 2026,5.0" in Path(file.value.path()).read_text()


def test_uptime_is_drawn_by_state_and_read_as_a_table(sized_page: Page, node: str, request) -> None:
    page = sized_page
    with session_factory().begin() as db:
        db.execute(update(OutletStateNote).values(at=BEGIN))
        db.execute(update(OutletStateChange).values(at=BEGIN))
    open_chart(page, node, "uptime")
    expect(page.locator(".whole")).to_contain_text("0.00 %")
    assert page.evaluate(f"{CHART}.getOption().series.map(({{ name }}) => name)") == [
        *("Available", "In use", "Fault", "Out of service", "Offline")
    ]
    # The pictures of the states differ by more than their colours.
    assert page.evaluate(f"{CHART}.getOption().aria.decal.show") is True
    page.screenshot(path=PICTURES / f"uptime-{request.node.callspec.id}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("link", name="Uptime", exact=True)).to_be_in_viewport()
    page.get_by_text("The same figures as a table").click()
    expect(page.get_by_role("row", name="Sat 28 Mar 2026")).to_contain_text("100.00")
    expect(page.locator("[data-note]")).to_contain_text("Not recorded before")
    assert not [
        (fault["id"], fault["nodes"][0]["html"])
        for fault in Axe().run(page, None, {"resultTypes": ["violations"]}).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def test_another_node_shows_the_same_chart_of_the_same_days(signed_in_page: Page, node: str) -> None:
    page = signed_in_page
    open_chart(page, node, "sessions", "&compare=yes")
    page.locator("#tree").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"node=system"))
    for kept in ("chart=sessions", "unit=day", *WHEN.split("&"), "compare=yes"):
        expect(page).to_have_url(re.compile(re.escape(kept)))
    expect(page.locator(".chart-kinds .on")).to_have_text("Sessions")
