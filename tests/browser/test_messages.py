"""The message log while somebody looks."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from domain import clock
from domain.models import Direction, Message, MessageKind, Site, Station


@pytest.fixture
def station(db: Session) -> Station:
    site = Site(name=f"Messages site {clock.now()}")
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name="Messages station", charge_box_id=f"messages-{site.id}")
    db.add(station)
    db.commit()
    return station


def say(db: Session, station: Station, frame: str, seconds: float = 0) -> None:
    at = clock.now() + timedelta(seconds=seconds)
    direction, kind = Direction.IN, MessageKind.CALL
    db.add(Message(at=at, station_id=station.id, direction=direction, kind=kind, action="Heartbeat", frame=frame))
    db.commit()


def test_new_messages_appear_by_themselves_until_paused(signed_in_page: Page, db: Session, station: Station) -> None:
    page = signed_in_page
    page.goto(f"/messages/?node=station-{station.id}&frame=told")
    frames = page.locator('td[data-column="frame"]')
    expect(page.get_by_text("Nothing was said here yet.")).to_be_visible()
    say(db, station, "told first")
    expect(frames).to_have_text(["told first"])
    say(db, station, "another")
    # What is stored late stands where it belongs.
    say(db, station, "told before", seconds=-10)
    expect(frames).to_have_text(["told first", "told before"])
    expect(page.locator("tr.fresh")).to_have_text([re.compile("told before")])
    expect(page.locator(".foot .summary")).to_contain_text("2 messages")

    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".message-live")).to_have_text("Paused")
    say(db, station, "told in the pause")
    with page.expect_response(lambda answer: "/messages/" in answer.url):
        page.get_by_role("button", name="Go on").click()
    expect(frames).to_have_text(["told in the pause", "told first", "told before"])

    # The menu of a row that came later works as any other's.
    frames.first.click(button="right")
    page.get_by_role("menuitem", name="Show", exact=True).click()
    expect(page.locator("pre.told")).to_have_text(["told in the pause"])


HIDE = """hidden => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_list_that_nobody_looks_at_asks_when_somebody_does_again(
    signed_in_page: Page, db: Session, station: Station
) -> None:
    page = signed_in_page
    page.goto(f"/messages/?node=station-{station.id}")
    with page.expect_response("**/messages/newer*"):
        pass
    page.evaluate(HIDE, True)
    say(db, station, "said unseen")
    page.evaluate(HIDE, False)
    expect(page.locator('td[data-column="frame"]')).to_have_text(["said unseen"])
