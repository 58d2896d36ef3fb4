"""Who wants e-mails about alarms (manual, "E-mail ved alarm")."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select, true
from sqlalchemy.orm import Session, selectinload

from domain.models import AlarmKind, PortalUser
from domain.models.alarm import OF_INSTALLATION
from domain.roles import RoleName
from domain.scope import Scope, Viewer, scope_of, viewers_of
from domain.time_zones import zone_of
from domain.user_details import FIELDS_OF_ROLE

KINDS = tuple(kind for kind in AlarmKind if kind not in (AlarmKind.SITE_UPLINK, *OF_INSTALLATION))
"""What a person chooses among: many lost stations of a site are a lost network too."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose alarms somebody sees, as domain/scope.py has it of `Alarm`; many people see the same."""

    scope: Scope
    has_installation: bool
    """And those of no site."""

    def includes(self, site_id: int | None) -> bool:
        if site_id is None:
            return self.has_installation
        return self.scope is None or site_id in self.scope


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who wants them."""

    user_id: int
    zone: ZoneInfo
    hour: int
    """Of the digest, in `zone`."""
    at_once: frozenset[str]
    """The kinds of which the reader is told at once."""
    sight: Sight


def kinds_for(user: PortalUser) -> tuple[AlarmKind, ...]:
    """Of which somebody may be told at once."""
    return KINDS + OF_INSTALLATION if user.role is RoleName.ADMINISTRATOR else KINDS


def may_want(user: PortalUser) -> bool:
    """Whether there are such e-mails for people of this role."""
    return user.role is not None and "alarm_email" in FIELDS_OF_ROLE[user.role]


def wants(user: PortalUser) -> bool:
    return bool(user.active) and user.alarm_email and may_want(user)


def all_readers(db: Session) -> list[Reader]:
    """In three statements, however many they are."""
    wanting = select(PortalUser).where(PortalUser.alarm_email.is_(true())).options(selectinload(PortalUser.roles))
    users = [user for user in db.scalars(wanting.order_by(PortalUser.id)) if wants(user)]
    return [
        Reader(user.id, zone_of(user.time_zone), user.alarm_digest_hour, _kinds(user), _sight(viewer))
        for user, viewer in zip(users, viewers_of(db, users), strict=True)
    ]


def _sight(viewer: Viewer) -> Sight:
    return Sight(scope_of(viewer), has_installation=viewer.role is RoleName.ADMINISTRATOR)


def _kinds(user: PortalUser) -> frozenset[str]:
    chosen = set(user.alarms_at_once)
    if AlarmKind.NO_NETWORK in chosen:
        chosen.add(AlarmKind.SITE_UPLINK)
    return frozenset(chosen)
