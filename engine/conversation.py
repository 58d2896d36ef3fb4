"""What is said over one line of a station: each frame in, the answer out.

The only place that turns what went wrong into a CALLERROR.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog

from domain import messages
from domain.clock_offsets import ClockWatch
from domain.reports import Report
from domain.stations import Booted, Connection
from engine import rpc
from engine.group_commit import NotStoredError
from engine.ocpp16 import routes
from engine.rpc import Answer, Call, CallError, ErrorCode

NOT_STORED = "the message could not be stored; please send it again"
FAILED = "something went wrong here; please send it again"

Submit = Callable[[Any], Any]
"""Commits a report and returns its outcome."""

LONGEST_IN_LOG = 1000

log = structlog.get_logger()


class Listener(Protocol):
    """Who asks something of the station."""

    def hear(self, answer: Answer) -> tuple[str | None, str | None]:
        """Returns the action that was answered, and what was wrong with the answer; each None if there is none."""


@dataclass(slots=True)
class Exchange:
    """One frame of a station: what it was, and what is sent back."""

    said: Call | Answer | None = None
    """None for a frame that cannot be read."""
    remark: str | None = None
    """Why it is refused, or how it was understood although it was not as the specification says."""
    reply: str | None = None
    is_refused: bool = False
    """Whether the reply is a CALLERROR."""
    answered: str | None = None
    """The action of the call of ours that this answers."""
    commands_wait: bool = False
    """Whether the station may now be asked what waits for it, once the reply is sent."""


class Conversation:
    """Knows of one connection what its next frame is to be understood by."""

    __slots__ = ("_clock", "_listener", "_station_id", "_submit")

    def __init__(self, connection: Connection, submit: Submit, listener: Listener) -> None:
        self._station_id = connection.station_id
        self._submit = submit
        self._listener = listener
        self._clock = ClockWatch(connection.station_id, connection.clock_offset_seconds)

    def take(self, frame: str | bytes, received_at: datetime) -> Exchange:
        """Act on a frame. Whatever is in it, this raises nothing."""
        exchange = Exchange()
        unique_id = rpc.UNKNOWN_ID
        try:
            exchange.said = said = rpc.read(frame)
            if isinstance(said, Call):
                unique_id = said.unique_id
                exchange.reply = rpc.call_result(unique_id, self._act(said, received_at, exchange))
            else:
                self._hear(said, frame, exchange)
        except CallError as error:
            log.info("a message was refused", code=str(error.code), reason=error.description)
            named = unique_id if error.unique_id == rpc.UNKNOWN_ID else error.unique_id
            _refuse(exchange, named, error.code, error.description)
        except NotStoredError:
            _refuse(exchange, unique_id, ErrorCode.INTERNAL_ERROR, NOT_STORED)
        except Exception:
            log.exception("a message failed", frame=_loggable(frame))
            _refuse(exchange, unique_id, ErrorCode.INTERNAL_ERROR, FAILED)
        return exchange

    def _act(self, call: Call, received_at: datetime, exchange: Exchange) -> dict[str, Any]:
        route = routes.find(call.action)
        payload, exchange.remark = route.read(call.payload)
        if route.report is None:
            return route.answer(None, received_at)
        report = route.report(payload, self._station_id, received_at)
        outcome = self._submit(report)
        exchange.commands_wait = isinstance(outcome, Booted) and outcome.commands_wait
        self._look_at_clock(report)
        return route.answer(outcome, received_at)

    def _look_at_clock(self, report: Report) -> None:
        """What is found out is said once more with a later message if it cannot be stored now."""
        finding = self._clock.look(report)
        if finding is None:
            return
        try:
            self._submit(finding)
        except NotStoredError:
            return
        self._clock.remember(finding)

    def _hear(self, answer: Answer, frame: str | bytes, exchange: Exchange) -> None:
        """Nobody answers an answer, whatever goes wrong with it."""
        try:
            exchange.answered, exchange.remark = self._listener.hear(answer)
        except Exception:
            log.exception("an answer failed", frame=_loggable(frame))


def _loggable(frame: str | bytes) -> str:
    return messages.masked(str(frame))[:LONGEST_IN_LOG]


def _refuse(exchange: Exchange, unique_id: str, code: ErrorCode, description: str) -> None:
    exchange.is_refused = True
    exchange.remark = description
    exchange.reply = rpc.call_error(unique_id, code, description)
