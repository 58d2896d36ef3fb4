"""The process that does the commands: quick, and never gone for long."""

import os
import signal
from collections.abc import Iterator

import psutil
import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.results import Result

from domain import clock, commands, pulses, queue
from domain.models import Action, Command, CommandState, Station
from tests.engine.worker_program import WorkerProgram
from tests.waiting import wait_until

RESET = {"type": "soft"}
ACCEPTED = {"status": "Accepted"}


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
        # What was asked for may have gone out with the command before it, and the jobs come after.
        wait_until(lambda: bad.is_failed)
        assert program.quick_pid == first

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
    assert list(valkey.scan_iter(f"*{job.id}*")) == []


def test_it_is_known_again_after_redis_lost_everything(program: WorkerProgram, valkey: Redis) -> None:
    program.start()
    valkey.flushall()
    wait_until(lambda: program.quick_pid is not None)
    wait_until(lambda: pulses.of_workers(valkey, [queue.DEFAULT]) is not None)
    job = Queue(queue.DEFAULT, connection=valkey).enqueue("time.sleep", 0)
    wait_until(lambda: job.is_finished)
    result = job.latest_result()
    assert result is not None and result.type is Result.Type.SUCCESSFUL, "and it still works"
