"""Hours, days, weeks and months as people at a place count them, across the nights on which clocks are changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.errors import DomainError
from domain.partitions import next_month

MOST_PERIODS = 2300
"""A quarter of a year of hours; more are not to be told apart on any screen."""
HOUR = timedelta(hours=1)


class Unit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class TooManyPeriodsError(DomainError):
    """So many in one chart are not drawn."""

    def __init__(self) -> None:
        super().__init__(f"A chart has at most {MOST_PERIODS} periods: choose longer ones, or a shorter time.")


@dataclass(frozen=True, slots=True)
class Periods:
    """Consecutive periods, the first to the one that holds the last day asked for."""

    unit: Unit
    zone: ZoneInfo
    edges: tuple[datetime, ...]
    """Where they begin, in UTC, and where the last one ends: one more than there are periods."""

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def begins(self) -> Iterator[datetime]:
        """Of each, in its own zone."""
        return (edge.astimezone(self.zone) for edge in self.edges[:-1])

    @property
    def first_day(self) -> date:
        return self.edges[0].astimezone(self.zone).date()

    def before(self) -> "Periods":
        """As many just before them."""
        first, unit = self.first_day, self.unit
        if unit is Unit.MONTH:
            for _ in range(len(self)):
                first = (first - timedelta(days=1)).replace(day=1)
            return between(first, self.first_day - timedelta(days=1), unit, self.zone)
        end = (self.edges[-1].astimezone(self.zone) - timedelta(microseconds=1)).date()
        days = (end - first).days + 1
        return between(first - timedelta(days=days), first - timedelta(days=1), unit, self.zone)


def between(first: date, last: date, unit: Unit, zone: ZoneInfo) -> Periods:
    """Those that hold the days from `first` to `last`, both included.

    Raises:
        TooManyPeriodsError: nobody could tell them apart.
    """
    edges: list[datetime] = []
    for begin in _begins(first, last, unit, zone):
        edges.append(begin)
        if len(edges) > MOST_PERIODS + 1:
            raise TooManyPeriodsError
    return Periods(unit, zone, tuple(edges))


def _begins(first: date, last: date, unit: Unit, zone: ZoneInfo) -> Iterator[datetime]:
    """Where each begins, in UTC, and at last where the one after them does."""
    if unit is Unit.HOUR:
        yield from _hours(first, last, zone)
        return
    day = first
    if unit is Unit.WEEK:
        day -= timedelta(days=day.weekday())
    elif unit is Unit.MONTH:
        day = day.replace(day=1)
    while day <= last:
        yield midnight(day, zone)
        day = _next(day, unit)
    yield midnight(day, zone)


def _next(day: date, unit: Unit) -> date:
    if unit is Unit.MONTH:
        return next_month(day)
    return day + timedelta(days=7 if unit is Unit.WEEK else 1)


def _hours(first: date, last: date, zone: ZoneInfo) -> Iterator[datetime]:
    """A day has 23 to 25 of them."""
    end = midnight(last + timedelta(days=1), zone)
    begin = midnight(first, zone)
    while begin < end:
        yield begin
        begin += HOUR
    yield end


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins at a place, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
