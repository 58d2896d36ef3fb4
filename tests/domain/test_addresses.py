"""Whose address holds: that of the site, or of a station that stands directly on it."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import addresses
from domain.addresses import Position
from domain.models import Floor, Station

SITE = {"street": "Quay 1", "postal_code": "8000", "city": "Aarhus", "country": "Danmark"}


def give(place: object, **values: object) -> None:
    for name, value in values.items():
        setattr(place, name, value)


def test_a_station_is_where_its_site_is_until_it_is_told_otherwise(station: Station) -> None:
    give(station.site, **SITE, latitude=56.1, longitude=10.2)
    assert not addresses.has_own(station)
    assert addresses.in_one_line(station) == "Quay 1, 8000 Aarhus, Danmark"
    assert addresses.position_of(station) == Position(56.1, 10.2)
    give(station, latitude=0.0, longitude=0.0)
    assert addresses.has_own(station)
    assert addresses.position_of(station) == Position(0, 0), "off Africa, and a position all the same"
    assert addresses.in_one_line(station) == "Quay 1, 8000 Aarhus, Danmark"
    give(station, street="Pier 7", city="Aarhus")
    assert addresses.in_one_line(station) == "Pier 7, Aarhus"


def test_on_a_floor_an_own_address_does_not_hold(db: Session, station: Station) -> None:
    give(station.site, **SITE)
    give(station, street="Pier 7", latitude=1.0, longitude=2.0)
    floor = Floor(site_id=station.site_id, name="Deck")
    db.add(floor)
    db.flush()
    station.floor_id = floor.id
    assert not addresses.may_have_own(station)
    assert not addresses.has_own(station)
    assert addresses.in_one_line(station) == "Quay 1, 8000 Aarhus, Danmark"
    assert addresses.position_of(station) is None


@pytest.mark.parametrize(("latitude", "longitude", "whole"), [(None, None, True), (0.0, 0.0, True), (0.0, None, False)])
def test_half_a_position_is_none(latitude: float | None, longitude: float | None, whole: bool) -> None:
    assert addresses.is_whole(latitude, longitude) is whole


def test_the_database_keeps_no_half_of_one(db: Session, station: Station) -> None:
    with pytest.raises(IntegrityError, match="ck_station_position"):
        db.execute(update(Station).where(Station.id == station.id).values(latitude=1))
