"""Sessions of every kind: ties, empty values, names with signs that mean something to SQL, Excel or CSV."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.grades import Grade

SITES = ("Copenhagen Central", "Århus Ø", "100% charged")
STATIONS = ("CC-101", "CC_101", "cc-102", "Æble", "=1+1", "a\\b", '"quoted"', "+45 12")
EMAILS = ("mads@example.com", "SIGNE@example.com", "@home", "-x@example.com", "", None, None)
# Around the nights in which clocks change in Copenhagen, and around the ends of months and of the year.
MOMENTS = (
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 10, 31, 23, 30, tzinfo=UTC),
    datetime(2026, 11, 22, 16, 43, 2, 950_000, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)
SESSIONS = 260


def sessions() -> list[dict[str, Any]]:
    """The rows, as values for an insert; always the same."""
    draw = random.Random(7)
    rows = []
    for number in range(SESSIONS):
        started_at = draw.choice(MOMENTS) + timedelta(microseconds=number, seconds=draw.choice((0, 0, 1, 86_400 * 3)))
        ended_at = draw.choice(
            (None, started_at, started_at + timedelta(seconds=draw.choice((60, 61.5, 5400, 90_000))))
        )
        energy_wh = draw.choice((None, 0, 10_000, 10_001, draw.randrange(60_000)))
        site, station = draw.randrange(3), draw.randrange(len(STATIONS))
        rows.append(
            {
                "started_at": started_at,
                "stopped_at": ended_at,
                "ended_at": ended_at,
                "logged_at": started_at + timedelta(seconds=draw.randrange(3)),
                "node_id": station + 1,
                "site_id": site + 1,
                "floor_id": None,
                "outlet_id": number + 1,
                "site_name": SITES[site],
                "station_name": STATIONS[station],
                "outlet_number": draw.randrange(1, 5),
                "authorization": draw.randrange(2),
                "id_token": f"tag {number}",
                "email": draw.choice(EMAILS),
                "meter_start_wh": draw.choice((0, 2**40, draw.randrange(10**9))),
                "meter_stop_wh": draw.choice((None, 10**9 + number)),
                "energy_wh": energy_wh,
                "review_reasons": draw.choice(([], [], ["stop_missing"], ["meter_start_zero", "energy_unknown"])),
                "grade": (None, *Grade)[number % 5],
            }
        )
    return rows
