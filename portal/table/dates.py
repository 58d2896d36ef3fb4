"""Dates and times as people write them in a filter, in their own time zone."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from domain.partitions import next_month
from portal.table.ranges import FilterError, Range, parse

MOMENT = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})"
    r"(?:[ T](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,6}))?)?)?)?)?"
)


def date_range(text: str, zone: ZoneInfo) -> Range:
    """A range of moments, aware; `2026`, `2026-11`, `2026-11-22` and `2026-11-22 16:43` are whole periods."""
    return parse(text, lambda part: _period(part, zone))


def _period(text: str, zone: ZoneInfo) -> Range:
    match = MOMENT.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        begin, end = _local_bounds(**match.groupdict())
        return Range(min(_utc(begin, zone)), max(_utc(end, zone)), includes_high=False)
    except (ValueError, OverflowError) as error:
        raise FilterError(
            _("Write a date, such as 2026-11, 2026-11-22, >2026-11-22 16:30 or 2026-11-01..2026-11-15.")
        ) from error


def _local_bounds(
    year: str,
    month: str | None,
    day: str | None,
    hour: str | None,
    minute: str,
    second: str | None,
    fraction: str | None,
) -> tuple[datetime, datetime]:
    """The beginning of a period and that of the next, on the clock of the wall."""
    if month is None:
        return datetime(int(year), 1, 1), datetime(int(year) + 1, 1, 1)
    if day is None:
        first = date(int(year), int(month), 1)
        return _midnight(first), _midnight(next_month(first))
    begin = datetime(int(year), int(month), int(day))
    if hour is None:
        return begin, begin + timedelta(days=1)
    begin = begin.replace(hour=int(hour), minute=int(minute), second=int(second or 0))
    if second is None:
        return begin, begin + timedelta(minutes=1)
    if fraction is None:
        return begin, begin + timedelta(seconds=1)
    begin = begin.replace(microsecond=int(fraction.ljust(6, "0")))
    return begin, begin + timedelta(microseconds=10 ** (6 - len(fraction)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _utc(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both moments that a wall clock may mean; they differ only in the hour that summer time skips or repeats.

    A period spans them all, so that a filter copied from a row of that hour always finds the row.
    """
    return (
        local.replace(tzinfo=zone, fold=0).astimezone(UTC),
        local.replace(tzinfo=zone, fold=1).astimezone(UTC),
    )
