"""The page of station positions: which stations, in which state, where; and what becomes of a drop."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import Floor, Outlet, Site, Station
from domain.statuses import OutletStatus
from tests.portal.browser_like import Visitor
from tests.statements import recorded

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def deck(db: Session) -> None:
    site = Site(name="Harbour")
    floor, other = Floor(site=site, name="Deck 1"), Floor(site=site, name="Deck 2")
    db.add_all([site, floor, other])
    db.flush()
    seen = {"online": True, "last_seen_at": now()}
    ten = Station(name="Q-10 <i>", charge_box_id="A", site=site, floor=floor, plan_x=0.25, plan_y=0.5, **seen)
    two = Station(name="Q-2", charge_box_id="B", site=site, floor=floor)
    db.add_all([ten, two])
    db.flush()
    db.add_all(
        [
            Station(name="Gate", charge_box_id="C", site=site),
            Station(name="Roof", charge_box_id="D", site=site, floor=other),
        ]
    )
    db.add_all(
        [
            Outlet(station=ten, number=2, status=OutletStatus.CHARGING),
            Outlet(station=ten, number=1, status=OutletStatus.AVAILABLE),
        ]
    )
    db.commit()


def test_the_stations_of_the_floor_and_no_others(administrator: Visitor) -> None:
    answer = administrator.get("/positions/now?node=floor-1")
    assert answer.json == {
        "plan": None,
        "stations": [
            {
                "id": 2, "label": "Q-2", "state": "offline", "state_text": "offline", "note": "Never seen",
                "outlets": [], "x": None, "y": None, "latitude": None, "longitude": None,
            },
            {
                "id": 1, "label": "Q-10 <i>", "state": "charging", "state_text": "charging", "note": "2 outlets",
                "outlets": [
                    {"label": "Outlet 1", "state": "available", "state_text": "available"},
                    {"label": "Outlet 2", "state": "charging", "state_text": "charging"},
                ],
                "x": 0.25, "y": 0.5, "latitude": None, "longitude": None,
            },
        ],
    }  # fmt: skip


@pytest.mark.parametrize("key", ["station-1", "outlet-1"])
def test_a_station_is_marked_on_the_plan_of_its_floor(administrator: Visitor, key: str) -> None:
    page = administrator.get(f"/positions/?node={key}")
    assert "Deck 1" in page.text
    assert 'data-marked="1"' in page.text


@pytest.mark.parametrize("key", ["system", "site-1", "station-3"])
def test_where_there_is_no_floor_another_page_opens(administrator: Visitor, key: str) -> None:
    assert administrator.get(f"/positions/?node={key}").status_code == 302
    assert administrator.get(f"/positions/now?node={key}", headers=JSON).status_code == 404


def drop(visitor: Visitor, way: str, **fields: str) -> tuple[int, dict]:
    sent = fields | {"csrf_token": visitor.token("/positions/?node=floor-1")}
    answer = visitor.http.post(f"/positions/{way}", data=sent, headers=JSON)
    return answer.status_code, answer.json


def test_a_station_is_placed_and_taken_off(administrator: Visitor, db: Session) -> None:
    assert drop(administrator, "place/2", x="0.125", y="1") == (200, {"x": 0.125, "y": 1.0})
    db.expire_all()
    station = db.get_one(Station, 2)
    assert (station.plan_x, station.plan_y) == (0.125, 1.0)
    assert drop(administrator, "take_off/2") == (200, {"x": None, "y": None})
    db.expire_all()
    assert db.get_one(Station, 2).plan_x is None


OUTSIDE = "A position is from 0 to 1, from the left and from the top of the plan."


@pytest.mark.parametrize(
    ("way", "fields", "status", "said"),
    [
        ("place/1", {}, 422, OUTSIDE),
        ("place/1", {"x": "0.5"}, 422, OUTSIDE),
        ("place/1", {"x": "1.01", "y": "0.5"}, 422, OUTSIDE),
        ("place/1", {"x": "nan", "y": "inf"}, 422, OUTSIDE),
        ("place/1", {"x": "left", "y": "top"}, 422, OUTSIDE),
        ("place/3", {"x": "0.5", "y": "0.5"}, 422, "Gate stands on no floor any more."),
        ("place/99", {"x": "0.5", "y": "0.5"}, 404, None),
        ("take_off/4294967296", {}, 404, None),
    ],
)
def test_what_cannot_be_is_said(
    administrator: Visitor, way: str, fields: dict[str, str], status: int, said: str | None
) -> None:
    found, answer = drop(administrator, way, **fields)
    assert found == status
    assert said is None or answer == {"message": said}


def test_who_may_not_edit_sees_it_and_cannot_move(
    administrator: Visitor, portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_access = portal.appbuilder.sm.has_access
    monkeypatch.setattr(
        portal.appbuilder.sm,
        "has_access",
        lambda permission, view: (permission, view) != ("can_place", "PositionsView") and has_access(permission, view),
    )
    page = administrator.get("/positions/?node=floor-1").text
    assert "data-positions" in page
    for word in ("data-place", "data-csrf", "data-undo", "Drag a station"):
        assert word not in page
    assert administrator.get("/positions/now?node=floor-1").status_code == 200
    sent = {"x": "0.5", "y": "0.5", "csrf_token": administrator.token("/floors/show/1")}
    assert administrator.http.post("/positions/place/1", data=sent, headers=JSON).status_code == 403


def test_more_stations_take_no_more_statements(administrator: Visitor, db: Session) -> None:
    def statements() -> int:
        with recorded() as found:
            assert administrator.get("/positions/now?node=floor-1").status_code == 200
        return len(found)

    before = statements()
    for number in range(30):
        station = Station(name=f"N-{number}", charge_box_id=f"N-{number}", site_id=1, floor_id=1)
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
    db.commit()
    assert statements() == before
