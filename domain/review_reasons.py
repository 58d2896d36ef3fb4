"""Why a charging session may have to be looked at, and how heavily each reason weighs.

A *note* is worth knowing and leaves the energy as certain as it was. A *doubt* asks a person to look before anybody is
billed. What is *lost* nobody can tell but a person.
"""

from collections.abc import Collection, Mapping
from enum import IntEnum, StrEnum


class ReviewReason(StrEnum):
    """What was odd about a charging session."""

    METER_START_ZERO = "meter_start_zero"
    """It began at 0 although the meter had counted before."""
    METER_START_LARGER = "meter_start_larger"
    """It began above its first reading."""
    METER_STOP_SMALLER = "meter_stop_smaller"
    """It ended below its beginning or below its last reading."""
    METER_RESET = "meter_reset"
    """Within the charge the meter began anew."""
    METER_DECREASED = "meter_decreased"
    """Within the charge the meter went back."""
    ENERGY_TOO_LARGE = "energy_too_large"
    """It would have taken more than an outlet can deliver in the time."""
    POWER_IMPLAUSIBLE = "power_implausible"
    """It took more than the maximum current of its outlet allows."""
    SAMPLES_DISAGREE = "samples_disagree"
    """Between the register and the samples much more was counted than the samples show at their fastest."""
    SAMPLE_GAP = "sample_gap"
    """For a while nothing was read, unlike before and after."""
    STOP_MISSING = "stop_missing"
    """The station never said that it stopped."""
    STOP_DIFFERED = "stop_differed"
    """The station said a second time that it stopped, and otherwise."""
    STOP_AFTER_REVIEW = "stop_after_review"
    """The station's word came after a person had looked."""
    START_DIFFERED = "start_differed"
    """At the same moment another charge began at its outlet: one start that was told twice, and otherwise."""
    ENERGY_UNKNOWN = "energy_unknown"
    """Nothing credible tells how much it took."""
    STOPPED_BEFORE_STARTED = "stopped_before_started"
    """By the station's own clock it stopped before it started."""
    CLOCK_WRONG = "clock_wrong"
    """The station told it by a clock that was wrong."""
    CLOCK_JUMPED = "clock_jumped"
    """Within the charge the station's clock was put back, or its readings lie outside of the charge."""
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a word, no secret
    """The station charged although the tag was refused."""


class Weight(IntEnum):
    """How heavily a reason weighs, the heaviest last."""

    NOTE = 1
    DOUBT = 2
    LOST = 3


LIGHT_OR_LOST: Mapping[str, Weight] = {
    ReviewReason.SAMPLE_GAP: Weight.NOTE,
    ReviewReason.ENERGY_UNKNOWN: Weight.LOST,
}
"""All others are doubts, and so is a word that this version does not know."""


def weight_of(reason: str) -> Weight:
    return LIGHT_OR_LOST.get(reason, Weight.DOUBT)


def ask_for_a_look(reasons: Collection[str]) -> bool:
    """Whether a person should look."""
    return any(weight_of(reason) > Weight.NOTE for reason in reasons)
