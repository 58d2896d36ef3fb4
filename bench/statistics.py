"""Statistics with a million sessions: how long page 1 takes at the server, however it is sorted and filtered.

    .venv/bin/python -m bench.statistics [--sessions 1000000] [--rounds 15]

Builds 10,000 stations on 200 sites and a year of sessions by COPY on an embedded PostgreSQL of its own, then asks the
portal's own WSGI application, signed in, and measures each page from the request to the last byte. Every row also
stands as a ratio to a bare `SELECT * ... ORDER BY started_at DESC LIMIT 25` in the same run on the same machine.
"""

import argparse
import re
import statistics
import time
from collections.abc import Iterator
from typing import Any

from bench import history, pages

LIMIT_MS = 150


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--sessions", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=15)
    options = arguments.parse_args()
    with history.built(options.sessions):
        _measure(options.rounds)


def _measure(rounds: int) -> None:
    from sqlalchemy import text

    from domain.db import get_engine

    client = pages.signed_in()
    with get_engine().connect() as connection:
        bare = text("SELECT * FROM charging_session ORDER BY started_at DESC, id DESC LIMIT 25")
        base = pages.timed(rounds, lambda: connection.execute(bare).all())
    print(f"\n{'page 1 of Statistics':44}{'p50 ms':>9}{'p95 ms':>9}{'ratio':>8}")
    _print("bare SELECT ... LIMIT 25, no page", base, base)
    slow = []
    for name, path in _pages(client):
        times = pages.timed(rounds, lambda path=path: pages.get(client, path))
        _print(name, times, base)
        if pages.p95(times) > LIMIT_MS:
            slow.append(name)
    print(f"\nall p95 within {LIMIT_MS} ms" if not slow else f"\nabove {LIMIT_MS} ms: {', '.join(slow)}")
    for file_type, narrowing in (("csv", ""), ("xlsx", "?station=ST-1")):
        began = time.perf_counter()
        rows = _export(client, f"/statistics/export/{file_type}{narrowing}")
        seconds = time.perf_counter() - began
        print(f"export {file_type:5}{rows:>10,} rows{seconds:8.1f} s{rows / seconds:>10,.0f} rows/s")


def _pages(client: Any) -> Iterator[tuple[str, str]]:
    """What is measured: a name and a path."""
    from portal.views.charging_session import COLUMNS

    yield "default", "/statistics/"
    yield "a site", "/statistics/?node=site-7"
    yield "a station", "/statistics/?node=station-7"
    for column in COLUMNS:
        yield f"sorted by {column.name}", f"/statistics/?sort={column.name}"
        yield f"sorted by {column.name}, descending", f"/statistics/?sort=-{column.name}"
    yield "a site, sorted by energy_kwh", "/statistics/?node=site-7&sort=-energy_kwh"
    for name, text in FILTERS:
        yield f"{name}={text}", f"/statistics/?{name}={text}"
    row = re.search(
        r'data-column="started_at" data-filter="([^"]+)"', pages.get(client, "/statistics/?sort=started_at")
    )
    assert row
    for sort in ("-started_at", "-energy_kwh", "station"):
        yield f"page in the middle, {sort}", _deep(client, sort)


FILTERS = (
    ("started_at", "2026-10"), ("started_at", "<2026-01-01"), ("duration", ">20:00"), ("ended_at", "empty"),
    ("ended_at", "2026-08-14"), ("node_id", "4711"), ("site", "Site 17"), ("site", "nowhere"), ("station", "ST-471"),
    ("station", "=ST-471"), ("station", "nowhere"), ("outlet", "2"), ("energy_kwh", ">59.9"), ("energy_kwh", "10..11"),
    ("authorization", "0"), ("email", "driver77@"), ("email", "nobody"), ("id", "500000"), ("logged_at", "2026-08-14"),
    ("meter_kwh", "<0.5"), ("review", "yes"),
)  # fmt: skip


def _deep(client: Any, sort: str) -> str:
    """The page behind a row from the middle of the table, found by its cursor."""
    from sqlalchemy import text

    from domain.db import get_engine
    from portal.table.paging import Cursor

    column = {"-started_at": "started_at", "-energy_kwh": "energy_wh", "station": "station_name"}[sort]
    with get_engine().connect() as connection:
        half = "SELECT count(*) / 2 FROM charging_session"
        middle = f"SELECT {column}, id FROM charging_session ORDER BY 1, 2 OFFSET ({half}) LIMIT 1"
        value, key = connection.execute(text(middle)).one()
    return f"/statistics/?sort={sort}&after={Cursor(value, key)}"


def _export(client: Any, path: str) -> int:
    """The number of rows of an export, read to its end."""
    response = client.get(path, buffered=False)
    assert response.status_code == 200, response.status
    if path.partition("?")[0].endswith("csv"):
        return sum(chunk.count(b"\n") for chunk in response.iter_encoded()) - 1
    from io import BytesIO

    from openpyxl import load_workbook

    book = load_workbook(BytesIO(response.get_data()), read_only=True)
    return sum(1 for sheet in book for _row in sheet.rows) - len(book.sheetnames)


def _print(name: str, times: list[float], base: list[float]) -> None:
    ratio = statistics.median(times) / statistics.median(base)
    print(f"{name:44}{statistics.median(times):9.1f}{pages.p95(times):9.1f}{ratio:8.1f}", flush=True)


if __name__ == "__main__":
    main()
