"""Commands: what the portal asks of a station, and what became of it.

A command is *queued* until the process that holds the station's connection takes it, *sent* until the station answers,
and then *accepted* or *rejected*, as the station says. It *failed* where no answer can come or where the answer is an
error, and *timed out* where one could have come and did not. Each of these is an end, but for one: a station may answer
after its time is over, and what it says then is recorded and counts, since it is what happened at the roadside.

It is marked as sent, and that is committed, before the first byte leaves; and what is marked is never sent again, but
for what is safe to ask twice (domain/repeats.py). So a station gets each command at most once, whatever process dies at
whatever moment (docs/decisions/a-command-is-sent-at-most-once.md). Every step is one UPDATE that names the states from
which it may be taken, so that a sweep and an answer at the same moment never both count.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson
from sqlalchemy import Integer, Text, and_, cast, column, exists, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from config import get_settings
from domain import live
from domain.messages import masked_document
from domain.models import Action, Command, CommandReason, CommandState, Station
from domain.protocols import SOAP
from domain.reports import CommandReport
from domain.secret_parameters import without_secrets

SEND_WITHIN = timedelta(seconds=60)
"""A charge that begins much later than it was asked for meets a driver who has gone."""
WAIT_WITHIN = timedelta(days=7)
"""For so long a command waits for a station that is offline, where the person chose that."""
WAITS_SHORTER: Mapping[Action, timedelta] = {Action.SEND_LOCAL_LIST: timedelta(days=1)}
"""A list of tags is what it was when it was asked for: a tag that was blocked since would be let in."""
SWEEP_AFTER = timedelta(seconds=5)
"""For how long a step is left to the process whose turn it is, before the sweep looks after it."""

QUEUED, SENT = CommandState.QUEUED, CommandState.SENT
OPEN_STATES = (QUEUED, SENT)

COMES_FROM: Mapping[CommandState, tuple[CommandState, ...]] = {
    CommandState.SENT: (QUEUED,),
    CommandState.ACCEPTED: (SENT, CommandState.TIMED_OUT),
    CommandState.REJECTED: (SENT, CommandState.TIMED_OUT),
    CommandState.FAILED: (QUEUED, SENT, CommandState.TIMED_OUT),
    CommandState.TIMED_OUT: (QUEUED, SENT),
}
"""Which state may follow which; an answer after the time-out is the only step out of an end."""


POSITION = "position"
"""Of a command among those that are made at once."""
CHANGED = (Command.id, Command.site_id, Command.station_id, Command.batch_id, Command.user_id)


def change_of(command: Any) -> live.Change:
    """What those who look are told of a command, or of a row with the columns `CHANGED`."""
    of = (command.site_id, command.station_id, command.batch_id, command.user_id)
    return live.Change(live.Kind.COMMAND, command.id, *of)


class Addressee(Protocol):
    """A station, as far as commands know it; a row with these columns will do."""

    @property
    def id(self) -> int: ...
    @property
    def site_id(self) -> int: ...
    @property
    def online(self) -> bool: ...


def answer_within() -> timedelta:
    """For how long a station's answer is waited for."""
    return timedelta(seconds=get_settings().command_answer_seconds)


def make(
    db: Session,
    station: Addressee,
    action: Action,
    parameters: dict[str, Any],
    user_id: int | None,
    now: datetime,
    outlet_id: int | None = None,
    charging_session_id: int | None = None,
    waits: bool = False,
    batch_id: int | None = None,
) -> Command:
    """Ask something of a station. The caller commits, then queues `engine.jobs.send_command` with the command's id.

    A station that is offline lets it fail at once, unless the command `waits`: then until its `deadline`.
    """
    made = row(station, action, parameters, user_id, now, outlet_id, charging_session_id, waits, batch_id)
    command = Command(**made)
    db.add(command)
    db.flush()
    live.note(db, change_of(command))
    return command


def make_many(db: Session, rows: Sequence[dict[str, Any]]) -> None:
    """As `make`, at once and in this order; the rows are those of `row`. The audit log is told by their batch.

    They travel as one document: as parameters of their own, ten thousand would take six times as long.
    """
    if not rows:
        return
    numbered = [row | {POSITION: position} for position, row in enumerate(rows)]
    document = cast(literal(orjson.dumps(numbered).decode(), Text), JSONB)
    types = [column(name, Command.__table__.c[name].type) for name in rows[0]]
    given = func.jsonb_to_recordset(document).table_valued(*types, column(POSITION, Integer))
    given = given.render_derived(with_types=True)
    in_order = select(*(given.c[name] for name in rows[0])).order_by(given.c[POSITION])
    made = insert(Command).from_select(list(rows[0]), in_order).returning(*CHANGED)
    for each in db.execute(made, execution_options={"audit": "their batch tells it"}):
        live.note(db, change_of(each))


def row(
    station: Addressee,
    action: Action,
    parameters: dict[str, Any],
    user_id: int | None,
    now: datetime,
    outlet_id: int | None = None,
    charging_session_id: int | None = None,
    waits: bool = False,
    batch_id: int | None = None,
) -> dict[str, Any]:
    """A command by column."""
    is_possible = station.online or waits
    return {
        "site_id": station.site_id,
        "station_id": station.id,
        "outlet_id": outlet_id,
        "charging_session_id": charging_session_id,
        "user_id": user_id,
        "action": action,
        "parameters": parameters,
        "batch_id": batch_id,
        "waits": waits,
        "state": QUEUED if is_possible else CommandState.FAILED,
        "reason": None if is_possible else CommandReason.OFFLINE,
        "outcome": None,
        "created_at": now,
        "deadline_at": deadline(action, parameters, waits, now),
    }


