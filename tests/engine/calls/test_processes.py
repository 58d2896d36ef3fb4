"""Many stations, several processes, and what is left when one of them dies."""

import os
import signal
from collections.abc import Iterator

import psutil
import pytest
from sqlalchemy import func, select

from domain import clock, commands, queue, stations
from domain.models import Action, Command, CommandBatch, CommandReason, CommandState, Station
from domain.reports import CallReport
from engine import jobs
from engine.calls.caller import Caller
from tests.engine.calls.soap_station import agree, agree_late, hang_up, once
from tests.engine.worker_program import WorkerProgram
from tests.waiting import wait_until

YES = (CommandState.ACCEPTED, None)
RESET = (Action.RESET, {"type": "soft"})
SEND, CALL = "engine.jobs.send_command", "engine.jobs.call_stations"


@pytest.fixture
def program(database: str, valkey: object) -> Iterator[WorkerProgram]:
    made = WorkerProgram(SOAP_ALLOW_LOOPBACK="1", SOAP_CALLS_AT_ONCE="40", COMMAND_ANSWER_SECONDS="100")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def callers(settings) -> Iterator[list[Caller]]:
    """As many processes have them: they know nothing of each other."""
    made = [Caller(5) for _ in range(4)]
    yield made
    for caller in made:
        caller.stop(0)


def test_a_station_is_asked_one_thing_at_a_time_and_in_order_whoever_calls_it(world, callers, box):
    station = world.add(box.url)
    numbers = []
    for _ in range(15):
        numbers.append(world.make(station, Action.DATA_TRANSFER, {"vendor_id": "v", "data": str(len(numbers))}))
        for caller in callers:
            caller.call([station.id])
    for number in numbers:
        assert world.ends(number)[:2] == YES
    assert [box.receive().payload["data"] for _ in numbers] == [str(place) for place in range(15)]
    assert box.heard.empty()
    assert box.most_at_once == {station.charge_box_id: 1}


def test_a_command_that_comes_while_the_station_is_called_goes_out_after_it(world, caller, box):
    station = world.add(box.url)
    box.answer = once(agree_late)
    first = world.make(station, *RESET)
    caller.call([station.id])
    box.receive()
    second = world.make(station, *RESET)
    caller.call([station.id])
    assert world.read(second).state is CommandState.QUEUED
    box.go_on.set()
    assert world.ends(first)[:2] == world.ends(second)[:2] == YES


def test_more_stations_than_are_called_at_once_have_their_turn(world, box, settings):
    caller = Caller(2)
    made = [world.add(box.url) for _ in range(8)]
    numbers = [world.make(station) for station in made for _ in range(2)]
    caller.call([station.id for station in made])
    for number in numbers:
        assert world.ends(number)[:2] == YES


def test_silent_stations_do_not_keep_others_from_their_turn(world, box, settings):
    """Not more are listened to for late answers than are called at once."""
    settings(COMMAND_ANSWER_SECONDS="1")
    caller = Caller(2)
    box.answer = agree_late
    silent = [world.add(box.url) for _ in range(5)]
    numbers = [world.make(station) for station in silent]
    caller.call([station.id for station in silent])
    for number in numbers:
        assert world.ends(number)[:2] == (CommandState.TIMED_OUT, CommandReason.NO_ANSWER)
    box.go_on.set()
    wait_until(lambda: sum(world.read(number).state is CommandState.ACCEPTED for number in numbers) == 2)
    # Those that were heard late make room for others.
    box.go_on.clear()
    late = world.make(silent[0])
    caller.call([silent[0].id])
    assert world.ends(late)[0] is CommandState.TIMED_OUT
    box.go_on.set()
    wait_until(lambda: world.read(late).state is CommandState.ACCEPTED)


def test_a_stop_lets_calls_end_and_begins_no_more(world, box, settings):
    caller = Caller(2)
    box.answer = once(agree_late)
    station, other = world.add(box.url), world.add(box.url)
    first, second = world.make(station), world.make(station)
    caller.call([station.id])
    box.receive()
    caller.stop(0)
    third = world.make(other)
    caller.call([other.id])
    box.go_on.set()
    assert world.ends(first)[:2] == YES
    caller.stop(60)
    assert [world.read(number).state for number in (second, third)] == [CommandState.QUEUED] * 2


def test_a_station_that_speaks_over_websocket_by_now_is_not_called(world, caller, box):
    station = world.add(box.url, protocol="ocpp1.6")
    other = world.add(box.url)
    number, following = world.make(station), world.make(other)
    caller.call([station.id, 10**9, other.id])
    assert world.ends(following)[:2] == YES
    assert world.read(number).state is CommandState.QUEUED


