"""BootNotification (OCPP 1.6, 4.2) and Heartbeat (4.6)."""

from datetime import datetime
from typing import Any

from domain.reports import BootReport
from domain.stations import Booted
from engine.ocpp1.fields import format_at


def boot_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> BootReport:
    return BootReport(
        station_id,
        received_at,
        payload["chargePointVendor"],
        payload["chargePointModel"],
        # The other serial number is deprecated (6.2), yet some stations know only that one.
        payload.get("chargePointSerialNumber") or payload.get("chargeBoxSerialNumber") or None,
        payload.get("firmwareVersion") or None,
    )


def boot_answer(booted: Booted, received_at: datetime) -> dict[str, Any]:
    return {
        "currentTime": format_at(received_at),
        "interval": booted.heartbeat_seconds,
        "status": "Accepted",
    }


def boot_answer_before_16(booted: Booted, received_at: datetime) -> dict[str, Any]:
    """Versions before 1.6 have another word for the interval."""
    answer = boot_answer(booted, received_at)
    return {**answer, "heartbeatInterval": answer.pop("interval")}


def heartbeat_answer(_outcome: None, received_at: datetime) -> dict[str, Any]:
    return {"currentTime": format_at(received_at)}
