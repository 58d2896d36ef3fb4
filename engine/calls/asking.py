"""One command over SOAP, from its order to its end.

Nothing was sent while there is no connection, so whatever is asked, connecting is tried once more. What was sent and
not answered is asked a second time where two of the same do no harm (domain/repeats.py), and never else. After the last
try an answer that is late is still waited for, while the station's next command goes out. Why it is so is told in
docs/decisions/a-call-over-soap-is-tried-again-where-that-is-safe.md.
"""

from collections.abc import Callable
from threading import Event
from time import monotonic

from config import get_settings
from domain import commands
from domain.endpoints import Callee
from domain.models import CommandReason, CommandState, Direction, MessageKind
from domain.repeats import SAFE
from domain.reports import CommandReport, Order
from engine.calls import answers, records
from engine.calls.call import Call, call_of
from engine.calls.connecting import EndingSocket, connect
from engine.calls.errors import NotCalledError
from engine.calls.exchange import Broken, Exchange, Heard, Outcome

PAUSE_SECONDS = 1.0
"""Before a station that could not be reached is tried once more."""
LISTEN_SECONDS = 60.0
"""For so long a late answer is waited for."""
QUICK_SECONDS = commands.SWEEP_AFTER.total_seconds() / 2
"""Whoever connects more slowly has the time for the answer anew, before the sweep takes it to be over."""

Late = Callable[[Outcome], None]
Listen = Callable[[Exchange, Late], None]
"""Waits for what still comes of an exchange."""


class Asking:
    def __init__(
        self, callee: Callee, order: Order, is_stopping: Event, listen: Listen, wake: Callable[[], None]
    ) -> None:
        """`wake` is called when more may wait for the station, and nobody is about to look."""
        self._callee = callee
        self._order = order
        self._is_stopping = is_stopping
        self._listen = listen
        self._wake = wake
        self._taken_at = monotonic()

    def see_through(self) -> None:
        """Returns when the station may be asked the next one."""
        try:
            with records.WORKING:
                call = call_of(self._callee, self._order)
            report = self._try(call)
        except NotCalledError as error:
            outcome = None if error.detail is None else {"detail": error.detail}
            report = CommandReport(self._order.command_id, CommandState.FAILED, error.reason, outcome=outcome)
        if report is not None:
            records.complete(report)

    def _try(self, call: Call) -> CommandReport | None:
        """None if it is over by other means. Raises NotCalledError."""
        unanswered: CommandReport | None = None
        seconds = commands.answer_within().total_seconds()
        for is_last in (False, True) if self._order.action in SAFE else (True,):
            try:
                line = self._connect(call)
            except NotCalledError as error:
                records.keep(call, Direction.OUT, MessageKind.CALL, call.request.body, f"not sent: {error}")
                if unanswered is None:
                    raise
                return unanswered
            if not self._may_send(is_first=unanswered is None):
                line.close()
                return None
            records.keep(call, Direction.OUT, MessageKind.CALL, call.request.body)
            exchange = Exchange(line, call.place, call.request, seconds + LISTEN_SECONDS)
            outcome = exchange.wait(seconds)
            if isinstance(outcome, Heard):
                return self._heard(call, outcome)
            unanswered = self._unanswered(call, outcome)
            if is_last or self._is_stopping.is_set():
                self._listen(exchange, lambda late: self._heard_late(call, late))
                break
            exchange.cut()
        return unanswered

    def _connect(self, call: Call) -> EndingSocket:
        try:
            return connect(call.place, authorities=get_settings().station_ca_file)
        except NotCalledError as error:
            if error.reason is not CommandReason.UNREACHABLE or self._is_stopping.wait(PAUSE_SECONDS):
                raise
        return connect(call.place, authorities=get_settings().station_ca_file)

    def _may_send(self, *, is_first: bool) -> bool:
        """The sweep may have ended it meanwhile, and then the station may be asked something else by now."""
        if is_first and monotonic() - self._taken_at < QUICK_SECONDS:
            return True
        return records.prolong(self._order.command_id)

    def _heard(self, call: Call, heard: Heard) -> CommandReport:
        with records.WORKING:
            report, kind, remark = answers.report(call, heard)
        records.keep(call, Direction.IN, kind, heard.body, remark, heard.at)
        return report

    def _unanswered(self, call: Call, outcome: Broken | None) -> CommandReport:
        """In the words of a line that stays: it was lost, or the time is over."""
        number = self._order.command_id
        if outcome is None:
            return CommandReport(number, CommandState.TIMED_OUT, CommandReason.NO_ANSWER)
        records.keep(call, Direction.IN, MessageKind.INVALID, b"", outcome.reason)
        return CommandReport(number, CommandState.FAILED, CommandReason.LINE_LOST)

    def _heard_late(self, call: Call, outcome: Outcome) -> None:
        """It is what happened at the roadside. One that broke tells nothing new."""
        if isinstance(outcome, Heard) and records.complete(self._heard(call, outcome)):
            self._wake()
