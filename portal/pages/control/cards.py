"""What an outlet's card on the tab Control shows, and which of its buttons make sense now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from domain import charging_now
from domain.charging_now import ChargingNow
from domain.models import Action, ChargingSession, Outlet, OutletMode, PortalUser, Station
from domain.privacy import hides_emails, mask_email
from domain.statuses import OutletStatus, Shown, shown_of_outlet
from portal import charging_figures, formats
from portal.charging_figures import Figures
from portal.viewer import viewer
from portal.views.outlet import STATUSES

MOST_RUNNING = 100


@dataclass(frozen=True)
class Button:
    """A command at an outlet; `reason` says why it makes no sense now."""

    action: Action
    label: str
    reason: str | None = None
    danger: bool = False


@dataclass(frozen=True)
class Card:
    """One outlet."""

    outlet: Outlet
    shown: Shown
    state: str
    figures: Figures | None
    charging_session: ChargingSession | None
    line: str
    who: str
    buttons: tuple[Button, ...]


def read(db: Session, station: Station, now: datetime) -> list[Card]:
    """One for each outlet, in a constant number of queries."""
    outlets = db.scalars(select(Outlet).where(Outlet.station_id == station.id).order_by(Outlet.number)).all()
    ids = [outlet.id for outlet in outlets]
    at_these = ChargingSession.outlet_id.in_(ids)
    running = {one.charging_session.outlet_id: one for one in charging_now.read(db, at_these, most=MOST_RUNNING)}
    last = _last(db, [outlet for outlet in outlets if outlet.id not in running])
    shown = [one.charging_session for one in running.values()] + list(last.values())
    names = _names(db, shown)
    return [_card(station, outlet, running.get(outlet.id), last.get(outlet.id), names, now) for outlet in outlets]


def _card(
    station: Station,
    outlet: Outlet,
    one: ChargingNow | None,
    last: ChargingSession | None,
    names: Mapping[int, str],
    now: datetime,
) -> Card:
    state = STATUSES[outlet.status or OutletStatus.AVAILABLE] if station.online else _("Offline")
    return Card(
        outlet=outlet,
        shown=shown_of_outlet(station.online, station.status, outlet.status),
        state=str(state),
        figures=charging_figures.of(one, now) if one else None,
        charging_session=one.charging_session if one else None,
        line=_line(station, outlet, now),
        who=_who(one.charging_session, names) if one else _before(last, names),
        buttons=buttons(station, outlet, one is not None),
    )


def _line(station: Station, outlet: Outlet, now: datetime) -> str:
    """What an outlet without a charge does."""
    since = formats.at(outlet.status_at)[:16] if outlet.status_at else ""
    if not station.online:
        return _("The station is not connected")
    match outlet.status:
        case OutletStatus.PREPARING if outlet.occupied_at:
            waited = formats.duration((now - outlet.occupied_at).total_seconds())
            return _("Car connected, waits for a tag, %(duration)s", duration=waited)
        case OutletStatus.FINISHING:
            return _("The charge is over, the cable is still in")
        case OutletStatus.RESERVED:
            return _("Only the tag it is reserved for may charge")
        case OutletStatus.UNAVAILABLE:
            return _("Since %(time)s", time=since)
        case OutletStatus.FAULTED:
            told = (outlet.error_code, outlet.vendor_error_code, outlet.status_info)
            return " · ".join(part for part in told if part and part != "NoError") or _("Since %(time)s", time=since)
        case None:
            return _("The station has not told its state yet")
    return _("Everyone may charge") if outlet.mode is OutletMode.OPEN else _("Ready for a tag")


def _who(charging_session: ChargingSession, names: Mapping[int, str]) -> str:
    """Whose charge it is, as far as whoever looks may know."""
    user_id, token = charging_session.user_id, charging_session.id_token
    name = names.get(user_id) if user_id else _("Anonymous")
    return _("%(name)s · tag %(token)s", name=name or _("Nobody's"), token=token) if token else str(name)


def _before(last: ChargingSession | None, names: Mapping[int, str]) -> str:
    if last is None:
        return _("Nobody yet")
    name = (names.get(last.user_id) if last.user_id else None) or _("Anonymous")
    energy = "–" if last.energy_wh is None else formats.number(last.energy_wh / formats.WH_PER_KWH, 2)
    return _("Last: %(name)s, %(energy)s kWh", name=name, energy=energy)


def _names(db: Session, charges: Sequence[ChargingSession]) -> dict[int, str]:
    """Of those who charge: a name, or for those who may not know it the masked e-mail."""
    if hides_emails(viewer()):
        return {one.user_id: mask_email(one.email) or "" for one in charges if one.user_id}
    users = db.scalars(select(PortalUser).where(PortalUser.id.in_({one.user_id for one in charges if one.user_id})))
    return {user.id: str(user) or user.email for user in users}


def _last(db: Session, outlets: Sequence[Outlet]) -> dict[int, ChargingSession]:
    """The latest charge of each outlet."""
    if not outlets:
        return {}
    latest = (
        select(ChargingSession)
        .where(ChargingSession.outlet_id == Outlet.id)
        .order_by(ChargingSession.started_at.desc())
        .limit(1)
        .correlate(Outlet)
        .lateral("latest")
    )
    found: Any = db.execute(
        select(ChargingSession).from_statement(
            select(latest).select_from(Outlet).join(latest, true()).where(Outlet.id.in_([one.id for one in outlets]))
        )
    )
    return {one.outlet_id: one for one in found.scalars()}


def buttons(station: Station, outlet: Outlet, is_charging: bool) -> tuple[Button, ...]:
    """What can be asked of an outlet, and for what cannot be asked now the reason."""
    offline = None if station.online else _("The station is not connected")
    nothing = None if is_charging else _("Nothing is charging here")
    return (
        Button(
            Action.REMOTE_START,
            pgettext("button", "Start"),
            offline or _why_not_start(station, outlet, is_charging),
        ),
        Button(Action.REMOTE_STOP, _("Stop"), offline or nothing, danger=True),
        Button(Action.UNLOCK, _("Unlock"), offline),
    )


def _why_not_start(station: Station, outlet: Outlet, is_charging: bool) -> str | None:
    if is_charging:
        return _("A charge runs here already")
    statuses = {station.status, outlet.status}
    if OutletStatus.FAULTED in statuses:
        return _("There is a fault")
    if OutletStatus.UNAVAILABLE in statuses:
        return _("It is out of service")
    if outlet.status is OutletStatus.FINISHING:
        return _("The cable of the charge before is still in")
    return None
