"""MeterValues (OCPP 1.6, 4.7): sampled values (7.43) to one reading for each moment.

A measurand comes whole or by phase, from one place of measurement or several, in Wh or kWh. A reading takes the whole
where it is told, else puts the phases together: energies and powers are added, of currents the highest counts, since
that is what a fuse sees. What cannot be read stays among the samples and harms nothing.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from math import isfinite
from typing import Any

from domain.reports import MeterReport, Reading
from engine.ocpp1.fields import BIGGEST_INTEGER, read_at, read_outlet_number

ENERGY = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"
CURRENT = "Current.Import"
STATE_OF_CHARGE = "SoC"

UNITS: dict[str, dict[str, float]] = {
    ENERGY: {"Wh": 1, "kWh": 1000},
    POWER: {"W": 1, "kW": 1000},
    CURRENT: {"A": 1},
    STATE_OF_CHARGE: {"Percent": 1},
}
"""The measurands with a column of their own, and what their units count. The first unit is meant if none is told."""
FIRST_UNIT = {measurand: next(iter(scales)) for measurand, scales in UNITS.items()}

PHASES = {"L1": "L1", "L2": "L2", "L3": "L3", "L1-N": "L1", "L2-N": "L2", "L3-N": "L3"}
COMBINE: dict[str, Callable[[Iterable[float]], float]] = {ENERGY: sum, POWER: sum, CURRENT: max, STATE_OF_CHARGE: max}
OUTLET = "Outlet"
"""Where a value is measured unless another place is told (7.30)."""

Values = dict[str | None, float]
"""One measurand at one place by phase; the whole stands under None."""


def meter_report(
    payload: dict[str, Any], station_id: int, received_at: datetime, told: tuple[Reading, ...]
) -> MeterReport:
    transaction_id = payload.get("transactionId", 0)
    return MeterReport(
        station_id,
        received_at,
        read_outlet_number(payload),
        # Stations that do not know their transaction say -1 or 0.
        transaction_id if 0 < transaction_id <= BIGGEST_INTEGER else None,
        told,
    )


def readings(meter_values: Iterable[dict[str, Any]]) -> tuple[Reading, ...]:
    return tuple(_reading(value["timestamp"], value["sampledValue"]) for value in meter_values if value["sampledValue"])


def _reading(timestamp: str, samples: list[dict[str, Any]]) -> Reading:
    found: dict[str, dict[str, Values]] = {}
    for sample in samples:
        measurand = sample.get("measurand", ENERGY)
        scales = UNITS.get(measurand)
        phase = sample.get("phase")
        if scales is None or (phase is not None and phase not in PHASES) or sample.get("format") == "SignedData":
            continue
        number = _number(sample["value"], scales.get(sample.get("unit", FIRST_UNIT[measurand])))
        if number is None:
            continue
        places = found.setdefault(measurand, {})
        values = places.setdefault(sample.get("location", OUTLET), {})
        values[None if phase is None else PHASES[phase]] = number
    energy, power, current, charge = (_value(measurand, found.get(measurand)) for measurand in UNITS)
    return Reading(read_at(timestamp), energy, power, current, charge, samples)


def _value(measurand: str, places: dict[str, Values] | None) -> float | None:
    if not places:
        return None
    values = places.get(OUTLET) or next(iter(places.values()))
    return values[None] if None in values else COMBINE[measurand](values.values())


def _number(text: str, scale: float | None) -> float | None:
    """A number as stations write it, with a point or a comma, in our unit; None for anything else."""
    if scale is None:
        return None
    try:
        number = float(text.replace(",", ".")) * scale
    except ValueError:
        return None
    # Python also reads "1_000", "inf" and "nan".
    return number if isfinite(number) and "_" not in text else None
