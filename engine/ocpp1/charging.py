"""StartTransaction (OCPP 1.6, 4.8) and StopTransaction (4.10)."""

from datetime import datetime
from typing import Any

from domain.authorization import Decision
from domain.charging_sessions import Started
from domain.reports import Reading, StartReport, StopReport
from domain.stops import StopReason
from engine.ocpp1.authorization import id_tag_info
from engine.ocpp1.fields import read_at, read_integer, read_outlet_number


def start_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> StartReport:
    return StartReport(
        station_id,
        received_at,
        read_outlet_number(payload, lowest=1),
        payload["idTag"],
        read_integer(payload, "meterStart"),
        read_at(payload["timestamp"]),
    )


def start_answer(started: Started, _received_at: datetime) -> dict[str, Any]:
    return {"idTagInfo": id_tag_info(started.decision), "transactionId": started.charging_session_id}


def stop_report(
    payload: dict[str, Any],
    station_id: int,
    received_at: datetime,
    readings: tuple[Reading, ...] = (),
    # A stop without a reason was asked for at the station (4.10).
    reason: StopReason = StopReason.LOCAL,
) -> StopReport:
    """Readings and reason are told by each version in its own way, if at all."""
    return StopReport(
        station_id,
        received_at,
        read_integer(payload, "transactionId"),
        payload.get("idTag") or None,
        read_integer(payload, "meterStop"),
        read_at(payload["timestamp"]),
        reason,
        readings,
    )


def stop_answer(decision: Decision | None, _received_at: datetime) -> dict[str, Any]:
    return {} if decision is None else {"idTagInfo": id_tag_info(decision)}
