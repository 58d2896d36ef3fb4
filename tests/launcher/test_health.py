"""GET /healthz tells what does not work."""

import json
import os
import signal
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from domain.health import Health, check
from tests.fixtures.environment import using
from tests.fixtures.product import PortalServer
from tests.waiting import wait_until

SILENT = "none has been heard for 15 s"


def get(server: PortalServer) -> tuple[int, dict[str, str]]:
    try:
        with urlopen(f"{server.url}/healthz") as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_all_is_well(running_installation: PortalServer) -> None:
    assert get(running_installation) == (200, {"status": "ok", "database": "ok", "redis": "ok", "worker": "ok"})


def test_workers_that_are_registered_but_say_nothing_are_no_workers(running_installation: PortalServer) -> None:
    server = running_installation
    pool = server.process("worker")
    family = [pool, *pool.children(recursive=True)]
    for process in family:
        process.suspend()
    try:
        wait_until(lambda: get(server)[0] == 503)
        expected = {"status": "unavailable", "database": "ok", "redis": "ok", "worker": SILENT}
        assert get(server) == (503, expected)
    finally:
        for process in family:
            process.resume()
    wait_until(lambda: get(server)[0] == 200)


def test_a_database_that_is_gone(running_installation: PortalServer) -> None:
    server = running_installation
    os.kill(server.pid, signal.SIGSTOP)  # It would start another one.
    try:
        server.process("postgres").send_signal(signal.SIGINT)
        wait_until(lambda: get(server)[0] == 503)
        expected = {"status": "unavailable", "database": "does not answer", "redis": "ok", "worker": "ok"}
        assert get(server) == (503, expected)
    finally:
        os.kill(server.pid, signal.SIGCONT)
    wait_until(lambda: get(server)[0] == 200)


def test_it_says_what_is_missing_before_anything_answers(data_dir: Path) -> None:
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/portal", "REDIS_URL": "redis://127.0.0.1:1/0"}
    server = PortalServer(data_dir, "web", SECRET_KEY="a secret of this test alone, long enough", **nowhere)
    server.launch()
    try:
        wait_until(server.health)
        assert get(server) == (
            503,
            {
                "status": "unavailable",
                "database": "does not answer",
                "redis": "does not answer",
                "worker": "unknown without Redis",
            },
        )
    finally:
        assert server.stop() == 0


@pytest.mark.usefixtures("db")
def test_without_redis_nothing_is_known_of_workers() -> None:
    with using(REDIS_URL="redis://127.0.0.1:1/0"):
        assert check() == Health(database="ok", redis="does not answer", worker="unknown without Redis")
