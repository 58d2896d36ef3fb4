"""How many MeterValues a second the engine stores durably, beside the `ocpp` package that merely answers them.

The engine is measured with its message log, as it is installed, and without, so that one sees what the log costs.
Each server has one core and the load the other; 200 stations charge and have one call under way each; rounds alternate,
so that whatever else the machine does meets both alike.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from statistics import median

STATIONS = 200
ROUNDS = 4
SECONDS = 4.0
TARGET = 2.5
LOG_MAY_COST = 1 / 3
"""Of what the engine does without it."""
LOAD_CORE, SERVER_CORE = 1, 0
START_SECONDS = 60
CALLS_OF_A_CHARGE = 2
"""Beside its readings: the start and the stop."""


@dataclass
class Server:
    """One side of the comparison and what its stations counted in each round."""

    name: str
    port: int
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    rounds: list[dict[str, float]] = field(default_factory=list)

    def start(self) -> None:
        environment = os.environ | {"PORT": str(self.port)} | self.environment
        self._process = subprocess.Popen(on_core(SERVER_CORE, *self.command), env=environment)
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

    def load(self, seconds: float) -> None:
        """Let the stations talk."""
        url = f"ws://127.0.0.1:{self.port}/Ocpp/websocket"
        command = on_core(LOAD_CORE, "bench.load", url, str(STATIONS), str(seconds))
        self.rounds.append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))

    def typical(self, figure: str) -> float:
        """The median over the rounds; the first one warms up."""
        return median(done[figure] for done in self.rounds[1:])

    @property
    def answered(self) -> int:
        return sum(int(done["answered"]) for done in self.rounds)


def main() -> int:
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
        from launcher.data_dir import locked, make_data_dir
        from launcher.embedded.servers import start_servers
        from launcher.supervisor import Supervisor

        settings = get_settings()
        make_data_dir(settings.data_dir)
        with locked(settings.data_dir) as lock, Supervisor(settings.data_dir / "logs", [lock]) as supervisor:
            start_servers(supervisor, settings)
            make_stations()
            return compare()


def make_stations() -> None:
    from domain.db import session_factory
    from domain.models import Outlet, OutletMode, Site, Station
    from launcher.migrate import migrate

    migrate()
    with session_factory().begin() as db:
        site = Site(name="Bench")
        db.add(site)
        db.flush()
        names = [f"BENCH-{number}" for number in range(STATIONS)]
        stations = [Station(site_id=site.id, name=name, charge_box_id=name) for name in names]
        db.add_all(stations)
        db.flush()
        db.add_all(Outlet(station_id=station.id, number=1, mode=OutletMode.OPEN) for station in stations)


def compare() -> int:
    serve = ["gunicorn", "--config", "python:launcher.gunicorn_conf", "wsgi:create_engine()"]
    ours = Server("engine, each message committed", free_port(), serve)
    without_log = Server("engine without its message log", free_port(), serve, {"MESSAGE_LOG_DAYS": "0"})
    other_port = free_port()
    other = Server("ocpp package, nothing stored", other_port, ["bench.ocpp_package", str(other_port)])
    servers = (ours, without_log, other)
    try:
        for server in servers:
            server.start()
        for _ in range(1 + ROUNDS):
            for server in servers:
                server.load(SECONDS)
    finally:
        for server in servers:
            server.stop()
    return report(ours, without_log, other)


def report(ours: Server, without_log: Server, other: Server) -> int:
    print(f"MeterValues with 4 samples, {STATIONS} stations, one core for the server, median of {ROUNDS} rounds:")
    for server in (ours, without_log, other):
        rates = ", ".join(f"{done['rate']:,.0f}" for done in server.rounds[1:])
        print(
            f"  {server.name:32} {server.typical('rate'):8,.0f}/s   p50 {server.typical('p50_ms'):5.1f} ms"
            f"   p99 {server.typical('p99_ms'):5.1f} ms   ({rates})"
        )
    ratio, cost = ratio_of(ours, other), 1 - ratio_of(ours, without_log)
    print(f"  ratio {ratio:.2f} (median of the rounds' ratios, target {TARGET})")
    print(f"  the message log costs {cost:.0%} of what there is without it (at most {LOG_MAY_COST:.0%})")
    answered = ours.answered + without_log.answered
    stored, logged = count_stored()
    frames = 2 * (ours.answered + CALLS_OF_A_CHARGE * STATIONS * len(ours.rounds))
    print(f"  acknowledged {answered:,}, in the database, of a charge, {stored:,}")
    print(f"  frames {frames:,}, in the message log {logged:,}")
    is_complete = stored == answered and logged == frames
    return 0 if ratio >= TARGET and cost <= LOG_MAY_COST and is_complete else 1


def ratio_of(one: Server, another: Server) -> float:
    pairs = zip(one.rounds[1:], another.rounds[1:], strict=True)
    return median(each["rate"] / others["rate"] for each, others in pairs)


def count_stored() -> tuple[int, int]:
    """Meter values that belong to a charge, and frames in the message log."""
    from sqlalchemy import func, select

    from domain.db import session_factory
    from domain.models import Message, MeterValue

    with session_factory()() as db:
        meter_values = db.scalar(select(func.count(MeterValue.charging_session_id)))
        frames = db.scalar(select(func.count()).select_from(Message))
    return meter_values or 0, frames or 0


def on_core(core: int, module: str, *arguments: str) -> list[str]:
    """The command that runs a Python module on one core."""
    pin = f"import os, runpy, sys; os.sched_setaffinity(0, [{core}]); del sys.argv[0];"
    return [sys.executable, "-c", f"{pin} runpy.run_module(sys.argv[0], run_name='__main__')", module, *arguments]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
