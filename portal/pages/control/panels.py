"""The panels of the tab Control: what can be asked of the station as a whole, in groups."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import firmware_images, protocols
from domain.command_checks import AT_AN_OUTLET
from domain.models import Action, Command, LocalList, Station, StationKind
from domain.statuses import OutletStatus
from portal import formats
from portal.pages.control import reservations


@dataclass(frozen=True)
class Ask:
    """One button: a command, and what its form begins with."""

    action: Action
    label: str
    preset: dict[str, Any] = field(default_factory=dict)
    danger: bool = False
    pressed: bool | None = None
    """For a choice of two: whether this is how it is."""
    reason: str | None = None
    """Why it makes no sense now."""


@dataclass(frozen=True)
class Panel:
    """Buttons of one subject, and a line on how things are."""

    title: str
    asks: Sequence[Ask]
    note: str
    is_choice: bool = False
    """Whether its first two buttons are one choice."""


def understands(station: Station, action: Action) -> bool:
    """Whether the station's version of OCPP has words for it, and the station what it is about."""
    has_outlets = station.kind is not StationKind.SUPPLY_CONTROLLER
    return protocols.knows(station.protocol, action) and (has_outlets or action not in AT_AN_OUTLET)


def read(db: Session, station: Station, now: datetime) -> list[Panel]:
    """Those with anything that the station understands."""
    panels = (
        _restart(),
        _software(db, station),
        _tags(db, station),
        _availability(station),
        _trigger(),
        _reservation(reservations.open_ones(db, station.id, now)),
        _profile(),
        _other(),
    )
    offered = (
        Panel(panel.title, [ask for ask in panel.asks if understands(station, ask.action)], panel.note, panel.is_choice)
        for panel in panels
    )
    return [panel for panel in offered if panel.asks]


def _restart() -> Panel:
    asks = (
        Ask(Action.RESET, _("Soft restart"), {"type": "soft"}),
        Ask(Action.RESET, _("Hard restart"), {"type": "hard"}, danger=True),
    )
    return Panel(_("Restart"), asks, _("Hard cuts charges at once"))


def _software(db: Session, station: Station) -> Panel:
    asks = (
        Ask(Action.UPDATE_FIRMWARE, _("Update software …")),
        Ask(Action.GET_DIAGNOSTICS, _("Diagnostics …")),
        Ask(Action.GET_LOG, _("Log …")),
    )
    runs = station.firmware_version
    latest = next(iter(firmware_images.fitting(db, station)), None)
    if latest and latest.version != runs:
        note = _("Runs %(version)s, %(other)s is ready", version=runs or "–", other=latest.version)
    else:
        note = _("Runs %(version)s", version=runs or "–")
    return Panel(_("Software and logs"), asks, note)


def _tags(db: Session, station: Station) -> Panel:
    asks = (
        Ask(Action.SEND_LOCAL_LIST, _("Download RFID tags …")),
        Ask(Action.GET_LOCAL_LIST_VERSION, _("Version of the list …")),
        Ask(Action.CLEAR_CACHE, _("Clear cache …")),
    )
    return Panel(_("Tags"), asks, _list(db, station) if understands(station, Action.SEND_LOCAL_LIST) else "")


def _list(db: Session, station: Station) -> str:
    if station.local_list_version is None:
        return _("The station's list is not known")
    keys = select(func.jsonb_object_keys(LocalList.entries)).where(LocalList.id == station.local_list_id).subquery()
    if station.local_list_id is None:
        return _("List %(version)s", version=station.local_list_version)
    count = db.scalar(select(func.count()).select_from(keys)) or 0
    return ngettext(
        "%(number)s tag, list %(version)s",
        "%(number)s tags, list %(version)s",
        count,
        number=formats.number(count),
        version=station.local_list_version,
    )


def _availability(station: Station) -> Panel:
    is_out = station.status is OutletStatus.UNAVAILABLE
    asks = (
        Ask(Action.CHANGE_AVAILABILITY, _("In service"), {"available": "true"}, pressed=not is_out),
        Ask(Action.CHANGE_AVAILABILITY, _("Out"), {"available": "false"}, pressed=is_out),
    )
    return Panel(_("Availability"), asks, _("The station, or one outlet of it"), is_choice=True)


def _trigger() -> Panel:
    return Panel(_("Trigger"), (Ask(Action.TRIGGER_MESSAGE, _("Ask the station …")),), _("The station reports at once"))


def _reservation(open_ones: Sequence[Command]) -> Panel:
    nothing = None if open_ones else _("Nothing is reserved")
    asks = (
        Ask(Action.RESERVE, _("Reserve …")),
        Ask(Action.CANCEL_RESERVATION, _("Cancel …"), reason=nothing),
    )
    return Panel(_("Reservation"), asks, "; ".join(reservation_words(one) for one in open_ones) or str(nothing))


def reservation_words(command: Command) -> str:
    """What is reserved for whom until when."""
    told = command.parameters
    until = formats.at(datetime.fromisoformat(told["expires_at"]))[:16]
    if "outlet" not in told:
        return _("Tag %(token)s until %(time)s", token=told["id_token"], time=until)
    return _(
        "Outlet %(outlet)s: tag %(token)s until %(time)s", outlet=told["outlet"], token=told["id_token"], time=until
    )


def _profile() -> Panel:
    asks = (
        Ask(Action.SET_CHARGING_PROFILE, _("Set …")),
        Ask(Action.CLEAR_CHARGING_PROFILE, _("Clear …")),
        Ask(Action.GET_COMPOSITE_SCHEDULE, _("What holds …")),
    )
    return Panel(_("Charging profile"), asks, _("How much cars may draw, and when"))


def _other() -> Panel:
    return Panel(
        _("Other"), (Ask(Action.DATA_TRANSFER, _("Data transfer …")),), _("A message of the manufacturer's own")
    )
