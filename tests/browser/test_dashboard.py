"""The dashboard and the news in a browser: what refreshes, what is said when it cannot, what is read when opened."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, Route, expect
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import News, PortalUser, Site, UnknownStation
from tests.fixtures.environment import ADMIN_EMAIL
from tests.fixtures.product import PortalServer

EVERY_MS = 30_000
PANE = "**/dashboard/pane/*"
CHOSEN = ["unknown_stations", "energy", "news", "addresses"]


@pytest.fixture
def chosen(db: Session) -> Iterator[None]:
    """The administrator's panes while a test of this file runs; no news and no callers of other tests."""
    own = update(PortalUser).where(PortalUser.email == ADMIN_EMAIL)
    db.execute(own.values(dashboard_panes=CHOSEN))
    db.execute(delete(News))
    db.execute(delete(UnknownStation))
    db.commit()
    yield
    db.rollback()
    db.execute(own.values(dashboard_panes=None))
    db.execute(delete(News))
    db.execute(delete(UnknownStation))
    db.commit()


@pytest.fixture
def watched(page: Page, portal_server: PortalServer, chosen: None) -> Iterator[Page]:
    """Signed in, with a clock that the test moves; at the end, no script has failed."""
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.clock.install()
    portal_server.sign_in(page)
    yield page
    assert failed == []


def pane(page: Page, name: str):
    return page.get_by_role("region", name=name)


def refreshed(page: Page, name: str) -> Response:
    with page.expect_response(f"**/dashboard/pane/{name}") as response:
        page.clock.fast_forward(EVERY_MS + 1_000)
    return response.value


def test_the_panes_stand_in_the_order_chosen_and_each_says_of_when_it_is(watched: Page) -> None:
    watched.goto("/")
    panes = watched.locator("[data-pane]")
    expect(panes.locator("h2")).to_have_text(
        ["Unknown stations", "Energy, last 30 days", "News", "Point a station at the portal"]
    )
    expect(panes.locator(".stamp")).to_have_text([re.compile(r"as of \d\d:\d\d:\d\d")] * 4)
    watched.get_by_role("link", name="Choose panes").click()
    watched.wait_for_url("**/settings/#dashboard")


def test_a_pane_refreshes_quietly_while_it_is_looked_at(watched: Page, db: Session) -> None:
    watched.goto("/")
    callers = pane(watched, "Unknown stations")
    expect(callers).to_contain_text("No unknown station has called.")
    expect(callers.get_by_role("button", name="Copy")).to_be_visible()
    callers.get_by_role("link", name="All unknown stations").focus()
    db.add(UnknownStation(charge_box_id="NEW-DASH"))
    db.commit()
    assert refreshed(watched, "unknown_stations").status == 200
    expect(callers.get_by_role("button", name="Adopt NEW-DASH")).to_be_visible()
    # What came in later works as what was there first.
    copies = pane(watched, "Point a station at the portal").get_by_role("button", name="Copy")
    expect(copies).to_have_count(4)  # Of each version's address.
    expect(copies.first).to_be_visible()


def test_what_is_opened_and_focused_stays_so(watched: Page) -> None:
    watched.goto("/")
    link = pane(watched, "News").get_by_role("link", name="All news")
    link.focus()
    refreshed(watched, "news")
    expect(link).to_be_focused()


def test_a_lost_network_is_said_and_so_is_its_return(watched: Page) -> None:
    watched.goto("/")
    lost = watched.get_by_text("The portal cannot be reached.")
    expect(lost).to_be_hidden()
    watched.route(PANE, lambda route: route.abort())
    watched.clock.fast_forward(EVERY_MS + 1_000)
    expect(lost).to_be_visible()
    expect(pane(watched, "Unknown stations")).to_contain_text("No unknown station has called.")
    watched.unroute(PANE)
    refreshed(watched, "news")
    expect(lost).to_be_hidden()


def test_a_pane_that_cannot_be_read_keeps_its_figures_and_says_so(watched: Page) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=500, body="<p>nonsense</p>")

    watched.goto("/")
    watched.route("**/dashboard/pane/news", fail)
    refreshed(watched, "news")
    expect(pane(watched, "News").get_by_role("status")).to_have_text("Could not be brought up to date.")
    expect(pane(watched, "News")).to_contain_text("There is no news.")
    expect(pane(watched, "Unknown stations").get_by_role("status")).to_be_hidden()


