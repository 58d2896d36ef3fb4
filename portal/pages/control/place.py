"""Where a command goes: the selected station, and what can be chosen among there."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from domain import clock, firmware_images, protocols
from domain.models import Action, Outlet, Station
from domain.privacy import sees_all_of_users
from portal.database import database
from portal.node import selected
from portal.pages.control import panels, reservations, words
from portal.pages.control.fields import Offers
from portal.viewer import viewer


@dataclass(frozen=True)
class Place:
    """A station; with an outlet where one of its outlets is selected."""

    station: Station
    outlet: Outlet | None


def selected_place() -> Place | None:
    """None on another kind of node."""
    match selected():
        case Station() as station:
            return Place(station, None)
        case Outlet() as outlet:
            return Place(outlet.station, outlet)
        case _:
            return None


def offers(station: Station, action: Action) -> Offers:
    """What the fields of this command choose among."""
    db = database()
    numbers = db.scalars(select(Outlet.number).where(Outlet.station_id == station.id).order_by(Outlet.number))
    return Offers(
        outlets={number: _("Outlet %(number)d", number=number) for number in numbers},
        no_outlet=words.STATION_CHOOSES if action is Action.REMOTE_START else words.WHOLE_STATION,
        firmware=_images(station) if action is Action.UPDATE_FIRMWARE else None,
        reservations=_reservations(station) if action is Action.CANCEL_RESERVATION else None,
        suggests_tags=suggests_tags(),
        is_secured=protocols.is_secured(station.protocol),
    )


def suggests_tags() -> bool:
    """Whether whoever looks may know whose tags there are; others type one."""
    return sees_all_of_users(viewer())


def _images(station: Station) -> Mapping[int, str]:
    images = firmware_images.fitting(database(), station)
    return {image.id: f"{image} · {image.file_name}" for image in images}


def _reservations(station: Station) -> Mapping[int, str]:
    open_ones = reservations.open_ones(database(), station.id, clock.now())
    return {command.id: panels.reservation_words(command) for command in open_ones}
