"""A person looks at a charging session: confirms it, or corrects its energy and, if its stop never came, its end.

The one rule of what is in force: `energy_wh` and `ended_at` are what a person corrected them to, else what was found;
so whatever sums, lists or exports them agrees. What was found stays beside a correction and goes on being found: a stop
that comes late changes the original and not the correction, and the session asks for a look again. A correction to just
what was found takes the correction back. Every look is kept as a row of its own.

See docs/decisions/the-energy-in-force-is-one-column.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from domain import grades
from domain.errors import DomainError
from domain.models.charging_session import ChargingSession
from domain.models.charging_session_review import ChargingSessionReview, Verdict

LARGEST_ENERGY_WH = 100_000_000
"""Of one charge, as a person may write it: a megawatt for four days."""


class ReviewFault(StrEnum):
    """Why a session cannot be reviewed so."""

    STILL_CHARGING = "still_charging"
    NOTE_MISSING = "note_missing"
    ENERGY_OUT_OF_RANGE = "energy_out_of_range"
    END_IS_KNOWN = "end_is_known"
    """The station told the stop; only an end that was guessed is corrected."""
    END_OUT_OF_RANGE = "end_out_of_range"
    """Before the start, or still to come."""


class ReviewError(DomainError):
    def __init__(self, fault: ReviewFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, when, and what is to be said about it."""

    user_id: int
    at: datetime
    note: str = ""


def confirm(db: Session, charging_session: ChargingSession, look: Look) -> None:
    """Looked at, right as it is. The session is to be locked.

    Raises:
        ReviewError: it still charges.
    """
    _keep(db, charging_session, look, Verdict.CONFIRMED, charging_session.energy_wh, _end_of(charging_session))


def correct(
    db: Session, charging_session: ChargingSession, look: Look, energy_wh: int, ended_at: datetime | None = None
) -> None:
    """Put another energy in force, and another end where one is given. The session is to be locked.

    Raises:
        ReviewError: a rule forbids it.
    """
    end = _end_of(charging_session)
    _refuse_if(not look.note.strip(), ReviewFault.NOTE_MISSING)
    _refuse_if(not 0 <= energy_wh <= LARGEST_ENERGY_WH, ReviewFault.ENERGY_OUT_OF_RANGE)
    new_end = ended_at or end
    if new_end != end:
        _refuse_if(not may_correct_end(charging_session), ReviewFault.END_IS_KNOWN)
        _refuse_if(not charging_session.started_at <= new_end <= look.at, ReviewFault.END_OUT_OF_RANGE)
    before = (charging_session.energy_wh, end)
    _put_in_force(charging_session, energy_wh, new_end)
    _keep(db, charging_session, look, Verdict.CORRECTED, *before)


def may_correct_end(charging_session: ChargingSession) -> bool:
    """Whether its end was guessed: the station never told it."""
    return charging_session.ended_at is not None and charging_session.meter_stop_wh is None


def has_been_looked_at(charging_session: ChargingSession) -> bool:
    """Whether a person confirmed it, or a correction is in force."""
    is_corrected = charging_session.is_corrected or charging_session.original_ended_at is not None
    return is_corrected or charging_session.reviewed_at is not None


def original_energy_wh(charging_session: ChargingSession) -> int | None:
    """What was found from the station's figures."""
    return charging_session.original_energy_wh if charging_session.is_corrected else charging_session.energy_wh


def original_ended_at(charging_session: ChargingSession) -> datetime | None:
    """The end that was found."""
    return charging_session.original_ended_at or charging_session.ended_at


def write_found_energy(charging_session: ChargingSession, energy_wh: int | None) -> None:
    """What the station's figures give; beside a correction, if there is one."""
    if charging_session.is_corrected:
        charging_session.original_energy_wh = energy_wh
    else:
        charging_session.energy_wh = energy_wh


def write_found_end(charging_session: ChargingSession, ended_at: datetime) -> None:
    """The end that the station's figures give; beside a correction, if there is one."""
    if charging_session.original_ended_at is None:
        charging_session.ended_at = ended_at
    else:
        charging_session.original_ended_at = ended_at


def of_session(db: Session, charging_session_id: int) -> Sequence[ChargingSessionReview]:
    """Every look at a session, the latest first."""
    return db.scalars(
        select(ChargingSessionReview)
        .options(joinedload(ChargingSessionReview.user))
        .where(ChargingSessionReview.charging_session_id == charging_session_id)
        .order_by(ChargingSessionReview.id.desc())
    ).all()


def _end_of(charging_session: ChargingSession) -> datetime:
    if charging_session.ended_at is None:
        raise ReviewError(ReviewFault.STILL_CHARGING)
    return charging_session.ended_at


def _put_in_force(charging_session: ChargingSession, energy_wh: int, ended_at: datetime) -> None:
    found_wh, found_end = original_energy_wh(charging_session), original_ended_at(charging_session)
    charging_session.is_corrected = energy_wh != found_wh
    charging_session.original_energy_wh = found_wh if charging_session.is_corrected else None
    charging_session.energy_wh = energy_wh
    charging_session.original_ended_at = found_end if ended_at != found_end else None
    charging_session.ended_at = ended_at


def _keep(
    db: Session,
    charging_session: ChargingSession,
    look: Look,
    verdict: Verdict,
    energy_before_wh: int | None,
    ended_before_at: datetime,
) -> None:
    db.add(
        ChargingSessionReview(
            charging_session_id=charging_session.id,
            verdict=verdict,
            energy_before_wh=energy_before_wh,
            energy_wh=charging_session.energy_wh,
            ended_before_at=ended_before_at,
            ended_at=charging_session.ended_at,
            note=look.note.strip(),
            user_id=look.user_id,
            reviewed_at=look.at,
        )
    )
    charging_session.reviewed_at = look.at
    grades.judge(charging_session)


def _refuse_if(is_wrong: bool, fault: ReviewFault) -> None:
    if is_wrong:
        raise ReviewError(fault)
