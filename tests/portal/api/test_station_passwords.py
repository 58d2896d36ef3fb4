"""The password of a station through the API: written, and never told."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.models import Site, Station
from tests.portal.api.client import ApiClient
from tests.portal.test_station_passwords import PASSWORD, comes_in_with


@pytest.fixture
def station(db: Session) -> Station:
    station = Station(site=Site(name="Central"), name="CC-101", charge_box_id="CB-101")
    db.add(station)
    db.commit()
    return station


def test_the_api_writes_it_and_never_tells_it(api: ApiClient, db: Session, station: Station) -> None:
    path = f"stations/{station.id}"
    assert api.get(path)[1]["result"]["has_password"] is False
    status, answer = api.put(path, {"password": PASSWORD, "password_required": True})
    assert (status, answer["result"]["has_password"], answer["result"]["password_required"]) == (200, True, True)
    assert "password" not in answer["result"]
    assert "password_hash" not in answer["result"]
    assert comes_in_with(db, PASSWORD)
    assert api.put(path, {"password": "short"}) == (
        422,
        {"message": {"password": ["A station's password has at least 16 characters."]}},
    )
    assert api.put(path, {"password": None, "password_required": None})[1]["result"]["has_password"] is False
    status, answer = api.post(
        "stations/", {"name": "new", "charge_box_id": "new", "site": station.site_id, "password": PASSWORD}
    )
    assert (status, answer["result"]["has_password"]) == (201, True)
    audit = "".join(db.scalars(text("SELECT audit_entry::text FROM audit_entry")))
    assert all(kept[32:] not in audit for kept in db.scalars(select(Station.password_hash)) if kept)


def test_a_new_password_through_the_api_ends_the_lock(api: ApiClient, db: Session, station: Station) -> None:
    api.put(f"stations/{station.id}", {"password": PASSWORD})
    for _ in range(5):
        assert not comes_in_with(db, "wrong")
    assert not comes_in_with(db, PASSWORD)
    api.put(f"stations/{station.id}", {"name": "CC-102"})
    assert not comes_in_with(db, PASSWORD)
    api.put(f"stations/{station.id}", {"password": PASSWORD})
    assert comes_in_with(db, PASSWORD)
