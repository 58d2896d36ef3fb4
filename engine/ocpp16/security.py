"""SecurityEventNotification and SignCertificate (OCPP 1.6 security extension)."""

from datetime import datetime
from typing import Any

from domain.reports import SecurityReport
from engine.ocpp16.fields import read_at


def security_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> SecurityReport:
    return SecurityReport(
        station_id, received_at, payload["type"], read_at(payload["timestamp"]), payload.get("techInfo") or None
    )


def sign_certificate_answer(_outcome: None, _received_at: datetime) -> dict[str, Any]:
    """No certificate authority is here that could sign."""
    return {"status": "Rejected"}
