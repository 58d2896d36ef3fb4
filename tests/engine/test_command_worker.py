"""The process that does the commands: quick, and never gone for long."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest
from redis import Redis
from rq import Queue, Worker
from rq.job import Job

from config import get_settings
from domain import clock, commands, queue
from domain.models import Action, Command, CommandState, Station
from tests.fixtures.alone import alone
from tests.waiting import wait_until

RESET = {"type": "soft"}
ACCEPTED = {"status": "Accepted"}
STOP_SECONDS = 5


class WorkerProgram:
    """`charge-portal worker` with one process for jobs and one for commands."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._redis = Redis.from_url(get_settings().valkey_url)

    def start(self) -> None:
        settings = get_settings()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "launcher", "worker"],
            env={
                **os.environ,
                "WORKER_PROCESSES": "1",
                "DATABASE_URL": settings.postgres_url,
                "REDIS_URL": settings.valkey_url,
                "SECRET_KEY": "for tests alone",
            },
        )
        wait_until(lambda: self.quick_pid is not None)

    @property
    def quick_pid(self) -> int | None:
        """The process that does the commands, once it listens."""
        ours = {child.pid for child in psutil.Process(self._process.pid).children(recursive=True)}
        workers = Worker.all(queue=Queue(queue.COMMANDS, connection=self._redis))
        return next((worker.pid for worker in workers if worker.pid in ours), None)

    def stop(self) -> int:
        with alone():
            self._process.terminate()
            return self._process.wait(STOP_SECONDS)


@pytest.fixture
def program(database: object, valkey: Redis) -> Iterator[WorkerProgram]:
    made = WorkerProgram()
    yield made
    made.stop()


@pytest.fixture
def ask(transaction, station):
    """Makes a command and queues it, as the portal does; returns its number."""

    def ask(action: Action = Action.RESET, parameters: dict[str, str] = RESET) -> int:
        with transaction() as db:
            asked = db.get(Station, station.id)
            number = commands.make(db, asked, action, parameters, None, clock.now()).id
        queue.enqueue("engine.jobs.send_command", number)
        return number

    return ask


@pytest.fixture
def answers(transaction):
    """Lets the station answer a command, and waits until that is written down."""

    def answers(wire, number):
        assert wire.receive() == [2, str(number), "Reset", {"type": "Soft"}]
        wire.send(3, str(number), ACCEPTED)
        with transaction() as db:
            wait_until(lambda: db.get(Command, number, populate_existing=True).state is CommandState.ACCEPTED)

    return answers


def test_commands_survive_whatever_becomes_of_the_worker(engine_server, station, program, ask, answers):
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "here", "Heartbeat", {})[:2] == [3, "here"]
        # Asked while there is no worker.
        number = ask()
        program.start()
        answers(wire, number)

        # A job that fails takes nobody with it.
        first = program.quick_pid
        bad: Job = queue.enqueue("engine.jobs.send_command", "not a number")
        answers(wire, ask())
        assert (bad.is_failed, program.quick_pid) == (True, first)

        # One that is killed is replaced. (What it had just taken is told of by the sweep.)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: not psutil.pid_exists(first))
        answers(wire, ask())
        assert program.quick_pid != first

        assert program.stop() == 0
        number = ask()
        program.start()
        answers(wire, number)


def test_a_command_does_not_wait_behind_long_jobs(engine_server, station, program, ask, answers, valkey):
    program.start()
    job = Queue(queue.DEFAULT, connection=valkey).enqueue("time.sleep", 600)
    wait_until(lambda: job.is_started)
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "here", "Heartbeat", {})[:2] == [3, "here"]
        answers(wire, ask())


def test_nothing_is_left_of_a_command_in_redis(program, valkey):
    program.start()
    job = queue.enqueue("engine.jobs.send_command", 10**9)
    wait_until(lambda: not Job.exists(job.id, connection=valkey))
