"""One station's turn in a careful rollout: its keys one after the other, then a restart if chosen, then its return.

A station is back when it is online over another connection than the one over which it agreed, or has booted since: one
that speaks over SOAP has no line to lose. Where nothing makes it
connect anew, it must still be online after a while: shortly, or after the whole time that it may stay away if a value
can cut the line. Where a turn fails, the values from before are asked for in commands that wait for the station
(domain/commands.py, WAIT_WITHIN): if it never returns, nobody can put anything back from here.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import asking, heartbeats, known_parameters, live, parameters
from domain.asking import IfOffline
from domain.known_parameters import Risk
from domain.models import (
    Action,
    Command,
    CommandReason,
    CommandState,
    ParameterResult,
    Rollout,
    RolloutStation,
    RolloutStep,
    Station,
    StationParameter,
)
from domain.protocols import SOAP

SETTLED_AFTER = timedelta(seconds=10)
"""For so long a station must stay online after a change that need not make it connect anew."""

ACTIVE = (RolloutStep.CHANGING, RolloutStep.RETURNING)
UNSURE = (CommandReason.LINE_LOST, CommandReason.OFFLINE)
"""The line went before the answer: the station may have obeyed, and is asked once more when it is back."""


class Why(StrEnum):
    """Why a turn failed or was skipped; the screen translates it."""

    OFFLINE = "offline"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    RESTART_REFUSED = "restart_refused"
    STAYED_AWAY = "stayed_away"
    ROLLOUT_ENDED = "rollout_ended"


def cuts_line(keys: Iterable[str]) -> bool:
    return any(known_parameters.risk_of(key) is Risk.CUTS_LINE for key in keys)


def begin(db: Session, rollout: Rollout, turn: RolloutStation, now: datetime) -> None:
    station = _station(db, turn)
    turn.started_at = now
    if not station.online:
        _finish(db, turn, RolloutStep.SKIPPED, now, Why.OFFLINE)
        return
    rows = db.scalars(select(StationParameter).where(StationParameter.station_id == station.id))
    told = {row.key.lower(): row.value for row in rows}
    turn.details = {"before": {key: told.get(key.lower()) for key in rollout.values}, "answers": {}}
    _ask_next(db, rollout, turn, station, now)


def go_on(db: Session, rollout: Rollout, turn: RolloutStation, now: datetime) -> None:
    """Whatever can be done now for a turn that is under way."""
    if turn.step is RolloutStep.RETURNING:
        _look_for_return(db, rollout, turn, now)
        return
    command = db.get_one(Command, turn.command_id, populate_existing=True)
    if command.is_over:
        hear(db, rollout, turn, command, now)


def hear(db: Session, rollout: Rollout, turn: RolloutStation, command: Command, now: datetime) -> None:
    """What the end of a turn's command means for it."""
    key = None if command.action is Action.RESET else _key_under_way(rollout, turn)
    if is_yes(command):
        _note_yes(turn, command, key)
        _ask_next(db, rollout, turn, _station(db, turn), now)
    elif command.reason in UNSURE and not turn.details.get("was_lost"):
        _note(turn, was_lost=True, restarted=key is None)
        turn.connection_number = command.connection_number or turn.connection_number
        _await_return(db, turn, now)
    elif command.answered_at is None:
        _fail(db, rollout, turn, now, Why.NO_ANSWER, key)
    elif key is None:
        _fail(db, rollout, turn, now, Why.RESTART_REFUSED)
    else:
        answer = parameters.result_of(command) or ParameterResult.REJECTED
        _note(turn, answers={**turn.details["answers"], key: answer})
        _fail(db, rollout, turn, now, Why.REFUSED, key)


def is_yes(command: Command) -> bool:
    if command.action is Action.RESET:
        return command.state is CommandState.ACCEPTED
    return parameters.result_of(command) in parameters.IN_FORCE


def _ask_next(db: Session, rollout: Rollout, turn: RolloutStation, station: Station, now: datetime) -> None:
    """The next key that is not answered, then the restart, then the return."""
    key = _key_under_way(rollout, turn)
    if key is not None:
        command = parameters.change(db, station, key, rollout.values[key], rollout.user_id, now)
    elif rollout.restarts and not turn.details.get("restarted"):
        command = asking.ask(db, station, Action.RESET, {"type": "soft"}, rollout.user_id, now)
    else:
        _await_return(db, turn, now)
        return
    turn.step = RolloutStep.CHANGING
    turn.command_id = command.id
    _tell(db, turn, station)


