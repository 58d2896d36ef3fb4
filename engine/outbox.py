"""The way out to one station: its commands one after the other, over one connection.

A greenlet lives only while there is something to send. It takes the next command, which commits that it is sent; sends
it; and waits for the answer, for its time to be over, or for the end of the line. What became of it goes through the
group commit like everything else; what cannot be stored there is left to the sweep (domain/commands.py).

A station that has just started is asked nothing before it has booted (OCPP 1.6, 4.2), and one that comes back after its
line was lost may have nothing to say for hours. Which of the two a new line belongs to shows in its first frame; so
nothing goes out before that is answered, or before it has been silent for a while.
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
from engine.ocpp1.commands.question import Question
from engine.ocpp1.commands.translate import payload_of, report_of
from engine.rpc import LONGEST_ID, Answer, CallError, Calls
from engine.versions import OCPP_16J

QUIET_SECONDS = 3.0
"""A station that starts says so at once."""

STRANGE = "no call of ours waits for this answer"

Note = Callable[[int, str, str, str], None]
"""Takes station, action, unique id and frame of a call."""

log = structlog.get_logger()


class Sender(Protocol):
    """A station's socket."""

    def send(self, text: str) -> None: ...


class Outbox:
    __slots__ = (
        "_calls",
        "_connection",
        "_happened",
        "_is_closed",
        "_is_open",
        "_is_woken",
        "_line",
        "_note",
        "_submit",
        "_worker",
    )

    def __init__(self, connection: Connection, line: Sender, submit: Callable[[Any], Any], note: Note) -> None:
        """`submit` commits a report and returns its outcome; `note` keeps each call for the message log."""
        self._connection = connection
        self._line = line
        self._submit = submit
        self._note = note
        self._calls: Calls[tuple[Order, Question]] = Calls()
        self._worker: Greenlet | None = None
        self._happened = Event()
        """The answer came, the line opened or is gone: whatever the greenlet waits for."""
        self._is_woken = False
        self._is_open = False
        self._is_closed = False

    def wake(self) -> None:
        """A command may wait for this station."""
        self._is_woken = True
        if self._worker is None or self._worker.dead:
            self._worker = Greenlet.spawn(self._work)

    def open(self) -> None:
        """The station's first frame is dealt with."""
        if not self._is_open:
            self._is_open = True
            self._happened.set()

    def hear(self, answer: Answer) -> tuple[str | None, str | None]:
        """The station answered: returns what, and what is wrong with the answer."""
        is_waited_for = self._calls.is_one_under_way
        asked = self._calls.pair(answer)
        if asked is None:
            # What is in it stands in the message log alone, where its secrets are masked.
            log.info("an answer to no question was ignored", message_id=str(answer.unique_id)[:LONGEST_ID])
            return None, STRANGE
        is_late = not is_waited_for or self._calls.is_one_under_way
        order, question = asked
        report, remark = report_of(question, order, answer, clock.now())
        self._complete(report)
        if is_late:
            # A further command may follow from it, and nobody is about to look.
            self.wake()
        elif not self._calls.is_one_under_way:  # Storing it may have taken so long that the next one is.
            self._happened.set()
        return question.action, remark

    def close(self) -> None:
        """The line is gone, and with it the answer to what was asked over it."""
        self._is_closed = True
        self._happened.set()

    def _work(self) -> None:
        if not self._is_open:
            self._happened.wait(QUIET_SECONDS)
            self._is_open = True
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
            question = OCPP_16J.question_for(order)
            frame = rpc.call(unique_id, question.action, payload_of(question, order))
        except CallError as error:
            log.warning("a command cannot be said", command_id=order.command_id, reason=error.description)
            self._complete(CommandReport(order.command_id, CommandState.FAILED, CommandReason.NOT_SENDABLE))
            return
        self._happened.clear()
        self._calls.begin(unique_id, (order, question))
        self._note(self._connection.station_id, question.action, unique_id, frame)
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
