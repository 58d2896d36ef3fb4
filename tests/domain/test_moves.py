"""Moving within the tree: what may stand where, what comes along, and who is told."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import live, moves, positions, tree_changes
from domain.models import Event, Floor, Outlet, Site, Station
from domain.moves import CannotMoveError, NameTakenError


@pytest.fixture
def floors(db: Session) -> tuple[Floor, Floor]:
    """On two sites; two stations stand on the first, one of them with an outlet."""
    tree_changes.watch()
    here, there = Floor(name="P1", site=Site(name="Here")), Floor(name="P2", site=Site(name="There"))
    db.add_all([here, there])
    db.flush()
    stations = [Station(name=name, charge_box_id=name, site=here.site, floor=here) for name in ("A", "B")]
    db.add_all([*stations, Outlet(station=stations[0], number=1)])
    db.flush()
    return here, there


@pytest.fixture
def told(db: Session) -> dict[live.Change, None]:
    """What the live line would be told, from the moment it is asked for."""
    db.info.pop(live.NOTED, None)
    return db.info.setdefault(live.NOTED, {})


def moved(db: Session) -> list[tuple[int | None, dict[str, str]]]:
    db.flush()
    events = db.scalars(select(Event).where(Event.kind == "station_moved").order_by(Event.id))
    return [(event.site_id, event.details) for event in events]


def heard(told: dict[live.Change, None]) -> set[tuple[int | None, int | None]]:
    """Of which sites and stations it is told that the tree has changed."""
    return {(change.site_id, change.station_id) for change in told if change.kind is live.Kind.TREE}


def test_a_station_moves_to_another_floor_and_to_none(
    db: Session, floors: tuple[Floor, Floor], told: dict[live.Change, None]
) -> None:
    here, _ = floors
    other = Floor(name="P3", site=here.site)
    db.add(other)
    db.flush()
    told.clear()
    station = here.stations[0]
    moves.move(db, station, other)
    assert moved(db) == [(here.site_id, {"from": "P1", "to": "P3"})]
    moves.move(db, station, here.site)
    assert moved(db)[1:] == [(here.site_id, {"from": "P3", "to": ""})]
    assert (station.site_id, station.floor_id) == (here.site_id, None)
    assert heard(told) == {(here.site_id, station.id)}


def test_neither_site_learns_the_others_floors(
    db: Session, floors: tuple[Floor, Floor], told: dict[live.Change, None]
) -> None:
    here, there = floors
    station = here.stations[0]
    positions.place(db, station, 0.5, 0.25)
    db.flush()
    moves.move(db, station, there)
    assert (station.plan_x, station.plan_y) == (None, None)
    assert moved(db) == [(here.site_id, {"from": "P1"}), (there.site_id, {"to": "P2"})]
    assert (station.site_id, station.floor_id) == (there.site_id, there.id)
    assert heard(told) == {(here.site_id, station.id), (there.site_id, station.id)}


def test_a_floor_takes_its_stations_along_where_they_stand_on_its_plan(
    db: Session, floors: tuple[Floor, Floor], told: dict[live.Change, None]
) -> None:
    here, there = floors
    positions.place(db, here.stations[0], 0.5, 0.25)
    db.flush()
    first, second = here.stations
    before = here.site_id
    told.clear()
    moves.move(db, here, there.site)
    assert [(station.site_id, station.floor_id) for station in (first, second)] == [(there.site_id, here.id)] * 2
    assert (first.plan_x, first.plan_y) == (0.5, 0.25)
    assert moved(db) == [(before, {"from": "P1"}), (there.site_id, {"to": "P1"})] * 2
    assert heard(told) == {(before, None), *((there.site_id, pk) for pk in (None, first.id, second.id))}


def test_who_stays_tells_nothing(db: Session, floors: tuple[Floor, Floor], told: dict[live.Change, None]) -> None:
    here, _ = floors
    moves.move(db, here.stations[0], here)
    moves.move(db, here, here.site)
    assert moved(db) == []
    assert told == {}


def test_what_cannot_be(db: Session, floors: tuple[Floor, Floor]) -> None:
    here, there = floors
    db.add(Floor(name="p1", site=there.site))
    db.flush()
    with pytest.raises(NameTakenError, match="There has a floor P1 already"):
        moves.move(db, here, there.site)
    station = here.stations[0]
    for node, place in ((here, there), (station, station), (station.outlets[0], there), (here.site, there.site)):
        with pytest.raises(CannotMoveError):
            moves.move(db, node, place)
