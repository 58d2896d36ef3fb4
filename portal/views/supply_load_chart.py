"""The load of a day against the fuse, as a drawing that needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.supply_load import Quarter

WIDTH, HEIGHT = 720, 160
"""Of the drawing, in its own units."""
HEADROOM = 1.1
"""So that the fuse is not the upper edge."""
QUARTERS_AN_HOUR = 4


@dataclass(frozen=True)
class Quantity:
    """What is drawn: an attribute of a sum, and the unit in which it is read."""

    name: str
    unit: str
    scale: float


CURRENT, POWER = Quantity("current_a", "A", 1), Quantity("power_w", "kW", 1000)


@dataclass(frozen=True)
class Chart:
    """Each line is broken where nothing is known."""

    title: str
    unit: str
    summed: list[str]
    """Pieces for SVG polylines, from the left edge to the right and from the bottom (0) to the top."""
    measured: list[str]
    fuse_y: float | None
    fuse: float | None
    silent: list[tuple[float, float]]
    """Where at least one outlet that charged told nothing: left edge and width."""
    highest: float


def chart_of(what: Quantity, title: str, quarters: Sequence[Quarter], hours: float, fuse: float | None) -> Chart:
    """Of a day that has so many hours."""
    summed = [getattr(quarter.summed, what.name) for quarter in quarters]
    measured = [getattr(quarter.measured, what.name) for quarter in quarters]
    known = [value for value in (*summed, *measured, fuse) if value is not None]
    highest = max(known, default=0.0) * HEADROOM or 1.0
    step = WIDTH / (hours * QUARTERS_AN_HOUR)
    return Chart(
        title,
        what.unit,
        _pieces(summed, step, highest),
        _pieces(measured, step, highest),
        None if fuse is None else _y(fuse, highest),
        None if fuse is None else fuse / what.scale,
        [(number * step, step) for number, quarter in enumerate(quarters) if quarter.silent],
        highest / what.scale,
    )


def _y(value: float, highest: float) -> float:
    return round(HEIGHT - max(value, 0) / highest * HEIGHT, 1)


def _pieces(values: Sequence[float | None], step: float, highest: float) -> list[str]:
    """As steps, each a quarter wide."""
    pieces: list[list[str]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            pieces.append([])
            continue
        y = _y(value, highest)
        pieces[-1] += [f"{number * step:.1f},{y}", f"{(number + 1) * step:.1f},{y}"]
    return [" ".join(piece) for piece in pieces if piece]
