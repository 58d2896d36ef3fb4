"""What a command needs when its turn comes, and what follows from its answer.

Most commands need nothing but their parameters and change nothing here. Those that do have a line in one of the two
tables; the functions live beside the word that they are about.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain import (
    commands,
    file_orders,
    local_list_sending,
    orders,
    parameters,
    rollouts,
    sealed_parameters,
    station_passwords,
)
from domain.errors import GoneError
from domain.models import Action, Command, CommandReason, CommandState
from domain.reports import CommandReport, Order, TakeCommandReport

PREPARE: Mapping[Action, Callable[[Session, Command, datetime], dict[str, Any]]] = {
    Action.UPDATE_FIRMWARE: file_orders.firmware,
    Action.GET_DIAGNOSTICS: file_orders.upload,
    Action.GET_LOG: file_orders.upload,
    Action.SEND_LOCAL_LIST: local_list_sending.prepare,
    Action.CHANGE_CONFIGURATION: sealed_parameters.opened,
}
"""What is added to an order's parameters in the moment it is sent, such as addresses with their passwords, which are
never stored. Raises GoneError."""


def _each(*functions: Callable[[Session, Command, datetime], None]) -> Callable[[Session, Command, datetime], None]:
    """One after the other, in this order."""

    def follow(db: Session, command: Command, answered_at: datetime) -> None:
        for function in functions:
            function(db, command, answered_at)

    return follow


FOLLOW: Mapping[Action, Callable[[Session, Command, datetime], None]] = {
    Action.GET_CONFIGURATION: parameters.follow_read,
    # The password is read before the value is masked.
    Action.CHANGE_CONFIGURATION: _each(
        station_passwords.heard_key_change, parameters.follow_change, rollouts.continue_turn
    ),
    Action.RESET: rollouts.continue_turn,
    Action.SEND_LOCAL_LIST: local_list_sending.follow,
    Action.GET_LOCAL_LIST_VERSION: local_list_sending.follow_version,
}
"""What is written down once the station has answered; the command carries its state and outcome."""


def take(db: Session, reports: Sequence[TakeCommandReport]) -> list[Order | None]:
    """The next command of each station, marked as sent, with all that its words on the wire are made of."""
    taken = orders.take(db, reports)
    return [_prepared(db, order, report) for order, report in zip(taken, reports, strict=True)]


def _prepared(db: Session, order: Order | None, report: TakeCommandReport) -> Order | None:
    """The order with what belongs to it; where that is gone, the next one of the station."""
    while order is not None and (prepare := PREPARE.get(order.action)) is not None:
        try:
            extra = prepare(db, db.get_one(Command, order.command_id), report.taken_at)
        except GoneError:
            commands.complete(db, CommandReport(order.command_id, CommandState.FAILED, CommandReason.GONE))
            [order] = orders.take(db, [report])
        else:
            return Order(order.command_id, order.action, {**order.parameters, **extra})
    return order


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
