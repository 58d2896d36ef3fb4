"""The words of a charging session, as a person reads them."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from domain.grades import EnergySource, Grade
from domain.models import Authorization
from domain.models.charging_session_review import Verdict
from domain.review_reasons import ReviewReason
from domain.stops import StopReason

AUTHORIZATIONS = {
    Authorization.ANONYMOUS: _l("Anonymous (0)"),
    Authorization.RFID: _l("RFID (1)"),
    Authorization.APP: _l("App (2)"),
    Authorization.SERVICE: _l("Service (3)"),
}

REVIEW_REASONS = {
    ReviewReason.METER_START_ZERO: _l("The meter began at 0 although it had counted before."),
    ReviewReason.METER_START_LARGER: _l("The meter began above its first reading."),
    ReviewReason.METER_STOP_SMALLER: _l("The meter ended below its beginning or its last reading."),
    ReviewReason.METER_RESET: _l("The meter began anew during the charge."),
    ReviewReason.METER_DECREASED: _l("The meter went back during the charge."),
    ReviewReason.ENERGY_TOO_LARGE: _l("More energy than an outlet can deliver in the time."),
    ReviewReason.POWER_IMPLAUSIBLE: _l("More power than the maximum current of the outlet allows."),
    ReviewReason.SAMPLES_DISAGREE: _l("The register counted much more than the readings in between show."),
    ReviewReason.SAMPLE_GAP: _l("For a while the meter was not read."),
    ReviewReason.STOP_DIFFERED: _l("The station told the stop a second time, with another meter value."),
    ReviewReason.STOP_AFTER_REVIEW: _l("The station told the stop after a person had reviewed the session."),
    ReviewReason.START_DIFFERED: _l("Two charges were told to begin at the same moment at this outlet."),
    ReviewReason.STOP_MISSING: _l("The station never said that the charge stopped."),
    ReviewReason.ENERGY_UNKNOWN: _l("Nothing credible tells how much energy was delivered."),
    ReviewReason.STOPPED_BEFORE_STARTED: _l("By the station's own clock it stopped before it started."),
    ReviewReason.CLOCK_WRONG: _l("The station's clock was wrong."),
    ReviewReason.CLOCK_JUMPED: _l("The station's clock jumped during the charge."),
    ReviewReason.TOKEN_REFUSED: _l("The station charged although the tag was refused."),
}

GRADES = {
    Grade.CERTAIN: _l("A – certain"),
    Grade.SOUND: _l("B – sound"),
    Grade.DOUBTFUL: _l("C – doubtful"),
    Grade.UNKNOWN: _l("D – unknown"),
}
"""How far the energy is known."""

ENERGY_SOURCES = {
    EnergySource.BOTH: _l("the register at start and stop, and readings that agree"),
    EnergySource.REGISTER: _l("the register at start and stop"),
    EnergySource.SAMPLES: _l("readings during the charge alone"),
    EnergySource.NOTHING: _l("nothing credible"),
}

VERDICTS = {
    Verdict.CONFIRMED: _l("Right as it is"),
    Verdict.CORRECTED: _l("Corrected"),
}

STOP_REASONS = {
    StopReason.DEAUTHORIZED: _l("The authorisation was withdrawn"),
    StopReason.EMERGENCY_STOP: _l("Emergency stop"),
    StopReason.EV_DISCONNECTED: _l("The car was disconnected"),
    StopReason.HARD_RESET: _l("Hard reset of the station"),
    StopReason.LOCAL: _l("Stopped at the station"),
    StopReason.OTHER: _l("Another reason"),
    StopReason.POWER_LOSS: _l("Loss of power"),
    StopReason.REBOOT: _l("Restart of the station"),
    StopReason.REMOTE: _l("Stopped from the portal"),
    StopReason.SOFT_RESET: _l("Soft reset of the station"),
    StopReason.UNLOCK_COMMAND: _l("The plug was unlocked from the portal"),
    StopReason.STATION_BOOTED: _l("The station started anew"),
    StopReason.NEXT_CHARGE_STARTED: _l("The next charge began"),
    StopReason.STATION_GONE: _l("The station was not heard of any more"),
}


def reasons(codes: Sequence[str]) -> str:
    """Why a person should look at a session, in words."""
    return " ".join(str(REVIEW_REASONS.get(code, code)) for code in codes)


def stop_reason(code: str | None) -> str:
    """Why a charge stopped, in words; a station's own word as it is."""
    return str(STOP_REASONS.get(code, code or ""))
