"""The life of a charge, told in minutes after nine."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import charge_ends, charging_sessions, meter_values, stations, status_reports
from domain.authorization import Decision, Verdict
from domain.charging_sessions import Started
from domain.models import Authorization, ChargingSession, Event, MeterValue, OutletMode, site_driver
from domain.reports import (
    BootReport,
    ConnectReport,
    DisconnectReport,
    MeterReport,
    Reading,
    StartReport,
    StatusReport,
    StopReport,
)
from domain.review_reasons import ReviewReason
from domain.statuses import OutletStatus
from domain.stops import StopReason
from tests.domain.conftest import after
from tests.happened import unusual


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

    def meter(self, minutes, energy_wh, started=None, outlet=1):
        number = None if started is None else started.charging_session_id
        report = MeterReport(self.station.id, after(minutes), outlet, number, (reading(minutes, energy_wh),))
        meter_values.store(self.db, [report])

    def status(self, minutes, status, outlet=1):
        at = after(minutes)
        self.db.flush()  # As the engine does before what it acts on together.
        status_reports.keep(self.db, [StatusReport(self.station.id, at, outlet, status, at, None, None, None)])

    def boot(self, minutes):
        stations.boot(self.db, BootReport(self.station.id, after(minutes), "V", "M", None, None))

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
    # The number of its last change is the transaction's.
    columns = [column.key for column in ChargingSession.__table__.columns if column.key != "change_number"]
    assert {key: getattr(row, key) for key in columns} == {
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
        "original_energy_wh": None,
        "original_ended_at": None,
        "is_corrected": False,
        "energy_source": "register",
        "grade": "B",
        "longest_gap_seconds": None,
        "needs_review": False,
        "reviewed_at": None,
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


def test_a_station_whose_clock_goes_back_a_century_boots(story):
    """The time without a reading was a number too large to be kept, and so the station could not come back."""
    started = story.start()
    for minutes in (10, 20, 30):
        story.meter(minutes, 2000 + 10 * minutes, started)
    century_ago = reading(-100 * 365 * 24 * 60, 2400)
    late = MeterReport(story.station.id, after(40), 1, started.charging_session_id, (century_ago,))
    meter_values.store(story.db, [late])
    story.boot(60)
    row = story.session(started)
    assert row.longest_gap_seconds > 90 * 365 * 24 * 3600
    assert ReviewReason.CLOCK_JUMPED in row.review_reasons


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


def test_a_charge_of_a_station_that_is_gone_is_closed_and_the_late_stop_puts_it_right(story, db, station):
    started = story.start()
    story.meter(10, 2500, started)
    station.last_seen_at = after(15)
    db.flush()
    gone_at = after(15) + charge_ends.GONE_AFTER
    assert charge_ends.close_of_gone_stations(db, gone_at - timedelta(seconds=1)) == 0
    assert charge_ends.close_of_gone_stations(db, gone_at) == 1
    row = story.session(started)
    assert (row.stopped_at, row.ended_at, row.energy_wh) == (after(10), after(10), 1500)
    assert (row.stop_reason, row.review_reasons) == ("station_gone", [ReviewReason.STOP_MISSING])
    assert charge_ends.close_of_gone_stations(db, gone_at) == 0

    story.stop(started, minutes=20, meter_wh=3000)
    row = story.session(started)
    assert (row.ended_at, row.energy_wh, row.stop_reason, row.review_reasons) == (after(20), 2000, "local", [])


def test_a_charge_at_an_outlet_that_was_deleted_is_closed(story, db, station, outlet):
    started = story.start()
    station.last_seen_at = after(15)
    db.delete(outlet)
    db.flush()
    assert charge_ends.close_of_gone_stations(db, after(16)) == 1
    assert story.session(started).stop_reason == "station_gone"


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

    [event] = unusual(db, station_id=station.id)
    assert (event.kind, event.happened_at, event.site_id) == ("unknown_transaction_stopped", after(60), station.site_id)
    assert event.details == {
        "transaction_id": 4711,
        "meter_stop_wh": 8000,
        "stopped_at": "2026-11-22T09:59:00+00:00",
        "reason": "remote",
        "id_token": "TAG",
        "readings": [{"measured_at": "2026-11-22T09:58:00+00:00", "samples": [{"value": "7900"}]}],
    }


UNKNOWN = (-1, 0, 4711, 2**62)


def kinds(db):
    return [event.kind for event in unusual(db)]


def test_the_event_log_has_both_ends_of_a_charge(story, db):
    started = story.start()
    story.stop(started)
    db.flush()
    told = select(Event.kind, Event.details).filter_by(charging_session_id=started.charging_session_id)
    assert db.execute(told.order_by(Event.id)).all() == [
        ("session_started", {"outlet_number": 1}),
        ("session_ended", {"outlet_number": 1, "energy_wh": 7000, "stop_reason": "local"}),
    ]


@pytest.mark.parametrize("number", UNKNOWN)
def test_a_stop_without_its_number_is_that_of_the_only_charge_that_runs(story, db, station, number):
    started = story.start()
    story.stop(number)

    row = story.session(started)
    assert (row.ended_at, row.energy_wh, row.stop_reason, row.review_reasons) == (after(60), 7000, "local", [])
    [event] = unusual(db)
    assert (event.kind, event.happened_at) == ("transaction_matched", after(60))
    assert event.details == {"transaction_id": number, "charging_session_id": row.id}


def test_a_stop_without_its_number_finds_its_tag_among_several(story, db, tag):
    first = story.start()
    other = story.start(token="other", outlet=2)
    story.stop(-1, token=tag.token.lower())

    assert (story.session(first).ended_at, story.session(other).ended_at) == (after(60), None)


FITS_NOT = {
    "another tag": {"token": "somebody else's"},
    "before the charge began": {"minutes": -1},
    "below where the meter began": {"meter_wh": 999},
}


@pytest.mark.parametrize("said", FITS_NOT.values(), ids=FITS_NOT.keys())
def test_a_stop_without_its_number_that_does_not_fit_is_only_recorded(story, db, said):
    started = story.start()
    story.stop(-1, **said)

    assert story.session(started).ended_at is None
    assert kinds(db) == ["unknown_transaction_stopped"]


def test_which_of_several_is_meant_is_not_guessed(story, db):
    first, second = story.start(), story.start(outlet=2)
    story.stop(-1)

    assert (story.session(first).ended_at, story.session(second).ended_at) == (None, None)
    assert kinds(db) == ["unknown_transaction_stopped"]


def test_a_stop_without_its_number_that_is_repeated_stops_no_other_charge(story, db):
    """The first one's answer was lost."""
    other = story.start(outlet=2, token="other")
    first = story.start()
    story.stop(-1, token=story.tag.token)
    for _ in range(2):
        story.stop(-1, token=None)

    assert (story.session(first).ended_at, story.session(other).ended_at) == (after(60), None)
    assert kinds(db) == ["transaction_matched"]


