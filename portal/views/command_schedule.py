"""The schedule that a station has worked out of its charging profiles, as a table and a drawing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

WIDTH, HEIGHT = 720, 160
"""Of the drawing, in its own units."""


@dataclass(frozen=True)
class Step:
    """From when on how much may be drawn."""

    start_seconds: int
    at: datetime | None
    limit: float
    phases: int | None


@dataclass(frozen=True)
class Schedule:
    """Steps in their order, and a line through them for an SVG polyline."""

    steps: list[Step]
    unit: str
    points: str
    highest: float

    @classmethod
    def of(cls, outcome: Mapping[str, Any] | None) -> "Schedule | None":
        """None where the answer brought no schedule with a step."""
        told = (outcome or {}).get("schedule") or {}
        periods = told.get("periods") or []
        if not periods:
            return None
        began = told.get("start_at")
        start_at = datetime.fromisoformat(began) if began else None
        steps = [
            Step(
                period["start_seconds"],
                start_at + timedelta(seconds=period["start_seconds"]) if start_at else None,
                period["limit"],
                period.get("phases"),
            )
            for period in periods
        ]
        last = steps[-1].start_seconds
        ends = max(told.get("duration_seconds") or 0, last + max(last // 10, 1))
        highest = max(step.limit for step in steps) or 1.0
        return cls(steps, told.get("unit") or "A", _stairs(steps, ends, highest), highest)


def _stairs(steps: list[Step], ends: float, highest: float) -> str:
    starts = [step.start_seconds for step in steps]
    corners = []
    for step, until in zip(steps, [*starts[1:], ends], strict=True):
        y = HEIGHT - step.limit / highest * HEIGHT
        corners += [(step.start_seconds / ends * WIDTH, y), (until / ends * WIDTH, y)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
