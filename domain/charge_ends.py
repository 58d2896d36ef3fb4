"""How a charge ends: its energy and what is doubtful about it, and what is done where its stop never came."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from domain import energy, evidence_checks, grades, live, meter_values, reviews
from domain.energy import Evidence, Point
from domain.models import ChargingSession, Outlet, Station
from domain.review_reasons import ReviewReason
from domain.stops import StopReason

LASTING = (
    ReviewReason.TOKEN_REFUSED,
    ReviewReason.CLOCK_WRONG,
    ReviewReason.START_DIFFERED,
    ReviewReason.STOP_AFTER_REVIEW,
)
"""These stay, however the energy is found."""
RUNNING = select(ChargingSession).where(ChargingSession.ended_at.is_(None))
GONE_AFTER = timedelta(days=7)
"""No car charges for so long. A station that has been silent so long and returns may still tell how it was."""


def close_of_gone_stations(db: Session, now: datetime) -> int:
    """Close what ran where nothing is heard any more, or where the outlet was deleted; returns how many charges."""
    last_heard_at = func.coalesce(Station.last_seen_at, ChargingSession.logged_at)
    is_heard = exists().where(
        Outlet.id == ChargingSession.outlet_id, Station.id == Outlet.station_id, last_heard_at > now - GONE_AFTER
    )
    left = RUNNING.where(~is_heard).order_by(ChargingSession.id).with_for_update(skip_locked=True)
    return len(close(db, left, StopReason.STATION_GONE))


def close(db: Session, running: Select[ChargingSession], reason: StopReason) -> Sequence[ChargingSession]:
    """Close charges whose stop never came at the last moment at which they are known to have charged."""
    closed = db.scalars(running).all()
    for charging_session in closed:
        charging_session.stop_reason = reason
        readings = settle(db, charging_session, None)
        last_at = max((reading.at for reading in readings), default=charging_session.started_at)
        charging_session.stopped_at = charging_session.ended_at = max(last_at, charging_session.started_at)
        if charging_session.user_id is not None:
            live.note(db, live.charge(charging_session.id, charging_session.user_id))
    return closed


def settle(db: Session, charging_session: ChargingSession, stop: Point | None) -> list[Point]:
    """Write down the energy and what is doubtful about it; returns the readings it was found from."""
    arrived = meter_values.register_of(db, charging_session)
    evidence = Evidence(
        Point(charging_session.started_at, charging_session.meter_start_wh),
        stop,
        sorted((point for _, point in arrived), key=lambda point: point.at),
        _known_before_wh(db, charging_session),
    )
    finding = energy.settle(evidence)
    max_current_a = db.scalar(select(Outlet.max_current_a).where(Outlet.id == charging_session.outlet_id))
    examined = evidence_checks.examine(evidence, finding, arrived, max_current_a)
    reviews.write_found_energy(charging_session, finding.energy_wh)
    charging_session.energy_source = examined.source
    charging_session.longest_gap_seconds = examined.longest_gap_seconds
    lasting = [reason for reason in charging_session.review_reasons if reason in LASTING]
    charging_session.review_reasons = [*lasting, *finding.doubts, *examined.reasons]
    grades.judge(charging_session)
    return list(evidence.readings)


def _known_before_wh(db: Session, charging_session: ChargingSession) -> int | None:
    """What the meter showed after the charge before, unless it is one that begins each charge at 0."""
    if charging_session.meter_start_wh != 0:
        return None
    before = db.execute(
        select(ChargingSession.meter_wh, ChargingSession.meter_start_wh, ChargingSession.review_reasons)
        .where(
            ChargingSession.outlet_id == charging_session.outlet_id,
            ChargingSession.started_at < charging_session.started_at,
        )
        .order_by(ChargingSession.started_at.desc())
        .limit(1)
    ).one_or_none()
    if before is None or (before.meter_start_wh == 0 and ReviewReason.METER_START_ZERO not in before.review_reasons):
        return None
    shown_wh: int = before.meter_wh
    return shown_wh
