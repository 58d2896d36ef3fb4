"""The portal watches itself: what of it dies is an alarm in it, and so until it lives again."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from redis import Redis
from rq import Queue
from sqlalchemy import Connection, create_engine, text

from domain.queue import DEFAULT
from tests.fixtures.product import PortalServer, serving
from tests.waiting import wait_until

LASTING = text("SELECT kind FROM alarm WHERE site_id IS NULL AND calm_since IS NULL")
LONG_JOB_SECONDS = 25
"""Longer than the silence that is an alarm."""


@pytest.fixture(scope="module")
def server(prepared_database: str) -> Iterator[PortalServer]:
    """With as many that look as there are processes."""
    with serving(prepared_database, PART_SILENCE_SECONDS="20", WEB_WORKERS="2") as server:
        yield server


@pytest.fixture
def connection(server: PortalServer) -> Iterator[Connection]:
    engine = create_engine(server.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def without(server: PortalServer, *names: str) -> Iterator[None]:
    """Killed; the supervisor is held, which would start them again."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        for name in names:
            found = server.process(name)
            family = [found, *found.children(recursive=True)]
            for process in family:
                process.kill()
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


def kinds(connection: Connection, which: object) -> list[str]:
    return sorted(connection.scalars(which))


def test_a_dead_cron_and_dead_workers_raise_alarms(server: PortalServer, connection: Connection) -> None:
    with without(server, "cron", "worker"):
        wait_until(lambda: kinds(connection, LASTING) == ["command_worker", "cron", "worker"])
    # Whatever is calm for a minute is over, as other alarms are.
    wait_until(lambda: kinds(connection, LASTING) == [])
    assert server.health()["worker"] == "ok"


def test_a_dead_redis_is_an_alarm_and_who_is_busy_is_none(server: PortalServer, connection: Connection) -> None:
    with without(server, "valkey"):
        wait_until(lambda: kinds(connection, LASTING) == ["redis"])
    wait_until(lambda: kinds(connection, LASTING) == [])
    server.wait_until_healthy()
    queue = Queue(DEFAULT, connection=Redis.from_url(server.redis_url))
    job = queue.enqueue("time.sleep", LONG_JOB_SECONDS)
    wait_until(lambda: job.is_started)
    wait_until(lambda: job.is_finished)
    assert kinds(connection, LASTING) == []
