"""How soon a command is at the station: from the first byte of the HTTP request to the frame on the station's line.

    .venv/bin/python -m bench.commands [--stations 1000] [--commands 300]

The product as `charge-portal run` starts it, with a PostgreSQL and a Redis of its own, and 1,000 stations connected
that answer what they are asked. The figure also stands as a ratio to a job of RQ that does nothing, there and back in
the same run on the same machine: what the queue alone costs.
"""

import argparse
import asyncio
import json
import os
import random
import secrets
import sys
import tempfile
import time
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from bench.load import NO_MASK, handshake, text_frame

P50_MS, P99_MS, ALL_SECONDS = 60, 250, 10
CONNECTING_AT_ONCE = 50
NO_OPS = 100
WAIT_SECONDS = 60
BOOT = text_frame(json.dumps([2, "boot", "BootNotification", {"chargePointVendor": "B", "chargePointModel": "B"}]))
PING, PONG = b"\x89\x00", b"\x8a\x80" + NO_MASK
ANSWERS: dict[str, dict[str, Any]] = {"Reset": {"status": "Accepted"}, "GetConfiguration": {"configurationKey": []}}


class Station(asyncio.Protocol):
    """Boots, and then answers what it is asked."""

    def __init__(self, path: str, host: str) -> None:
        self._request = handshake(path, host)
        self._received = b""
        self._is_open = False
        loop = asyncio.get_running_loop()
        self.booted: asyncio.Future[None] = loop.create_future()
        self.asked: asyncio.Future[float] = loop.create_future()
        """When it was asked to restart."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        arrived_at = time.perf_counter()
        self._received += data
        if not self._is_open:
            self._shake_hands()
            return
        while (message := self._message()) is not None:
            if message[0] == 3:
                self.booted.set_result(None)
            else:
                self._answer(message, arrived_at)

    def _shake_hands(self) -> None:
        if not self._received.startswith(b"HTTP/1.1 101"):
            raise SystemExit(f"no handshake: {self._received!r}")
        self._is_open = True
        self._received = b""
        self._transport.write(BOOT)

    def _message(self) -> list[Any] | None:
        """The next one: a server masks nothing (RFC 6455, 5.1)."""
        while self._received.startswith(PING):
            self._received = self._received[len(PING) :]
            self._transport.write(PONG)
        if len(self._received) < 4:
            return None
        if self._received[0] != 0x81:
            raise SystemExit(f"no text: {self._received!r}")
        size, begin = self._received[1], 2
        if size == 126:
            size, begin = int.from_bytes(self._received[2:4], "big"), 4
        if len(self._received) < begin + size:
            return None
        message: list[Any] = json.loads(self._received[begin : begin + size])
        self._received = self._received[begin + size :]
        return message

    def _answer(self, call: list[Any], arrived_at: float) -> None:
        _, unique_id, action, _ = call
        self._transport.write(text_frame(json.dumps([3, unique_id, ANSWERS[action]])))
        if action == "Reset":
            self.asked.set_result(arrived_at)

    async def is_asked(self) -> float:
        """When the next restart is asked of it."""
        arrived_at = await asyncio.wait_for(self.asked, WAIT_SECONDS)
        self.asked = asyncio.get_running_loop().create_future()
        return arrived_at


class Api:
    """One connection that stays, as a program has it."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._token = ""

    async def sign_in(self, email: str, password: str) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        body = {"username": email, "password": password, "provider": "db"}
        self._token = (await self.post("/api/v1/security/login", body))["access_token"]

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        data = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        self._writer.write(head.encode() + data)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        size = int(answer.split("content-length: ", 1)[1].split("\r\n", 1)[0])
        content = await self._reader.readexactly(size)
        if answer.split()[1] not in ("200", "202"):
            raise SystemExit(f"{path}: {answer} {content!r}")
        return json.loads(content)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--stations", type=int, default=1000)
    arguments.add_argument("--commands", type=int, default=300)
    options = arguments.parse_args()
    from bench.servers import free_port

    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        os.environ |= {
            "DATA_DIR": directory,
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "SECRET_KEY": secrets.token_hex(32),
            "ADMIN_EMAIL": "bench@example.com",
            "ADMIN_PASSWORD": secrets.token_hex(12) + "a1",
            "LOG_LEVEL": "WARNING",
            "PORT": str(free_port()),
        }
        # Imported only now: the settings are read once.
        from config import get_settings
        from launcher.data_dir import locked, make_data_dir
        from launcher.embedded.servers import start_servers
        from launcher.processes import Program
        from launcher.ready import why_not_ready
        from launcher.supervisor import Supervisor

        def program(name: str) -> Program:
            return Program(name, [sys.executable, "-m", "launcher", name])

        settings = get_settings()
        make_data_dir(settings.data_dir)
        with locked(settings.data_dir) as lock, Supervisor(settings.data_dir / "logs", [lock]) as supervisor:
            start_servers(supervisor, settings)
            supervisor.run(program("prepare"))
            station_ids = make_stations(options.stations)
            for name in ("web", "worker"):
                supervisor.start(program(name))
            supervisor.wait_until_ready("the portal", lambda: why_not_ready(settings.port), WAIT_SECONDS)
            return asyncio.run(measure(settings.ocpp16_url, station_ids, options.commands))


