"""StatusNotification (OCPP 1.6, 4.9)."""

from datetime import datetime
from typing import Any

from domain.reports import StatusReport
from domain.statuses import OutletStatus
from engine.ocpp16.fields import read_at_or, read_outlet_number

STATUSES = {
    "Available": OutletStatus.AVAILABLE,
    "Preparing": OutletStatus.PREPARING,
    "Charging": OutletStatus.CHARGING,
    "SuspendedEV": OutletStatus.SUSPENDED_EV,
    "SuspendedEVSE": OutletStatus.SUSPENDED_EVSE,
    "Finishing": OutletStatus.FINISHING,
    "Reserved": OutletStatus.RESERVED,
    "Unavailable": OutletStatus.UNAVAILABLE,
    "Faulted": OutletStatus.FAULTED,
}


def status_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> StatusReport:
    error_code = payload["errorCode"]
    return StatusReport(
        station_id,
        received_at,
        read_outlet_number(payload),
        STATUSES[payload["status"]],
        read_at_or(payload, received_at),
        None if error_code == "NoError" else error_code,
        payload.get("vendorErrorCode") or None,
        payload.get("info") or None,
    )
