"""The kinds of outlet hardware that are simulated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Charger:
    """What one outlet can give."""

    model: str
    max_power_w: float
    volts: float
    """Voltage that the metered current belongs to: of one phase for AC, of the battery for DC."""
    phases: int = 1

    @property
    def is_dc(self) -> bool:
        return self.model.startswith("DC")

    def current_a(self, power_w: float) -> float:
        """In each phase."""
        return power_w / (self.volts * self.phases)


AC_11 = Charger("AC 11", 11_000, volts=230, phases=3)
AC_22 = Charger("AC 22", 22_000, volts=230, phases=3)
DC_50 = Charger("DC 50", 50_000, volts=400)
DC_150 = Charger("DC 150", 150_000, volts=400)
