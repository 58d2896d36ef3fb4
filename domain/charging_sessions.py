"""Charges: how one begins, stops and ends.

A charge is *running* until it has an end. The stop (the station's word that the energy stopped) is its end as well,
until the station tells that the car left later: then that moment is. A charge whose stop never came is closed when the
station boots, when the next charge begins at its outlet, or when nothing is heard of the station any more, on what the
readings tell (domain/charge_ends.py); a stop that comes after all, as from a station that was offline, replaces that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import (
    app_charges,
    authorization,
    charge_ends,
    events,
    grades,
    live,
    meter_values,
    outlets,
    reviews,
    service_charges,
)
from domain.authorization import Decision, Verdict
from domain.charge_ends import RUNNING
from domain.clock_offsets import is_doubtful
from domain.energy import Point
from domain.events import EventKind
from domain.id_tokens import identity_of
from domain.meter_values import LatestReading
from domain.models import Authorization, ChargingSession, Outlet, site_driver
from domain.outlets import Place
from domain.reports import StartReport, StopReport
from domain.review_reasons import ReviewReason
from domain.stops import StopReason

REPEATS_WITHIN = timedelta(days=90)
"""For how long the stop of an unknown transaction is known again when it is repeated."""

# A clock that was ahead once left a start that is still to come.
END_AS_CARS_LEAVE = text(
    "UPDATE charging_session AS charge SET ended_at = greatest(charge.stopped_at, charge.started_at, left_at)"
    " FROM unnest(CAST(:outlets AS integer[]), CAST(:occupied_ats AS timestamptz[]), CAST(:left_ats AS timestamptz[]))"
    " AS car (outlet_id, occupied_at, left_at)"
    " CROSS JOIN LATERAL (SELECT id, started_at FROM charging_session"
    " WHERE outlet_id = car.outlet_id AND started_at <= left_at ORDER BY started_at DESC LIMIT 1) AS latest"
    " WHERE charge.id = latest.id AND charge.started_at = latest.started_at AND charge.stopped_at >= car.occupied_at"
    # Where a person has told the end, that holds (domain/reviews.py).
    " AND charge.original_ended_at IS NULL"
)


class CarLeft(NamedTuple):
    """At an outlet, since when the car was at the cable, and when it was so no more."""

    outlet_id: int
    occupied_at: datetime
    left_at: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """The answer to a start: the charge's number and what was decided about the tag."""

    charging_session_id: int
    decision: Decision


def start(db: Session, report: StartReport) -> Started:
    """Begin a charge. A report that is repeated finds the charge it began.

    A refused tag does not undo it: the station says that energy may flow (OCPP 1.6, 4.8).
    """
    outlet = outlets.lock(db, report.station_id, report.outlet_number)
    decision = authorization.decide(db, report.station_id, report.id_token, outlet.mode, report.received_at)
    asked = app_charges.asked_for(db, outlet.id, decision.user_id, report) if decision.user_id is not None else None
    if asked is not None:
        decision = replace(decision, authorization=Authorization.APP)
    key = {
        "outlet_id": outlet.id,
        "started_at": report.started_at,
        "id_token": report.id_token,
        "meter_start_wh": report.meter_start_wh,
    }
    made = db.scalar(
        insert(ChargingSession)
        .values(**key, **_facts(outlet, report, decision))
        .on_conflict_do_nothing(index_elements=list(key))
        .returning(ChargingSession.id)
    )
    if made is None:
        return Started(db.scalars(select(ChargingSession.id).filter_by(**key)).one(), decision)
    if decision.user_id is not None:
        charged_there = {"site_id": outlet.site_id, "user_id": decision.user_id}
        db.execute(insert(site_driver).values(charged_there).on_conflict_do_nothing())
        live.note(db, live.charge(made, decision.user_id))
    if asked is not None:
        app_charges.begin(db, asked, made)
    if decision.service_charge_id is not None:
        service_charges.begin(db, decision.service_charge_id, made)
    _close_others(db, outlet.id, made, report.started_at)
    if outlet.occupied_at is None:
        db.execute(update(Outlet).where(Outlet.id == outlet.id).values(occupied_at=report.started_at))
    return Started(made, decision)


