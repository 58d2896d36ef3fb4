"""StopTransaction (OCPP 1.5, 5.12): without a reason, its readings in several lists."""

from datetime import datetime
from typing import Any

from domain.reports import StopReport
from engine.ocpp1 import charging
from engine.ocpp15.meter_values import readings


def stop_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> StopReport:
    data = payload.get("transactionData", ())
    told = readings(value for each in data for value in each.get("values", ()))
    return charging.stop_report(payload, station_id, received_at, told)
