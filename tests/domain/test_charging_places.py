"""Where a driver may charge: near or by name, in as many statements however much there is."""

from uuid import uuid4

import pytest

from domain import charging_places
from domain.addresses import Position
from domain.models import Outlet, Site, Station, StationKind
from domain.statuses import OutletStatus, Shown
from tests.statements import recorded

COPENHAGEN, AARHUS = Position(55.6761, 12.5683), Position(56.1629, 10.2039)
FIJI, SAMOA = Position(-17.7, 179.9), Position(-13.8, -171.8)


def site(db, name, position=None, statuses=(OutletStatus.AVAILABLE,), **more):
    site = Site(name=name, **more)
    if position:
        site.latitude, site.longitude = position.latitude, position.longitude
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name=f"{name} 1", charge_box_id=f"box-{name}", online=True)
    db.add(station)
    db.flush()
    db.add_all(Outlet(station_id=station.id, number=n, status=s) for n, s in enumerate(statuses, 1))
    db.flush()
    return site


def names(db, words="", near=None, most=50):
    return [each.name for each in charging_places.sites(db, words, near, most)]


def test_the_nearest_first_and_those_without_a_position_last(db):
    site(db, "Aarhus", AARHUS)
    site(db, "Copenhagen", COPENHAGEN)
    site(db, "Anywhere")
    assert names(db) == ["Aarhus", "Anywhere", "Copenhagen"]
    assert names(db, near=COPENHAGEN) == ["Copenhagen", "Aarhus", "Anywhere"]
    assert names(db, near=AARHUS, most=1) == ["Aarhus"]
    [near, far, nowhere] = charging_places.sites(db, "", COPENHAGEN, 50)
    assert (near.distance_m, nowhere.distance_m) == (0, None)
    assert far.distance_m == pytest.approx(157_000, rel=0.01)


def test_the_date_line_parts_nobody(db):
    site(db, "Copenhagen", COPENHAGEN)
    site(db, "Samoa", SAMOA)
    assert names(db, near=FIJI) == ["Samoa", "Copenhagen"]


def test_sites_are_found_by_name_street_town_and_postal_code(db):
    site(db, "Harbour", city="Aarhus", street="Quay 1", postal_code="8000")
    site(db, "Mall", city="Odense", street="Main street", postal_code="5000")
    for words in ("harb", "AARHUS", "quay", "8000"):
        assert names(db, words) == ["Harbour"]
    assert names(db, "%") == names(db, "80") == []


def test_states_are_counted_and_what_never_spoke_is_not_free(db):
    statuses = (OutletStatus.AVAILABLE, OutletStatus.CHARGING, OutletStatus.FAULTED, None, OutletStatus.AVAILABLE)
    site(db, "Harbour", statuses=statuses)
    [here] = charging_places.sites(db, "", None, 50)
    assert here.outlets == {Shown.AVAILABLE: 2, Shown.CHARGING: 1, Shown.FAULT: 1, Shown.OFFLINE: 1}


def test_only_what_charges_is_shown(db):
    quiet = Site(name="Quiet")
    db.add(quiet)
    db.flush()
    feed = Station(site_id=quiet.id, name="Feed", charge_box_id="feed", kind=StationKind.SUPPLY_CONTROLLER)
    db.add(feed)
    db.flush()
    db.add(outlet := Outlet(station_id=feed.id, number=1))
    db.flush()
    assert names(db) == []
    assert charging_places.outlets_named(db, "Feed", 20) == []
    assert charging_places.outlet(db, outlet.uuid) is None


def test_outlets_are_found_by_their_code_and_by_their_station(db):
    harbour = site(db, "Harbour", statuses=[OutletStatus.AVAILABLE] * 3)
    outlets = charging_places.outlets_of_site(db, harbour.id, None, 50)
    assert [outlet.number for outlet in outlets] == [1, 2, 3]
    assert charging_places.outlets_of_site(db, harbour.id, outlets[0].id, 1) == [outlets[1]]
    assert charging_places.outlet(db, outlets[2].uuid) == outlets[2]
    assert charging_places.outlet(db, uuid4()) is None
    assert charging_places.outlets_named(db, "BOX-har", 2) == outlets[:2]
    assert charging_places.outlets_named(db, "_", 2) == []


def test_the_work_does_not_grow_with_the_sites(db):
    def statements_for():
        with recorded() as statements:
            charging_places.sites(db, "", COPENHAGEN, 50)
        return len(statements)

    site(db, "First")
    few = statements_for()
    for number in range(10):
        site(db, f"More {number}")
    assert statements_for() == few == 2
