"""MeterValues (OCPP 1.2): the energy register of an outlet in Wh, of no named charge; kept as 1.6 would say it."""

from datetime import datetime
from typing import Any

from domain.reports import MeterReport
from engine.ocpp1 import meter_values


def meter_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> MeterReport:
    told = meter_values.readings(
        {"timestamp": value["timestamp"], "sampledValue": [{"value": str(value["value"]), "unit": "Wh"}]}
        for value in payload.get("values", ())
    )
    return meter_values.meter_report(payload, station_id, received_at, told)
