"""The life of a charge, told in minutes after nine."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain import charging_sessions, meter_values, stations
from domain.authorization import Decision, Verdict
from domain.charging_sessions import Started
from domain.energy import ReviewReason
from domain.models import Authorization, ChargingSession, Event, MeterValue, OutletMode, site_driver
from domain.reports import BootReport, MeterReport, Reading, StartReport, StatusReport, StopReport
from domain.statuses import OutletStatus
from domain.stops import StopReason
from tests.domain.conftest import after


class Story:
    """What one station tells, and what the portal then knows."""

    def __init__(self, db, station, tag):
        self.db, self.station, self.tag = db, station, tag

    def start(self, minutes=0, meter_wh=1000, token=None, outlet=1):
        at = after(minutes)
        report = StartReport(self.station.id, at, outlet, self.tag.token if token is None else token, meter_wh, at)
        return charging_sessions.start(self.db, report)

    def stop(self, started, minutes=60, meter_wh=8000, reason=StopReason.LOCAL, readings=(), token=None):
        number = started.charging_session_id if isinstance(started, Started) else started
        at = after(minutes)
        report = StopReport(self.station.id, at, number, token, meter_wh, at, reason, readings)
        return charging_sessions.stop(self.db, report)

    def meter(self, minutes, energy_wh, started=None):
        number = None if started is None else started.charging_session_id
        report = MeterReport(self.station.id, after(minutes), 1, number, (reading(minutes, energy_wh),))
        meter_values.store(self.db, [report])

    def status(self, minutes, status, outlet=1):
        at = after(minutes)
        stations.set_status(self.db, StatusReport(self.station.id, at, outlet, status, at, None, None, None))

    def boot(self, minutes):
        stations.boot(self.db, BootReport(self.station.id, after(minutes), "ocpp1.6", "V", "M", None, None))

    def session(self, started):
        self.db.flush()
        self.db.expire_all()
        return self.db.scalars(select(ChargingSession).filter_by(id=started.charging_session_id)).one()


def reading(minutes, energy_wh):
    return Reading(after(minutes), energy_wh, None, None, None, [{"value": str(energy_wh)}])


@pytest.fixture
def story(db, station, outlet, tag):
    return Story(db, station, tag)


def test_every_field_of_a_charge(story, db, station, outlet, tag, user):
    started = story.start(token=tag.token.lower())
    story.stop(started)

    row = story.session(started)
    assert {column.key: getattr(row, column.key) for column in ChargingSession.__table__.columns} == {
        "id": started.charging_session_id,
        "started_at": after(0),
        "stopped_at": after(60),
        "ended_at": after(60),
        "duration_seconds": 3600,
        "logged_at": after(0),
        "node_id": station.id,
        "site_id": station.site_id,
        "floor_id": None,
        "outlet_id": outlet.id,
        "site_name": station.site.name,
        "station_name": station.name,
        "outlet_number": 1,
        "authorization": Authorization.RFID,
        "id_token": tag.token.lower(),
        "user_id": user.id,
        "email": user.email,
        "meter_start_wh": 1000,
        "meter_stop_wh": 8000,
        "meter_wh": 8000,
        "energy_wh": 7000,
        "stop_reason": "local",
        "review_reasons": [],
    }


def test_who_has_charged_at_a_site_is_written_down_once(story, db, station, user):
    """So that a site administrator's users are found without a look at all sessions."""
    story.start(0)
    story.start(0, token="stranger", outlet=1, meter_wh=5)
    story.start(30)
    assert db.execute(select(site_driver)).all() == [(station.site_id, user.id)]


def test_a_start_that_is_repeated_finds_its_charge(story):
    first = story.start()
    assert story.start() == first
    story.stop(first)
    assert story.start() == first
    assert story.session(first).energy_wh == 7000

    assert story.start(meter_wh=1001) != first
    assert story.start(minutes=1) != first
    assert story.start(outlet=2) != first


def test_a_stop_that_is_repeated_changes_nothing(story):
    started = story.start()
    story.stop(started)
    story.stop(started, minutes=90, meter_wh=99_000, reason=StopReason.OTHER)

    row = story.session(started)
    assert (row.stopped_at, row.meter_stop_wh, row.energy_wh, row.stop_reason) == (after(60), 8000, 7000, "local")


