"""Periods as people count them, on the nights too on which clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from domain.charts.periods import MOST_PERIODS, TooManyPeriodsError, Unit, between

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def at(day: int, hour: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_has_as_many_hours_as_its_clock_shows(day, hours):
    periods = between(day, day, Unit.HOUR, COPENHAGEN)
    assert len(periods) == hours
    assert {end - begin for begin, end in pairwise(periods.edges)} == {timedelta(hours=1)}
    assert (periods.edges[0], periods.edges[-1]) == between(day, day, Unit.DAY, COPENHAGEN).edges


def test_days_weeks_and_months_begin_at_midnight_there():
    days = between(date(2026, 3, 28), date(2026, 3, 30), Unit.DAY, COPENHAGEN)
    assert days.edges == (at(27, 23), at(28, 23), at(29, 22), at(30, 22))
    weeks = between(date(2026, 3, 28), date(2026, 3, 30), Unit.WEEK, COPENHAGEN)
    assert weeks.edges == (at(22, 23), at(29, 22), at(5, 22, 4))
    months = between(date(2025, 12, 31), date(2026, 1, 1), Unit.MONTH, ZoneInfo("UTC"))
    assert [begin.date() for begin in months.begins] == [date(2025, 12, 1), date(2026, 1, 1)]
    assert months.edges[-1] == datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("unit", "first", "last", "before", "after"),
    [
        (Unit.DAY, date(2026, 3, 28), date(2026, 3, 30), date(2026, 3, 25), date(2026, 3, 27)),
        (Unit.HOUR, date(2026, 3, 29), date(2026, 3, 29), date(2026, 3, 28), date(2026, 3, 28)),
        (Unit.WEEK, date(2026, 3, 28), date(2026, 3, 30), date(2026, 3, 9), date(2026, 3, 22)),
        (Unit.MONTH, date(2026, 1, 15), date(2026, 3, 15), date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_those_before_are_as_many_and_end_where_these_begin(unit, first, last, before, after):
    periods = between(first, last, unit, COPENHAGEN)
    earlier = periods.before()
    assert earlier.edges == between(before, after, unit, COPENHAGEN).edges
    assert earlier.edges[-1] == periods.edges[0]


def test_more_than_anybody_could_tell_apart_are_refused():
    assert len(between(date(2026, 1, 1), date(2026, 3, 31), Unit.HOUR, COPENHAGEN)) <= MOST_PERIODS
    with pytest.raises(TooManyPeriodsError, match=str(MOST_PERIODS)):
        between(date(2026, 1, 1), date(2026, 4, 30), Unit.HOUR, COPENHAGEN)
    assert len(between(date(2026, 1, 1), date(2026, 1, 1), Unit.DAY, COPENHAGEN)) == 1