def _facts(outlet: Place, report: StartReport, decision: Decision) -> dict[str, object]:
    """What the row of Statistics says of a charge that begins."""
    return {
        "logged_at": report.received_at,
        "node_id": outlet.station_id,
        "site_id": outlet.site_id,
        "floor_id": outlet.floor_id,
        "site_name": outlet.site_name,
        "station_name": outlet.station_name,
        "outlet_number": outlet.number,
        "authorization": decision.authorization,
        "user_id": decision.user_id,
        "email": decision.email,
        "review_reasons": _doubts_of_start(outlet, report, decision),
    }


def _doubts_of_start(outlet: Place, report: StartReport, decision: Decision) -> list[ReviewReason]:
    doubts = []
    if decision.verdict is not Verdict.ACCEPTED:
        doubts.append(ReviewReason.TOKEN_REFUSED)
    if outlet.clock_offset_seconds is not None or is_doubtful(report.started_at, report.received_at):
        doubts.append(ReviewReason.CLOCK_WRONG)
    return doubts


def stop(db: Session, report: StopReport) -> Decision | None:
    """Stop a charge; repeated, it changes nothing. Returns what is decided about the tag, if one was shown."""
    charging_session = _named(db, report) or _meant(db, report)
    if charging_session is None:
        _record_unknown(db, report)
    elif charging_session.meter_stop_wh is None:
        _stop(db, charging_session, report)
    elif charging_session.meter_stop_wh != report.meter_stop_wh:
        grades.doubt(charging_session, ReviewReason.STOP_DIFFERED)
    if report.id_token is None:
        return None
    tag = (report.id_token, report.received_at)
    if charging_session is None:
        return authorization.decide_at_station(db, report.station_id, *tag)
    return authorization.decide_at_outlet(db, report.station_id, charging_session.outlet_id, *tag)


def _named(db: Session, report: StopReport) -> ChargingSession | None:
    return db.scalar(
        select(ChargingSession)
        .where(ChargingSession.id == report.charging_session_id, ChargingSession.node_id == report.station_id)
        .with_for_update()
    )


def _meant(db: Session, report: StopReport) -> ChargingSession | None:
    """The charge of a stop that names none of this station's: a station that was offline never learnt its number.

    It is the one that such a stop has stopped before, or else the only one of those that run which fits it.
    """
    return _stopped_by(db, report) or _only_one_fitting(db, report)


def _stopped_by(db: Session, report: StopReport) -> ChargingSession | None:
    stopped_at = literal(report.stopped_at)
    return db.scalar(
        select(ChargingSession)
        .where(
            ChargingSession.node_id == report.station_id,
            ChargingSession.started_at.between(stopped_at - REPEATS_WITHIN, stopped_at),
            ChargingSession.stopped_at == stopped_at,
            ChargingSession.meter_stop_wh == report.meter_stop_wh,
        )
        .limit(1)
    )


def _only_one_fitting(db: Session, report: StopReport) -> ChargingSession | None:
    """By time, meter and tag: who stops with another tag may mean another charge, and to end the wrong one loses it."""
    running = db.scalars(
        _running_at(report.station_id).where(
            ChargingSession.started_at <= report.stopped_at,
            ChargingSession.meter_start_wh <= report.meter_stop_wh,
        )
    )
    fitting = [one for one in running if report.id_token is None or _is_same(one.id_token, report.id_token)]
    if len(fitting) != 1:
        return None
    _record_matched(db, fitting[0], report)
    return fitting[0]


def _is_same(id_token: str, other: str) -> bool:
    return identity_of(id_token) == identity_of(other)


def _record_matched(db: Session, charging_session: ChargingSession, report: StopReport) -> None:
    details = {"transaction_id": report.charging_session_id, "charging_session_id": charging_session.id}
    events.record(db, EventKind.TRANSACTION_MATCHED, report.station_id, report.received_at, details)


