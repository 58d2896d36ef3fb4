"""The parameters of a station, for programs."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from domain.models import ParameterResult, Site, Station, StationParameter
from domain.secret_parameters import MASK
from tests.portal.api.client import ApiClient

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_what_a_station_told(db: Session, api: ApiClient) -> None:
    site = Site(name="Told")
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name="T", charge_box_id="told-1")
    db.add(station)
    db.flush()
    changed = {"asked_value": "60", "asked_at": AT, "result": ParameterResult.REBOOT_REQUIRED, "command_id": 7}
    db.add(StationParameter(station_id=station.id, key="wifiPassword", value=MASK, read_at=AT))
    db.add(StationParameter(station_id=station.id, key="HeartbeatInterval", value="60", read_at=None, **changed))
    db.commit()
    unchanged = dict.fromkeys(("asked_value", "asked_at", "result", "command_id"))
    assert api.get(f"stations/{station.id}/parameters") == (
        200,
        {
            "count": 2,
            "result": [
                {
                    "key": "HeartbeatInterval",
                    "value": "60",
                    "is_readonly": False,
                    "read_at": None,
                    "asked_value": "60",
                    "asked_at": "2026-11-22T09:00:00Z",
                    "result": "reboot_required",
                    "command_id": 7,
                },
                {
                    "key": "wifiPassword",
                    "value": MASK,
                    "is_readonly": False,
                    "read_at": "2026-11-22T09:00:00Z",
                    **unchanged,
                },
            ],
        },
    )


def test_of_a_station_that_is_not_there(api: ApiClient) -> None:
    for key in (888_888, 10**18):
        assert api.get(f"stations/{key}/parameters")[0] == 404
