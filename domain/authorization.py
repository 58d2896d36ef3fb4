"""Whether a tag may charge: the only place that accepts or refuses one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from domain.models import Authorization, IdToken, Outlet, OutletMode, PortalUser
from domain.reports import AuthorizeReport


class Verdict(StrEnum):
    """The answer to a tag. That one tag charges at several outlets at once is allowed: fleets do."""

    ACCEPTED = "accepted"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    INVALID = "invalid"
    """Nobody entered this tag."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and whose charge it will be."""

    verdict: Verdict
    authorization: Authorization
    expires_at: datetime | None = None
    user_id: int | None = None
    email: str | None = None


ANONYMOUS = Decision(Verdict.ACCEPTED, Authorization.ANONYMOUS)


def decide(db: Session, token: str, mode: OutletMode, now: datetime) -> Decision:
    """May this tag charge at an outlet of this mode? At an open one everybody may, known or not."""
    decision = _known(db, token, now)
    if mode is OutletMode.OPEN and decision.verdict is not Verdict.ACCEPTED:
        return ANONYMOUS
    return decision


def decide_at_outlet(db: Session, outlet_id: int, token: str, now: datetime) -> Decision:
    """As `decide`; an outlet that is gone is not open."""
    mode = db.scalar(select(Outlet.mode).where(Outlet.id == outlet_id))
    return decide(db, token, mode or OutletMode.RFID, now)


def decide_at_station(db: Session, station_id: int, token: str, now: datetime) -> Decision:
    """Where no outlet is named: one open outlet is enough, since the start of a charge asks again for its own."""
    is_open = exists().where(Outlet.station_id == station_id, Outlet.mode == OutletMode.OPEN)
    return decide(db, token, OutletMode.OPEN if db.scalar(select(is_open)) else OutletMode.RFID, now)


def authorize(db: Session, report: AuthorizeReport) -> Decision:
    """Somebody presents a tag at a station (OCPP 1.6, 4.1)."""
    return decide_at_station(db, report.station_id, report.id_token, report.received_at)


def _known(db: Session, token: str, now: datetime) -> Decision:
    row = db.execute(
        select(IdToken.blocked, IdToken.expires_at, IdToken.user_id, PortalUser.email, PortalUser.active)
        .outerjoin(PortalUser, PortalUser.id == IdToken.user_id)
        .where(func.lower(IdToken.token) == token.lower())
    ).one_or_none()
    if row is None:
        return Decision(Verdict.INVALID, Authorization.ANONYMOUS)
    if row.blocked or row.active is False:
        return Decision(Verdict.BLOCKED, Authorization.ANONYMOUS)
    if row.expires_at is not None and row.expires_at <= now:
        return Decision(Verdict.EXPIRED, Authorization.ANONYMOUS)
    return Decision(Verdict.ACCEPTED, Authorization.RFID, row.expires_at, row.user_id, row.email)