def deadline(action: Action, parameters: Mapping[str, Any], waits: bool, now: datetime) -> datetime:
    """Until when a command may be sent: one of several parts has the time of those before it too."""
    within = SEND_WITHIN + (parameters.get("part", 1) - 1) * answer_within()
    ends_at = now + (WAITS_SHORTER.get(action, WAIT_WITHIN) if waits else within)
    if action is Action.RESERVE:
        return min(ends_at, datetime.fromisoformat(parameters["expires_at"]))
    return ends_at


def cancel(db: Session, command: Command) -> bool:
    """Take back what is not sent yet; False if it is too late."""
    db.refresh(command, with_for_update={"of": Command})
    if command.state is not QUEUED:
        return False
    command.state, command.reason = CommandState.FAILED, CommandReason.CANCELLED
    live.note(db, change_of(command))
    return True


def cancel_batch(db: Session, batch_id: int) -> int:
    """Take back what is not sent yet of a batch, and return how many those are. The audit log is told by the batch."""
    state, reason = CommandState.FAILED, CommandReason.CANCELLED
    return _end(db, state, reason, Command.batch_id == batch_id, Command.state == QUEUED, is_locked_left=False)


def station_to_tell(db: Session, command_id: int) -> int | None:
    """The station whose process is to take this command; None if nothing is to be done, or nothing can be any more."""
    row = db.execute(
        select(Command.station_id, Command.waits, Station.online)
        .outerjoin(Station, Station.id == Command.station_id)
        .where(Command.id == command_id, Command.state == QUEUED)
    ).one_or_none()
    if row is None:
        return None
    if not row.online and row.waits:
        return None
    if not row.online:
        _move(db, command_id, CommandState.FAILED, reason=CommandReason.OFFLINE)
        return None
    station_id: int = row.station_id
    return station_id


def stations_to_tell(db: Session, batch_id: int) -> Sequence[int]:
    """As `station_to_tell`, of all the commands of a batch."""
    of_batch = (Command.batch_id == batch_id, Command.state == QUEUED)
    is_online = exists().where(Station.id == Command.station_id, Station.online)
    _end(db, CommandState.FAILED, CommandReason.OFFLINE, *of_batch, ~Command.waits, ~is_online)
    return db.scalars(select(Command.station_id).where(*of_batch, is_online).distinct()).all()


def complete(db: Session, report: CommandReport) -> bool:
    """Write down what became of a command; False if that was known already. An answer is kept whole but for secrets."""
    told = {"reason": report.reason, "outcome": without_secrets(report.outcome)}
    if report.answered_at:
        told |= {"answer": masked_document(report.answer), "answered_at": report.answered_at}
    return _move(db, report.command_id, report.state, **told)


def _move(db: Session, command_id: int, state: CommandState, **values: Any) -> bool:
    moved = db.execute(
        update(Command)
        .where(Command.id == command_id, Command.state.in_(COMES_FROM[state]))
        .values(state=state, **values)
        .returning(*CHANGED)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if moved is not None:
        live.note(db, change_of(moved))
    return moved is not None


def prolong(db: Session, command_id: int, now: datetime) -> bool:
    """Give a command that is asked a second time the time for its answer anew; False if it is over already."""
    prolonged = db.scalar(
        update(Command)
        .where(Command.id == command_id, Command.state == SENT)
        .values(deadline_at=now + answer_within())
        .returning(Command.id)
        .execution_options(synchronize_session=False)
    )
    return prolonged is not None


def sweep(db: Session, now: datetime) -> Sequence[int]:
    """End what nobody else will end, and return the stations that are to be told again of what waits for them.

    The process that should have sent a command, or waits for its answer, may have died; so may the message to it.
    """
    _end(db, CommandState.TIMED_OUT, CommandReason.NOT_SENT, Command.state == QUEUED, Command.deadline_at < now)
    is_there = exists().where(Station.id == Command.station_id)
    _end(db, CommandState.FAILED, CommandReason.STATION_DELETED, Command.state == QUEUED, ~is_there)
    # What is asked over SOAP is answered whatever the station says meanwhile, or not.
    is_held = and_(Station.online, Station.connection_number == Command.connection_number)
    held_no_more = ~exists().where(Station.id == Command.station_id, or_(is_held, Station.protocol.in_(SOAP)))
    _end(
        db,
        CommandState.FAILED,
        CommandReason.LINE_LOST,
        Command.state == SENT,
        Command.sent_at < now - SWEEP_AFTER,
        held_no_more,
    )
    _end(
        db,
        CommandState.TIMED_OUT,
        CommandReason.NO_ANSWER,
        Command.state == SENT,
        Command.deadline_at < now - SWEEP_AFTER,
    )
    return db.scalars(
        select(Command.station_id)
        .join(Station, Station.id == Command.station_id)
        .where(Command.state == QUEUED, Command.created_at < now - SWEEP_AFTER, Station.online)
        .distinct()
    ).all()


def _end(db: Session, state: CommandState, reason: CommandReason, *which: Any, is_locked_left: bool = True) -> int:
    """End all of these and return how many those are."""
    # One that is locked is being completed at this moment.
    found = select(Command.id).where(*which).order_by(Command.id).with_for_update(skip_locked=is_locked_left)
    ended = db.execute(
        update(Command)
        .where(Command.id.in_(found))
        .values(state=state, reason=reason)
        .returning(*CHANGED)
        .execution_options(synchronize_session=False, audit="their batch tells it")
    ).all()
    for each in ended:
        live.note(db, change_of(each))
    return len(ended)
