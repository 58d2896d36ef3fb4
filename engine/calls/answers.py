"""What a station's answer says: a payload, a refusal, or nothing that can be understood."""

from http.client import responses

from domain.models import CommandReason, CommandState, MessageKind
from domain.reports import CommandReport
from engine.calls.call import Call
from engine.calls.errors import LONGEST_DETAIL
from engine.calls.exchange import Heard
from engine.ocpp1.commands.translate import report_of
from engine.rpc import Answer, Refusal, Result
from ocpp_soap.client import RefusedError, answer
from ocpp_soap.faults import SoapFault

SUCCESS = range(200, 300)
REDIRECTION = range(300, 400)


class NoAnswerError(Exception):
    """What came is no answer of OCPP; the text says why."""


def report(call: Call, heard: Heard) -> tuple[CommandReport, MessageKind, str | None]:
    """What becomes of the command, what kind of message the answer is, and what was wrong with it."""
    try:
        said = _said(call, heard)
    except NoAnswerError as error:
        told = CommandReport(
            call.order.command_id,
            CommandState.FAILED,
            CommandReason.NOT_UNDERSTOOD,
            {"httpStatus": heard.status},  # The rest stands in the message log.
            heard.at,
            {"detail": str(error)[:LONGEST_DETAIL]},
        )
        return told, MessageKind.INVALID, str(error)
    told, remark = report_of(call.question, call.order, said, heard.at)
    return told, MessageKind.RESULT if isinstance(said, Result) else MessageKind.ERROR, remark


def _said(call: Call, heard: Heard) -> Answer:
    if heard.wrong is not None:
        raise NoAnswerError(_with_status(heard, heard.wrong))
    try:
        payload = answer(call.service, call.operation, heard.body)
    except RefusedError as refused:
        details = {"code": refused.code, "subcode": refused.subcode}
        return Refusal(None, refused.subcode or refused.code, refused.reason, details)
    except SoapFault as fault:
        # A page that says why in words for browsers says it in its status too.
        reason = fault.reason if heard.status in SUCCESS else responses.get(heard.status or 0, fault.reason)
        raise NoAnswerError(_with_status(heard, reason)) from None
    if heard.status not in SUCCESS:
        raise NoAnswerError(_with_status(heard, "an answer has the status 200"))
    return Result(None, payload)


def _with_status(heard: Heard, wrong: str) -> str:
    if heard.status is None or heard.status in SUCCESS:
        return wrong
    return f"HTTP {heard.status}: {'it leads elsewhere' if heard.status in REDIRECTION else wrong}"
