"""What else is odd about the evidence of a charge, beside how its energy is found (domain/energy.py).

Each check looks once at each reading. They change no energy: they say what a person should know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from statistics import median

from domain.clock_offsets import TOLERATED
from domain.energy import ROUNDING_WH, SECONDS_PER_HOUR, Evidence, Finding, Point
from domain.grades import EnergySource
from domain.review_reasons import ReviewReason

SHORTEST_GAP = timedelta(minutes=15)
"""OCPP's usual intervals are at most so long."""
GAP_FACTOR = 3
"""A gap is so many times as long as this charge's usual step."""
FEWEST_READINGS = 3
"""With fewer nothing is usual."""
VOLTAGE_OF_PHASE_V, PHASES = 230, 3
TOLERATED_POWER = 1.25
"""Fuses carry more than their rating for a while, and voltages vary."""
DISAGREEING_WH, DISAGREEING_FACTOR = 1000, 5
"""By how much more, and how much faster, must have been counted outside of the samples than within."""
RESET_PART = 0.1
"""A meter that shows less than this part of what it showed began anew."""

Arrived = tuple[datetime, Point]
"""A reading, and when its message arrived."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What tells the energy, what is odd about it, and the longest time without a reading, if that is odd."""

    source: EnergySource
    reasons: tuple[ReviewReason, ...]
    longest_gap_seconds: int | None


def examine(evidence: Evidence, finding: Finding, arrived: Sequence[Arrived], max_current_a: int | None) -> Examined:
    """Look at the evidence of a charge that is over; `finding` is what energy.settle made of it."""
    gap = _gap(evidence)
    reasons = [
        *_falls(evidence.readings),
        *([ReviewReason.POWER_IMPLAUSIBLE] if _is_too_fast(evidence, finding, max_current_a) else []),
        *([ReviewReason.SAMPLES_DISAGREE] if not finding.doubts and _disagree(evidence) else []),
        *([ReviewReason.SAMPLE_GAP] if gap else []),
        *([ReviewReason.CLOCK_JUMPED] if _clock_jumped(evidence, arrived) else []),
    ]
    return Examined(_source(evidence, finding, reasons), tuple(reasons), int(gap.total_seconds()) if gap else None)


def _source(evidence: Evidence, finding: Finding, reasons: Sequence[ReviewReason]) -> EnergySource:
    start, stop = evidence.start, evidence.stop
    if finding.energy_wh is None:
        return EnergySource.NOTHING
    if stop is None or finding.doubts:
        return EnergySource.SAMPLES if evidence.readings else EnergySource.REGISTER
    between = any(start.at < reading.at < stop.at for reading in evidence.readings)
    agree = not {ReviewReason.SAMPLES_DISAGREE, ReviewReason.METER_RESET, ReviewReason.METER_DECREASED} & set(reasons)
    return EnergySource.BOTH if between and agree else EnergySource.REGISTER


def _falls(readings: Sequence[Point]) -> Iterator[ReviewReason]:
    falls = [pair for pair in pairwise(readings) if pair[1].wh < pair[0].wh - ROUNDING_WH]
    resets = [before.wh * RESET_PART > after.wh for before, after in falls]
    if any(resets):
        yield ReviewReason.METER_RESET
    if not all(resets):
        yield ReviewReason.METER_DECREASED


def _gap(evidence: Evidence) -> timedelta | None:
    """The longest time without a reading, if it is unlike the others. How often a station reads is its own affair."""
    if len(evidence.readings) < FEWEST_READINGS:
        return None
    steps = [after.at - before.at for before, after in pairwise(_points(evidence))]
    usual = timedelta(seconds=median(step.total_seconds() for step in steps))
    longest = max(steps)
    return longest if longest > max(SHORTEST_GAP, GAP_FACTOR * usual) else None


def _is_too_fast(evidence: Evidence, finding: Finding, max_current_a: int | None) -> bool:
    if max_current_a is None or ReviewReason.ENERGY_TOO_LARGE in finding.doubts:
        return False
    limit_w = VOLTAGE_OF_PHASE_V * PHASES * max_current_a * TOLERATED_POWER
    # A start that says 0 while the meter had counted before is no step.
    points = _points(evidence)[1 if ReviewReason.METER_START_ZERO in finding.doubts else 0 :]
    return any(_power_w(before, after) > limit_w for before, after in pairwise(points))


def _disagree(evidence: Evidence) -> bool:
    """Whether the register counted outside of the samples what no step between samples comes near."""
    readings, stop = evidence.readings, evidence.stop
    if stop is None or len(readings) < FEWEST_READINGS:
        return False
    fastest_w = max(_power_w(before, after) for before, after in pairwise(readings))
    edges = ((evidence.start, readings[0]), (readings[-1], stop))
    return any(
        after.wh - before.wh > DISAGREEING_WH and _power_w(before, after) > DISAGREEING_FACTOR * max(fastest_w, 1)
        for before, after in edges
    )


def _clock_jumped(evidence: Evidence, arrived: Sequence[Arrived]) -> bool:
    """Whether a later message tells of an earlier time, or a reading was taken before the start or after the stop.

    Of each message its latest reading counts: a stop may bring again what was read during the whole charge.
    """
    told = [max(point.at for _, point in message) for _, message in groupby(arrived, key=lambda one: one[0])]
    first, last = evidence.start.at - TOLERATED, evidence.stop.at + TOLERATED if evidence.stop else None
    outside = any(at < first or (last is not None and at > last) for at in told)
    return outside or any(before - after > TOLERATED for before, after in pairwise(told))


def _points(evidence: Evidence) -> list[Point]:
    return [evidence.start, *evidence.readings, *([evidence.stop] if evidence.stop else [])]


def _power_w(before: Point, after: Point) -> float:
    """At least so much was drawn between the two. Clocks are adjusted, so a moment counts a minute."""
    seconds = max((after.at - before.at).total_seconds(), 60)
    return (after.wh - before.wh - ROUNDING_WH) * SECONDS_PER_HOUR / seconds
