"""How a car takes power: pure functions of the time since the charge began.

Power rises in a ramp, stays constant, and from a certain state of charge falls in proportion to the
energy still missing, as a battery near its voltage limit does. Power that is linear in the energy taken
is exponential in time, so energy has a closed form and always equals the integral of power.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

SECONDS_PER_HOUR = 3600
STEP_SECONDS = 1.0
"""How finely a car that is held back is looked at."""
HALVINGS = 50


@dataclass(frozen=True)
class ChargingCurve:
    """One car at one outlet, charging until full unless it is stopped."""

    max_power_w: float
    capacity_wh: float
    soc_at_start: float
    """State of charge when it began, from 0 to below 1."""
    taper_from_soc: float = 0.8
    final_power_fraction: float = 0.1
    """What is left of `max_power_w` in the moment the battery is full; below 1."""
    ramp_seconds: float = 20

    def __post_init__(self) -> None:
        if not 0 <= self.soc_at_start < 1 or not 0 <= self.taper_from_soc < 1:
            raise ValueError("a state of charge is at least 0 and below 1")

    def shrunk(self, times: float) -> "ChargingCurve":
        """The same power over a time that is `times` shorter: a battery so much smaller."""
        return replace(self, capacity_wh=self.capacity_wh / times, ramp_seconds=self.ramp_seconds / times)

    def power_w(self, seconds: float) -> float:
        if seconds < 0 or seconds >= self.seconds_until_full:
            return 0
        if seconds < self._ramp_seconds:
            return self._plateau_w * seconds / self._ramp_seconds
        tapering = seconds - self._ramp_seconds - self._plateau_seconds
        return self._plateau_w * math.exp(-self._decay_per_second * max(tapering, 0))

    def energy_wh(self, seconds: float) -> float:
        """Energy taken since the charge began."""
        if seconds >= self.seconds_until_full:
            return self.needed_wh
        if seconds < self._ramp_seconds:
            return self._ramp_wh * (max(seconds, 0) / self._ramp_seconds) ** 2
        steady = seconds - self._ramp_seconds
        if steady < self._plateau_seconds:
            return self._ramp_wh + self._plateau_w * steady / SECONDS_PER_HOUR
        before = self._ramp_wh + self._plateau_wh
        return min(before + self._tapered_wh(steady - self._plateau_seconds), self.needed_wh)

    def after(self, seconds: float, elapsed_seconds: float, limit_w: float | None) -> float:
        """Where on the curve a car is that was at `seconds` and since then got no more power than the limit."""
        if limit_w is None or limit_w >= self.max_power_w:
            return seconds + elapsed_seconds
        while elapsed_seconds > 0 and seconds < self.seconds_until_full:
            step = min(elapsed_seconds, STEP_SECONDS)
            elapsed_seconds -= step
            taken_wh, most_wh = self.energy_wh(seconds), limit_w * step / SECONDS_PER_HOUR
            if self.energy_wh(seconds + step) - taken_wh <= most_wh:
                seconds += step
            else:
                seconds = self._seconds_at(taken_wh + most_wh)
        return seconds + elapsed_seconds

    def _seconds_at(self, energy_wh: float) -> float:
        """When so much energy was taken, by halving."""
        earliest, latest = 0.0, self.seconds_until_full
        if energy_wh >= self.needed_wh:
            return latest
        for _ in range(HALVINGS):
            middle = (earliest + latest) / 2
            if self.energy_wh(middle) < energy_wh:
                earliest = middle
            else:
                latest = middle
        return latest

    def soc(self, seconds: float) -> float:
        if seconds >= self.seconds_until_full:
            return 1
        return min(self.soc_at_start + self.energy_wh(seconds) / self.capacity_wh, 1)

    @cached_property
    def needed_wh(self) -> float:
        return self.capacity_wh * (1 - self.soc_at_start)

    @cached_property
    def seconds_until_full(self) -> float:
        return self._ramp_seconds + self._plateau_seconds + self._taper_seconds

    @cached_property
    def _plateau_w(self) -> float:
        """The constant power; lower than the maximum for a car that comes with a nearly full battery."""
        beyond = max(self.soc_at_start - self.taper_from_soc, 0) / (1 - self.taper_from_soc)
        return self.max_power_w * (1 - (1 - self.final_power_fraction) * beyond)

    @cached_property
    def _ramp_seconds(self) -> float:
        """Short enough that the ramp takes at most half of what the battery needs."""
        return min(self.ramp_seconds, self.needed_wh * SECONDS_PER_HOUR / self._plateau_w)

    @cached_property
    def _ramp_wh(self) -> float:
        return self._plateau_w * self._ramp_seconds / 2 / SECONDS_PER_HOUR

    @cached_property
    def _taper_wh(self) -> float:
        return min(self.needed_wh - self._ramp_wh, self.capacity_wh * (1 - self.taper_from_soc))

    @cached_property
    def _plateau_wh(self) -> float:
        return self.needed_wh - self._ramp_wh - self._taper_wh

    @cached_property
    def _plateau_seconds(self) -> float:
        return self._plateau_wh * SECONDS_PER_HOUR / self._plateau_w

    @cached_property
    def _decay_per_second(self) -> float:
        final_w = self.max_power_w * self.final_power_fraction
        return max(self._plateau_w - final_w, 0) / (self._taper_wh * SECONDS_PER_HOUR)

    @cached_property
    def _taper_seconds(self) -> float:
        """From dE = P dt with P falling linearly in E: ln(P first / P last) / decay."""
        constant = self._taper_wh * SECONDS_PER_HOUR / self._plateau_w
        lost = self._decay_per_second * constant
        return constant * (-math.log1p(-lost) / lost) if lost > 0 else constant

    def _tapered_wh(self, seconds: float) -> float:
        decay = self._decay_per_second
        lasting = -math.expm1(-decay * seconds) / decay if decay > 0 else seconds
        return self._plateau_w * lasting / SECONDS_PER_HOUR
