"""Commands about charges and reservations, held against what runs and is reserved at the stations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from domain import authorization
from domain.addressees import Addressee, Fit, Found, among, at_outlet, dumped, no_such_outlet, outlet_ids
from domain.authorization import Verdict
from domain.command_parameters import (
    CancelReservation,
    Purpose,
    RemoteStart,
    RemoteStop,
    Reserve,
    SetChargingProfile,
)
from domain.models import Action, ChargingSession, Command, CommandState
from domain.problems import ParametersError, Problems, one

REFUSALS = {
    Verdict.INVALID: "The outlet asks for a tag that is registered; this one is not",
    Verdict.BLOCKED: "The outlet asks for a tag; this one is blocked",
    Verdict.EXPIRED: "The outlet asks for a tag; this one has expired",
    Verdict.NOT_YET_VALID: "The outlet asks for a tag; this one is not valid yet",
}


def remote_start(db: Session, asked: RemoteStart, stations: Sequence[Addressee], now: datetime) -> dict[int, Found]:
    """A profile that comes with the start of a charge is that charge's (OCPP 1.6, 5.11).

    A tag that the outlet would refuse is refused here, since a station may start without asking (OCPP 1.6, 5.11).
    """
    parameters = dumped(asked)
    if asked.profile:
        if "purpose" in asked.profile.model_fields_set and asked.profile.purpose is not Purpose.CHARGE:
            raise ParametersError(one("profile.purpose", "of_this_charge", "A charge begins with a profile of its own"))
        parameters["profile"]["purpose"] = Purpose.CHARGE.value
    tokens = authorization.written_as_known(db, [station.id for station in stations], asked.id_token)
    own = {station.id: parameters | {"id_token": tokens[station.id]} for station in stations}
    refused = authorization.refused_from_afar(db, tokens, asked.outlet, now)
    return {
        station_id: _refused(refused[station_id]) if station_id in refused and isinstance(fit, list) else fit
        for station_id, fit in at_outlet(db, stations, asked.outlet, own).items()
    }


def _refused(verdict: Verdict) -> Problems:
    return one("id_token", f"tag_{verdict.value}", REFUSALS[verdict])


def remote_stop(db: Session, asked: RemoteStop, stations: Sequence[Addressee], _now: datetime) -> dict[int, Found]:
    charges = _charges(db, stations, asked.outlet, asked.charging_session)
    return {
        station_id: [_fit(asked, charge)] if isinstance(charge, Charge) else charge
        for station_id, charge in charges.items()
    }


def charging_profile(
    db: Session, asked: SetChargingProfile, stations: Sequence[Addressee], _now: datetime
) -> dict[int, Found]:
    """What a profile is for tells what it is set at (OCPP 1.6, 5.16)."""
    if asked.profile.purpose is Purpose.CHARGE:
        charges = _charges(db, stations, asked.outlet, asked.charging_session)
        return {
            station_id: [_fit(asked, charge)] if isinstance(charge, Charge) else charge
            for station_id, charge in charges.items()
        }
    if asked.charging_session is not None:
        raise ParametersError(
            one("charging_session", "not_of_a_charge", "Only a profile with the purpose charge is one charge's")
        )
    if asked.profile.purpose is Purpose.STATION and asked.outlet is not None:
        raise ParametersError(
            one("outlet", "of_the_whole_station", "A profile with the purpose station is the whole station's")
        )
    return at_outlet(db, stations, asked.outlet, {station.id: dumped(asked) for station in stations})


def reserve(db: Session, asked: Reserve, stations: Sequence[Addressee], now: datetime) -> dict[int, Found]:
    if asked.expires_at <= now:
        raise ParametersError(one("expires_at", "in_the_past", "Must be in the future"))
    tokens = authorization.written_as_known(db, [station.id for station in stations], asked.id_token)
    own = {station.id: dumped(asked) | {"id_token": tokens[station.id]} for station in stations}
    return at_outlet(db, stations, asked.outlet, own)


def cancel_reservation(
    db: Session, asked: CancelReservation, stations: Sequence[Addressee], now: datetime
) -> dict[int, Found]:
    """Only what the station has agreed to keep and still keeps can be given up."""
    reservation = db.scalar(select(Command).where(Command.id == asked.reservation, Command.action == Action.RESERVE))
    problems = _problems_of(db, reservation, now)
    found: dict[int, Found] = {}
    for station in stations:
        if reservation is None or reservation.station_id != station.id:
            found[station.id] = one(
                "reservation", "no_such_reservation", "The station has no reservation {id}", id=asked.reservation
            )
        else:
            found[station.id] = problems or [Fit(dumped(asked), reservation.outlet_id)]
    return found


def _problems_of(db: Session, reservation: Command | None, now: datetime) -> Problems | None:
    if reservation is None:
        return None
    if reservation.state is not CommandState.ACCEPTED:
        return one("reservation", "not_reserved", "The station did not agree to this reservation")
    if datetime.fromisoformat(reservation.parameters["expires_at"]) <= now:
        return one("reservation", "reservation_over", "The reservation is over")
    cancels = aliased(Command)
    is_cancelled = exists().where(
        cancels.station_id == reservation.station_id,
        cancels.action == Action.CANCEL_RESERVATION,
        cancels.id > reservation.id,
        cancels.state == CommandState.ACCEPTED,
        cancels.parameters["reservation"].as_integer() == reservation.id,
    )
    if db.scalar(select(is_cancelled)):
        return one("reservation", "reservation_cancelled", "The reservation is cancelled already")
    return None


@dataclass(frozen=True, slots=True)
class Charge:
    """One that runs."""

    id: int
    outlet_id: int
    outlet_number: int


def _fit(asked: RemoteStop | SetChargingProfile, charge: Charge) -> Fit:
    parameters = dumped(asked) | {"charging_session": charge.id, "outlet": charge.outlet_number}
    return Fit(parameters, charge.outlet_id, charge.id)


def _charges(
    db: Session, stations: Sequence[Addressee], outlet: int | None, charging_session_id: int | None
) -> Mapping[int, Charge | Problems]:
    """The charge that is meant, at each of the stations."""
    if charging_session_id is not None:
        return _named(db, stations, outlet, charging_session_id)
    if outlet is not None:
        return _running(db, stations, outlet)
    raise ParametersError(one("charging_session", "needed", "Either charging_session or outlet is needed"))


def _named(
    db: Session, stations: Sequence[Addressee], outlet: int | None, charging_session_id: int
) -> Mapping[int, Charge | Problems]:
    columns = (ChargingSession.id, ChargingSession.outlet_id, ChargingSession.outlet_number)
    row = db.execute(
        select(*columns, ChargingSession.node_id, ChargingSession.ended_at).where(
            ChargingSession.id == charging_session_id
        )
    ).one_or_none()
    name = "charging_session"
    found: dict[int, Charge | Problems] = {}
    for station in stations:
        if row is None or row.node_id != station.id:
            message = "The station has no charging session {id}"
            found[station.id] = one(name, "no_such_charge", message, id=charging_session_id)
        elif row.ended_at is not None:
            found[station.id] = one(name, "charge_ended", "The charge has ended")
        elif outlet not in (None, row.outlet_number):
            message = "The charge runs at outlet {outlet}"
            found[station.id] = one("outlet", "at_another_outlet", message, outlet=row.outlet_number)
        else:
            found[station.id] = Charge(row.id, row.outlet_id, row.outlet_number)
    return found


def _running(db: Session, stations: Sequence[Addressee], outlet: int) -> Mapping[int, Charge | Problems]:
    """Of several that the station never ended, the latest."""
    ids = outlet_ids(db, stations, outlet)
    rows = db.execute(
        select(ChargingSession.id, ChargingSession.outlet_id)
        .where(among(ChargingSession.outlet_id, ids.values()), ChargingSession.ended_at.is_(None))
        .order_by(ChargingSession.started_at, ChargingSession.id)
    )
    running = {outlet_id: charging_session_id for charging_session_id, outlet_id in rows}
    found: dict[int, Charge | Problems] = {}
    for station in stations:
        outlet_id = ids.get(station.id)
        if outlet_id is None:
            found[station.id] = no_such_outlet(outlet)
        elif outlet_id not in running:
            found[station.id] = one("outlet", "nothing_charges", "Nothing charges at outlet {outlet}", outlet=outlet)
        else:
            found[station.id] = Charge(running[outlet_id], outlet_id, outlet)
    return found
