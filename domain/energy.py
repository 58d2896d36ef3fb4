"""How much energy a charge took, from what the meter is known to have shown.

The meter of an outlet counts upwards. A charge takes what the meter shows at its end less what it showed at its
beginning, and as long as both figures are credible that is all. They are not always: a station that was offline may
begin at 0, a meter may be exchanged, a stop may never come. Then the figure is put together from the readings: the sum
of every step between two neighbouring ones that a meter can have made. What was doubtful is said, so that a person can
look at it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from domain.review_reasons import ReviewReason

HIGHEST_POWER_W = 1_000_000
"""No outlet delivers more."""
ROUNDING_WH = 100
"""A station that reports kWh with one decimal is this coarse."""
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Point:
    """What the register of a meter showed at a moment."""

    at: datetime
    wh: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of the meter around one charge. The readings are in the order of their time."""

    start: Point
    stop: Point | None
    readings: Sequence[Point]
    known_before_wh: float | None
    """What the meter is known to have shown before the charge; None for a meter that begins each charge at 0."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The energy, None if nothing credible tells, and what was doubtful."""

    energy_wh: int | None
    doubts: tuple[ReviewReason, ...]


def settle(evidence: Evidence) -> Finding:
    """Find the energy of a charge that is over."""
    start, doubts = _credible_start(evidence)
    points = [start, *evidence.readings]
    if evidence.stop is None:
        doubts.append(ReviewReason.STOP_MISSING)
    else:
        points.append(evidence.stop)
        doubts += _doubts_of_stop(points)
    if evidence.stop is not None and not doubts:
        return Finding(round(evidence.stop.wh - start.wh), ())
    steps = [
        after.wh - before.wh
        for before, after in pairwise(points)
        if after.wh >= before.wh and not is_leap(before, after)
    ]
    if not steps:
        return Finding(None, (*doubts, ReviewReason.ENERGY_UNKNOWN))
    return Finding(round(sum(steps)), tuple(doubts))


def is_leap(before: Point, after: Point) -> bool:
    """Whether a meter counted more than any outlet delivers. Clocks are adjusted, so a moment counts a minute."""
    seconds = max((after.at - before.at).total_seconds(), 60)
    return after.wh - before.wh > HIGHEST_POWER_W * seconds / SECONDS_PER_HOUR


def _credible_start(evidence: Evidence) -> tuple[Point, list[ReviewReason]]:
    """The beginning, or where it says 0 while the meter went on from what it had, that."""
    start, known = evidence.start, evidence.known_before_wh
    following = evidence.readings[0] if evidence.readings else evidence.stop
    if start.wh == 0 and known and following is not None and following.wh >= known:
        return Point(start.at, known), [ReviewReason.METER_START_ZERO]
    return start, []


def _doubts_of_stop(points: Sequence[Point]) -> list[ReviewReason]:
    start, first, last, stop = points[0], points[1], points[-2], points[-1]
    if stop.wh < start.wh or stop.wh < last.wh - ROUNDING_WH:
        return [ReviewReason.METER_STOP_SMALLER]
    if first.wh < start.wh - ROUNDING_WH:
        return [ReviewReason.METER_START_LARGER]
    if is_leap(start, stop) or is_leap(start, first):
        return [ReviewReason.ENERGY_TOO_LARGE]
    return []
