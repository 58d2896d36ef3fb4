"""What the database is told of calls, in transactions of their own that are short.

Many threads wait for stations and only a few of them work at a time: they share one process with the commands for all
other stations, which must not wait for them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore

import structlog
from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import get_settings
from domain import clock, commands, endpoints, fulfilment, messages
from domain.db import session_factory
from domain.endpoints import Callee
from domain.models import Direction, Message, MessageKind
from domain.reports import CommandReport, Order, TakeCommandReport
from engine.calls.call import Call

WORKING = BoundedSemaphore(3)
"""Held by whoever works rather than waits."""
LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '5s'")
WITHOUT_WAITING = text("SET LOCAL synchronous_commit = off")
"""A line of the message log may be lost (docs/decisions/the-message-log-is-written-beside.md)."""

log = structlog.get_logger()


@contextmanager
def _transaction() -> Iterator[Session]:
    with WORKING, session_factory().begin() as db:
        db.execute(LOCK_TIMEOUT)
        yield db


def take(station_id: int) -> tuple[Callee, Order] | None:
    """The station's next command, marked as sent; None if there is none, or if it is being called already."""
    with _transaction() as db:
        found = endpoints.callees(db, [station_id])
        if not found:  # It speaks another version by now.
            return None
        [callee] = found
        [order] = fulfilment.take(db, [TakeCommandReport(station_id, callee.connection_number, clock.now())])
    return None if order is None else (callee, order)


def prolong(command_id: int) -> bool:
    """Whether a command may still be sent, which gives it the time for its answer anew."""
    with _transaction() as db:
        return commands.prolong(db, command_id, clock.now())


def complete(report: CommandReport) -> bool:
    """Write down what became of a command; False if that was known, or cannot be written now."""
    try:
        with _transaction() as db:
            return fulfilment.complete(db, report)
    except SQLAlchemyError:
        log.exception("what became of a command is left to the sweep", command_id=report.command_id)
        return False


def keep(
    call: Call,
    direction: Direction,
    kind: MessageKind,
    frame: bytes,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """A message for the log, whatever becomes of it; `at` is now unless it is told."""
    if get_settings().message_log_days == 0:
        return
    whole = frame.decode(errors="replace")
    if len(whole) > messages.LONGEST_FRAME:
        whole, reason = messages.cut(whole, reason)
    shown, reason = messages.storable(whole, call.operation.name, reason)
    row = {
        "at": at or clock.now(),
        "station_id": call.callee.station_id,
        "direction": direction,
        "kind": kind,
        "action": call.operation.name,
        "unique_id": str(call.order.command_id),
        "frame": shown,
        "reason": reason,
    }
    try:
        with _transaction() as db:
            db.execute(WITHOUT_WAITING)
            db.execute(insert(Message), row)
    except SQLAlchemyError:
        log.exception("a message was not kept", station_id=call.callee.station_id)
