"""How much carbon dioxide cars that charge leave unburnt: a reckoning from energy, with one factor of the installation.

How the figures come about is told in docs/decisions/co2-avoided-is-energy-times-a-factor.md.
"""

USUAL_G_PER_KWH = 500
"""What a petrol car emits on the way that an electric one goes with a kilowatt-hour, less what making that emitted."""
MOST_G_PER_KWH = 2000
PETROL_G_PER_KM = 149
"""A petrol car that takes 6.5 litres for 100 km."""


def avoided_g(energy_wh: int, g_per_kwh: int) -> float:
    return energy_wh * g_per_kwh / 1000


def petrol_km(grams: float) -> float:
    """How far a petrol car goes until it has emitted as much."""
    return grams / PETROL_G_PER_KM
