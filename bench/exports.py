"""Files of a million sessions: how long each kind takes, how much memory, and what stations notice of it.

    .venv/bin/python -m bench.exports [--sessions 1000000] [--rounds 3]

Each figure also stands as a ratio to a bare COPY of the same columns in the same order, in the same run: what any way
out of the database would cost at the least. At last 200 stations tell their meters once a second, each in turn alone
and while somebody exports.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import psutil
import requests

from bench import history, pages
from bench.servers import Server, free_port, installed, make_stations

CSV_ROWS_A_SECOND, FIRST_BYTE_MS, GROWTH_MEGABYTES = 150_000, 100, 10
SMALL_ROWS, SMALL_SECONDS, EXCEL_SECONDS, PARQUET_SECONDS, WORKER_MEGABYTES = 64_000, 8, 120, 15, 200
"""The limits, for a million rows where nothing else is said."""
STATIONS, EVERY_SECONDS, LOAD_SECONDS = 200, 1, 10
P99_MAY_GROW = 0.5
MEGABYTE = 1024 * 1024
BARE = (
    "started_at, duration_seconds, ended_at, station_name, outlet_number, energy_wh,"
    ' "authorization", email, meter_wh FROM charging_session ORDER BY started_at DESC, id DESC'
)
MAKE = """
import json, re, sys, time
began = time.perf_counter()
from portal.exports import job
job.make(int(sys.argv[1]))
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps({"seconds": time.perf_counter() - began, "megabytes": int(peak[1]) / 1024}))
"""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--sessions", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    with installed():
        began = time.perf_counter()
        history.fill(options.sessions)
        print(f"built {options.sessions:,} sessions in {time.perf_counter() - began:.0f} s", flush=True)
        client = pages.signed_in()
        missed = [*_streams(client, options.sessions), *_jobs(options.sessions), *_stations(options.rounds)]
    print("\nall within their limits" if not missed else f"\nbeyond their limits: {', '.join(missed)}")
    return 1 if missed else 0


def _bare() -> float:
    """Seconds of a bare COPY."""
    from domain.db import get_engine

    connection = get_engine().raw_connection()
    driver: Any = connection.driver_connection
    began = time.perf_counter()
    with driver.cursor() as cursor, cursor.copy(f"COPY (SELECT {BARE}) TO STDOUT") as copy:
        for _row in copy:
            pass
    connection.close()
    return time.perf_counter() - began


def _streams(client: Any, sessions: int) -> list[str]:
    """CSV within this process, from the request to the last byte."""
    missed = []
    process = psutil.Process()
    client.get("/statistics/export/csv?id=1", buffered=True)
    print(f"\n{'':24}{'seconds':>9}{'rows/s':>10}{'first ms':>10}{'more MB':>9}{'ratio':>8}")
    for file_type in ("csv", "csv.gz"):
        bare, before, most = _bare(), process.memory_info().rss, 0
        began = time.perf_counter()
        response = client.get(f"/statistics/export/{file_type}", buffered=False)
        chunks = response.iter_encoded()
        next(chunks)
        first_ms = (time.perf_counter() - began) * 1000
        for number, _chunk in enumerate(chunks):
            if number % 100 == 0:
                most = max(most, process.memory_info().rss)
        seconds = time.perf_counter() - began
        grown, rate = (most - before) / MEGABYTE, sessions / seconds
        print(f"{file_type:24}{seconds:9.1f}{rate:10,.0f}{first_ms:10.0f}{grown:9.1f}{seconds / bare:8.1f}", flush=True)
        if first_ms > FIRST_BYTE_MS or grown > GROWTH_MEGABYTES or (file_type == "csv" and rate < CSV_ROWS_A_SECOND):
            missed.append(file_type)
    return missed


def _jobs(sessions: int) -> list[str]:
    """Excel and Parquet as a worker makes them, in a process of its own."""
    missed = []
    print(f"\n{'':24}{'seconds':>9}{'rows/s':>10}{'peak MB':>10}{'size MB':>9}{'ratio':>8}")
    for name, file_type, query, rows, limit in (
        (
            f"Excel, {SMALL_ROWS:,} rows",
            "xlsx",
            f"id=<={SMALL_ROWS}",
            SMALL_ROWS,
            SMALL_SECONDS,
        ),
        (f"Excel, {sessions:,} rows", "xlsx", "", sessions, EXCEL_SECONDS),
        (f"Parquet, {sessions:,} rows", "parquet", "", sessions, PARQUET_SECONDS),
    ):
        bare = _bare() * min(rows, sessions) / sessions
        file_id = _ask(file_type, query)
        made = json.loads(subprocess.check_output([sys.executable, "-c", MAKE, str(file_id)]))
        done, size = _made(file_id)
        assert done == min(rows, sessions), (done, rows)
        seconds, peak = made["seconds"], made["megabytes"]
        figures = f"{seconds:9.1f}{rows / seconds:10,.0f}{peak:10.0f}{size / MEGABYTE:9.1f}{seconds / bare:8.1f}"
        print(f"{name:24}{figures}", flush=True)
        if seconds > limit or (file_type == "xlsx" and peak > WORKER_MEGABYTES):
            missed.append(name)
    return missed


def _ask(file_type: str, query: str) -> int:
    from sqlalchemy import select

    from domain import clock, export_files
    from domain.db import session_factory
    from domain.export_files import Wanted
    from domain.models import PortalUser

    wanted = Wanted("Statistics", file_type, "ChargingSessionView", query, "en", "Europe/Copenhagen")
    with session_factory().begin() as db:
        user_id = db.scalars(select(PortalUser.id).where(PortalUser.username == pages.EMAIL)).one()
        return export_files.ask(db, user_id, wanted, clock.now(), is_limited=False).id


def _made(file_id: int) -> tuple[int, int]:
    """Rows and bytes, once it is done."""
    from domain.db import session_factory
    from domain.models import ExportFile, ExportState

    with session_factory()() as db:
        file = db.get_one(ExportFile, file_id)
        assert file.state is ExportState.DONE, (file.state, file.reason)
        return file.rows_done, file.size_bytes or 0


def _stations(rounds: int) -> list[str]:
    """How much longer stations wait for their answers while a million rows leave, in turns with nobody exporting."""
    _add_stations()
    both = ["gunicorn", "--config", "python:launcher.gunicorn_conf", "wsgi:create_app()"]
    server = Server("portal and engine", free_port(), both, core=None)
    alone, csv, excel = (Server(name, server.port, []) for name in ("alone", "while CSV leaves", "while Excel is made"))
    try:
        server.start()
        cookie = _sign_in(server.port)
        for _round in range(1 + rounds):
            _load(alone, lambda: None)
            _load(csv, lambda: _download(server.port, cookie))
            _load(excel, lambda: _make_excel())
    finally:
        server.stop()
    print(f"\n{STATIONS} stations, each with a reading every {EVERY_SECONDS} s, medians of {rounds} rounds:")
    missed = []
    for one in (alone, csv, excel):
        pairs = zip(one.rounds[1:], alone.rounds[1:], strict=True)
        growth = median(with_it["p99_ms"] / without["p99_ms"] for with_it, without in pairs) - 1
        print(f"{one.told()}   p99 {growth:+.0%}")
        if growth > P99_MAY_GROW:
            missed.append(f"p99 {one.name}")
    return missed


def _add_stations() -> None:
    from sqlalchemy import text

    from domain.db import owner_session_factory

    with owner_session_factory().begin() as db:
        for table in ("site", "station", "outlet"):
            db.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"))
    make_stations(STATIONS)


def _load(one: Server, export: Callable[[], None]) -> None:
    """Stations talk, and meanwhile somebody exports again and again."""
    is_over = threading.Event()

    def exports() -> None:
        while not is_over.is_set():
            export()
            is_over.wait(0.05)

    exporting = threading.Thread(target=exports)
    exporting.start()
    try:
        url = f"ws://127.0.0.1:{one.port}/Ocpp/websocket"
        printed = subprocess.check_output(
            [sys.executable, "-m", "bench.load", url, str(STATIONS), str(LOAD_SECONDS), str(EVERY_SECONDS)]
        )
        one.rounds.append(json.loads(printed))
    finally:
        is_over.set()
        exporting.join()


def _download(port: int, cookie: str) -> None:
    address = f"http://127.0.0.1:{port}/statistics/export/csv"
    with requests.get(address, headers={"Cookie": cookie}, stream=True, timeout=300) as answer:
        answer.raise_for_status()
        for _piece in answer.iter_content(64 * 1024):
            pass


def _make_excel() -> None:
    subprocess.run([sys.executable, "-c", MAKE, str(_ask("xlsx", ""))], check=True, stdout=subprocess.DEVNULL)


def _sign_in(port: int) -> str:
    """Signed in through the page, as a person is."""
    import re

    person = requests.Session()
    page = person.get(f"http://127.0.0.1:{port}/login/", timeout=60).text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    sent = {"csrf_token": token[1], "username": pages.EMAIL, "password": pages.PASSWORD}
    answer = person.post(f"http://127.0.0.1:{port}/login/", data=sent, allow_redirects=False, timeout=60)
    assert answer.status_code == 302, answer.status_code
    return "; ".join(f"{name}={value}" for name, value in person.cookies.items())


if __name__ == "__main__":
    sys.exit(main())
