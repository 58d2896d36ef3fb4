"""Fields that a schema cannot judge fully: times and numbers that must fit where they are kept."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from domain.outlets import MOST_OUTLETS
from engine.rpc import CallError, ErrorCode

BIGGEST_INTEGER = 2**63 - 1
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2199, 12, 31, tzinfo=UTC)
"""A clock that nobody set says less or more than that, up to the ends of all calendars, where no zone can be told."""

LOOSELY_WRITTEN = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T _]+(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d*)?"
    r" *(?:(?:Z|UTC|GMT)|([+-])([01]\d|2[0-3]):?([0-5]\d) *Z?)?",
    re.ASCII,
)
"""What ISO 8601 does not know and stations write all the same: one digit, other dots and dashes, 60 seconds, a zone's
name. Nothing may follow: it could be a zone that nobody here knows, and the time another."""


def format_at(at: datetime) -> str:
    """A time as stations of every make read it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def read_at(text: str, field: str = "timestamp") -> datetime:
    """A time; one without an offset is meant in UTC (OCPP 1.6, 3.13)."""
    try:
        return min(max(_in_utc(_read_at(text.strip().upper())), EARLIEST), LATEST)
    except (ValueError, OverflowError):
        raise _invalid(f"{field}: {text!r} is not a time such as 2026-11-22T10:00:00Z") from None


def read_at_or(payload: dict[str, Any], otherwise: datetime, field: str = "timestamp") -> datetime:
    """A time that may be left out; one that cannot be read is as good as none."""
    try:
        return read_at(payload.get(field, ""), field)
    except CallError:
        return otherwise


def _read_at(text: str) -> datetime:
    if len(text) <= len("2026-11-22"):
        raise ValueError
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        match = LOOSELY_WRITTEN.fullmatch(text)
        if match is None:
            raise
    sign, hours, minutes = match.groups()[6:]
    zone = timezone(int(f"{sign}1") * timedelta(hours=int(hours), minutes=int(minutes))) if sign else UTC
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)


def _in_utc(at: datetime) -> datetime:
    # Python moves no time beyond the first and the last year into another zone.
    return at.replace(tzinfo=UTC) if at.tzinfo is None or at.year in (1, 9999) else at.astimezone(UTC)


def read_outlet_number(payload: dict[str, Any], lowest: int = 0) -> int:
    """The number of an outlet; 0, where allowed, is the station as a whole (OCPP 1.6, 3.8)."""
    number: int = payload["connectorId"]
    if not lowest <= number <= MOST_OUTLETS:
        raise _invalid(f"connectorId: must be from {lowest} to {MOST_OUTLETS}")
    return number


def read_integer(payload: dict[str, Any], field: str) -> int:
    """A number as large as the database keeps."""
    number: int = payload[field]
    if abs(number) > BIGGEST_INTEGER:
        raise _invalid(f"{field}: must be from {-BIGGEST_INTEGER} to {BIGGEST_INTEGER}")
    return number


def _invalid(description: str) -> CallError:
    return CallError(ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, description)