def test_readings_of_an_unknown_transaction_are_those_of_the_charge_that_runs(story, db):
    ended = story.start()
    story.stop(ended, minutes=1, meter_wh=1100)
    running = story.start(minutes=2)
    for minute, number in enumerate((4711, 4711, running.charging_session_id), 3):
        story.meter(minute, 2000 + minute, Started(number, None))
    story.meter(6, 1099, ended)
    story.meter(7, 1, Started(4711, None), outlet=2)

    stored = db.execute(select(MeterValue.energy_wh, MeterValue.charging_session_id).order_by(MeterValue.id)).all()
    run = running.charging_session_id
    assert stored == [(2003, run), (2004, run), (2005, run), (1099, ended.charging_session_id), (1, None)]
    told = [(event.kind, event.happened_at, event.details) for event in unusual(db)]
    kind = "unknown_transaction_metered"
    assert told == [
        (kind, after(3), {"transaction_id": 4711, "outlet_number": 1}),
        (kind, after(7), {"transaction_id": 4711, "outlet_number": 2}),
    ]


def test_readings_that_name_the_charge_of_another_outlet_stay_at_their_own(story, db):
    first, second = story.start(), story.start(outlet=2)
    story.meter(1, 1500, first, outlet=2)
    assert db.scalars(select(MeterValue.charging_session_id)).all() == [second.charging_session_id]


