"""Bars over time, drawn by the server: each has its figure to point at, and all stand in a table as well."""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 120
"""Of the drawing, in its own units."""
FILLED = 0.74
"""How much of its place a bar takes."""
LEAST_HEIGHT = 1.5
"""So that little can be told from nothing."""


@dataclass(frozen=True)
class Bar:
    """One period, ready for the template."""

    label: str
    value: float
    is_light: bool
    """Drawn lighter: a day of the weekend, a month that is not over."""
    left: float
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Bars:
    """The drawing."""

    bars: list[Bar]
    place: float
    """How wide the place of one bar is, and below it the bar."""
    width: float

    @classmethod
    def of(cls, periods: Iterable[tuple[str, float, bool]]) -> "Bars":
        """From each period's label, value and whether it is drawn lighter; the highest reaches the top."""
        periods = list(periods)
        place = WIDTH / max(len(periods), 1)
        highest = max((value for _label, value, _light in periods), default=0)
        return cls(
            [
                _bar(label, value, is_light, number * place, place, highest)
                for number, (label, value, is_light) in enumerate(periods)
            ],
            place,
            place * FILLED,
        )


def _bar(label: str, value: float, is_light: bool, left: float, place: float, highest: float) -> Bar:
    height = max(value / highest * HEIGHT, LEAST_HEIGHT) if value > 0 else 0.0
    return Bar(label, value, is_light, left, left + place * (1 - FILLED) / 2, HEIGHT - height, height)
