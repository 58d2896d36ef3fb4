"""StopTransaction (OCPP 1.6, 4.10): with a reason, and readings in the form of MeterValues."""

from datetime import datetime
from typing import Any

from domain.reports import StopReport
from domain.stops import StopReason
from engine.ocpp1 import charging
from engine.ocpp1.meter_values import readings

STOP_REASONS = {
    "DeAuthorized": StopReason.DEAUTHORIZED,
    "EmergencyStop": StopReason.EMERGENCY_STOP,
    "EVDisconnected": StopReason.EV_DISCONNECTED,
    "HardReset": StopReason.HARD_RESET,
    "Local": StopReason.LOCAL,
    "Other": StopReason.OTHER,
    "PowerLoss": StopReason.POWER_LOSS,
    "Reboot": StopReason.REBOOT,
    "Remote": StopReason.REMOTE,
    "SoftReset": StopReason.SOFT_RESET,
    "UnlockCommand": StopReason.UNLOCK_COMMAND,
}


def stop_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> StopReport:
    told = readings(payload.get("transactionData", ()))
    return charging.stop_report(payload, station_id, received_at, told, STOP_REASONS[payload.get("reason", "Local")])
