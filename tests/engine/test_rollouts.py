"""A careful rollout through the running engine: three stations at their ends of the wire, and the job between them."""

from contextlib import ExitStack
from datetime import timedelta

import pytest

from domain import clock, rollouts
from domain.models import Rollout, RolloutState, RolloutStation, Station, StationParameter
from engine import jobs
from tests.engine.conftest import make_station, numbers
from tests.waiting import wait_until

OLD, NEW = "wss://old.example.com", "wss://new.example.com"


@pytest.fixture
def park(transaction):
    """Three stations that told where they connect to."""
    stations = [make_station(transaction, f"rollout-{next(numbers)}") for _ in range(3)]
    with transaction() as db:
        for station in stations:
            db.add(StationParameter(station_id=station.id, key="BackendURL", value=OLD, read_at=clock.now()))
    return stations


@pytest.fixture
def begin(transaction, park):
    def begin():
        with transaction() as db:
            stations = [db.get(Station, station.id) for station in park]
            rollout = rollouts.begin(
                db, {"BackendURL": NEW}, stations, None, clock.now(), wave_size=1, restarts=True, return_seconds=600
            )
        jobs.advance_rollouts()
        return rollout.id

    return begin


@pytest.fixture
def state(transaction):
    """Where the rollout is, and each of its stations."""

    def state(rollout_id):
        with transaction() as db:
            turns = [db.get(RolloutStation, (rollout_id, pk)) for pk in ids_of(db, rollout_id)]
            return db.get(Rollout, rollout_id).state, [turn.step.value for turn in turns]

    def ids_of(db, rollout_id):
        rows = db.query(RolloutStation.station_id).filter_by(rollout_id=rollout_id)
        return [pk for (pk,) in rows.order_by(RolloutStation.position)]

    return state


def agree(wire):
    """The station says yes to what it is asked; returns what that was."""
    _kind, unique_id, action, payload = wire.receive()
    wire.send(3, unique_id, {"status": "Accepted"})
    return action, payload


def test_the_second_of_three_stations_does_not_come_back(engine_server, transaction, park, begin, state):
    names = [station.charge_box_id for station in park]
    with ExitStack() as lines:
        first, second, third = (lines.enter_context(engine_server.connect(name)) for name in names)
        rollout_id = begin()
        assert agree(first) == ("ChangeConfiguration", {"key": "BackendURL", "value": NEW})
        # No job between the two: the answer itself asks the next thing.
        assert agree(first) == ("Reset", {"type": "Soft"})
        wait_until(lambda: state(rollout_id)[1] == ["returning", "waiting", "waiting"])
        jobs.advance_rollouts()
        assert state(rollout_id)[1] == ["returning", "waiting", "waiting"]

        lines.enter_context(engine_server.connect(names[0]))
        jobs.advance_rollouts()
        assert state(rollout_id) == (RolloutState.RUNNING, ["done", "changing", "waiting"])
        assert agree(second)[0] == "ChangeConfiguration"
        assert agree(second)[0] == "Reset"
        second.socket.close()
        wait_until(lambda: state(rollout_id)[1] == ["done", "returning", "waiting"])
        wait_until(lambda: not is_online(transaction, park[1]))
        with transaction() as db:
            rollouts.advance(db, rollout_id, clock.now() + timedelta(seconds=601))
        assert state(rollout_id) == (RolloutState.STOPPED, ["done", "failed", "skipped"])

        # Late, yet back: it is told what it was told before.
        late = lines.enter_context(engine_server.connect(names[1]))
        assert agree(late) == ("ChangeConfiguration", {"key": "BackendURL", "value": OLD})
        assert agree(late) == ("Reset", {"type": "Soft"})
        jobs.advance_rollouts()
        # The third was never asked for anything.
        third.send(2, "alive", "Heartbeat", {})
        assert third.receive()[:2] == [3, "alive"]


def is_online(transaction, station):
    with transaction() as db:
        return db.get(Station, station.id).online


def test_two_jobs_at_the_same_moment_begin_a_turn_once(engine_server, transaction, park, begin, state):
    with ExitStack() as lines:
        first, *_others = (lines.enter_context(engine_server.connect(station.charge_box_id)) for station in park)
        rollout_id = begin()
        assert agree(first)[0] == "ChangeConfiguration"
        with transaction() as db:
            db.get(Rollout, rollout_id, with_for_update=True)
            # The other job finds it locked and does not wait.
            with transaction() as other:
                assert rollouts.advance(other, rollout_id, clock.now()) == set()
        assert agree(first)[0] == "Reset"
        with transaction() as db:
            rollouts.cancel(db, rollout_id, clock.now())
