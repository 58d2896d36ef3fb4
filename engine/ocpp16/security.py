"""SecurityEventNotification, LogStatusNotification and SignCertificate (OCPP 1.6 security extension)."""

from datetime import datetime
from typing import Any

from domain.models import Action
from domain.reports import LogReport, SecurityReport
from engine.ocpp1.fields import read_at
from engine.ocpp1.firmware import LOGS


def security_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> SecurityReport:
    return SecurityReport(
        station_id, received_at, payload["type"], read_at(payload["timestamp"]), payload.get("techInfo") or None
    )


def log_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> LogReport:
    progress = LOGS[payload["status"]]
    return LogReport(station_id, received_at, progress, payload.get("requestId"), Action.GET_LOG)


def sign_certificate_answer(_outcome: None, _received_at: datetime) -> dict[str, Any]:
    """No certificate authority is here that could sign."""
    return {"status": "Rejected"}