def _stop(db: Session, charging_session: ChargingSession, report: StopReport) -> None:
    meter_values.store_at(db, charging_session.outlet_id, charging_session.id, report.received_at, report.readings)
    is_reviewed = reviews.has_been_looked_at(charging_session)
    charging_session.stopped_at = report.stopped_at
    charging_session.meter_stop_wh = report.meter_stop_wh
    charging_session.stop_reason = report.reason
    with db.no_autoflush:  # The end and what follows from it are one change of the row.
        charge_ends.settle(db, charging_session, Point(report.stopped_at, report.meter_stop_wh))
    if is_reviewed:
        grades.doubt(charging_session, ReviewReason.STOP_AFTER_REVIEW)
    if report.stopped_at < charging_session.started_at:
        grades.doubt(charging_session, ReviewReason.STOPPED_BEFORE_STARTED)
    if is_doubtful(report.stopped_at, report.received_at):
        grades.doubt(charging_session, ReviewReason.CLOCK_WRONG)
    reviews.write_found_end(charging_session, max(report.stopped_at, charging_session.started_at))
    if charging_session.user_id is not None:
        live.note(db, live.charge(charging_session.id, charging_session.user_id))


def doubt_clock(db: Session, station_id: int) -> None:
    """The clock of a station is found to be wrong: when its charges began is in doubt."""
    for charging_session in db.scalars(_running_at(station_id)):
        grades.doubt(charging_session, ReviewReason.CLOCK_WRONG)


def close_at_boot(db: Session, station_id: int) -> None:
    """A station that boots charges nothing any more, whatever it failed to say."""
    charge_ends.close(db, _running_at(station_id), StopReason.STATION_BOOTED)


def _running_at(station_id: int) -> Select[ChargingSession]:
    at_station = select(Outlet.id).where(Outlet.station_id == station_id)
    return RUNNING.where(ChargingSession.outlet_id.in_(at_station)).order_by(ChargingSession.id).with_for_update()


def _close_others(db: Session, outlet_id: int, begun_id: int, started_at: datetime) -> None:
    """One outlet charges one car: what still ran there is over."""
    others = RUNNING.where(ChargingSession.outlet_id == outlet_id, ChargingSession.id != begun_id)
    locked = others.order_by(ChargingSession.id).with_for_update()
    closed = charge_ends.close(db, locked, StopReason.NEXT_CHARGE_STARTED)
    twins = [one for one in closed if one.started_at == started_at]
    if twins:
        begun = db.scalars(select(ChargingSession).filter_by(id=begun_id, started_at=started_at)).one()
        for one in (begun, *twins):
            grades.doubt(one, ReviewReason.START_DIFFERED)


def _record_unknown(db: Session, report: StopReport) -> None:
    """Keep all that was said about a charge that nobody began here, once however often it is said."""
    details = {
        "transaction_id": report.charging_session_id,
        "meter_stop_wh": report.meter_stop_wh,
        "stopped_at": report.stopped_at.isoformat(),
        "reason": report.reason,
        "id_token": report.id_token,
        "readings": [
            {"measured_at": reading.measured_at.isoformat(), "samples": reading.samples} for reading in report.readings
        ],
    }
    kind = EventKind.UNKNOWN_TRANSACTION_STOPPED
    events.record_once(db, kind, report.station_id, report.received_at, details, REPEATS_WITHIN)


def end_as_cars_leave(db: Session, left: Sequence[CarLeft]) -> None:
    """Cables were pulled: the latest charge at each ends now, if it is stopped and that car has been there since."""
    if not left:
        return
    outlet_ids, occupied_ats, left_ats = zip(*left, strict=True)
    arrays = {"outlets": list(outlet_ids), "occupied_ats": list(occupied_ats), "left_ats": list(left_ats)}
    db.connection().execute(END_AS_CARS_LEAVE, arrays)


def energy_so_far_wh(charging_session: ChargingSession, latest: LatestReading | None) -> int | None:
    """The energy of a charge: settled, or while it runs what its outlet's meter says."""
    if charging_session.ended_at is not None:
        return charging_session.energy_wh
    if latest is None or latest.energy_wh is None or latest.measured_at < charging_session.started_at:
        return None
    return round(max(0.0, latest.energy_wh - charging_session.meter_start_wh))
