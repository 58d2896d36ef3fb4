"""Which charges were begun from the portal: those whose driver, signed in, had asked the outlet to start.

A station begins them with the driver's tag, as if it had been shown to its reader; OCPP 1.x has no word for more. So
the start is laid beside what was asked: the same outlet, the same tag, its owner, and not too long before. Each command
begins one charge, which it names from then on; who holds a tag to the reader later charges by RFID again.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, or_, select, update
from sqlalchemy.orm import Session

from domain.commands import SEND_WITHIN, answer_within
from domain.id_tokens import identity_of
from domain.models import Action, Command, CommandReason, CommandState
from domain.reports import StartReport

BEGINS_WITHIN = timedelta(minutes=3)
"""After the station agreed: for so long stations wait for the cable (OCPP 1.6, 9.1.4, ConnectionTimeOut)."""
MAY_HAVE_OBEYED = or_(
    Command.state.in_((CommandState.SENT, CommandState.ACCEPTED)),
    and_(
        Command.state == CommandState.TIMED_OUT,
        Command.reason.in_((CommandReason.NO_ANSWER, CommandReason.LINE_LOST)),
    ),
)
"""A start may overtake the answer, or come although the answer was lost."""


def asked_for(db: Session, outlet_id: int, user_id: int, report: StartReport) -> int | None:
    """The command that this start obeys, if its driver asked for it.

    What a station that was offline tells late is placed by its own clock, what it tells at once by ours.
    """
    longest = SEND_WITHIN + answer_within() + BEGINS_WITHIN
    moments = (report.received_at, report.started_at)
    near = or_(*(Command.created_at.between(moment - longest, moment) for moment in moments))
    rows = db.execute(
        select(Command.id, Command.created_at, Command.sent_at, Command.answered_at, Command.parameters)
        .where(Command.outlet_id == outlet_id, Command.user_id == user_id, near)
        .where(Command.action == Action.REMOTE_START, Command.charging_session_id.is_(None), MAY_HAVE_OBEYED)
        .order_by(Command.created_at.desc(), Command.id.desc())
    )
    return next((row.id for row in rows if _is_obeyed(row, report.id_token, moments)), None)


def _is_obeyed(row: Row[Any], id_token: str, moments: tuple[datetime, ...]) -> bool:
    if identity_of(row.parameters["id_token"]) != identity_of(id_token):
        return False
    until = (row.answered_at or row.sent_at or row.created_at) + BEGINS_WITHIN
    return any(row.created_at <= moment <= until for moment in moments)


def begin(db: Session, command_id: int, charging_session_id: int) -> None:
    """The command has begun this charge, and begins no other."""
    db.execute(
        update(Command)
        .where(Command.id == command_id)
        .values(charging_session_id=charging_session_id)
        .execution_options(synchronize_session=False)
    )
