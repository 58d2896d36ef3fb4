"""Where a station over SOAP is called, through the API."""

import pytest
from sqlalchemy.orm import Session

from domain.models import Site, Station
from tests.portal.api.client import ApiClient

FORBIDDEN = "This address is never called: only this machine, its neighbours or its cloud answer to it."


@pytest.fixture
def station(db: Session) -> Station:
    station = Station(site=Site(name="Central"), name="CC-101", charge_box_id="CB-101", protocol="ocpp1.5")
    station.told_endpoint_url, station.heartbeat_seconds = "http://10.0.0.9/", 300
    db.add(station)
    db.commit()
    return station


def test_it_is_set_and_taken_away(api: ApiClient, station: Station) -> None:
    path = f"stations/{station.id}"
    for url in ("http://10.0.0.7:8080/ocpp", None):
        status, answer = api.put(path, {"endpoint_url": url})
        told = {name: answer["result"][name] for name in ("endpoint_url", "told_endpoint_url", "heartbeat_seconds")}
        assert status == 200
        assert told == {"endpoint_url": url, "told_endpoint_url": "http://10.0.0.9/", "heartbeat_seconds": 300}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1/", FORBIDDEN),
        ("http://[::ffff:169.254.169.254]/", FORBIDDEN),
        ("", "The address must be made of letters without accents, digits and signs, without blanks."),
        ("ftp://10.0.0.7/", "The address must begin with http:// or https:// and name a host."),
        (7, "Not a valid string."),
    ],
)
def test_what_is_never_called_is_refused(api: ApiClient, station: Station, url: object, said: str) -> None:
    assert api.put(f"stations/{station.id}", {"endpoint_url": url}) == (422, {"message": {"endpoint_url": [said]}})


@pytest.mark.parametrize("name", ["told_endpoint_url", "heartbeat_seconds"])
def test_what_the_station_says_is_its_own(api: ApiClient, station: Station, name: str) -> None:
    status, _answer = api.put(f"stations/{station.id}", {name: None})
    assert status == 422
