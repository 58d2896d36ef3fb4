"""The navigator's JSON: what stands below a node, and in which state."""

from itertools import count

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import Floor, Outlet, Site, Station
from domain.statuses import OutletStatus
from portal.tree import natural
from tests.portal.browser_like import Visitor
from tests.statements import recorded


@pytest.fixture
def branch(db: Session) -> None:
    """One site with a floor and three stations of different states, and an empty site."""
    site, empty = Site(name="Copenhagen Central"), Site(name="Aarhus <b>Harbour</b>")
    floor = Floor(name="Level -1", site=site)
    db.add_all([site, empty, floor])
    db.flush()
    on_floor = Station(name="CC-10", charge_box_id="A", site=site, floor=floor, online=True, last_seen_at=now())
    faulty = Station(name="CC-2", charge_box_id="B", site=site, floor=floor, online=True, last_seen_at=now())
    never_seen = Station(name="CC-3", charge_box_id="C", site=site)
    db.add_all([on_floor, faulty, never_seen])
    db.flush()
    db.add_all(
        [
            Outlet(station=on_floor, number=1, status=OutletStatus.AVAILABLE),
            Outlet(station=on_floor, number=2, status=OutletStatus.CHARGING),
            Outlet(station=faulty, number=1, status=OutletStatus.FAULTED),
        ]
    )
    db.commit()


def line(key: str, label: str, state: str | None, *, opens: bool, count: int | None = None, hint: str = "") -> dict:
    return {
        "key": key,
        "label": label,
        "kind": key.partition("-")[0],
        "state": state,
        "state_text": state or "",
        "has_children": opens,
        "count": count,
        "hint": hint,
    }


@pytest.mark.usefixtures("branch")
def test_each_level(administrator: Visitor) -> None:
    keys = ["", "system", "site-1", "site-2", "floor-1", "station-1", "outlet-1", "station-99", "nonsense"]
    answer = administrator.get("/tree/children", query_string={"node": keys})
    assert answer.status_code == 200
    assert answer.json == {
        "": [line("system", "Charge Portal", None, opens=True, count=3)],
        "system": [
            line("site-2", "Aarhus <b>Harbour</b>", None, opens=False, count=0),
            line("site-1", "Copenhagen Central", "offline", opens=True, count=3),
        ],
        "site-1": [
            line("floor-1", "Level -1", "fault", opens=True, count=2),
            line("station-3", "CC-3", "offline", opens=False, hint="never seen"),
        ],
        "site-2": [],
        "floor-1": [
            line("station-2", "CC-2", "fault", opens=True, hint="fault"),
            line("station-1", "CC-10", "charging", opens=True, hint="charging"),
        ],
        "station-1": [
            line("outlet-1", "Outlet 1", "available", opens=False),
            line("outlet-2", "Outlet 2", "charging", opens=False, hint="charging"),
        ],
        "outlet-1": [],
        "station-99": [],
        "nonsense": [],
    }


@pytest.mark.usefixtures("branch")
@pytest.mark.parametrize("query", [{}, {"node": ["system"] * 101}])
def test_nothing_or_too_much_asked_for(administrator: Visitor, query: dict) -> None:
    assert administrator.get("/tree/children", query_string=query).status_code == 400


@pytest.mark.usefixtures("branch")
@pytest.mark.parametrize("key", ["system", "site-1", "floor-1"])
def test_more_stations_take_no_more_queries(administrator: Visitor, db: Session, key: str) -> None:
    def queries() -> int:
        with recorded() as statements:
            assert administrator.get("/tree/children", query_string={"node": key}).status_code == 200
        return len(statements)

    before = queries()
    for number in range(20):
        site = Site(name=f"Site {number}")
        db.add(site)
        db.add(Station(name=f"S-{number}", charge_box_id=f"S-{number}", site_id=1, floor_id=1, online=True))
    db.commit()
    assert queries() == before


@pytest.mark.usefixtures("branch")
@pytest.mark.parametrize("key", ["system", "site-1", "floor-1"])
def test_what_comes_while_a_branch_is_read_harms_nothing(administrator: Visitor, db: Session, key: str) -> None:
    """Before each statement another station is there."""
    number = count(1)

    def add(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            station = {"name": f"New {next(number)}", "charge_box_id": f"NEW-{next(number)}", "site_id": 1}
            db.execute(insert(Station).values(station | {"floor_id": 1 if key == "floor-1" else None}))
            db.commit()

    event.listen(Engine, "before_cursor_execute", add)
    try:
        answer = administrator.get("/tree/children", query_string={"node": key})
    finally:
        event.remove(Engine, "before_cursor_execute", add)
    assert answer.status_code == 200
    assert next(number) > 3, "it came to pass"


def test_numbers_in_names_sort_as_numbers() -> None:
    assert sorted(["CC-10", "cc-9", "B", "CC-2", "10", "9"], key=natural) == ["9", "10", "B", "CC-2", "cc-9", "CC-10"]


@pytest.mark.usefixtures("branch")
def test_the_selected_node_stays_when_the_function_changes(administrator: Visitor) -> None:
    page = administrator.get("/statistics/?node=floor-1").text
    assert 'data-path="system site-1 floor-1"' in page
    assert 'data-href="/statistics/?node="' in page
    assert 'href="/configuration/?node=floor-1"' in page
    assert 'data-href="/configuration/?node="' in administrator.get("/").text


def test_another_node_shows_the_same_chart(administrator: Visitor) -> None:
    """Its kind, step and days are kept; whatever else an address bears is not."""
    page = administrator.get("/charts/?node=system&chart=peak&unit=week&first=2026-03-01&last=2026-04-01&x=1&by=").text
    kept = "chart=peak&amp;unit=week&amp;first=2026-03-01&amp;last=2026-04-01&amp;node="
    assert f'data-href="/charts/?{kept}"' in page


@pytest.mark.parametrize("key", ["site-99", "site-", "site-1-1", "x", "site-99999999999", "site-1'"])
def test_a_node_that_is_gone_or_nonsense_means_the_system(administrator: Visitor, portal: Flask, key: str) -> None:
    page = administrator.get("/statistics/", query_string={"node": key})
    assert page.status_code == 200
    assert 'data-path="system"' in page.text
