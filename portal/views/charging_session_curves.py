"""What the meter showed over the time of one charge, for the drawing on its page (static/session_chart.js)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from domain.models import ChargingSession, MeterValue
from portal import formats

W_PER_KW = WH_PER_KWH = 1000


@dataclass(frozen=True, slots=True)
class Quantity:
    """One of the curves."""

    name: Any
    """A `lazy_gettext`."""
    unit: str
    decimals: int
    colour: str
    """The name of a token of static/look.css."""
    of: Callable[[MeterValue, ChargingSession], float | None]


def _energy_kwh(reading: MeterValue, charging_session: ChargingSession) -> float | None:
    """Since the start, as far as both are known."""
    start_wh = charging_session.meter_start_wh
    return None if reading.energy_wh is None or start_wh is None else (reading.energy_wh - start_wh) / WH_PER_KWH


QUANTITIES = (
    Quantity(
        _l("Power"),
        "kW",
        1,
        "charging",
        lambda reading, _c: None if reading.power_w is None else reading.power_w / W_PER_KW,
    ),
    Quantity(_l("Energy since the start"), "kWh", 3, "accent", _energy_kwh),
    Quantity(_l("Current"), "A", 1, "warn", lambda reading, _c: reading.current_a),
    Quantity(_l("State of charge"), "%", 0, "muted", lambda reading, _c: reading.soc_percent),
)


def drawing(charging_session: ChargingSession, readings: Sequence[MeterValue]) -> dict[str, Any] | None:
    """For the script: moments in ms since 1970, and under each curve its values, in its unit, None where not measured.

    A quantity that was never measured has no curve; None unless something was measured at two moments.
    """
    curves = [(quantity, [quantity.of(reading, charging_session) for reading in readings]) for quantity in QUANTITIES]
    known = [(quantity, values) for quantity, values in curves if any(value is not None for value in values)]
    moments = [round(reading.measured_at.timestamp() * 1000) for reading in readings]
    if not known or moments[0] == moments[-1]:
        return None
    return {
        "moments": moments,
        "zone": formats.user_time_zone().key,
        "locale": str(get_locale()).replace("_", "-"),
        "curves": [
            {
                "name": str(quantity.name),
                "unit": quantity.unit,
                "decimals": quantity.decimals,
                "colour": quantity.colour,
                "values": values,
            }
            for quantity, values in known
        ],
    }
