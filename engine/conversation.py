"""One frame of a station in, the answer out; the only place that turns what went wrong into a CALLERROR."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from engine import rpc
from engine.group_commit import NotStoredError
from engine.ocpp16 import routes
from engine.rpc import Answer, Call, CallError, ErrorCode

NOT_STORED = "the message could not be stored; please send it again"

Submit = Callable[[Any], Any]
"""Commits a report and returns its outcome."""
Hear = Callable[[Answer], None]
"""Takes what the station answers to a call of ours."""

log = structlog.get_logger()


def answer(frame: str | bytes, station_id: int, received_at: datetime, submit: Submit, hear: Hear) -> str | None:
    """What to send back; None if nothing."""
    unique_id = rpc.UNKNOWN_ID
    try:
        call = rpc.read(frame)
        if not isinstance(call, Call):
            _hear(call, hear)
            return None
        unique_id = call.unique_id
        return rpc.call_result(unique_id, _act(call, station_id, received_at, submit))
    except CallError as error:
        log.info("a message was refused", code=str(error.code), reason=error.description)
        named = unique_id if error.unique_id == rpc.UNKNOWN_ID else error.unique_id
        return rpc.call_error(named, error.code, error.description)
    except NotStoredError:
        return rpc.call_error(unique_id, ErrorCode.INTERNAL_ERROR, NOT_STORED)
    except Exception:
        log.exception("a message failed", frame=frame[:1000])
        return rpc.call_error(unique_id, ErrorCode.INTERNAL_ERROR, "something went wrong here; please send it again")


def _hear(message: Answer, hear: Hear) -> None:
    """Nobody answers an answer, whatever goes wrong with it."""
    try:
        hear(message)
    except Exception:
        log.exception("an answer failed", answer=str(message)[:1000])


def _act(call: Call, station_id: int, received_at: datetime, submit: Submit) -> dict[str, Any]:
    route = routes.find(call.action)
    route.check(call.payload)
    outcome = submit(route.report(call.payload, station_id, received_at)) if route.report else None
    return route.answer(outcome, received_at)
