"""The way out to one station: its commands one after the other, over one connection.

A greenlet lives only while there is something to send. It takes the next command, which commits that it is sent; sends
it; and waits for the answer, for its time to be over, or for the end of the line. What became of it goes through the
group commit like everything else; what cannot be stored there is left to the sweep (domain/commands.py).
"""

from collections.abc import Callable
from typing import Any, Protocol

import structlog
from gevent import Greenlet
from gevent.event import Event

from domain import clock, commands
from domain.models import CommandReason, CommandState
from domain.reports import CommandReport, Order, TakeCommandReport
from domain.stations import Connection
from engine import rpc
from engine.group_commit import NotStoredError
from engine.ocpp16.commands import QUESTIONS
from engine.rpc import Answer, CallError, Calls, Refusal

log = structlog.get_logger()


class Sender(Protocol):
    """A station's socket."""

    def send(self, text: str) -> None: ...


class Outbox:
    __slots__ = ("_calls", "_connection", "_happened", "_is_closed", "_is_woken", "_line", "_submit", "_worker")

    def __init__(self, connection: Connection, line: Sender, submit: Callable[[Any], Any]) -> None:
        """`submit` commits a report and returns its outcome."""
        self._connection = connection
        self._line = line
        self._submit = submit
        self._calls: Calls[Order] = Calls()
        self._worker: Greenlet | None = None
        self._happened = Event()
        self._is_woken = False
        self._is_closed = False

    def wake(self) -> None:
        """A command may wait for this station."""
        self._is_woken = True
        if self._worker is None or self._worker.dead:
            self._worker = Greenlet.spawn(self._work)

    def hear(self, answer: Answer) -> None:
        """The station answered."""
        order = self._calls.pair(answer)
        if order is None:
            log.info("an answer to no question was ignored", answer=str(answer)[:200])
            return
        self._complete(read(order, answer))
        if not self._calls.is_one_under_way:
            self._happened.set()

    def close(self) -> None:
        """The line is gone, and with it the answer to what was asked over it."""
        self._is_closed = True
        self._happened.set()

    def _work(self) -> None:
        while self._is_woken and not self._is_closed:
            self._is_woken = False
            while not self._is_closed and (order := self._take()) is not None:
                self._ask(order)

    def _take(self) -> Order | None:
        try:
            order: Order | None = self._submit(
                TakeCommandReport(self._connection.station_id, self._connection.number, clock.now())
            )
        except NotStoredError:
            return None
        return order

    def _ask(self, order: Order) -> None:
        """Send a command and see it through to its end."""
        unique_id = str(order.command_id)
        try:
            frame = frame_of(order, unique_id)
        except CallError as error:
            log.warning("a command cannot be said", command_id=order.command_id, reason=error.description)
            self._complete(CommandReport(order.command_id, CommandState.FAILED, CommandReason.NOT_SENDABLE))
            return
        self._happened.clear()
        self._calls.begin(unique_id, order)
        self._line.send(frame)
        if not self._is_closed:
            self._happened.wait(commands.answer_within().total_seconds())
        if self._calls.is_one_under_way:
            self._calls.give_up()
            self._complete(self._unanswered(order))

    def _unanswered(self, order: Order) -> CommandReport:
        if self._is_closed:
            return CommandReport(order.command_id, CommandState.FAILED, CommandReason.LINE_LOST)
        return CommandReport(order.command_id, CommandState.TIMED_OUT, CommandReason.NO_ANSWER)

    def _complete(self, report: CommandReport) -> None:
        try:
            self._submit(report)
        except NotStoredError:
            log.warning("what became of a command is left to the sweep", command_id=report.command_id)


def frame_of(order: Order, unique_id: str) -> str:
    """The command as the station is told it. Raises CallError where its version of OCPP cannot say it."""
    question = QUESTIONS[order.action]
    payload = question.payload(order.parameters)
    question.check(payload)
    return rpc.call(unique_id, question.action, payload)


def read(order: Order, answer: Answer) -> CommandReport:
    """What the station's answer makes of the command."""
    now = clock.now()
    if isinstance(answer, Refusal):
        whole = {"errorCode": answer.code, "errorDescription": answer.description, "errorDetails": answer.details}
        return CommandReport(order.command_id, CommandState.FAILED, CommandReason.REFUSED, whole, now)
    question = QUESTIONS[order.action]
    try:
        question.check_answer(answer.payload)
    except CallError as error:
        log.info("an answer was not understood", command_id=order.command_id, reason=error.description)
        failed = CommandState.FAILED
        return CommandReport(order.command_id, failed, CommandReason.NOT_UNDERSTOOD, answer.payload, now)
    return CommandReport(order.command_id, question.state(answer.payload), None, answer.payload, now)
