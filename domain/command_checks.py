"""What is asked, held against the stations it is asked of: their kind and version, their outlets, their charges.

Each rule is about many stations at once and asks the database once, however many those are; one station is many of one.
What comes of it is, for each station, what it is to be sent or what is wrong with asking it that. What is wrong
whatever the station, such as a time that is over, is raised.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain import charge_command_checks, firmware_images, local_lists, protocols
from domain.addressees import Addressee, Found, at_outlet, dumped
from domain.command_parameters import (
    OF_THE_SECURITY_EXTENSION,
    GetDiagnostics,
    Parameters,
    RemoteStart,
    TriggerMessage,
    UpdateFirmware,
)
from domain.models import Action, FirmwareImage, StationKind
from domain.problems import ParametersError, Problems, one

AT_AN_OUTLET = frozenset({Action.REMOTE_START, Action.REMOTE_STOP, Action.UNLOCK, Action.RESERVE})
"""A supply controller has none."""


def fit(
    db: Session, action: Action, asked: Parameters, stations: Sequence[Addressee], now: datetime
) -> dict[int, Found]:
    """By station. Raises ParametersError."""
    found: dict[int, Found] = {
        station.id: problems for station in stations if (problems := _unfit(station, action, asked)) is not None
    }
    rest = [station for station in stations if station.id not in found]
    return found | FITTERS.get(action, plain)(db, asked, rest, now)


def _unfit(station: Addressee, action: Action, asked: Parameters) -> Problems | None:
    """A station that never came is asked whatever it is: its version is not known yet."""
    if not protocols.knows(station.protocol, action):
        message = "The station speaks {protocol}, which has no such command"
        return one("action", "unknown_to_protocol", message, protocol=protocols.in_words(station.protocol))
    if station.kind is StationKind.SUPPLY_CONTROLLER and action in AT_AN_OUTLET:
        return one("action", "no_outlets", "A supply controller has no outlets")
    match asked:
        case TriggerMessage() if not protocols.is_secured(station.protocol):
            name = "message" if asked.message in OF_THE_SECURITY_EXTENSION else "extended" if asked.extended else None
            return _unsayable(station, name) if name else None
        case RemoteStart() if asked.profile and not protocols.has_profiles(station.protocol):
            return _unsayable(station, "profile")
    return None


def _unsayable(station: Addressee, name: str) -> Problems:
    message = "The station speaks {protocol}, which cannot say this"
    return one(name, "unsayable", message, protocol=protocols.in_words(station.protocol))


def plain(db: Session, asked: Parameters, stations: Sequence[Addressee], _now: datetime) -> dict[int, Found]:
    """Nothing but an outlet, if it is about one."""
    number = getattr(asked, "outlet", None)
    return at_outlet(db, stations, number, dict.fromkeys((station.id for station in stations), dumped(asked)))


def firmware(db: Session, asked: UpdateFirmware, stations: Sequence[Addressee], now: datetime) -> dict[int, Found]:
    """An image of another model would be refused by the station at best."""
    image = db.get(FirmwareImage, asked.firmware)
    if image is None:
        message = "There is no firmware image {id}"
        raise ParametersError(one("firmware", "no_such_firmware", message, id=asked.firmware))
    others = {
        station.id: _not_for(image, station)
        for station in stations
        if not firmware_images.fits(image, station.vendor, station.model)
    }
    if firmware_images.is_signed(image):
        unsecured = (station for station in stations if not protocols.is_secured(station.protocol))
        others |= {station.id: _signed(station) for station in unsecured}
    return plain(db, asked, stations, now) | others


def _not_for(image: FirmwareImage, station: Addressee) -> Problems:
    wanted, told = (f"{of.vendor or ''} {of.model or ''}".strip() for of in (image, station))
    if not told:
        message = "The image is for {wanted}, and the station has not told what it is"
        return one("firmware", "model_unknown", message, wanted=wanted)
    message = "The image is for {wanted}, the station is {told}"
    return one("firmware", "not_for_this_model", message, wanted=wanted, told=told)


def _signed(station: Addressee) -> Problems:
    message = "The station speaks {protocol}, which knows no signed images: upload the image once more without"
    return one("firmware", "signed_unknown_to_protocol", message, protocol=protocols.in_words(station.protocol))


def logs(db: Session, asked: GetDiagnostics, stations: Sequence[Addressee], now: datetime) -> dict[int, Found]:
    if asked.since and asked.until and asked.since >= asked.until:
        raise ParametersError(one("until", "before_since", "Must be after `since`"))
    return plain(db, asked, stations, now)


FITTERS: Mapping[Action, Callable[[Session, Any, Sequence[Addressee], datetime], dict[int, Found]]] = {
    Action.REMOTE_START: charge_command_checks.remote_start,
    Action.REMOTE_STOP: charge_command_checks.remote_stop,
    Action.RESERVE: charge_command_checks.reserve,
    Action.CANCEL_RESERVATION: charge_command_checks.cancel_reservation,
    Action.SET_CHARGING_PROFILE: charge_command_checks.charging_profile,
    Action.UPDATE_FIRMWARE: firmware,
    Action.GET_DIAGNOSTICS: logs,
    Action.GET_LOG: logs,
    Action.SEND_LOCAL_LIST: local_lists.parts,
}
"""Where more is to be looked at than an outlet."""
