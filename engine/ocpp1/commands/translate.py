"""From an order to a payload, and from its answer to a report."""

from datetime import datetime
from typing import Any

import structlog

from domain.models import CommandReason, CommandState
from domain.reports import CommandReport, Order
from engine.ocpp1.commands.question import Payload, Question
from engine.rpc import Answer, CallError, ErrorCode, Refusal

log = structlog.get_logger()


def payload_of(question: Question, order: Order) -> Payload:
    """What the station is told. Raises CallError where its version of OCPP cannot say it."""
    try:
        payload = question.payload(order)
    except (KeyError, TypeError, ValueError) as error:
        raise CallError(ErrorCode.INTERNAL_ERROR, f"{order.action} cannot be said: {error!r}") from error
    question.check(payload)
    return payload


def report_of(question: Question, order: Order, answer: Answer, heard_at: datetime) -> tuple[CommandReport, str | None]:
    """What the station's answer makes of the command, and what was wrong with it; it is kept whole, whatever it is."""
    failed = CommandState.FAILED
    if isinstance(answer, Refusal):
        whole = {"errorCode": answer.code, "errorDescription": answer.description, "errorDetails": answer.details}
        return CommandReport(order.command_id, failed, CommandReason.REFUSED, whole, heard_at), None
    try:
        said, remark = question.read(_object(answer.payload))
    except CallError as error:
        log.info("an answer was not understood", command_id=order.command_id, reason=error.description)
        not_understood = CommandReason.NOT_UNDERSTOOD
        return CommandReport(order.command_id, failed, not_understood, answer.payload, heard_at), error.description
    if remark is not None:
        log.info("an answer was mended", command_id=order.command_id, remark=remark)
    verdict = question.verdict(said)
    return CommandReport(order.command_id, verdict.state, None, answer.payload, heard_at, verdict.outcome), remark


def _object(payload: Any) -> dict[str, Any]:
    """Some stations leave out a payload that is empty."""
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise CallError(ErrorCode.TYPE_CONSTRAINT_VIOLATION, "the payload must be an object")
    return payload
