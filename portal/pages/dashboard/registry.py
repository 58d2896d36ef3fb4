"""All panes in one table, and which of them a person has."""

from collections.abc import Mapping

from domain.models import PortalUser
from domain.roles import RoleName
from portal.pages.dashboard.pane import Pane
from portal.pages.dashboard.panes import (
    addresses,
    alarms,
    backups,
    charging_now,
    co2,
    energy,
    first_steps,
    map,
    news,
    own_charging,
    own_energy,
    own_sessions,
    own_tags,
    recent_sessions,
    review,
    stations_now,
    top_stations,
    unknown_stations,
    utilisation,
)

PANES_SHOWN = 4
"""As many panes as a dashboard has at the most (manual, "Dashboard-panelet indeholder fire vinduer")."""

PANES: tuple[Pane, ...] = (
    stations_now.PANE,
    map.PANE,
    alarms.PANE,
    energy.PANE,
    utilisation.PANE,
    co2.PANE,
    charging_now.PANE,
    recent_sessions.PANE,
    top_stations.PANE,
    review.PANE,
    unknown_stations.PANE,
    addresses.PANE,
    backups.PANE,
    first_steps.PANE,
    own_charging.PANE,
    own_energy.PANE,
    own_sessions.PANE,
    own_tags.PANE,
    news.PANE,
)
BY_NAME: Mapping[str, Pane] = {pane.name: pane for pane in PANES}

DEFAULTS: Mapping[RoleName, tuple[str, ...]] = {
    RoleName.ADMINISTRATOR: ("stations_now", "alarms", "energy", "charging_now"),
    RoleName.SITE_ADMINISTRATOR: ("stations_now", "alarms", "energy", "charging_now"),
    RoleName.SUPPORT: ("stations_now", "alarms", "unknown_stations", "charging_now"),
    RoleName.EV_USER: ("own_charging", "own_energy", "own_sessions", "own_tags"),
}
"""What a person sees who has not chosen."""

AT_THE_BEGINNING = ("first_steps", "addresses", "unknown_stations", "news")
"""The same while there is no station yet, for those who can create one."""


def available_panes(role: RoleName | None) -> list[Pane]:
    """Those that a role may have, in the order of the registry."""
    return [pane for pane in PANES if role in pane.roles]


def chosen_panes(user: PortalUser, has_stations: bool = True) -> list[Pane]:
    """The panes of a person's dashboard, in their order; never one that the role may not have (any more)."""
    available = {pane.name: pane for pane in available_panes(user.role)}
    names = user.dashboard_panes
    if names is None:
        names = _usual(user.role, has_stations)
    return [available[name] for name in dict.fromkeys(names) if name in available][:PANES_SHOWN]


def _usual(role: RoleName | None, has_stations: bool) -> list[str]:
    if role is None:
        return []
    may_begin = role in first_steps.PANE.roles
    return list(AT_THE_BEGINNING if may_begin and not has_stations else DEFAULTS[role])