def test_a_refused_tag_is_recorded_all_the_same(story, tag, db):
    tag.blocked = True
    db.flush()

    started = story.start()

    assert started.decision == Decision(Verdict.BLOCKED, Authorization.ANONYMOUS)
    story.stop(started)
    row = story.session(started)
    assert (row.authorization, row.user_id, row.email) == (Authorization.ANONYMOUS, None, None)
    assert (row.energy_wh, row.review_reasons) == (7000, [ReviewReason.TOKEN_REFUSED])


def test_everybody_charges_at_an_open_outlet(story, outlet, db):
    outlet.mode = OutletMode.OPEN
    db.flush()

    started = story.start(token="nobody")

    assert started.decision.verdict is Verdict.ACCEPTED
    row = story.session(started)
    assert (row.authorization, row.id_token, row.review_reasons) == (Authorization.ANONYMOUS, "nobody", [])


def test_the_tag_at_the_stop_is_answered(story, tag):
    started = story.start()
    assert story.stop(started, token="nobody").verdict is Verdict.INVALID
    assert story.stop(started, token=tag.token).verdict is Verdict.ACCEPTED
    assert story.stop(started) is None


def test_the_end_is_when_the_car_leaves(story):
    story.status(-1, OutletStatus.PREPARING)
    started = story.start()
    story.status(1, OutletStatus.CHARGING)
    story.stop(started)
    story.status(60, OutletStatus.FINISHING)
    assert story.session(started).ended_at == after(60)
    story.status(75, OutletStatus.AVAILABLE)
    assert story.session(started).ended_at == after(75)
    story.status(80, OutletStatus.AVAILABLE)
    assert story.session(started).ended_at == after(75)


def test_the_end_is_told_after_the_stop_alone(story):
    started = story.start()
    story.stop(started)
    story.status(75, OutletStatus.AVAILABLE)
    assert (story.session(started).stopped_at, story.session(started).ended_at) == (after(60), after(75))


def test_a_fault_says_nothing_about_the_cable(story):
    started = story.start()
    story.stop(started)
    story.status(60, OutletStatus.FINISHING)
    story.status(65, OutletStatus.FAULTED)
    story.status(70, OutletStatus.AVAILABLE)
    assert story.session(started).ended_at == after(70)


def test_the_next_car_does_not_move_the_end_of_the_charge_before(story):
    story.status(-1, OutletStatus.PREPARING)
    started = story.start()
    story.status(59, OutletStatus.AVAILABLE)
    story.stop(started)
    story.status(100, OutletStatus.PREPARING)
    story.status(110, OutletStatus.AVAILABLE)
    assert story.session(started).ended_at == after(60)


def test_a_boot_tells_nothing_about_the_cable(story):
    started = story.start()
    story.stop(started)
    story.boot(600)
    story.status(601, OutletStatus.AVAILABLE)
    assert story.session(started).ended_at == after(60)


def test_the_next_start_closes_a_charge_whose_stop_never_came(story):
    first = story.start()
    story.meter(10, 2500, first)
    second = story.start(minutes=120, meter_wh=4000)

    row = story.session(first)
    assert (row.stopped_at, row.ended_at, row.energy_wh) == (after(10), after(10), 1500)
    assert (row.stop_reason, row.review_reasons) == ("next_charge_started", [ReviewReason.STOP_MISSING])
    assert story.session(second).ended_at is None


def test_a_start_at_another_outlet_closes_nothing(story):
    first = story.start()
    story.start(outlet=2)
    assert story.session(first).ended_at is None


def test_a_boot_closes_what_ran_and_the_late_stop_puts_it_right(story):
    started = story.start()
    story.boot(30)
    row = story.session(started)
    assert (row.ended_at, row.energy_wh, row.stop_reason) == (after(0), None, "station_booted")
    assert row.review_reasons == [ReviewReason.STOP_MISSING, ReviewReason.ENERGY_UNKNOWN]

    story.stop(started, minutes=20, meter_wh=3000, reason=StopReason.POWER_LOSS)
    row = story.session(started)
    assert (row.ended_at, row.energy_wh, row.stop_reason, row.review_reasons) == (after(20), 2000, "power_loss", [])


