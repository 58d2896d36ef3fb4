"""StatusNotification (OCPP 1.5, 5.11): an outlet is in use without saying how."""

from datetime import datetime
from typing import Any

from domain.reports import StatusReport
from domain.statuses import OutletStatus
from engine.ocpp1 import status

STATUSES = {
    "Available": OutletStatus.AVAILABLE,
    "Occupied": OutletStatus.OCCUPIED,
    "Faulted": OutletStatus.FAULTED,
    "Unavailable": OutletStatus.UNAVAILABLE,
    "Reserved": OutletStatus.RESERVED,
}


def status_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> StatusReport:
    return status.status_report(payload, station_id, received_at, STATUSES)
