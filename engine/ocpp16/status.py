"""StatusNotification (OCPP 1.6, 4.9)."""

from datetime import datetime
from typing import Any

from domain.reports import StatusReport
from domain.statuses import OutletStatus
from engine.ocpp1 import status

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
    return status.status_report(payload, station_id, received_at, STATUSES)