DOUBTFUL = {"to come": 24 * 60, "decades back": -56 * 365 * 24 * 60}


@pytest.mark.parametrize("minutes", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_times_that_cannot_be_are_kept_as_they_were_told_and_marked(story, db, station, tag, minutes):
    at = after(minutes)
    started = charging_sessions.start(db, StartReport(station.id, after(0), 1, tag.token, 1000, at))
    row = story.session(started)
    assert (row.started_at, row.logged_at, row.review_reasons) == (at, after(0), [ReviewReason.CLOCK_WRONG])

    number = started.charging_session_id
    charging_sessions.stop(db, StopReport(station.id, after(60), number, None, 8000, at, StopReason.LOCAL, ()))
    row = story.session(started)
    assert (row.ended_at, row.energy_wh, row.review_reasons) == (at, 7000, [ReviewReason.CLOCK_WRONG])


def test_a_clock_that_is_set_right_during_a_charge(story):
    started = story.start()
    number = started.charging_session_id
    future = after(24 * 60)
    charging_sessions.stop(
        story.db, StopReport(story.station.id, after(60), number, None, 8000, future, StopReason.LOCAL, ())
    )
    row = story.session(started)
    assert (row.stopped_at, row.energy_wh, row.review_reasons) == (future, 7000, [ReviewReason.CLOCK_WRONG])


def test_a_charge_told_by_a_clock_that_was_ahead_hides_no_later_one(story, db, station, tag):
    """When the car leaves, the charge that it had ends, whatever the clock said weeks before."""
    future = after(30 * 24 * 60)
    ahead = charging_sessions.start(db, StartReport(station.id, after(0), 1, tag.token, 0, future))
    story.status(99, OutletStatus.AVAILABLE)
    story.start(minutes=100)
    story.status(198, OutletStatus.AVAILABLE)
    started = story.start(minutes=200)
    story.status(199, OutletStatus.PREPARING)
    story.stop(started, minutes=260)
    story.status(300, OutletStatus.AVAILABLE)

    assert story.session(started).ended_at == after(300)
    assert story.session(ahead).ended_at == future


def test_a_station_that_comes_back_without_a_boot_goes_on_with_its_charge(story, db, station):
    started = story.start()
    connection = stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(0)))
    stations.disconnect(db, [DisconnectReport(station.id, connection.number)])
    stations.sweep_silent(db, after(24 * 60))
    stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(2 * 24 * 60)))
    story.status(2 * 24 * 60, OutletStatus.CHARGING)
    assert story.session(started).ended_at is None

    story.stop(started, minutes=2 * 24 * 60 + 1)
    row = story.session(started)
    assert (row.ended_at, row.energy_wh, row.review_reasons) == (after(2 * 24 * 60 + 1), 7000, [])


def test_the_station_as_a_whole_speaks_for_no_outlet(story, db, station, outlet):
    story.status(0, OutletStatus.CHARGING)
    started = story.start(minutes=1)
    story.status(2, OutletStatus.AVAILABLE, outlet=0)
    story.status(3, OutletStatus.FAULTED, outlet=0)
    story.status(4, OutletStatus.AVAILABLE, outlet=0)
    db.flush()
    db.expire_all()

    assert (outlet.status, outlet.status_at, outlet.occupied_at) == (OutletStatus.CHARGING, after(0), after(0))
    assert (station.status, station.status_at) == (OutletStatus.AVAILABLE, after(4))
    assert story.session(started).ended_at is None


def test_a_station_cannot_stop_the_charge_of_another(story, db, station, tag):
    started = story.start()
    other = replace_station(db, station)
    Story(db, other, tag).stop(started)

    assert story.session(started).ended_at is None
    assert [event.station_id for event in unusual(db, station_id=other.id)] == [other.id]


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
