"""Clocks of stations, judged by what they say."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import charging_sessions, stations
from domain.clock_offsets import ClockWatch, is_doubtful
from domain.models import ChargingSession, Station
from domain.reports import (
    AuthorizeReport,
    ClockReport,
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

HOUR = 3600.0


def status(minutes, offset_seconds):
    told_at = after(minutes) + timedelta(seconds=offset_seconds)
    return StatusReport(1, after(minutes), 1, OutletStatus.AVAILABLE, told_at, None, None, None)


def meter(minutes, *offsets_seconds):
    readings = tuple(
        Reading(after(minutes) + timedelta(seconds=offset), 1.0, None, None, None, []) for offset in offsets_seconds
    )
    return MeterReport(1, after(minutes), 1, None, readings)


def start(minutes, offset_seconds):
    return StartReport(1, after(minutes), 1, "T", 0, after(minutes) + timedelta(seconds=offset_seconds))


def stop(minutes, offset_seconds):
    told_at = after(minutes) + timedelta(seconds=offset_seconds)
    return StopReport(1, after(minutes), 1, None, 0, told_at, StopReason.LOCAL, ())


def found(*reports, noted_seconds=None):
    """What is noted after each report; a text where nothing is."""
    watch = ClockWatch(1, noted_seconds)
    findings = []
    for report in reports:
        finding = watch.look(report)
        findings.append("-" if finding is None else finding.offset_seconds)
        if finding is not None:
            watch.remember(finding)
    return findings


STORIES = {
    "right": ([status(0, 0.5), meter(1, -60), start(2, 60)], ["-", "-", "-"]),
    "ahead": ([status(0, 61)], [61]),
    "ahead, told once": ([status(0, HOUR), meter(1, HOUR + 60), start(2, HOUR - 60)], [HOUR, "-", "-"]),
    "ever further ahead": ([status(0, HOUR), status(1, HOUR + 61)], [HOUR, HOUR + 61]),
    "set right": ([status(0, HOUR), status(1, 2), status(2, 2)], [HOUR, None, "-"]),
    "set right and wrong again": ([status(0, HOUR), status(1, 2), stop(2, 90)], [HOUR, None, 90]),
    "behind": ([meter(0, -HOUR), meter(0.5, -HOUR), meter(1, -HOUR + 9)], ["-", "-", -HOUR + 9]),
    "never set": ([status(0, -56 * 365 * 24 * HOUR), start(5, -56 * 365 * 24 * HOUR)], ["-", -56 * 365 * 24 * HOUR]),
    "late one after the other": ([meter(n / 100, -HOUR + n * 60) for n in range(50)], ["-"] * 50),
    "the same old state told again": ([status(0, -HOUR), status(60, -2 * HOUR)], ["-", "-"]),
    "late, and right in between": ([meter(0, -HOUR), meter(0.5, 0), meter(1, -HOUR), meter(1.5, -HOUR)], ["-"] * 4),
    "the latest of several readings counts": ([meter(0, -900, -600, -1)], ["-"]),
    "a state without a time says nothing": ([status(0, HOUR), status(1, 0)], [HOUR, "-"]),
    "no readings say nothing": ([meter(0)], ["-"]),
    "what has no time says nothing": ([AuthorizeReport(1, after(0), "T")], ["-"]),
}


@pytest.mark.parametrize(("reports", "findings"), STORIES.values(), ids=STORIES.keys())
def test_what_is_noted(reports, findings):
    assert found(*reports) == findings


def test_what_was_known_when_the_station_came_is_not_told_again():
    assert found(status(0, HOUR + 1), noted_seconds=HOUR) == ["-"]
    assert found(meter(0, -HOUR), meter(1, -HOUR), noted_seconds=-HOUR) == ["-", "-"]
    assert found(status(0, 1), noted_seconds=HOUR) == [None]


def test_what_could_not_be_noted_is_told_again():
    watch = ClockWatch(1, None)
    assert watch.look(status(0, HOUR)) == watch.look(status(0, HOUR)) == ClockReport(1, after(0), HOUR)


@pytest.mark.parametrize(
    ("days", "doubtful"), [(-366, False), (-366.01, True), (0, False), (60 / 86400, False), (61 / 86400, True)], ids=str
)
def test_which_times_cannot_be(days, doubtful):
    assert is_doubtful(after(0) + timedelta(days=days), after(0)) is doubtful


def note(db, station, minutes, offset_seconds):
    stations.note_clock(db, ClockReport(station.id, after(minutes), offset_seconds))
    db.flush()
    db.expire_all()
    return db.get(Station, station.id).clock_offset_seconds


def begin(db, station, outlet_number):
    report = StartReport(station.id, after(0), outlet_number, "T", 0, after(0))
    return charging_sessions.start(db, report).charging_session_id


def reasons(db):
    db.flush()
    db.expire_all()
    rows = db.execute(select(ChargingSession.id, ChargingSession.review_reasons))
    return {row.id: row.review_reasons for row in rows}


def test_a_wrong_clock_is_kept_told_once_a_day_and_forgotten_when_it_is_right(db, station):
    assert note(db, station, 0, HOUR + 0.4) == HOUR + 0.4
    assert note(db, station, 1, None) is None
    assert note(db, station, 2, -HOUR) == -HOUR
    assert note(db, station, 3 + 24 * 60, -HOUR) == -HOUR

    told = [(event.kind, event.happened_at, event.details) for event in unusual(db)]
    assert told == [
        ("clock_wrong", after(0), {"offset_seconds": 3600}),
        ("clock_wrong", after(3 + 24 * 60), {"offset_seconds": -3600}),
    ]


def test_charges_that_run_or_begin_by_a_wrong_clock_are_marked(db, station, outlet):
    refused, wrong = ReviewReason.TOKEN_REFUSED, ReviewReason.CLOCK_WRONG
    running = begin(db, station, 1)
    note(db, station, 1, HOUR)
    note(db, station, 2, 2 * HOUR)
    begun_meanwhile = begin(db, station, 2)
    note(db, station, 3, None)
    begun_later = begin(db, station, 3)
    assert reasons(db) == {running: [refused, wrong], begun_meanwhile: [refused, wrong], begun_later: [refused]}

    charging_sessions.stop(db, StopReport(station.id, after(9), running, None, 5, after(9), StopReason.LOCAL, ()))
    assert reasons(db)[running] == [refused, wrong]