def test_begin_0_after_a_charge_is_taken_from_the_readings(story):
    story.stop(story.start())
    started = story.start(minutes=100, meter_wh=0)
    story.meter(110, 8200, started)
    story.stop(started, minutes=160, meter_wh=9000)

    row = story.session(started)
    assert (row.meter_start_wh, row.energy_wh, row.review_reasons) == (0, 1000, [ReviewReason.METER_START_ZERO])


def test_a_meter_that_begins_every_charge_at_0_is_no_reason_for_doubt(story):
    story.stop(story.start(meter_wh=0), meter_wh=5000)
    started = story.start(minutes=100, meter_wh=0)
    story.stop(started, minutes=160, meter_wh=6000)

    row = story.session(started)
    assert (row.energy_wh, row.review_reasons) == (6000, [])


def test_a_smaller_end_is_taken_from_the_transaction_data(story):
    started = story.start()
    story.stop(started, meter_wh=0, readings=(reading(0, 1000), reading(59, 6000)))

    row = story.session(started)
    assert (row.meter_stop_wh, row.energy_wh, row.review_reasons) == (0, 5000, [ReviewReason.METER_STOP_SMALLER])
    assert [value.energy_wh for value in meter_values.of_session(story.db, row)] == [1000, 6000]


def test_a_clock_that_goes_backwards(story):
    started = story.start()
    story.stop(started, minutes=-30)

    row = story.session(started)
    assert (row.stopped_at, row.ended_at, row.energy_wh) == (after(-30), after(0), 7000)
    assert row.review_reasons == [ReviewReason.STOPPED_BEFORE_STARTED]


def test_the_stop_of_an_unknown_transaction_is_recorded_once(story, db, station):
    for minutes in (60, 61):  # Sent again a minute later.
        report = StopReport(
            station.id, after(minutes), 4711, "TAG", 8000, after(59), StopReason.REMOTE, (reading(58, 7900),)
        )
        assert charging_sessions.stop(db, report).verdict is Verdict.INVALID
        db.flush()

    [event] = db.scalars(select(Event).filter_by(station_id=station.id))
    assert (event.kind, event.happened_at, event.site_id) == ("unknown_transaction_stopped", after(60), station.site_id)
    assert event.details == {
        "transaction_id": 4711,
        "meter_stop_wh": 8000,
        "stopped_at": "2026-11-22T09:59:00+00:00",
        "reason": "remote",
        "id_token": "TAG",
        "readings": [{"measured_at": "2026-11-22T09:58:00+00:00", "samples": [{"value": "7900"}]}],
    }


def test_a_station_cannot_stop_the_charge_of_another(story, db, station, tag):
    started = story.start()
    other = replace_station(db, station)
    Story(db, other, tag).stop(started)

    assert story.session(started).ended_at is None
    assert [event.station_id for event in db.scalars(select(Event).filter_by(station_id=other.id))] == [other.id]


def replace_station(db, station):
    other = type(station)(site_id=station.site_id, name="other", charge_box_id=f"{station.charge_box_id}-other")
    db.add(other)
    db.flush()
    return other


def test_readings_of_another_station_never_reach_a_charge(story, db, station, tag):
    started = story.start()
    other = Story(db, replace_station(db, station), tag)
    other.meter(10, 9_999_999, started)
    story.boot(30)

    assert story.session(started).energy_wh is None
    assert db.scalars(select(MeterValue.energy_wh)).all() == [9_999_999]


def test_energy_so_far(story, db, outlet):
    started = story.start()
    assert charging_sessions.energy_so_far_wh(story.session(started), None) is None
    story.meter(10, 2500.4)
    latest = meter_values.latest(db, [outlet.id])[outlet.id]
    assert charging_sessions.energy_so_far_wh(story.session(started), latest) == 1500
    assert charging_sessions.energy_so_far_wh(story.session(started), replace(latest, measured_at=after(-5))) is None
    story.stop(started)
    assert charging_sessions.energy_so_far_wh(story.session(started), latest) == 7000
