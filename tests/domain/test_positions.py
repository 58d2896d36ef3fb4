"""Where stations stand on the plan of their floor."""

import math
from collections.abc import Callable

import orjson
import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import live, positions
from domain.audit import AuditedSession
from domain.models import Floor, Site, Station
from domain.positions import NoFloorError, OutsidePlanError
from tests.domain.conftest import Line


@pytest.fixture
def floors(db: Session, station: Station) -> list[Floor]:
    """Two of the station's site; it stands on the first."""
    found = [Floor(site_id=station.site_id, name=name) for name in ("Deck 1", "Deck 2")]
    db.add_all(found)
    db.flush()
    station.floor_id = found[0].id
    db.flush()
    return found


def where(station: Station) -> tuple[float | None, float | None]:
    return station.plan_x, station.plan_y


@pytest.mark.usefixtures("floors")
def test_a_station_is_placed_moved_and_taken_off(db: Session, station: Station) -> None:
    for x, y in ((0.25, 0.5), (0, 1), (1, 0)):
        positions.place(db, station, x, y)
        db.flush()
        db.refresh(station)
        assert where(station) == (x, y)
    positions.take_off(db, station)
    db.flush()
    assert where(station) == (None, None)


@pytest.mark.usefixtures("floors")
@pytest.mark.parametrize(("x", "y"), [(-0.01, 0.5), (0.5, 1.01), (math.nan, 0.5), (0.5, math.inf)])
def test_nowhere_on_the_plan_is_refused(db: Session, station: Station, x: float, y: float) -> None:
    with pytest.raises(OutsidePlanError):
        positions.place(db, station, x, y)
    assert where(station) == (None, None)


def test_without_a_floor_there_is_no_plan(db: Session, station: Station) -> None:
    with pytest.raises(NoFloorError):
        positions.place(db, station, 0.5, 0.5)


@pytest.mark.parametrize("way", ["key", "object", "no floor"])
def test_a_station_that_leaves_its_floor_leaves_the_plan(
    db: Session, station: Station, floors: list[Floor], way: str
) -> None:
    positions.place(db, station, 0.5, 0.5)
    db.flush()
    if way == "key":
        station.floor_id = floors[1].id
    else:
        station.floor = floors[1] if way == "object" else None
    db.flush()
    db.refresh(station)
    assert where(station) == (None, None)


def test_a_station_that_is_saved_on_the_same_floor_stays(db: Session, station: Station, floors: list[Floor]) -> None:
    positions.place(db, station, 0.5, 0.5)
    db.flush()
    station.floor_id = floors[0].id
    db.flush()
    assert where(station) == (0.5, 0.5)


@pytest.mark.usefixtures("floors")
@pytest.mark.parametrize(
    "values", [{"plan_x": 0.5}, {"plan_x": 2, "plan_y": 0}, {"plan_x": 0, "plan_y": 0, "floor_id": None}]
)
def test_the_database_holds_the_rule_too(db: Session, station: Station, values: dict[str, float | None]) -> None:
    with pytest.raises(IntegrityError, match="ck_station_on_plan"):
        db.execute(update(Station).where(Station.id == station.id).values(values))


def test_who_moved_a_station_stands_in_the_audit_log(
    db: Session, asked: AuditedSession, said: Callable[[], list[Line]]
) -> None:
    site = Site(name="Harbour")
    db.add(site)
    db.flush()
    floor = Floor(site_id=site.id, name="Deck")
    db.add(floor)
    db.flush()
    station = Station(site_id=site.id, floor_id=floor.id, name="Quay", charge_box_id="quay")
    db.add(station)
    db.commit()
    positions.place(asked, asked.get_one(Station, station.id), 0.25, 0.75)
    asked.commit()
    [line] = said()
    assert line == (
        "changed", "station", str(station.id), {"plan_x": None, "plan_y": None}, {"plan_x": "0.25", "plan_y": "0.75"},
    )  # fmt: skip


@pytest.mark.usefixtures("valkey")
def test_whoever_looks_at_the_plan_hears_of_it(
    db: Session, station: Station, floors: list[Floor], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bytes] = []
    monkeypatch.setattr(live, "_publisher", told.append)
    positions.place(db, station, 0.5, 0.5)
    db.commit()
    [changes] = [orjson.loads(message) for message in told]
    [change] = [change for change in changes if change["kind"] != live.Kind.TREE]
    assert (change["kind"], change["id"], change["site_id"]) == ("floor", floors[0].id, station.site_id)
