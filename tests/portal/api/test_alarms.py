"""Alarms by program: listed, acknowledged with a note, and found in the history."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import status_reports
from domain.alarms import installation, rules
from domain.alarms.installation import Wrong
from domain.alarms.sweeping import sweep
from domain.clock import now
from domain.models import Alarm, AlarmKind, AlarmRemark, Site, Station
from domain.reports import StatusReport
from domain.statuses import OutletStatus
from tests.portal.api.client import ApiClient

NOT_FOUND = (404, {"message": "Not found"})


@pytest.fixture
def alarm(db: Session) -> Alarm:
    rules.restore_shipped(db)
    station = Station(site=Site(name="Harbour"), name="H-1", charge_box_id="H-1")
    db.add(station)
    db.flush()
    say(db, station, OutletStatus.FAULTED, "HighTemperature", 30)
    return db.scalars(select(Alarm).where(Alarm.due_at.is_(None))).one()


def say(db: Session, station: Station, status: OutletStatus, error_code: str | None, minutes_ago: float) -> None:
    at = now() - timedelta(minutes=minutes_ago)
    status_reports.keep(db, [StatusReport(station.id, at, 1, status, at, error_code, None, "78 °C")])
    db.commit()


def test_what_is_active_is_listed_and_what_waits_is_not(api: ApiClient, alarm: Alarm) -> None:
    answer = api.get("alarms/")[1]
    assert [each["kind"] for each in answer["result"]] == ["temperature"]
    one = api.get(f"alarms/{alarm.id}")[1]["result"]
    assert (one["error_code"], one["info"], one["station_name"]) == ("HighTemperature", "78 °C", "H-1")
    assert one["calm_since"] is one["acknowledged_at"] is None
    assert api.get(f"alarms/{alarm.id + 1000}") == NOT_FOUND


def test_it_is_acknowledged_with_a_note_then_over(api: ApiClient, alarm: Alarm, db: Session) -> None:
    pk, station = alarm.id, db.get_one(Station, alarm.station_id)
    status, answer = api.post(f"alarms/{pk}/acknowledge", {"note": "Seen"})
    assert status == 200 and answer["result"]["acknowledged_at"].endswith("Z")
    assert api.post(f"alarms/{pk}/acknowledge", {})[0] == 200
    assert api.post(f"alarms/{pk}/acknowledge", {"note": 7})[0] == 422
    assert api.post(f"alarms/{pk}/acknowledge", {"note": "\x01"})[0] == 422
    assert api.post(f"alarms/{pk}/acknowledge", {"remark": "x"})[0] == 422
    db.rollback()
    assert db.scalars(select(AlarmRemark.note).order_by(AlarmRemark.id)).all() == ["Seen", ""]

    say(db, station, OutletStatus.AVAILABLE, None, 10)
    sweep(db, now())
    db.commit()
    assert api.get(f"alarms/{pk}") == api.post(f"alarms/{pk}/acknowledge", {}) == NOT_FOUND
    past = api.get(f"alarm_history/{pk}")[1]["result"]
    assert (past["kind"], past["acknowledged_by_id"] is not None) == ("temperature", True)
    assert past["cleared_at"] > past["raised_at"]
    assert [each["id"] for each in api.get("alarm_history/")[1]["result"]] == [pk]


def test_an_alarm_of_the_portal_itself_is_of_no_site(api: ApiClient, db: Session) -> None:
    installation.judge(db, {AlarmKind.BACKUP: Wrong(now(), "The disk is full.")}, now())
    db.commit()
    [one] = api.get("alarms/")[1]["result"]
    assert (one["kind"], one["site_id"], one["site_name"], one["station_id"]) == ("backup", None, None, None)
    assert api.post(f"alarms/{one['id']}/acknowledge", {})[0] == 200
