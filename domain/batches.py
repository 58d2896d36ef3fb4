"""One command for many stations: each has a command of its own, made in a few statements however many they are.

The parameters are checked once. A station for which they cannot be meant, such as one without that outlet, gets a
command that has failed at once and says why (`unsuitable`, with the problems in its outcome); the others go their way.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain import addressees, command_checks, commands
from domain.addressees import Addressee, Fit, Found, dumped
from domain.asking import IfOffline, check_waiting, checked
from domain.command_parameters import Parameters
from domain.models import Action, Command, CommandBatch, CommandReason, CommandState
from domain.problems import ParametersError, Problems, one
from domain.sealed_parameters import unsealed
from domain.secrets import UnreadableSecretError

WENT_WRONG = (CommandState.FAILED, CommandState.TIMED_OUT)


def make(
    db: Session,
    action: Action,
    parameters: Parameters | Mapping[str, Any],
    station_ids: Iterable[int],
    user_id: int | None,
    now: datetime,
    if_offline: IfOffline = IfOffline.FAIL,
) -> CommandBatch:
    """Ask each of these stations the same. The caller knows that they may be asked, commits, and sends the batch
    (`portal.commands.send_batch`). Raises ParametersError."""
    asked = parameters if isinstance(parameters, Parameters) else checked(action, parameters)
    waits = check_waiting(action, if_offline)
    stations = addressees.of_ids(db, station_ids)
    found = command_checks.fit(db, action, asked, stations, now)
    batch = CommandBatch(
        created_at=now,
        user_id=user_id,
        action=action,
        parameters=dumped(asked),
        waits=waits,
        stations=len(stations),
    )
    db.add(batch)
    db.flush()
    commands.make_many(db, [row for station in stations for row in _rows(batch, station, found[station.id], now)])
    return batch


def _rows(batch: CommandBatch, station: Addressee, found: Found, now: datetime) -> list[dict[str, Any]]:
    suitable: Sequence[Fit] = [Fit(batch.parameters)] if isinstance(found, Mapping) else found
    end = _unsuitable(found) if isinstance(found, Mapping) else {}
    return [
        commands.row(
            station,
            batch.action,
            fit.parameters,
            batch.user_id,
            now,
            fit.outlet_id,
            fit.charging_session_id,
            batch.waits,
            batch.id,
        )
        | end
        for fit in suitable
    ]


def _unsuitable(problems: Problems) -> dict[str, Any]:
    """The state of a command that is never sent."""
    in_words = {
        name: [{"word": each.word, "message": each.message, "values": dict(each.values)} for each in some]
        for name, some in problems.items()
    }
    return {
        "state": CommandState.FAILED,
        "reason": CommandReason.UNSUITABLE,
        "outcome": {"problems": in_words},
    }


def counts(db: Session, batch_id: int) -> dict[CommandState, int]:
    """How many of its commands are in each state."""
    statement = select(Command.state, func.count()).where(Command.batch_id == batch_id).group_by(Command.state)
    return dict.fromkeys(CommandState, 0) | dict(db.execute(statement).all())


def cancel(db: Session, batch: CommandBatch, now: datetime) -> int:
    """Take back what is not sent yet, and return how many commands those are."""
    batch.cancelled_at = batch.cancelled_at or now
    db.flush()
    return commands.cancel_batch(db, batch.id)


def gone_wrong(batch: CommandBatch) -> Select[int]:
    """The stations of which it is not known that they heard the question: what `again` is for."""
    return select(Command.station_id).where(Command.batch_id == batch.id, Command.state.in_(WENT_WRONG)).distinct()


def again(
    db: Session, batch: CommandBatch, station_ids: Iterable[int], user_id: int | None, now: datetime
) -> CommandBatch:
    """Ask these stations the same once more. Raises ParametersError, since what was asked may be over."""
    if_offline = IfOffline.WAIT if batch.waits else IfOffline.FAIL
    try:
        parameters = unsealed(batch.parameters)
    except UnreadableSecretError as error:
        raise ParametersError(one("value", "unreadable", str(error))) from error
    return make(db, batch.action, parameters, station_ids, user_id, now, if_offline)
