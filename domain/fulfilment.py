"""What a command needs when its turn comes, and what follows from its answer.

Most commands need nothing but their parameters and change nothing here. Those that do have a line in one of the two
tables; the functions live beside the word that they are about.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain import commands
from domain.models import Action, Command, CommandReason, CommandState
from domain.reports import CommandReport, Order, TakeCommandReport


class GoneError(Exception):
    """What the command speaks of is not there any more; it cannot be sent."""


PREPARE: Mapping[Action, Callable[[Session, Command, datetime], dict[str, Any]]] = {}
"""What is added to an order's parameters in the moment it is sent, such as addresses with their passwords, which are
never stored. Raises GoneError."""

FOLLOW: Mapping[Action, Callable[[Session, Command, datetime], None]] = {}
"""What is written down once the station has answered; the command carries its state and outcome."""


def take(db: Session, report: TakeCommandReport) -> Order | None:
    """The next command of a station, marked as sent, with all that its words on the wire are made of."""
    while (order := commands.take(db, report)) is not None:
        prepare = PREPARE.get(order.action)
        if prepare is None:
            return order
        try:
            extra = prepare(db, db.get_one(Command, order.command_id), report.taken_at)
        except GoneError:
            commands.complete(db, CommandReport(order.command_id, CommandState.FAILED, CommandReason.GONE))
            continue
        return Order(order.command_id, order.action, {**order.parameters, **extra})
    return None


def complete(db: Session, report: CommandReport) -> bool:
    """Write down what became of a command, and what follows from it; False if that was known already."""
    if not commands.complete(db, report):
        return False
    if report.answered_at is not None:
        command = db.get_one(Command, report.command_id, populate_existing=True)
        follow = FOLLOW.get(command.action)
        if follow is not None:
            follow(db, command, report.answered_at)
    return True