def _key_under_way(rollout: Rollout, turn: RolloutStation) -> str | None:
    return next((key for key in rollout.values if key not in turn.details["answers"]), None)


def _note_yes(turn: RolloutStation, command: Command, key: str | None) -> None:
    # It may have connected anew since it agreed, so that it counts over which connection it did.
    turn.connection_number = command.connection_number
    if key is None:
        _note(turn, restarted=True)
    else:
        _note(turn, answers={**turn.details["answers"], key: parameters.result_of(command)}, was_lost=False)


def _await_return(db: Session, turn: RolloutStation, now: datetime) -> None:
    turn.step = RolloutStep.RETURNING
    _note(turn, left_at=now.isoformat())
    _tell(db, turn, _station(db, turn))


def _look_for_return(db: Session, rollout: Rollout, turn: RolloutStation, now: datetime) -> None:
    station = _station(db, turn)
    left_at = datetime.fromisoformat(turn.details["left_at"])
    waited = now - left_at
    is_over = waited >= _longest_absence(rollout, station)
    has_booted = station.booted_at is not None and station.booted_at > left_at
    connected_anew = station.connection_number > (turn.connection_number or 0) or has_booted
    has_stayed = _has_stayed(rollout, turn, waited, is_over=is_over) and _is_heard(rollout, station, left_at)
    if station.online and (connected_anew or has_stayed):
        if _key_under_way(rollout, turn) is None:
            _finish(db, turn, RolloutStep.DONE, now)
        else:
            _ask_next(db, rollout, turn, station, now)
    elif is_over:
        _fail(db, rollout, turn, now, Why.STAYED_AWAY, _key_under_way(rollout, turn))


def _has_stayed(rollout: Rollout, turn: RolloutStation, waited: timedelta, *, is_over: bool) -> bool:
    """Whether a station that did not connect anew need not do so, and was watched for long enough."""
    if turn.details.get("restarted"):
        return False
    return is_over if cuts_line(rollout.values) else waited >= SETTLED_AFTER


def _longest_absence(rollout: Rollout, station: Station) -> timedelta:
    """One that speaks over SOAP is noticed to be away only after two of its heartbeats."""
    within = timedelta(seconds=rollout.return_seconds)
    return max(within, heartbeats.missed_after(station)) if station.protocol in SOAP else within


def _is_heard(rollout: Rollout, station: Station, left_at: datetime) -> bool:
    """Whether it showed since that it still finds us. A line shows it by being there."""
    if station.protocol not in SOAP or not cuts_line(rollout.values):
        return True
    return station.last_seen_at is not None and station.last_seen_at > left_at


def _fail(db: Session, rollout: Rollout, turn: RolloutStation, now: datetime, why: Why, key: str | None = None) -> None:
    """`key` is the one that was asked for last."""
    _put_back(db, rollout, turn, now, key)
    _finish(db, turn, RolloutStep.FAILED, now, why, key)


def _put_back(db: Session, rollout: Rollout, turn: RolloutStation, now: datetime, last: str | None) -> None:
    """Ask for the values from before, as soon as the station can be asked; the last change first."""
    answers, before = turn.details["answers"], turn.details["before"]
    # What was asked for and not answered may have been taken.
    taken = [
        key for key in rollout.values if answers.get(key) in parameters.IN_FORCE or (key == last and key not in answers)
    ]
    station = _station(db, turn)
    commands = {}
    for key in reversed(taken):
        if before[key] is not None:
            command = parameters.change(db, station, key, before[key], rollout.user_id, now, IfOffline.WAIT)
            commands[key] = command.id
    if commands and turn.details.get("restarted"):
        asking.ask(db, station, Action.RESET, {"type": "soft"}, rollout.user_id, now, IfOffline.WAIT)
    _note(turn, put_back=commands, not_put_back=[key for key in taken if before[key] is None])


def _finish(
    db: Session, turn: RolloutStation, step: RolloutStep, now: datetime, why: Why | None = None, key: str | None = None
) -> None:
    turn.step = step
    turn.finished_at = now
    if why is not None:
        _note(turn, why=why, key=key)
    _tell(db, turn, _station(db, turn))


def _note(turn: RolloutStation, **details: object) -> None:
    turn.details = {**turn.details, **details}


def _station(db: Session, turn: RolloutStation) -> Station:
    """As it is now."""
    return db.get_one(Station, turn.station_id, populate_existing=True)


def _tell(db: Session, turn: RolloutStation, station: Station) -> None:
    live.note(db, live.Change(live.Kind.ROLLOUT, turn.rollout_id, station.site_id, station.id))
