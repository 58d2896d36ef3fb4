"""How the energy of a charging session is known, and how far that goes.

Theory. Two witnesses tell how much a charge took: the register, which the station reads at the start and at the stop,
and the samples, which it reads in between. Where both are there and agree the energy is certain. The register alone is
sound: the meter is the same, only nobody watched it count. Samples alone tell what was taken at least, and so a person
should look. Whatever is odd besides (domain/review_reasons.py) can make a grade worse and never better. What has grade
A or B may be billed without a look; C and D only once a person has confirmed or corrected it (domain/reviews.py).

See docs/decisions/a-grade-says-what-may-be-billed.md.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.review_reasons import Weight, ask_for_a_look, weight_of

if TYPE_CHECKING:
    from domain.models.charging_session import ChargingSession


class EnergySource(StrEnum):
    """What tells the energy."""

    BOTH = "both"
    """The register at the start and at the stop, and samples that agree with it."""
    REGISTER = "register"
    """The register alone."""
    SAMPLES = "samples"
    """Samples alone: the register at the start or at the stop is missing or not credible."""
    NOTHING = "nothing"


class Grade(StrEnum):
    """How far the energy is known, the best first."""

    CERTAIN = "A"
    SOUND = "B"
    DOUBTFUL = "C"
    UNKNOWN = "D"


OF_SOURCE: Mapping[str, Grade] = {
    EnergySource.BOTH: Grade.CERTAIN,
    EnergySource.REGISTER: Grade.SOUND,
    EnergySource.SAMPLES: Grade.DOUBTFUL,
    EnergySource.NOTHING: Grade.UNKNOWN,
}
AT_BEST: Mapping[Weight, Grade] = {
    Weight.NOTE: Grade.SOUND,
    Weight.DOUBT: Grade.DOUBTFUL,
    Weight.LOST: Grade.UNKNOWN,
}


def grade_of(source: str, reasons: Collection[str]) -> Grade:
    """The worst of what its source and its reasons allow."""
    return max(OF_SOURCE[source], *(AT_BEST[weight_of(reason)] for reason in reasons), Grade.CERTAIN)


def judge(charging_session: "ChargingSession") -> None:
    """Write down the grade and whether a person should look, after its source or its reasons have changed."""
    source, reasons = charging_session.energy_source, charging_session.review_reasons
    charging_session.grade = None if source is None else grade_of(source, reasons)
    charging_session.needs_review = charging_session.reviewed_at is None and ask_for_a_look(reasons)


def doubt(charging_session: "ChargingSession", reason: str) -> None:
    """Add a reason. Whoever has looked at the session before did not know it."""
    if reason not in charging_session.review_reasons:
        charging_session.review_reasons = [*charging_session.review_reasons, reason]
        charging_session.reviewed_at = None
        judge(charging_session)
