from sqlalchemy import select

from domain import charging_sessions, meter_values
from domain.meter_values import LatestReading
from domain.models import MeterValue, Outlet
from domain.reports import MeterReport, Reading, StartReport
from tests.domain.conftest import after

HOSTILE = [{"value": 'tab\there, line\nthere, \\N, \\., "quoted", æøå, \u2028'}]


def report(station, minutes, outlet=1, samples=None, charging_session_id=None):
    reading = Reading(after(minutes), 1000.5, 11000.0, None, 54.0, samples or [{"value": "1000.5"}])
    return MeterReport(station.id, after(minutes), outlet, charging_session_id, (reading,))


def test_every_column_is_stored_and_the_samples_as_they_came(db, station, outlet):
    running = charging_sessions.start(db, StartReport(station.id, after(-1), 1, "T", 0, after(-1))).charging_session_id
    meter_values.store(db, [report(station, 0, samples=HOSTILE, charging_session_id=running)])

    [stored] = db.scalars(select(MeterValue))
    assert {column.key: getattr(stored, column.key) for column in MeterValue.__table__.columns} == {
        "id": stored.id,
        "outlet_id": outlet.id,
        "charging_session_id": running,
        "received_at": after(0),
        "measured_at": after(0),
        "energy_wh": 1000.5,
        "power_w": 11000,
        "current_a": None,
        "soc_percent": 54,
        "samples": HOSTILE,
        "change_number": stored.change_number,
    }


def test_outlets_appear_and_the_main_meter_is_kept_apart(db, station):
    meter_values.store(db, [report(station, 0, outlet=number) for number in (0, 1, 3, 3)])

    outlets = dict(db.execute(select(Outlet.number, Outlet.id).filter_by(station_id=station.id)).all())
    assert set(outlets) == {1, 3}
    stored = sorted(db.scalars(select(MeterValue.outlet_id)))
    assert stored == sorted([meter_values.main_meter(station.id), outlets[1], outlets[3], outlets[3]])


def test_latest_of_each_outlet(db, station, outlet):
    meter_values.store(db, [report(station, minutes) for minutes in (2, 0, 1)])

    assert meter_values.latest(db, [outlet.id, outlet.id + 1]) == {
        outlet.id: LatestReading(after(2), 1000.5, 11000, None, 54)
    }
    assert meter_values.latest(db, []) == {}
