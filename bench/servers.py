"""Servers side by side: each has one core and the load the other, and they take turns."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

LOAD_CORE, SERVER_CORE = 1, 0
START_SECONDS = 60
ENGINE = ["gunicorn", "--config", "python:launcher.gunicorn_conf", "wsgi:create_engine()"]


@dataclass
class Server:
    """One side of the comparison and what its stations counted in each round."""

    name: str
    port: int
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    core: int | None = SERVER_CORE
    """None: whichever is free."""
    rounds: list[dict[str, float]] = field(default_factory=list)

    def start(self) -> None:
        environment = os.environ | {"PORT": str(self.port)} | self.environment
        self._process = subprocess.Popen(on_core(self.core, *self.command), env=environment)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit(f"{self.name} does not listen")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def load(self, *command: str) -> None:
        """Let the stations talk: the module and its arguments, which prints one line of JSON."""
        printed = subprocess.run(on_core(LOAD_CORE, *command), check=True, stdout=subprocess.PIPE).stdout
        self.rounds.append(json.loads(printed))

    def typical(self, figure: str) -> float:
        """The median over the rounds; the first one warms up."""
        return median(done[figure] for done in self.rounds[1:])

    @property
    def answered(self) -> int:
        return sum(int(done["answered"]) for done in self.rounds)

    def told(self) -> str:
        rates = ", ".join(f"{done['rate']:,.0f}" for done in self.rounds[1:])
        return (
            f"  {self.name:32} {self.typical('rate'):8,.0f}/s   p50 {self.typical('p50_ms'):5.1f} ms"
            f"   p99 {self.typical('p99_ms'):5.1f} ms   ({rates})"
        )


def ratio_of(one: Server, another: Server) -> float:
    pairs = zip(one.rounds[1:], another.rounds[1:], strict=True)
    return median(each["rate"] / others["rate"] for each, others in pairs)


@contextmanager
def installed() -> Iterator[None]:
    """A database and a Redis of this measurement's own, in a directory that goes with it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        os.environ |= {
            "DATA_DIR": directory,
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "SECRET_KEY": "not a secret of anybody's, for a database that is gone in a minute",
            "WEB_WORKERS": "1",
            "LOG_LEVEL": "WARNING",
        }
        # Imported only now: the settings are read once.
        from config import get_settings
        from domain import log
        from launcher.data_dir import locked, make_data_dir
        from launcher.embedded.servers import start_servers
        from launcher.migrate import migrate
        from launcher.supervisor import Supervisor

        settings = get_settings()
        log.configure("bench", settings.log_level, settings.log_format)
        make_data_dir(settings.data_dir)
        with locked(settings.data_dir) as lock, Supervisor(settings.data_dir / "logs", [lock]) as supervisor:
            start_servers(supervisor, settings)
            migrate()
            yield


def make_stations(count: int) -> None:
    """With one outlet each, at which anybody charges; named BENCH-0 and so on."""
    from domain.db import session_factory
    from domain.models import Outlet, OutletMode, Site, Station

    with session_factory().begin() as db:
        site = Site(name="Bench")
        db.add(site)
        db.flush()
        names = [f"BENCH-{number}" for number in range(count)]
        stations = [Station(site_id=site.id, name=name, charge_box_id=name) for name in names]
        db.add_all(stations)
        db.flush()
        db.add_all(Outlet(station_id=station.id, number=1, mode=OutletMode.OPEN) for station in stations)


def count_stored() -> tuple[int, int]:
    """Meter values that belong to a charge, and frames in the message log."""
    from sqlalchemy import func, select

    from domain.db import session_factory
    from domain.models import Message, MeterValue

    with session_factory()() as db:
        meter_values = db.scalar(select(func.count(MeterValue.charging_session_id)))
        frames = db.scalar(select(func.count()).select_from(Message))
    return meter_values or 0, frames or 0


def on_core(core: int | None, module: str, *arguments: str) -> list[str]:
    """The command that runs a Python module on one core."""
    pinned = "" if core is None else f" os.sched_setaffinity(0, [{core}]);"
    pin = f"import os, runpy, sys;{pinned} del sys.argv[0];"
    return [sys.executable, "-c", f"{pin} runpy.run_module(sys.argv[0], run_name='__main__')", module, *arguments]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