def test_what_waits_for_a_station_goes_out_when_it_speaks_again(world, program, box, transaction):
    station = world.add(box.url, online=False)
    number = world.make(station, waits=True)
    queue.enqueue(SEND, number)
    failed = world.make(station)
    assert world.ends(failed)[:2] == (CommandState.FAILED, CommandReason.OFFLINE)
    with transaction() as db:
        spoke = stations.speak(db, CallReport(station.charge_box_id, "ocpp1.5", None, clock.now()))
    assert spoke.commands_wait
    assert world.read(number).state is CommandState.QUEUED
    for _ in range(3):  # It may be told more than once.
        queue.enqueue(CALL, [station.id])
    assert world.ends(number)[:2] == YES
    box.receive()
    assert box.heard.empty()


def test_a_worker_that_is_killed_never_has_a_start_sent_twice(world, program, box, transaction):
    station = world.add(box.url)
    box.answer = agree_late
    number, waiting = world.make(station), world.make(station, *RESET)
    queue.enqueue(SEND, number)
    assert box.receive().action == "RemoteStartTransaction"
    killed = program.quick_pid
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(killed))
    box.answer = agree
    for _ in range(3):
        queue.enqueue(CALL, [station.id])
    # The call may still be under way for all that anybody knows: nothing else is asked of the station.
    other = world.add(box.url)
    after = world.make(other, *RESET)
    queue.enqueue(SEND, after)
    assert world.ends(after)[:2] == YES
    assert box.receive().identity == other.charge_box_id
    assert [world.read(each).state for each in (number, waiting)] == [CommandState.SENT, CommandState.QUEUED]
    with transaction() as db:
        swept_at = db.get_one(Command, number).deadline_at + 2 * commands.SWEEP_AFTER
        # By then the one behind it would be given up too.
        db.get_one(Command, waiting).deadline_at = swept_at + commands.SEND_WITHIN
        db.flush()
        assert station.id in commands.sweep(db, swept_at)
    queue.enqueue(CALL, [station.id])
    assert world.ends(number) == (CommandState.TIMED_OUT, CommandReason.NO_ANSWER, None)
    assert world.ends(waiting)[:2] == YES
    assert box.receive().action == "Reset"
    assert box.heard.empty()


def test_a_worker_that_stops_gives_calls_a_moment(world, program, box):
    station = world.add(box.url)
    box.answer = agree_late
    number, waiting = world.make(station), world.make(station)
    queue.enqueue(SEND, number)
    box.receive()
    quick = psutil.Process(program.quick_pid)
    quick.terminate()
    box.go_on.set()
    assert world.ends(number)[:2] == YES
    quick.wait(30)
    # The pool starts another in its place, which goes on.
    queue.enqueue(CALL, [station.id])
    assert world.ends(waiting)[:2] == YES


def test_stations_that_are_silent_hold_up_nobody(world, program, box, engine_server, transaction, station):
    box.answer = lambda box, call: (agree_late if call.header.identity.endswith(tuple("02468")) else agree)(box, call)
    asked = [world.add(box.url) for _ in range(60)]
    with transaction() as db:
        batch = CommandBatch(created_at=clock.now(), action=Action.RESET, stations=len(asked))
        db.add(batch)
        db.flush()
        for each in db.scalars(select(Station).where(Station.id.in_([each.id for each in asked]))):
            commands.make(db, each, *RESET, None, clock.now(), batch_id=batch.id)
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "here", "Heartbeat", {})[:2] == [3, "here"]
        jobs.send_batch(batch.id)
        for _ in range(10):
            number = world.make(station, *RESET)
            queue.enqueue(SEND, number)
            assert wire.receive()[:3] == [2, str(number), "Reset"]
            wire.send(3, str(number), {"status": "Accepted"})
            assert world.ends(number)[:2] == YES

    def states() -> dict[CommandState, int]:
        of_batch = select(Command.state, func.count()).where(Command.batch_id == batch.id).group_by(Command.state)
        with transaction() as db:
            return dict(db.execute(of_batch).all())

    # Those that answer are done while all the others still owe their answer.
    wait_until(lambda: states() == {CommandState.ACCEPTED: 30, CommandState.SENT: 30})
    box.go_on.set()
    wait_until(lambda: states() == {CommandState.ACCEPTED: 60})


def test_a_line_that_breaks_while_it_is_listened_to_tells_nothing_new(world, caller, box, settings):
    settings(COMMAND_ANSWER_SECONDS="1")
    station = world.add(box.url)

    def leave(box, call):
        box.go_on.wait(60)
        return hang_up(box, call)

    box.answer = leave
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[0] is CommandState.TIMED_OUT
    box.go_on.set()
    box.answer = agree
    following = world.make(station)
    caller.call([station.id])
    assert world.ends(following)[:2] == YES
    assert world.ends(number) == (CommandState.TIMED_OUT, CommandReason.NO_ANSWER, None)
