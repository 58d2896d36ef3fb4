"""Whose rows are these: the one table that says what each role may see of each thing.

An administrator sees everything. What is not in the table is seen by nobody else. A role's rights (what it may *do*)
are in portal/roles.py; this is about which rows it may do it to, and holds for every page, export and answer alike.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.models import (
    Alarm,
    AlarmHistory,
    ChargingSession,
    ChargingSessionDeletion,
    Command,
    CommandBatch,
    Event,
    FirmwareImage,
    Floor,
    IdToken,
    Message,
    MeterValue,
    Outlet,
    OutletStateChange,
    OutletStateNote,
    PortalUser,
    Rollout,
    Site,
    Station,
    StationFile,
    StationParameter,
    System,
    UnknownStation,
    site_administrator,
    site_driver,
)
from domain.roles import RoleName

Column = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: for a site administrator with the sites that are assigned."""

    user_id: int
    role: RoleName | None
    site_ids: frozenset[int] = frozenset()


def viewer_of(db: Session, user: PortalUser) -> Viewer:
    """What a person may see, read anew."""
    return viewers_of(db, [user])[0]


def viewers_of(db: Session, users: Sequence[PortalUser]) -> list[Viewer]:
    """The same of many, with as many statements."""
    administrators = [user.id for user in users if user.role is RoleName.SITE_ADMINISTRATOR]
    site_ids: dict[int, set[int]] = defaultdict(set)
    if administrators:
        assigned = select(site_administrator).where(site_administrator.c.user_id.in_(administrators))
        for row in db.execute(assigned):
            site_ids[row.user_id].add(row.site_id)
    return [Viewer(user.id, user.role, frozenset(site_ids[user.id])) for user in users]


Rule = Callable[[Viewer], ColumnElement[bool]]


def _all(_viewer: Viewer) -> ColumnElement[bool]:
    return true()


def _own(column: Column) -> Rule:
    return lambda viewer: column == viewer.user_id


def _of_sites(column: Column) -> Rule:
    return lambda viewer: column.in_(viewer.site_ids)


def _of_any_site(column: Column) -> Rule:
    return lambda _viewer: column.is_not(None)


def _of_stations(column: Column) -> Rule:
    """Of the stations that now stand on one of the sites."""
    return lambda viewer: column.in_(select(Station.id).where(Station.site_id.in_(viewer.site_ids)))


def _drivers_of_sites(viewer: Viewer) -> ColumnElement[bool]:
    """Those who have charged at one of the sites (manual, "Stedadministrator")."""
    return exists().where(site_driver.c.user_id == PortalUser.id, site_driver.c.site_id.in_(viewer.site_ids))


def _of_charges(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return MeterValue.charging_session_id.in_(select(ChargingSession.id).where(which))


def _readings_of_sites(viewer: Viewer) -> ColumnElement[bool]:
    """A reading is whose its charge is; without one, of the place where its outlet, or main meter, now stands."""
    stations = select(Station.id).where(Station.site_id.in_(viewer.site_ids))
    outlets = select(Outlet.id).where(Outlet.station_id.in_(stations))
    at_place = MeterValue.outlet_id.in_(outlets) | (-MeterValue.outlet_id).in_(stations)
    return _of_charges(ChargingSession.site_id.in_(viewer.site_ids)) | (
        MeterValue.charging_session_id.is_(None) & at_place
    )


SITE_ADMINISTRATOR, SUPPORT, EV_USER = RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT, RoleName.EV_USER

RULES: Mapping[type[Model], Mapping[RoleName, Rule]] = {
    System: {SITE_ADMINISTRATOR: _all, SUPPORT: _all},
    Site: {SITE_ADMINISTRATOR: _of_sites(Site.id), SUPPORT: _all},
    Floor: {SITE_ADMINISTRATOR: _of_sites(Floor.site_id), SUPPORT: _all},
    Station: {SITE_ADMINISTRATOR: _of_sites(Station.site_id), SUPPORT: _all},
    Outlet: {SITE_ADMINISTRATOR: _of_stations(Outlet.station_id), SUPPORT: _all},
    UnknownStation: {SUPPORT: _all},
    ChargingSession: {
        SITE_ADMINISTRATOR: _of_sites(ChargingSession.site_id),
        SUPPORT: _all,
        EV_USER: _own(ChargingSession.user_id),
    },
    ChargingSessionDeletion: {
        SITE_ADMINISTRATOR: _of_sites(ChargingSessionDeletion.site_id),
        SUPPORT: _all,
        EV_USER: _own(ChargingSessionDeletion.user_id),
    },
    MeterValue: {
        SITE_ADMINISTRATOR: _readings_of_sites,
        SUPPORT: _all,
        EV_USER: lambda viewer: _of_charges(ChargingSession.user_id == viewer.user_id),
    },
    Command: {
        SITE_ADMINISTRATOR: _of_sites(Command.site_id),
        SUPPORT: _all,
        EV_USER: _own(Command.user_id),
    },
    # What somebody began for many stations; which of them are theirs to see follows from the commands themselves.
    CommandBatch: {SITE_ADMINISTRATOR: _own(CommandBatch.user_id), SUPPORT: _all},
    Rollout: {SITE_ADMINISTRATOR: _own(Rollout.user_id), SUPPORT: _all},
    StationParameter: {SITE_ADMINISTRATOR: _of_stations(StationParameter.station_id), SUPPORT: _all},
    Message: {SITE_ADMINISTRATOR: _of_stations(Message.station_id), SUPPORT: _all},
    StationFile: {SITE_ADMINISTRATOR: _of_stations(StationFile.station_id), SUPPORT: _all},
    FirmwareImage: {SITE_ADMINISTRATOR: _all, SUPPORT: _all},
    IdToken: {EV_USER: _own(IdToken.user_id)},
    PortalUser: {SITE_ADMINISTRATOR: _drivers_of_sites},
    Event: {SITE_ADMINISTRATOR: _of_sites(Event.site_id), SUPPORT: _all},
    OutletStateChange: {SITE_ADMINISTRATOR: _of_sites(OutletStateChange.site_id), SUPPORT: _all},
    OutletStateNote: {SITE_ADMINISTRATOR: _of_sites(OutletStateNote.site_id), SUPPORT: _all},
    # Those of the installation itself, which are of no site, are the administrators' alone.
    Alarm: {SITE_ADMINISTRATOR: _of_sites(Alarm.site_id), SUPPORT: _of_any_site(Alarm.site_id)},
    AlarmHistory: {SITE_ADMINISTRATOR: _of_sites(AlarmHistory.site_id), SUPPORT: _of_any_site(AlarmHistory.site_id)},
}


Scope = frozenset[int] | None
"""The sites whose things somebody sees; none means all."""


def scope_of(viewer: Viewer) -> Scope:
    """The same rule of whatever belongs to a site, for where rows are at hand and no database is asked."""
    if viewer.role in (RoleName.ADMINISTRATOR, RoleName.SUPPORT):
        return None
    return viewer.site_ids if viewer.role is RoleName.SITE_ADMINISTRATOR else frozenset()


def visible(model: type[Model], viewer: Viewer) -> ColumnElement[bool]:
    """The condition that keeps to the rows of `model` that this person may see."""
    if viewer.role is RoleName.ADMINISTRATOR:
        return true()
    rule = RULES.get(model, {}).get(viewer.role) if viewer.role else None
    return rule(viewer) if rule else false()
