"""The navigator with 10,000 stations on 200 sites: how long its pages take, and how soon open pages see a change.

    .venv/bin/python -m bench.navigator [--browsers 200] [--seconds 20]

The pages are asked for twice: with three stations and with ten thousand, each figure as a ratio of the two. Then 200
stations, each on a site of its own, tell the engine of a new status once a second, while 200 browsers listen to the
portal, which runs in a process of its own on one core: one of them notes when it hears of each. At last the same while
services are told of every change, one of which never answers.
"""

import argparse
import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

import psutil
import requests
from websockets.asyncio.client import ClientConnection, connect

from bench import services
from bench.servers import Server, free_port, installed

SITES, STATIONS, OUTLETS_PER_STATION = 200, 10_000, 2
CHANGING = 200
"""Stations that each tell of one change a second."""
PAGE_MS, BRANCH_MS, SEEN_SECONDS, CORES = 200, 100, 1.0, 1.0
ROUNDS = 30
SETTLE_SECONDS = 3.0
WAIT_SECONDS = 60
EMAIL, PASSWORD = "bench@example.com", secrets.token_hex(12) + "a1"
PAGES = {
    "General of the system": ("/configuration/?node=system", PAGE_MS),
    "General of a site": ("/configuration/?node=site-1", PAGE_MS),
    "Control of a station": ("/control/?node=station-1", PAGE_MS),
    "Statistics": ("/statistics/?node=site-1", PAGE_MS),
    "the tree, all sites": ("/tree/children?node=&node=system", PAGE_MS),
    "opening a site": ("/tree/children?node=site-1", BRANCH_MS),
}
STATUSES = ("Charging", "Available")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--browsers", type=int, default=200)
    arguments.add_argument("--seconds", type=float, default=20)
    options = arguments.parse_args()
    with installed():
        os.environ |= {"ADMIN_EMAIL": EMAIL, "ADMIN_PASSWORD": PASSWORD}
        subprocess.run([sys.executable, "-m", "launcher", "prepare"], check=True, stdout=subprocess.DEVNULL)
        serve = ["gunicorn", "--config", "python:launcher.gunicorn_conf"]
        portal = Server("portal", free_port(), [*serve, "wsgi:create_portal()"])
        engine = Server("engine", free_port(), [*serve, "wsgi:create_engine()"], core=None)
        try:
            portal.start()
            engine.start()
            return measure(portal, engine, options.browsers, options.seconds)
        finally:
            portal.stop()
            engine.stop()


def measure(portal: Server, engine: Server, browsers: int, seconds: float) -> int:
    client = signed_in(portal)
    build(1, 1, 3)
    few = {name: timed(client, portal, path) for name, (path, _) in PAGES.items()}
    build(2, SITES, STATIONS)
    many = {name: timed(client, portal, path) for name, (path, _) in PAGES.items()}
    print(f"{f'{STATIONS:,} stations on {SITES} sites':34}{'p50 ms':>9}{'p95 ms':>9}{'target':>8}{'ratio to 3':>12}")
    slow = []
    for name, (_, target_ms) in PAGES.items():
        p95 = quantiles(many[name], n=20, method="inclusive")[-1]
        ratio = median(many[name]) / median(few[name])
        print(f"{name:34}{median(many[name]):9.1f}{p95:9.1f}{target_ms:8}{ratio:12.1f}", flush=True)
        if p95 > target_ms:
            slow.append(name)
    cookie = "; ".join(f"{each.name}={each.value}" for each in client.cookies)
    is_quick = tell(asyncio.run(live(portal, engine, cookie, browsers, seconds)), browsers, seconds)
    with services.told():
        print("The same while a map feed and a webhook that never answers are enabled:")
        is_quick &= tell(asyncio.run(live(portal, engine, cookie, browsers, seconds)), browsers, seconds)
    return 0 if is_quick and not slow else 1


def tell(heard: "Heard", browsers: int, seconds: float) -> bool:
    """Print what was heard; returns whether the targets were met."""
    p95 = quantiles(heard.waits, n=20)[-1]
    told = len(heard.waits) + heard.unheard
    print(f"{browsers} browsers listen, {told / seconds:.0f} changes a second over {seconds:.0f} s:")
    print(f"  heard by a browser after  p50 {median(heard.waits):.2f} s   p95 {p95:.2f} s (target {SEEN_SECONDS})")
    answered = quantiles(heard.answers, n=20)
    print(f"  answered by the engine    p50 {answered[9] * 1000:.0f} ms   p95 {answered[-1] * 1000:.0f} ms")
    print(f"  changes never heard of    {heard.unheard}")
    print(f"  the portal took           {heard.cores:.2f} cores (target: below {CORES})")
    words = f"{heard.words / seconds:.1f} of {heard.bytes / max(heard.words, 1):,.0f} bytes"
    print(f"  words a second            {words}", flush=True)
    return p95 <= SEEN_SECONDS and heard.cores < CORES and not heard.unheard


def signed_in(portal: Server) -> requests.Session:
    client = requests.Session()
    url = f"http://127.0.0.1:{portal.port}/login/"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(url, timeout=WAIT_SECONDS).text)
    assert token
    form = {"username": EMAIL, "password": PASSWORD, "csrf_token": token[1]}
    answer = client.post(url, form, timeout=WAIT_SECONDS)
    assert "/login" not in answer.url, answer.url
    return client


