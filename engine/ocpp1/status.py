"""StatusNotification (OCPP 1.6, 4.9)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.reports import StatusReport
from domain.statuses import OutletStatus
from engine.ocpp1.fields import read_at_or, read_outlet_number


def status_report(
    payload: dict[str, Any], station_id: int, received_at: datetime, statuses: Mapping[str, OutletStatus]
) -> StatusReport:
    """`statuses` are the version's words."""
    error_code = payload["errorCode"]
    return StatusReport(
        station_id,
        received_at,
        read_outlet_number(payload),
        statuses[payload["status"]],
        read_at_or(payload, received_at),
        None if error_code == "NoError" else error_code,
        payload.get("vendorErrorCode") or None,
        payload.get("info") or None,
    )