def test_who_is_signed_out_meanwhile_is_asked_to_sign_in(watched: Page) -> None:
    watched.goto("/")
    # Whatever the page looks for when its line is made is asked before.
    expect(watched.locator("[data-live-sign]")).to_have_text("Live")
    watched.context.clear_cookies()
    watched.clock.fast_forward(EVERY_MS + 1_000)
    watched.wait_for_url("**/login/**")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone(watched: Page, db: Session, theme: str) -> None:
    db.add(News(title="W" * 60, body=f"{'x' * 300}\n\n    {'y' * 300}", published_from_at=now(), roles=[]))
    db.commit()
    watched.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    watched.set_viewport_size({"width": 360, "height": 760})
    for path in ("/", "/news/", "/news_items/", "/news_items/add"):
        watched.goto(path)
        for opener in watched.locator("main details > summary").all():
            opener.click()
            assert watched.evaluate("document.documentElement.scrollWidth") == 360, path
            # A menu covers what is below it; those of the page itself stay open.
            watched.keyboard.press("Escape")
        assert watched.evaluate("document.querySelector('main').scrollWidth") <= 360, path


def test_news_is_read_when_it_is_opened(watched: Page, db: Session) -> None:
    for hours, title in ((1, "Second"), (2, "First")):
        db.add(News(title=title, body="**Text**", published_from_at=now() - timedelta(hours=hours), roles=[]))
    db.commit()
    watched.goto("/news/")
    button = watched.get_by_role("banner").get_by_role("link", name="News")
    expect(button).to_have_accessible_name("News 2 unread")
    watched.get_by_role("heading", name="First").click()
    expect(button).to_have_accessible_name("News 1 unread")
    expect(watched.locator("details.news").nth(1).get_by_text("unread")).to_have_count(0)
    watched.reload()
    expect(button).to_have_accessible_name("News 1 unread")
    watched.goto("/")
    pane(watched, "News").get_by_role("link", name="Second").click()
    expect(watched.get_by_role("banner").locator("[data-unread]")).to_be_hidden()
    expect(watched.locator("details.news[open] strong")).to_have_text("Text")


def test_the_preview_follows_the_writing(watched: Page, db: Session) -> None:
    watched.goto("/news_items/add")
    watched.get_by_label("Title").fill("Deck 1")
    watched.get_by_label("Text").fill("# Open\n\n<img src=x onerror=alert(1)>")
    with watched.expect_response("**/news_items/preview"):
        watched.clock.fast_forward(1_000)
    preview = pane(watched, "Preview")
    expect(preview.get_by_role("heading", name="Open", level=3)).to_be_visible()
    expect(preview).to_contain_text("<img src=x onerror=alert(1)>")
    watched.get_by_label("Support").check()
    watched.get_by_role("button", name="Save").click()
    watched.wait_for_url("**/news_items/show/*")
    assert db.scalars(select(News.roles)).all() == [["Support"]]


@pytest.fixture
def placed(db: Session) -> Iterator[None]:
    """A site that stands on the map, while the test runs."""
    site = Site(name="On the map", latitude=55.7, longitude=12.5)
    db.add(site)
    db.commit()
    yield
    db.delete(site)
    db.commit()


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)], ids=["wide", "phone"])
def test_panes_are_chosen_and_ordered_by_keyboard_and_shown(watched: Page, placed: None, size: tuple[int, int]) -> None:
    watched.set_viewport_size({"width": size[0], "height": size[1]})
    watched.goto("/settings/#dashboard")
    typed_into = {"First pane": "Map", "Second pane": "Utilisation", "Third pane": "CO", "Fourth pane": "News"}
    for label, typed in typed_into.items():
        watched.get_by_label(label).focus()
        watched.keyboard.type(typed)
    watched.locator("form#dashboard").get_by_role("button", name="Save").press("Enter")
    expect(watched.locator("form#dashboard")).to_contain_text("Saved")
    watched.goto("/")
    expect(watched.locator("[data-pane] h2")).to_have_text(
        ["Map", "Utilisation, last 30 days", "CO₂ avoided, last 30 days", "News"]
    )
    mark = watched.get_by_role("button", name="On the map, no station")
    expect(mark).to_be_visible()
    watched.get_by_role("button", name="Larger").click()
    ground = watched.locator("[data-pane-map]").element_handle()
    # The pane is filled anew; the map that somebody has moved stays.
    refreshed(watched, "map")
    expect(mark).to_be_visible()
    assert watched.evaluate("(ground) => ground.isConnected", ground)
    assert watched.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not [
        (fault["id"], fault["nodes"][0]["html"])
        for fault in Axe().run(watched, None, {"resultTypes": ["violations"]}).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
