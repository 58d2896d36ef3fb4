"""A new charge box id through the API: for a station that has called, only with consent."""

from sqlalchemy.orm import Session

from domain import clock
from domain.models import Site, Station
from tests.portal.api.client import ApiClient


def _station(db: Session, called: bool) -> str:
    station = Station(site=Site(name="Central"), name="CC-101", charge_box_id="CB-101")
    station.last_seen_at = clock.now() if called else None
    db.add(station)
    db.commit()
    return f"stations/{station.id}"


def test_a_station_that_has_called_keeps_its_name_without_consent(api: ApiClient, db: Session) -> None:
    path = _station(db, called=True)
    for consent in ({}, {"previous_charge_box_id": "CB-102"}):
        status, answer = api.put(path, {"charge_box_id": "CB-102"} | consent)
        assert status == 422
        assert answer["message"]["charge_box_id"][0].endswith("To change it, send previous_charge_box_id: CB-101.")
    assert api.get(path)[1]["result"]["charge_box_id"] == "CB-101"
    assert api.put(path, {"charge_box_id": "CB-101", "name": "North"})[0] == 200


def test_consent_names_the_charge_box_id_until_now(api: ApiClient, db: Session) -> None:
    path = _station(db, called=True)
    status, answer = api.put(path, {"charge_box_id": "CB-102", "previous_charge_box_id": "CB-101"})
    assert (status, answer["result"]["charge_box_id"]) == (200, "CB-102")
    assert "previous_charge_box_id" not in answer["result"]


def test_a_station_that_never_called_needs_no_consent(api: ApiClient, db: Session) -> None:
    assert api.put(_station(db, called=False), {"charge_box_id": "CB-102"})[0] == 200
