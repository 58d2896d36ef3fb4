"""The charts over time, in one table: what each shows of a period's figures, and in which unit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from domain.charts.figures import Level, LevelOf, Sums

WH_PER_KWH = 1000
W_PER_KW = 1000
SECONDS_PER_MINUTE = 60


@dataclass(frozen=True)
class Kind:
    """One chart."""

    name: str
    """In its address."""
    label: Any
    unit: Any
    decimals: int
    value: Callable[[Any, int], float | None]
    """Of a period, with how many outlets there are; None where there is nothing to tell."""
    whole: Callable[[Sequence[Any], int], float | None]
    """The one figure above the chart."""
    explained: Any
    is_line: bool = False
    level: LevelOf | None = None
    """It says how outlets are used, from each `Level` of that: nothing to somebody who sees own charges alone. Others
    are of `Sums`."""


def _added(value: Callable[[Sums], float]) -> dict[str, Any]:
    """A figure that adds up."""
    return {
        "value": lambda figures, _outlets: value(figures),
        "whole": lambda periods, _outlets: sum(map(value, periods)),
    }


def _highest(divisor: int) -> dict[str, Any]:
    return {
        "value": lambda level, _outlets: level.highest / divisor,
        "whole": lambda levels, _outlets: max((level.highest / divisor for level in levels), default=None),
    }


def _mean_minutes(periods: Sequence[Sums], _outlets: int = 0) -> float | None:
    finished = sum(figures.finished for figures in periods)
    return sum(figures.duration_seconds for figures in periods) / finished / SECONDS_PER_MINUTE if finished else None


def utilisation(levels: Sequence[Level], outlets: int) -> float | None:
    """In percent; None while there is no outlet."""
    there_seconds = outlets * sum(level.span_seconds for level in levels)
    return 100 * sum(level.times_seconds for level in levels) / there_seconds if there_seconds else None


KINDS = (
    Kind(
        "energy",
        _l("Energy"),
        "kWh",
        1,
        **_added(lambda figures: figures.energy_wh / WH_PER_KWH),
        explained=_l("A session counts with all its energy where it began, as soon as it has ended."),
    ),
    Kind(
        "sessions",
        _l("Sessions"),
        "",
        0,
        **_added(lambda figures: figures.begun),
        explained=_l("Sessions that began, those included that still go on."),
    ),
    Kind(
        "duration",
        _l("Duration"),
        "min",
        0,
        value=lambda figures, _outlets: _mean_minutes([figures]),
        whole=_mean_minutes,
        explained=_l("The mean from the start until the cable was removed, of the sessions that began and have ended."),
    ),
    Kind(
        "utilisation",
        _l("Utilisation"),
        "%",
        1,
        value=lambda level, outlets: utilisation([level], outlets),
        whole=utilisation,
        explained=_l("For how much of the time outlets were taken, of the outlets that there are today."),
        level=LevelOf.CHARGES,
    ),
    Kind(
        "peak",
        _l("Peak power"),
        "kW",
        1,
        **_highest(W_PER_KW),
        explained=_l("The highest mean of 15 minutes; each session draws its mean power from its start to its stop."),
        is_line=True,
        level=LevelOf.POWER_W,
    ),
    Kind(
        "at-once",
        _l("Charging at once"),
        "",
        1,
        **_highest(1),
        explained=_l("The highest mean of 15 minutes of how many sessions went on."),
        is_line=True,
        level=LevelOf.CHARGES,
    ),
    Kind(
        "failed",
        _l("Failed starts"),
        "",
        0,
        **_added(lambda figures: figures.without_energy),
        explained=_l("Sessions that ended with less than 0.1 kWh: somebody plugged in and left without a charge."),
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}

RANKINGS = {
    "energy_wh": (_l("Energy"), "kWh", 1, WH_PER_KWH),
    "begun": (_l("Sessions"), "", 0, 1),
    "without_energy": (_l("Failed starts"), "", 0, 1),
    "uptime": (_l("Uptime"), "%", 2, 1),
}
"""By what stations and sites are ranked: its name, unit, decimals, and how many of the database's make one."""
