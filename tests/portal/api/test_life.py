"""Every resource from its creation to its end, with whole answers."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from domain.models import ChargingSession, UnknownStation
from tests.portal.api.client import ApiClient

SITE = {
    "tag_byte_order": None,
    "tag_digits": None,
    "silence_seconds": None,
    "name": "Copenhagen Central",
    "description": "",
    "time_zone": None,
    "street": "",
    "postal_code": "",
    "city": "",
    "country": "",
    "latitude": None,
    "longitude": None,
}
UNHEARD_STATION = {
    "plan_x": None,
    "plan_y": None,
    "street": "",
    "postal_code": "",
    "city": "",
    "country": "",
    "latitude": None,
    "longitude": None,
    "supply_controller": None,
    "fuse_phases": None,
    "fuse_a": None,
    "voltage_v": None,
    "tag_byte_order": None,
    "tag_digits": None,
    "silence_seconds": None,
    "has_password": False,
    "password_required": None,
    "description": "",
    "protocol": None,
    "endpoint_url": None,
    "told_endpoint_url": None,
    "heartbeat_seconds": None,
    "vendor": None,
    "model": None,
    "serial_number": None,
    "firmware_version": None,
    "booted_at": None,
    "online": False,
    "last_seen_at": None,
    "status": None,
    "error_code": None,
    "vendor_error_code": None,
    "status_info": None,
    "status_at": None,
}
GONE = (404, {"message": "Not found"})
DELETED = (200, {"message": "OK"})


def test_a_site(api: ApiClient) -> None:
    key = api.make("sites/", name="Copenhagen Central")
    site = {"id": key, **SITE}
    assert api.get(f"sites/{key}") == (200, {"id": key, "result": site})
    assert api.get("sites/") == (200, {"count": 1, "ids": [key], "result": [site]})
    change = {"name": " Central ", "time_zone": "Europe/Stockholm", "latitude": 55.67, "longitude": 12}
    changed = site | change | {"name": "Central", "longitude": 12.0}
    assert api.put(f"sites/{key}", change) == (200, {"id": key, "result": changed})
    assert api.get(f"sites/{key}") == (200, {"id": key, "result": changed})
    assert api.delete(f"sites/{key}") == DELETED
    assert api.get(f"sites/{key}") == api.put(f"sites/{key}", {"name": "x"}) == api.delete(f"sites/{key}") == GONE


def test_a_floor(api: ApiClient) -> None:
    site = api.make("sites/", name="Central")
    key = api.make("floors/", name="P1", site=site)
    plan = {"plan_sha256": None, "plan_width_px": None, "plan_height_px": None}
    floor = {"id": key, "name": "P1", "site": site, "description": "", **plan}
    assert api.get(f"floors/{key}") == (200, {"id": key, "result": floor})
    changed = floor | {"name": "P2", "description": "below the station"}
    assert api.put(f"floors/{key}", {"name": "P2", "description": "below the station"}) == (
        200,
        {"id": key, "result": changed},
    )
    assert api.delete(f"floors/{key}") == DELETED
    assert api.get(f"floors/{key}") == GONE


def test_a_station(api: ApiClient) -> None:
    site = api.make("sites/", name="Central")
    floor = api.make("floors/", name="P1", site=site)
    status, answer = api.post("stations/", {"name": "CC-101", "charge_box_id": "CB-101", "site": site})
    key = answer["id"]
    station = UNHEARD_STATION | {
        "id": key,
        "name": "CC-101",
        "charge_box_id": "CB-101",
        "site": site,
        "floor": None,
        "kind": "charging_station",
    }
    assert (status, answer) == (201, {"id": key, "result": station})
    change = {"floor": floor, "kind": "supply_controller", "charge_box_id": "CB-201"}
    assert api.put(f"stations/{key}", change) == (200, {"id": key, "result": station | change})
    assert api.put(f"stations/{key}", {"floor": None}) == (
        200,
        {"id": key, "result": station | change | {"floor": None}},
    )
    assert api.delete(f"stations/{key}") == DELETED
    assert api.get(f"stations/{key}") == GONE


def test_an_outlet(api: ApiClient) -> None:
    site = api.make("sites/", name="Central")
    station = api.make("stations/", name="CC-101", charge_box_id="CB-101", site=site)
    status, answer = api.post("outlets/", {"station": station, "number": 2, "mode": "open"})
    key = answer["id"]
    outlet = {
        "id": key,
        "station": station,
        "number": 2,
        "uuid": answer["result"]["uuid"],
        "connector_type": "",
        "max_current_a": None,
        "parking": "",
        "mode": "open",
        "status": None,
        "error_code": None,
        "vendor_error_code": None,
        "status_info": None,
        "status_at": None,
    }
    assert (status, answer) == (201, {"id": key, "result": outlet})
    change = {"mode": "rfid", "connector_type": "Type 2", "parking": "P-17", "max_current_a": 32}
    assert api.put(f"outlets/{key}", change) == (200, {"id": key, "result": outlet | change})
    assert api.delete(f"outlets/{key}") == DELETED
    assert api.get(f"outlets/{key}") == GONE


def test_an_id_token(api: ApiClient) -> None:
    key = api.make("id_tokens/", token="04A1B2C3")
    token = {
        "id": key,
        "token": "04A1B2C3",
        "identity": "77705923",
        "description": "",
        "user": None,
        "parent_token": None,
        "blocked": False,
        "valid_from_at": None,
        "expires_at": None,
    }
    assert api.get(f"id_tokens/{key}") == (200, {"id": key, "result": token})
    change = {"blocked": True, "expires_at": "2027-12-31T23:59:00+01:00", "description": "Van 7"}
    changed = token | change | {"expires_at": "2027-12-31T22:59:00Z"}
    assert api.put(f"id_tokens/{key}", change) == (200, {"id": key, "result": changed})
    assert api.delete(f"id_tokens/{key}") == DELETED
    assert api.get(f"id_tokens/{key}") == GONE


def test_a_charging_session_is_read_only(api: ApiClient, db: Session) -> None:
    charging_session = ChargingSession(
        started_at=datetime(2026, 11, 22, 16, 43, 2, 900_000, tzinfo=UTC),
        stopped_at=datetime(2026, 11, 22, 17, 14, 3, tzinfo=UTC),
        ended_at=datetime(2026, 11, 22, 17, 15, 2, 900_000, tzinfo=UTC),
        logged_at=datetime(2026, 11, 22, 16, 43, 3, tzinfo=UTC),
        node_id=7,
        site_id=1,
        outlet_id=9,
        site_name="Copenhagen Central",
        station_name="CC-101",
        outlet_number=1,
        authorization=1,
        id_token="04A1B2C3",
        email="mads@example.com",
        meter_start_wh=1000,
        meter_stop_wh=12064,
        energy_wh=11064,
        stop_reason="Local",
        review_reasons=[],
    )
    db.add(charging_session)
    db.commit()
    key = charging_session.id
    found = {
        "id": key,
        "started_at": "2026-11-22T16:43:02.900000Z",
        "stopped_at": "2026-11-22T17:14:03Z",
        "ended_at": "2026-11-22T17:15:02.900000Z",
        "duration_seconds": 1920.0,
        "logged_at": "2026-11-22T16:43:03Z",
        "node_id": 7,
        "site_id": 1,
        "floor_id": None,
        "outlet_id": 9,
        "site_name": "Copenhagen Central",
        "station_name": "CC-101",
        "outlet_number": 1,
        "authorization": 1,
        "id_token": "04A1B2C3",
        "user_id": None,
        "email": "mads@example.com",
        "meter_start_wh": 1000,
        "meter_stop_wh": 12064,
        "meter_wh": 12064,
        "energy_wh": 11064,
        "stop_reason": "Local",
        "energy_source": None,
        "grade": None,
        "needs_review": False,
        "review_reasons": [],
        "reviewed_at": None,
        "is_corrected": False,
        "original_energy_wh": None,
        "original_ended_at": None,
    }
    assert api.get(f"charging_sessions/{key}") == (200, {"id": key, "result": found})
    assert api.get("charging_sessions/") == (200, {"count": 1, "ids": [key], "result": [found]})
    for method, path in (("POST", ""), ("PUT", key), ("DELETE", key)):
        assert api.call(method, f"charging_sessions/{path}", json={})[0] == 405


def test_a_station_that_called_before_it_was_created_is_unknown_no_longer(api: ApiClient, db: Session) -> None:
    db.add(UnknownStation(charge_box_id="CB-101"))
    db.commit()
    api.make("stations/", name="CC-101", charge_box_id="CB-101", site=api.make("sites/", name="Central"))
    assert db.query(UnknownStation).count() == 0


def test_a_node_with_children_stays_and_they_are_named(api: ApiClient) -> None:
    site = api.make("sites/", name="Central")
    floor = api.make("floors/", name="P1", site=site)
    station = api.make("stations/", name="CC-101", charge_box_id="CB-101", site=site, floor=floor)
    api.make("stations/", name="CC-900", charge_box_id="CB-900", site=site)
    api.make("outlets/", station=station, number=1)
    assert api.delete(f"sites/{site}") == (409, {"message": "Remove first: P1, CC-900"})
    assert api.delete(f"floors/{floor}") == (409, {"message": "Remove first: CC-101"})
    assert api.delete(f"stations/{station}") == (409, {"message": "Remove first: CC-101 / 1"})
    assert api.get("sites/")[1]["count"] == 1
