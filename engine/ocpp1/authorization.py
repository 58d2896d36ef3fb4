"""Authorize (OCPP 1.6, 4.1) and the IdTagInfo (7.27) that other answers carry too."""

from datetime import datetime
from typing import Any

from domain.authorization import Decision, Verdict
from domain.reports import AuthorizeReport
from engine.ocpp1.fields import format_at

STATUSES = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.BLOCKED: "Blocked",
    Verdict.EXPIRED: "Expired",
    Verdict.INVALID: "Invalid",
    # There is no word of its own for a tag that is known, but may not charge yet: "Blocked" is what may not charge,
    # while "Expired" was good once and "Invalid" is unknown (7.2).
    Verdict.NOT_YET_VALID: "Blocked",
}


def authorize_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> AuthorizeReport:
    return AuthorizeReport(station_id, received_at, payload["idTag"])


def authorize_answer(decision: Decision, _received_at: datetime) -> dict[str, Any]:
    return {"idTagInfo": id_tag_info(decision)}


def id_tag_info(decision: Decision) -> dict[str, Any]:
    info = {"status": STATUSES[decision.verdict]}
    if decision.expires_at is not None:
        info["expiryDate"] = format_at(decision.expires_at)
    if decision.parent_token is not None:
        info["parentIdTag"] = decision.parent_token
    return info
