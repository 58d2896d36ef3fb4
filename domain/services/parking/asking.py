"""What a provider asks. Asked twice with the same reference, it is the same charge."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import asking, commands, remote_charging, service_charges
from domain.errors import DomainError
from domain.models import (
    Action,
    ChargingSession,
    Command,
    FailReason,
    Outlet,
    Service,
    ServiceCharge,
    ServiceChargeState,
    Station,
)
from domain.remote_charging import RemoteChargingError
from domain.services.configuration import ParkingConfiguration
from domain.services.outlet_value import PROVIDER_OUTLET, of_outlets
from domain.services.parking import following
from domain.services.parking.told import of_reference


class UnknownOutletError(DomainError):
    """There is no such outlet, or none that this provider may charge at."""


class OtherOutletError(DomainError):
    """The reference is that of a charge at another outlet."""


def outlet_of(db: Session, service: Service, uuid: UUID) -> Outlet:
    """Raises UnknownOutletError."""
    outlet = db.scalar(select(Outlet).where(Outlet.uuid == uuid))
    return _checked(db, service, outlet)


def _checked(db: Session, service: Service, outlet: Outlet | None) -> Outlet:
    only_listed = ParkingConfiguration.model_validate(service.configuration).only_listed
    if outlet is None or (only_listed and not _is_listed(db, service, outlet)):
        raise UnknownOutletError("There is no such outlet.")
    return outlet


def _is_listed(db: Session, service: Service, outlet: Outlet) -> bool:
    return (service.id, PROVIDER_OUTLET) in of_outlets(db, [outlet.id]).get(outlet.id, {})


def start(
    db: Session, service: Service, reference: str, uuid: UUID, now: datetime
) -> tuple[ServiceCharge, Command | None]:
    """Ask an outlet to begin a charge; the command is what the caller commits and sends, None where that was done.

    Raises UnknownOutletError, OtherOutletError, RemoteChargingError.
    """
    outlet = _checked(db, service, remote_charging.lock(db, Outlet.uuid == uuid))
    if (known := of_reference(db, service.id, reference)) is not None:
        return _same(known, uuid), None
    if refusal := remote_charging.refusal(db, outlet, now):
        raise RemoteChargingError(refusal)
    token = service_charges.new_token()
    minutes = ParkingConfiguration.model_validate(service.configuration).start_minutes
    charge = ServiceCharge(
        service_id=service.id,
        reference=reference,
        station_id=outlet.station_id,
        outlet_id=outlet.id,
        outlet_uuid=outlet.uuid,
        id_token=token,
        state=ServiceChargeState.ASKED,
        created_at=now,
        begins_until_at=now + timedelta(minutes=minutes),
    )
    try:
        with db.begin_nested():
            db.add(charge)
    except IntegrityError:  # The same reference came for another outlet at this moment.
        known = of_reference(db, service.id, reference)
        if known is None:
            raise
        return _same(known, uuid), None
    parameters = {"outlet": outlet.number, "id_token": token}
    command = asking.ask(db, outlet.station, Action.REMOTE_START, parameters, None, now)
    charge.command_id = command.id
    return charge, command


def _same(charge: ServiceCharge, uuid: UUID) -> ServiceCharge:
    if charge.outlet_uuid != uuid:
        raise OtherOutletError("This reference is that of a charge at another outlet.")
    return charge


def stop(db: Session, service: Service, reference: str, now: datetime) -> tuple[ServiceCharge, Command | None] | None:
    """Ask the station to stop the charge, or take back what has not begun; None if there is no such charge."""
    known = of_reference(db, service.id, reference)
    if known is None:
        return None
    charge = db.get_one(ServiceCharge, known.id, with_for_update=True, populate_existing=True)
    if charge.state is ServiceChargeState.ASKED:
        following.fail(db, charge, FailReason.CANCELLED, now)
    if charge.state is not ServiceChargeState.CHARGING or charge.charging_session_id is None:
        return charge, None
    charging_session = db.scalar(select(ChargingSession).where(ChargingSession.id == charge.charging_session_id))
    station = db.get(Station, charge.station_id)
    if (
        charging_session is None
        or station is None
        or charging_session.ended_at is not None
        or _stops(db, charging_session.id)
    ):
        return charge, None
    command = asking.ask(db, station, Action.REMOTE_STOP, {"charging_session": charging_session.id}, None, now)
    return charge, command


def _stops(db: Session, charging_session_id: int) -> bool:
    """Whether it is asked to stop already."""
    asked = select(Command.id).where(
        Command.action == Action.REMOTE_STOP,
        Command.state.in_(commands.OPEN_STATES),
        Command.charging_session_id == charging_session_id,
    )
    return db.scalar(asked.limit(1)) is not None