def build(first_site: int, last_site: int, last_station: int) -> None:
    """Numbered from 1, each station with its outlets, spread over the sites and two floors of each."""
    from sqlalchemy import text

    from domain.db import owner_session_factory

    numbers = {"first": first_site, "last": last_site, "stations": last_station, "outlets": OUTLETS_PER_STATION}
    statements = (
        "INSERT INTO site (id, name) SELECT i, 'Site ' || i FROM generate_series({first}, {last}) i",
        "INSERT INTO floor (id, site_id, name) SELECT 2 * i - f, i, 'Level ' || f"
        " FROM generate_series({first}, {last}) i, generate_series(0, 1) f",
        "INSERT INTO station (id, site_id, floor_id, name, charge_box_id, online, last_seen_at)"
        " SELECT i, 1 + i % {last}, CASE i % 3 WHEN 0 THEN NULL ELSE 2 * (1 + i % {last}) - i % 3 + 1 END,"
        " 'ST-' || i, 'BOX-' || i, true, now() FROM generate_series(1, {stations}) i ON CONFLICT DO NOTHING",
        "INSERT INTO outlet (id, station_id, number, status)"
        " SELECT (s.id - 1) * {outlets} + n, s.id, n, 'available' FROM station s, generate_series(1, {outlets}) n"
        " ON CONFLICT DO NOTHING",
        "ANALYZE",
    )
    with owner_session_factory()() as db, db.begin():
        for statement in statements:
            db.execute(text(statement.format(**numbers)))


def timed(client: requests.Session, portal: Server, path: str) -> list[float]:
    """Milliseconds of each request, after one that warms up."""
    times = []
    for _ in range(1 + ROUNDS):
        began = time.perf_counter()
        answer = client.get(f"http://127.0.0.1:{portal.port}{path}", timeout=WAIT_SECONDS)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return times[1:]


@dataclass
class Heard:
    """What one browser heard, and what all of them cost."""

    open: dict[str, list[tuple[str, float]]] = field(default_factory=lambda: defaultdict(list))
    """By outlet: the states that were told to the engine and when, until one is heard of, or a later one."""
    waits: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    """How long each station waited for the engine's answer."""
    words: int = 0
    bytes: int = 0
    cores: float = 0.0

    def hear(self, word: str) -> None:
        self.words += 1
        self.bytes += len(word)
        for change in json.loads(word):
            for key, state in change.get("states", {}).items():
                told = self.open.get(key, [])
                upto = max((at for at, (said, _) in enumerate(told, 1) if said == state), default=0)
                self.waits += [time.perf_counter() - began for _, began in told[:upto]]
                del told[:upto]

    @property
    def unheard(self) -> int:
        return sum(map(len, self.open.values()))


async def live(portal: Server, engine: Server, cookie: str, browsers: int, seconds: float) -> Heard:
    heard = Heard()
    stations = [await Station.connected(engine, number) for number in range(1, CHANGING + 1)]
    url = f"ws://127.0.0.1:{portal.port}/live/"
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{portal.port}"}
    lines = [await connect(url, additional_headers=headers, compression=None) for _ in range(browsers)]
    listening = [asyncio.create_task(listen(line, heard if not at else None)) for at, line in enumerate(lines)]
    for station in stations:  # Which is not measured: what was there before has to be read first.
        await station.tell(STATUSES[1])
    await asyncio.sleep(SETTLE_SECONDS)
    heard.words = heard.bytes = 0
    took = cpu_seconds(portal)
    await asyncio.gather(*(station.tell_each_second(heard, seconds) for station in stations))
    heard.cores = (cpu_seconds(portal) - took) / seconds
    deadline = time.perf_counter() + SETTLE_SECONDS
    while heard.unheard and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    for task in listening:
        task.cancel()
    await asyncio.gather(*(line.close() for line in [*lines, *(station.line for station in stations)]))
    return heard


async def listen(line: ClientConnection, heard: Heard | None) -> None:
    async for word in line:
        if heard:
            heard.hear(str(word))


@dataclass
class Station:
    """One that tells of its first outlet."""

    line: ClientConnection
    number: int

    @classmethod
    async def connected(cls, engine: Server, number: int) -> "Station":
        url = f"ws://127.0.0.1:{engine.port}/Ocpp/websocket/BOX-{number}"
        station = cls(await connect(url, subprotocols=["ocpp1.6"], compression=None), number)
        await station._ask("BootNotification", {"chargePointVendor": "Bench", "chargePointModel": "Bench"})
        return station

    async def tell_each_second(self, heard: Heard, seconds: float) -> None:
        await asyncio.sleep(self.number / CHANGING)
        key = f"outlet-{(self.number - 1) * OUTLETS_PER_STATION + 1}"
        for turn in range(int(seconds) - 1):
            began = time.perf_counter()
            status = STATUSES[turn % 2]
            heard.open[key].append((status.lower(), began))
            await self.tell(status)
            heard.answers.append(time.perf_counter() - began)
            await asyncio.sleep(max(0.0, began + 1 - time.perf_counter()))

    async def tell(self, status: str) -> None:
        await self._ask("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": status})

    async def _ask(self, action: str, payload: dict[str, Any]) -> None:
        await self.line.send(json.dumps([2, action, action, payload]))
        while True:
            message = json.loads(await asyncio.wait_for(self.line.recv(), WAIT_SECONDS))
            if message[0] != 2:
                return
            await self.line.send(json.dumps([4, message[1], "NotSupported", "", {}]))


def cpu_seconds(server: Server) -> float:
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in family)


if __name__ == "__main__":
    sys.exit(main())
