"""States told by many at once are kept as if each had been told alone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain import charging_sessions, live, status_reports
from domain.models import ChargingSession, Outlet, Site, Station
from domain.reports import StartReport, StatusReport, StopReport
from domain.statuses import OutletStatus
from domain.stops import StopReason
from tests.domain.conftest import after

STATIONS, OUTLETS = 3, 2
SAID = st.tuples(st.integers(0, STATIONS - 1), st.integers(0, OUTLETS), st.sampled_from(OutletStatus))


@pytest.fixture
def quay(db):
    """Stations of one site, the first outlet of each charged at until half past nine by a car that is there still."""
    site = Site(name="Quay of states")
    db.add(site)
    db.flush()
    stations = [Station(site_id=site.id, name=f"S {at}", charge_box_id=f"states-{at}") for at in range(STATIONS)]
    db.add_all(stations)
    db.flush()
    for station in stations:
        started = charging_sessions.start(db, StartReport(station.id, after(0), 1, "nobody", 0, after(0)))
        number = started.charging_session_id
        stop = StopReport(station.id, after(30), number, None, 700, after(30), StopReason.LOCAL, ())
        charging_sessions.stop(db, stop)
    db.flush()
    return stations


def told(stations, said):
    """One report a minute from ten."""
    for minute, (at, outlet, status) in enumerate(said, 60):
        info = f"told {minute}"
        yield StatusReport(stations[at].id, after(minute), outlet, status, after(minute), "OtherError", None, info)


def kept(db, stations):
    db.expire_all()
    ids = [station.id for station in stations]
    states = ("status", "error_code", "vendor_error_code", "status_info", "status_at")
    of_outlets = (getattr(Outlet, name) for name in (*states, "occupied_at"))
    of_stations = (getattr(Station, name) for name in states)
    ends = select(ChargingSession.node_id, ChargingSession.ended_at).where(ChargingSession.node_id.in_(ids))
    return (
        db.execute(
            select(Outlet.station_id, Outlet.number, *of_outlets)
            .where(Outlet.station_id.in_(ids))
            .order_by(Outlet.station_id, Outlet.number)
        ).all(),
        db.execute(select(Station.id, *of_stations).where(Station.id.in_(ids)).order_by(Station.id)).all(),
        db.execute(ends.order_by(ChargingSession.id)).all(),
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(SAID, max_size=8))
def test_many_at_once_are_kept_as_each_alone(db, quay, said):
    reports = list(told(quay, said))
    with db.begin_nested() as together:
        status_reports.keep(db, reports)
        at_once = kept(db, quay)
        together.rollback()
    with db.begin_nested() as alone:
        for report in reports:
            status_reports.keep(db, [report])
        assert kept(db, quay) == at_once
        alone.rollback()


def test_cars_that_leave_at_once_end_their_charges_each_at_its_moment(db, quay):
    leaving = [(at, 1, OutletStatus.AVAILABLE) for at in range(STATIONS)]
    status_reports.keep(db, list(told(quay, leaving)))
    _, _, ends = kept(db, quay)
    assert ends == [(station.id, after(60 + at)) for at, station in enumerate(quay)]


def test_those_who_look_hear_of_each_station_once(db, quay):
    db.info.pop(live.NOTED)
    first, second, _ = quay
    status_reports.keep(
        db, list(told(quay, [(0, 1, "charging"), (0, 2, "faulted"), (0, 0, "available"), (1, 1, "available")]))
    )
    of_states = [change for change in db.info[live.NOTED] if change.kind is live.Kind.STATION]
    assert [change.id for change in of_states] == [first.id, second.id]
