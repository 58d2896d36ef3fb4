"""MeterValues (OCPP 1.5, 5.9): the samples of 1.6 in other words, brought into those in which all are kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.reports import MeterReport, Reading
from engine.ocpp1 import meter_values

UNITS = {"Amp": "A", "Volt": "V"}
"""Where 1.6 has another word."""


def meter_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> MeterReport:
    return meter_values.meter_report(payload, station_id, received_at, readings(payload.get("values", ())))


def readings(values: Iterable[dict[str, Any]]) -> tuple[Reading, ...]:
    return meter_values.readings(
        {"timestamp": value["timestamp"], "sampledValue": [_sample(each) for each in value["value"]]}
        for value in values
    )


def _sample(sample: dict[str, Any]) -> dict[str, Any]:
    unit = sample.get("unit")
    return {**sample, "unit": UNITS[unit]} if unit in UNITS else sample
