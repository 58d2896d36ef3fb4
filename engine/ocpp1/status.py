"""StatusNotification (OCPP 1.6, 4.9; OCPP 1.5, 5.11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.reports import StatusReport
from domain.statuses import OutletStatus
from engine.ocpp1.fields import read_at_or, read_outlet_number

BEFORE_16 = {
    "Available": OutletStatus.AVAILABLE,
    "Occupied": OutletStatus.OCCUPIED,
    "Faulted": OutletStatus.FAULTED,
    "Unavailable": OutletStatus.UNAVAILABLE,
    "Reserved": OutletStatus.RESERVED,
}
"""An outlet is in use without saying how; 1.2 knows no reservations either."""


def status_report_before_16(payload: dict[str, Any], station_id: int, received_at: datetime) -> StatusReport:
    return status_report(payload, station_id, received_at, BEFORE_16)


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
