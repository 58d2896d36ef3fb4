"""Power over the time of one charge, as a drawing that needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.models import MeterValue

WIDTH, HEIGHT = 720, 160
"""Of the drawing, in its own units."""
W_PER_KW = 1000


@dataclass(frozen=True)
class Chart:
    """A line through the powers, from the left edge to the right and from the bottom (0 kW) to the top."""

    points: str
    """For an SVG polyline."""
    highest_kw: float
    first_at: datetime
    last_at: datetime

    @classmethod
    def of(cls, readings: Sequence[MeterValue]) -> "Chart | None":
        """None unless there are two moments at which the power is known."""
        powers = [(reading.measured_at, reading.power_w) for reading in readings if reading.power_w is not None]
        if len(powers) < 2 or powers[0][0] == powers[-1][0]:
            return None
        first_at, last_at = powers[0][0], powers[-1][0]
        highest_w = max(power for _at, power in powers) or 1.0
        span = (last_at - first_at).total_seconds()
        points = " ".join(
            f"{(at - first_at).total_seconds() / span * WIDTH:.1f},{HEIGHT - max(power, 0) / highest_w * HEIGHT:.1f}"
            for at, power in powers
        )
        return cls(points, highest_w / W_PER_KW, first_at, last_at)
