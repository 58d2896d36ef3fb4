"""Careful rollouts: values copied to many stations, one station first and then in waves.

The first turn is one station alone (domain/rollout_turns.py says what a turn is); when it is done, waves of turns
follow, each after the last. The first turn that fails stops the rollout: no other begins, and those under way end by
themselves. A station that is offline when its turn would begin is skipped.

All of this is in the database. `continue_turn` goes on with a turn in the moment of an answer; `advance` is what a job
calls every few seconds and goes on with everything else. Both lock what they change, so that no step is taken twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from domain import asking, known_parameters, live, rollout_turns
from domain.errors import DomainError
from domain.models import (
    Action,
    Command,
    Rollout,
    RolloutState,
    RolloutStation,
    RolloutStep,
    Station,
)
from domain.rollout_turns import ACTIVE, Why
from domain.secret_parameters import is_secret

MOST_STATIONS = 500
MOST_CHANGES = 50
LARGEST_WAVE = 100
SHORTEST_RETURN_SECONDS = 30
LONGEST_RETURN_SECONDS = 24 * 3600

Row = TypeVar("Row", Rollout, RolloutStation)


class Refusal(StrEnum):
    """Why a rollout cannot begin; the screen translates it."""

    NOTHING = "nothing"
    NOBODY = "nobody"
    TOO_MANY = "too_many"
    SECRET = "secret"  # noqa: S105 - a word
    WRONG_VALUE = "wrong_value"
    BUSY = "busy"


class RolloutError(DomainError):
    """A rollout cannot begin; `name` is the key or the station that is at fault."""

    def __init__(self, refusal: Refusal, name: str = "") -> None:
        super().__init__(f"{refusal.value}: {name}" if name else refusal.value)
        self.refusal = refusal
        self.name = name


def begin(
    db: Session,
    changes: Mapping[str, str],
    stations: Sequence[Station],
    user_id: int,
    now: datetime,
    *,
    source_station_id: int | None = None,
    wave_size: int = 5,
    restarts: bool = False,
    return_seconds: int = 300,
) -> Rollout:
    """Plan a rollout, to these stations in this order, but those online first. The job begins the turns.

    Raises RolloutError.
    """
    # One after the other, so that two who begin at the same moment see each other's stations.
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext("rollout"))))
    check(changes)
    _check_stations(db, stations)
    rollout = Rollout(
        created_at=now,
        user_id=user_id,
        source_station_id=source_station_id,
        changes=[{"key": key, "value": value} for key, value in changes.items()],
        wave_size=max(1, min(wave_size, LARGEST_WAVE)),
        restarts=restarts,
        return_seconds=max(SHORTEST_RETURN_SECONDS, min(return_seconds, LONGEST_RETURN_SECONDS)),
        state=RolloutState.RUNNING,
    )
    db.add(rollout)
    db.flush()
    for position, station in enumerate(sorted(stations, key=lambda station: not station.online)):
        wave = 0 if position == 0 else 1 + (position - 1) // rollout.wave_size
        turn = {"position": position, "wave": wave, "step": RolloutStep.WAITING}
        db.add(RolloutStation(rollout_id=rollout.id, station_id=station.id, **turn))
    db.flush()
    return rollout


def check(changes: Mapping[str, str]) -> None:
    """Whether these values can be copied to stations. Raises RolloutError."""
    if not changes:
        raise RolloutError(Refusal.NOTHING)
    if len(changes) > MOST_CHANGES:
        raise RolloutError(Refusal.TOO_MANY)
    for key, value in changes.items():
        if is_secret(key):
            raise RolloutError(Refusal.SECRET, key)
        if known_parameters.fault(key, value):
            raise RolloutError(Refusal.WRONG_VALUE, key)
        try:
            asking.checked(Action.CHANGE_CONFIGURATION, {"key": key, "value": value})
        except asking.ParametersError:
            raise RolloutError(Refusal.WRONG_VALUE, key) from None


def _check_stations(db: Session, stations: Sequence[Station]) -> None:
    if not stations:
        raise RolloutError(Refusal.NOBODY)
    if len(stations) > MOST_STATIONS:
        raise RolloutError(Refusal.TOO_MANY)
    is_waiting = (Rollout.state == RolloutState.RUNNING) & (RolloutStation.step == RolloutStep.WAITING)
    of_another = (
        select(Station.name)
        .join(RolloutStation, RolloutStation.station_id == Station.id)
        .join(Rollout, Rollout.id == RolloutStation.rollout_id)
        .where(Station.id.in_([station.id for station in stations]), or_(RolloutStation.step.in_(ACTIVE), is_waiting))
    )
    if busy := db.scalar(of_another.order_by(Station.name).limit(1)):
        raise RolloutError(Refusal.BUSY, busy)


def cancel(db: Session, rollout_id: int, now: datetime) -> bool:
    """Begin no further turn; those under way end by themselves. False if it was over."""
    rollout = db.get_one(Rollout, rollout_id, with_for_update=True, populate_existing=True)
    if rollout.state is not RolloutState.RUNNING:
        return False
    _end(db, rollout, RolloutState.CANCELLED, now)
    return True


def open_ids(db: Session) -> Sequence[int]:
    """The rollouts with something to be done: those that run, and those that ended with turns under way."""
    active = select(RolloutStation.rollout_id).where(RolloutStation.step.in_(ACTIVE))
    running = select(Rollout.id).where(Rollout.state == RolloutState.RUNNING)
    return db.scalars(running.union(active)).all()


def advance(db: Session, rollout_id: int, now: datetime) -> set[int]:
    """Go as far as can be gone now; returns the stations that may have new commands and are to be told.

    Nothing, where another process is at it.
    """
    rollout = db.scalar(_locked(select(Rollout).where(Rollout.id == rollout_id)))
    if rollout is None:
        return set()
    turns = list(db.scalars(_locked(_turns(rollout_id).where(RolloutStation.step.in_(ACTIVE)))))
    for turn in turns:
        rollout_turns.go_on(db, rollout, turn, now)
    while rollout.state is RolloutState.RUNNING and not _any(db, rollout_id, *ACTIVE):
        if _any(db, rollout_id, RolloutStep.FAILED):
            _end(db, rollout, RolloutState.STOPPED, now)
        elif wave := _next_wave(db, rollout):
            for turn in wave:
                rollout_turns.begin(db, rollout, turn, now)
            turns += wave
        else:
            _end(db, rollout, RolloutState.DONE, now)
    return {turn.station_id for turn in turns}


def continue_turn(db: Session, command: Command, answered_at: datetime) -> None:
    """A station answered: if that belongs to a turn and was a yes, ask the next thing; `advance` does the rest.

    The station's line takes the next command by itself, right after this one.
    """
    if not rollout_turns.is_yes(command):
        return
    is_its = (RolloutStation.command_id == command.id) & (RolloutStation.step == RolloutStep.CHANGING)
    turn = db.scalar(_locked(select(RolloutStation).where(is_its, RolloutStation.step.in_(ACTIVE))))
    if turn is not None:
        rollout_turns.hear(db, db.get_one(Rollout, turn.rollout_id), turn, command, answered_at)


def _locked(statement: Select[Row]) -> Select[Row]:
    """Of what another process holds at this moment, that one takes care."""
    return statement.with_for_update(skip_locked=True).execution_options(populate_existing=True)


def _turns(rollout_id: int) -> Select[RolloutStation]:
    return select(RolloutStation).where(RolloutStation.rollout_id == rollout_id).order_by(RolloutStation.position)


def _any(db: Session, rollout_id: int, *steps: RolloutStep) -> bool:
    return db.scalar(_turns(rollout_id).where(RolloutStation.step.in_(steps)).limit(1)) is not None


def _next_wave(db: Session, rollout: Rollout) -> Sequence[RolloutStation]:
    """One alone until one is done; then all of the next wave."""
    waiting = _turns(rollout.id).where(RolloutStation.step == RolloutStep.WAITING)
    first = db.scalar(waiting.limit(1))
    if first is None:
        return []
    if not _any(db, rollout.id, RolloutStep.DONE):
        first.wave = 0
        return [first]
    return db.scalars(waiting.where(RolloutStation.wave == first.wave)).all()


def _end(db: Session, rollout: Rollout, state: RolloutState, now: datetime) -> None:
    """No further turn begins."""
    rollout.state = state
    rollout.finished_at = now
    db.execute(
        update(RolloutStation)
        .where(RolloutStation.rollout_id == rollout.id, RolloutStation.step == RolloutStep.WAITING)
        .values(step=RolloutStep.SKIPPED, finished_at=now, details={"why": Why.ROLLOUT_ENDED})
        .execution_options(synchronize_session=False)
    )
    live.note(db, live.Change(live.Kind.ROLLOUT, rollout.id, None))
