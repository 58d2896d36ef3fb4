"""Whoever asks it to stop sees everything end soon; whoever kills it finds everything in order at the next start."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.job import JobStatus
from websockets.sync.client import connect

from domain.queue import DEFAULT
from tests.fixtures.alone import alone
from tests.fixtures.ports import free_port
from tests.fixtures.product import PortalServer
from tests.launcher.api import call, sign_in
from tests.launcher.conftest import is_deserted
from tests.launcher.test_commands import command
from tests.waiting import wait_until

STOP_SECONDS = 5
"""The promise of the README."""


@pytest.fixture(scope="module")
def kept() -> Iterator[PortalServer]:
    with tempfile.TemporaryDirectory(prefix="cp-") as directory:
        server = PortalServer(Path(directory) / "var")
        yield server
        server.stop()


@pytest.fixture
def server(kept: PortalServer) -> PortalServer:
    """It runs, on the same data however the test before this one ended it."""
    return kept if kept.runs() else kept.start()


def token_of(server: PortalServer) -> str:
    status, answer = sign_in(server, server.admin_email, server.admin_password)
    assert status == 200, answer
    return answer["access_token"]


def add_station(server: PortalServer, charge_box_id: str) -> None:
    token = token_of(server)
    status, site = call(server, "POST", "/api/v1/sites/", {"name": f"Site of {charge_box_id}"}, token)
    assert status == 201, site
    body = {"name": charge_box_id, "charge_box_id": charge_box_id, "site": site["id"]}
    status, station = call(server, "POST", "/api/v1/stations/", body, token)
    assert status == 201, station


def stations(server: PortalServer) -> list[str]:
    status, answer = call(server, "GET", "/api/v1/stations/", token=token_of(server))
    assert status == 200, answer
    return [station["charge_box_id"] for station in answer["result"]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_all_ends_within_five_seconds_though_a_station_is_connected(
    server: PortalServer, number: signal.Signals
) -> None:
    add_station(server, number.name)
    with alone(), connect(f"{server.ws_url}/{number.name}", subprotocols=["ocpp1.6"]):
        asked_at = time.monotonic()
        os.kill(server.pid, number)
        wait_until(lambda: server.exit_code() is not None)
        assert time.monotonic() - asked_at < STOP_SECONDS
    assert server.exit_code() == 0
    assert server.output().endswith("Charge Portal has stopped.\n")
    assert "by force" not in server.output()
    assert is_deserted(server.data_dir)


def test_after_a_power_cut_it_starts_on_the_same_data(server: PortalServer) -> None:
    add_station(server, "before")
    data_dir = server.data_dir
    server.kill()
    assert is_deserted(data_dir)
    assert (data_dir / "postgres" / "postmaster.pid").exists()
    assert (data_dir / "run" / "valkey" / "valkey.sock").exists()

    # In a container the next start hands out the same process numbers again, so the number in the file may be alive.
    stale = data_dir / "postgres" / "postmaster.pid"
    stale.write_text(stale.read_text().replace(stale.read_text().split()[0], str(os.getpid()), 1))

    server.start()
    assert "before" in stations(server)
    add_station(server, "after")
    assert {"before", "after"} <= set(stations(server))


def test_nothing_outlives_a_killed_supervisor(server: PortalServer) -> None:
    assert len(server.processes()) > 8
    os.kill(server.pid, signal.SIGKILL)
    # Starting at once must wait for those that are still ending, and not stumble over them.
    assert server.start().health()["status"] == "ok"


def test_a_second_start_on_the_same_data_is_refused(running_installation: PortalServer) -> None:
    data_dir = running_installation.data_dir
    refused = f"Charge Portal already runs on {data_dir}: stop it first, or set another DATA_DIR.\n"
    assert command(data_dir, "run", PORT=str(free_port())) == (1, "", refused)
    assert running_installation.health()["status"] == "ok"


def test_what_dies_is_started_again(server: PortalServer) -> None:
    for name in ("web", "worker", "cron", "postgres", "valkey"):
        kill_and_wait_for_another(server, name)
        wait_until(lambda: server.health() == {"status": "ok", "database": "ok", "redis": "ok", "worker": "ok"})
        assert sign_in(server, server.admin_email, server.admin_password)[0] == 200


def kill_and_wait_for_another(server: PortalServer, name: str) -> None:
    victim = server.process(name)
    victim.kill()
    wait_until(lambda: f"{name} ended; it starts again in 1 s" in server.output())
    wait_until(lambda: server.process(name) not in (None, victim))


def test_a_job_that_takes_long_does_not_hold_up_the_end(server: PortalServer) -> None:
    queue = Queue(DEFAULT, connection=Redis.from_url(server.redis_url))
    job = queue.enqueue("time.sleep", 600)
    wait_until(lambda: job.get_status() == JobStatus.STARTED)
    with alone():
        asked_at = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - asked_at < STOP_SECONDS
    assert "by force" not in server.output()
    assert is_deserted(server.data_dir)
