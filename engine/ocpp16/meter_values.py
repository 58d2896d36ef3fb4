"""MeterValues (OCPP 1.6, 4.7)."""

from datetime import datetime
from typing import Any

from domain.reports import MeterReport
from engine.ocpp1 import meter_values


def meter_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> MeterReport:
    return meter_values.meter_report(payload, station_id, received_at, meter_values.readings(payload["meterValue"]))
