"""What is said over one line of a station: each frame in, the answer out.

The only place that turns what went wrong into a CALLERROR.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog

from domain import messages
from engine import rpc
from engine.acting import Acting
from engine.group_commit import NotStoredError
from engine.rpc import Answer, Call, CallError, ErrorCode

NOT_STORED = "the message could not be stored; please send it again"
FAILED = "something went wrong here; please send it again"

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

    __slots__ = ("_acting", "_listener")

    def __init__(self, acting: Acting, listener: Listener) -> None:
        self._acting = acting
        self._listener = listener

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
            named = unique_id if error.unique_id == rpc.UNKNOWN_ID else error.unique_id
            log.info(
                "a message was refused",
                message_id=named[: rpc.LONGEST_ID],
                code=str(error.code),
                reason=error.description,
            )
            _refuse(exchange, named, error.code, error.description)
        except NotStoredError:
            _refuse(exchange, unique_id, ErrorCode.INTERNAL_ERROR, NOT_STORED)
        except Exception:
            log.exception("a message failed", message_id=unique_id, frame=_loggable(frame))
            _refuse(exchange, unique_id, ErrorCode.INTERNAL_ERROR, FAILED)
        return exchange

    def _act(self, call: Call, received_at: datetime, exchange: Exchange) -> dict[str, Any]:
        acted = self._acting.act(call.action, call.payload, received_at)
        exchange.remark, exchange.commands_wait = acted.remark, acted.commands_wait
        return acted.answer

    def _hear(self, answer: Answer, frame: str | bytes, exchange: Exchange) -> None:
        """Nobody answers an answer, whatever goes wrong with it."""
        try:
            exchange.answered, exchange.remark = self._listener.hear(answer)
        except Exception:
            log.exception("an answer failed", message_id=_short(answer.unique_id), frame=_loggable(frame))


def _loggable(frame: str | bytes) -> str:
    return messages.masked(str(frame))[:LONGEST_IN_LOG]


def _short(unique_id: object) -> str:
    """A station may call its message anything, at any length."""
    return str(unique_id)[: rpc.LONGEST_ID]


def _refuse(exchange: Exchange, unique_id: str, code: ErrorCode, description: str) -> None:
    exchange.is_refused = True
    exchange.remark = description
    exchange.reply = rpc.call_error(unique_id, code, description)