def make_stations(how_many: int) -> list[int]:
    from domain.db import session_factory
    from domain.models import Outlet, Site, Station

    with session_factory().begin() as db:
        site = Site(name="Bench")
        db.add(site)
        db.flush()
        names = [f"BENCH-{number}" for number in range(how_many)]
        stations = [Station(site_id=site.id, name=name, charge_box_id=name) for name in names]
        db.add_all(stations)
        db.flush()
        db.add_all(Outlet(station_id=station.id, number=1) for station in stations)
        return [station.id for station in stations]


async def measure(url: str, station_ids: list[int], how_many: int) -> int:
    from config import get_settings

    lines = dict(zip(station_ids, await connect(url, len(station_ids)), strict=True))
    await settled()
    api = Api("127.0.0.1", get_settings().port)
    await api.sign_in(os.environ["ADMIN_EMAIL"], os.environ["ADMIN_PASSWORD"])
    quick = await asyncio.to_thread(no_op_ms, "commands")
    forked = await asyncio.to_thread(no_op_ms, "default")
    waits = await one_by_one(api, lines, how_many)
    all_seconds = await all_at_once(api, lines)
    p50, p99 = median(waits), quantiles(waits, n=100)[98]
    print(f"A command by the API, {len(lines):,} stations connected, one asked after the other, {how_many} commands:")
    print(f"  request to frame          p50 {p50:6.1f} ms (target {P50_MS})   p99 {p99:6.1f} ms (target {P99_MS})")
    print(f"  an RQ job that is nothing p50 {quick:6.1f} ms in the process for commands, {forked:.1f} ms in a fork")
    print(f"  ratio {p50 / quick:.1f}")
    print(f"A restart of {len(lines):,} stations: the last frame after {all_seconds:.1f} s (target {ALL_SECONDS})")
    return 0 if p50 <= P50_MS and p99 <= P99_MS and all_seconds <= ALL_SECONDS else 1


async def connect(url: str, how_many: int) -> list[Station]:
    """All stations, booted."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    stations: list[Station] = []
    while len(stations) < how_many:
        numbers = range(len(stations), min(len(stations) + CONNECTING_AT_ONCE, how_many))
        made = await asyncio.gather(
            *(
                loop.create_connection(
                    lambda number=number: Station(f"{parts.path}/BENCH-{number}", parts.netloc), "127.0.0.1", parts.port
                )
                for number in numbers
            )
        )
        await asyncio.gather(*(station.booted for _, station in made))
        stations += [station for _, station in made]
    return stations


async def settled() -> None:
    """What the portal asks of new stations by itself is answered."""
    from sqlalchemy import func, select

    from domain.commands import OPEN_STATES
    from domain.db import session_factory
    from domain.models import Command

    while True:
        with session_factory()() as db:
            if not db.scalar(select(func.count()).select_from(Command).where(Command.state.in_(OPEN_STATES))):
                return
        await asyncio.sleep(0.2)


async def one_by_one(api: Api, lines: dict[int, Station], how_many: int) -> list[float]:
    """For each the time from the request to the frame, in milliseconds."""
    draw = random.Random(1)
    waits = []
    for station_id in draw.choices(list(lines), k=how_many):
        began = time.perf_counter()
        await api.post(f"/api/v1/stations/{station_id}/commands", {"action": "reset", "type": "soft"})
        waits.append((await lines[station_id].is_asked() - began) * 1000)
    return waits


async def all_at_once(api: Api, lines: dict[int, Station]) -> float:
    """From the request to the last frame, in seconds."""
    began = time.perf_counter()
    arrivals = asyncio.gather(*(line.is_asked() for line in lines.values()))
    await api.post("/api/v1/command_batches/", {"node": "system", "action": "reset", "type": "soft"})
    return max(await arrivals) - began


def no_op_ms(queue_name: str) -> float:
    """The usual time of a job that does nothing but say so, from its being queued."""
    from rq import Queue

    from domain.queue import get_redis

    queue = Queue(queue_name, connection=get_redis())
    waits = []
    with get_redis().pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(ECHO)
        for _ in range(NO_OPS):
            began = time.perf_counter()
            queue.enqueue("bench.commands.echo", result_ttl=0)
            while heard.get_message(timeout=WAIT_SECONDS) is None:
                pass
            waits.append((time.perf_counter() - began) * 1000)
    return median(waits)


ECHO = "bench:echo"


def echo() -> None:
    """The job that does nothing."""
    from domain.queue import get_redis

    get_redis().publish(ECHO, b"")


if __name__ == "__main__":
    sys.exit(main())
