"""The table by brute force: what a filter keeps and how rows are sorted, in Python and without SQL."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.models import ChargingSession

ZONE = ZoneInfo("Europe/Copenhagen")

ATTRIBUTES = {
    "started_at": "started_at",
    "duration": "duration_seconds",
    "ended_at": "ended_at",
    "node_id": "node_id",
    "site": "site_name",
    "station": "station_name",
    "outlet": "outlet_number",
    "energy_kwh": "energy_wh",
    "authorization": "authorization",
    "email": "email",
    "id": "id",
    "logged_at": "logged_at",
    "meter_kwh": "meter_wh",
    "grade": "grade",
}

Test = Callable[[Any], bool]


def value(row: ChargingSession, column: str) -> Any:
    return bool(row.review_reasons) if column == "review" else getattr(row, ATTRIBUTES[column])


def contains(text: str) -> Test:
    return lambda value: value is not None and text.lower() in value.lower()


def filled(test: Test) -> Test:
    """Nothing is known of an empty value, so it passes no comparison."""
    return lambda value: value is not None and test(value)


def local(test: Callable[[datetime], bool]) -> Test:
    """A test on the clock of the wall in Copenhagen, where the user is."""
    return filled(lambda value: test(value.astimezone(ZONE).replace(tzinfo=None)))


def empty(value: Any) -> bool:
    return value is None


# For each column some filters as a person writes them, and what they must mean.
FILTERS: dict[str, list[tuple[str, Test]]] = {
    "started_at": [
        ("2026-10", local(lambda at: (at.year, at.month) == (2026, 10))),
        ("2025", local(lambda at: at.year == 2025)),
        ("2026-01-01", local(lambda at: at.date().isoformat() == "2026-01-01")),
        (">2026-10-25", local(lambda at: at.date().isoformat() > "2026-10-25")),
        ("<=2026-03-29", local(lambda at: at.date().isoformat() <= "2026-03-29")),
        ("2026-03-29..2026-10-25", local(lambda at: "2026-03-29" <= at.date().isoformat() <= "2026-10-25")),
        ("2026-10-25 – ", local(lambda at: at.date().isoformat() >= "2026-10-25")),
        ("2026-11-22 17:43", local(lambda at: f"{at:%Y-%m-%d %H:%M}" == "2026-11-22 17:43")),
        ("2026-11-22 17:43:02.9", local(lambda at: f"{at:%Y-%m-%d %H:%M:%S.%f}".startswith("2026-11-22 17:43:02.9"))),
    ],
    "duration": [
        (">1:00", filled(lambda seconds: int(seconds) > 3600)),
        ("0:01", filled(lambda seconds: int(seconds) == 60)),
        ("0:01:01", filled(lambda seconds: int(seconds) == 61)),
        ("60 s..90 min", filled(lambda seconds: 60 <= int(seconds) <= 5400)),
        ("<1.5 h", filled(lambda seconds: int(seconds) < 5400)),
        ("empty", empty),
    ],
    "ended_at": [
        ("charging", empty),
        ("empty", empty),
        ("not empty", lambda value: value is not None),
        ("2026-11", local(lambda at: (at.year, at.month) == (2026, 11))),
    ],
    "node_id": [("3", filled(lambda value: value == 3)), (">=4", filled(lambda value: value >= 4))],
    "site": [
        ("COPEN", contains("copen")),
        ("100%", contains("100%")),
        ("århus", contains("århus")),
        ("%", contains("%")),
    ],
    "station": [
        ("cc-1", contains("cc-1")),
        ("_", contains("_")),
        ("\\", contains("\\")),
        ("æ", contains("æ")),
        ("=CC-101", filled(lambda value: value == "CC-101")),
        ('="=1+1"', filled(lambda value: value == "=1+1")),
        ('"=1"', contains("=1")),
        ("'; drop", contains("'; drop")),
    ],
    "outlet": [("1..2", filled(lambda value: value <= 2)), ("<2.5", filled(lambda value: value <= 2))],
    "energy_kwh": [
        (">10", filled(lambda wh: wh > 10_000)),
        ("10", filled(lambda wh: wh == 10_000)),
        ("10,001", filled(lambda wh: wh == 10_001)),
        ("<=10.0005", filled(lambda wh: wh <= 10_000)),
        ("5-20", filled(lambda wh: 5_000 <= wh <= 20_000)),
        ("..0", filled(lambda wh: wh <= 0)),
        ("empty", empty),
    ],
    "authorization": [("0", lambda value: value == 0), ("RFID (1)", lambda value: value == 1)],
    "email": [
        ("EXAMPLE.com", contains("example.com")),
        ("empty", lambda value: not value),
        ("not empty", lambda value: bool(value)),
        ("@h", contains("@h")),
    ],
    "id": [("<=100", lambda value: value <= 100), ("-5..20", lambda value: value <= 20)],
    "logged_at": [(">=2026-10-31", local(lambda at: at.date().isoformat() >= "2026-10-31"))],
    "meter_kwh": [(">1000000", lambda wh: wh > 10**9), ("<0.001", lambda wh: wh < 1)],
    "grade": [("A", lambda value: value == "A"), ("C – doubtful", lambda value: value == "C")],
    "review": [("yes", lambda value: value), ("no", lambda value: not value)],
}


def rank(value: Any) -> tuple[bool, Any]:
    """PostgreSQL puts empty values last, or first when descending."""
    return (value is None, 0 if value is None else value)


def expected(rows: list[ChargingSession], filters: dict[str, Test], sort: str, descending: bool) -> list[int]:
    """The ids that a table must list, in its order."""
    kept = [row for row in rows if all(test(value(row, column)) for column, test in filters.items())]
    kept.sort(key=lambda row: (rank(value(row, sort)), row.id), reverse=descending)
    return [row.id for row in kept]
