"""Whether a tag may charge: the only place that accepts or refuses one.

What a station sent is understood as its reader sends tags (domain/id_tokens.py): as the station says, else its site,
else as printed and in decimal. The one query looks for what the tag is in all these ways, so that it also finds the
unknown tag that would be known if the station were set otherwise. That one is refused, with a hint in the event log.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Integer, Row, String, any_, bindparam, exists, func, select, true
from sqlalchemy.orm import Session

from domain import events, service_charges
from domain.events import EventKind
from domain.id_tokens import LONGEST_ON_THE_WIRE, USUAL, Reader, TagByteOrder, TagDigits, readings, written_for
from domain.models import (
    Authorization,
    IdToken,
    Outlet,
    OutletMode,
    PortalUser,
    ServiceChargeState,
    Site,
    Station,
)
from domain.reports import AuthorizeReport

HINTS_EVERY = timedelta(days=1)
"""About one tag at one station."""


class Verdict(StrEnum):
    """The answer to a tag. That one tag charges at several outlets at once is allowed: fleets do."""

    ACCEPTED = "accepted"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
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
    parent_token: str | None = None
    service_charge_id: int | None = None
    """Of the charge that a service asked for with this tag."""


ANONYMOUS = Decision(Verdict.ACCEPTED, Authorization.ANONYMOUS)

READER = (
    func.coalesce(Station.tag_digits, Site.tag_digits, TagDigits.DECIMAL).label("digits"),
    func.coalesce(Station.tag_byte_order, Site.tag_byte_order, TagByteOrder.AS_PRINTED).label("byte_order"),
)
LOOK_UP = (
    select(
        *READER,
        IdToken.identity,
        IdToken.blocked,
        IdToken.valid_from_at,
        IdToken.expires_at,
        IdToken.parent_token,
        IdToken.user_id,
        PortalUser.email,
        PortalUser.active,
    )
    .select_from(Station)
    .join(Site, Site.id == Station.site_id)
    .outerjoin(IdToken, IdToken.identity == any_(bindparam("identities", type_=ARRAY(String))))
    .outerjoin(PortalUser, PortalUser.id == IdToken.user_id)
    .where(Station.id == bindparam("station_id"))
)
"""How the station's reader sends tags, beside each tag that the sent one may be."""


def decide(db: Session, station_id: int, token: str, mode: OutletMode, now: datetime) -> Decision:
    """May this tag charge at an outlet of this mode? At an open one everybody may, known or not."""
    decision = _known(db, station_id, token, now)
    if mode is OutletMode.OPEN and decision.verdict is not Verdict.ACCEPTED:
        return ANONYMOUS
    return decision


def decide_at_outlet(db: Session, station_id: int, outlet_id: int, token: str, now: datetime) -> Decision:
    """As `decide`; an outlet that is gone is not open."""
    mode = db.scalar(select(Outlet.mode).where(Outlet.id == outlet_id))
    return decide(db, station_id, token, mode or OutletMode.RFID, now)


def decide_at_station(db: Session, station_id: int, token: str, now: datetime) -> Decision:
    """Where no outlet is named: one open outlet is enough, since the start of a charge asks again for its own."""
    is_open = exists().where(Outlet.station_id == station_id, Outlet.mode == OutletMode.OPEN)
    return decide(db, station_id, token, OutletMode.OPEN if db.scalar(select(is_open)) else OutletMode.RFID, now)


def refused_from_afar(
    db: Session, tokens: Mapping[int, str], outlet_number: int | None, now: datetime
) -> dict[int, Verdict]:
    """At which stations a start from afar would be refused, and why: the tag as each would send it, by station.

    The statements grow with the writings of the tag, of which there are four at most, and not with the stations.
    """
    is_place = Outlet.number == outlet_number if outlet_number else true()
    of_stations = Outlet.station_id == any_(bindparam(None, list(tokens), type_=ARRAY(Integer)))
    is_open = select(Outlet.station_id).where(of_stations, Outlet.mode == OutletMode.OPEN, is_place)
    opened = set(db.scalars(is_open))
    asking = {station_id: token for station_id, token in tokens.items() if station_id not in opened}
    verdicts: dict[tuple[Reader, str], Verdict] = {}
    found = {}
    for station_id, reader in readers(db, list(asking)).items():
        key = (reader, asking[station_id])
        if key not in verdicts:
            verdicts[key] = _known(db, station_id, asking[station_id], now, hints=False).verdict
        if verdicts[key] is not Verdict.ACCEPTED:
            found[station_id] = verdicts[key]
    return found


def authorize(db: Session, report: AuthorizeReport) -> Decision:
    """Somebody presents a tag at a station (OCPP 1.6, 4.1)."""
    return decide_at_station(db, report.station_id, report.id_token, report.received_at)


def _known(db: Session, station_id: int, token: str, now: datetime, hints: bool = True) -> Decision:
    possible = readings(token)
    rows = db.execute(LOOK_UP, {"station_id": station_id, "identities": [*set(possible.values())]}).all()
    if not rows:  # The station is gone.
        return Decision(Verdict.INVALID, Authorization.ANONYMOUS)
    reader = Reader(rows[0].digits, rows[0].byte_order)
    row = next((row for row in rows if row.identity == possible[reader]), None)
    if row is not None:
        return _judged(row, now)
    if service_charges.is_made_here(token):
        return _of_service(db, station_id, token, now)
    found = {row.identity for row in rows}
    if hints and (others := [other for other, identity in possible.items() if identity in found]):
        _hint(db, station_id, token, reader, others, now)
    return Decision(Verdict.INVALID, Authorization.ANONYMOUS)


def _of_service(db: Session, station_id: int, token: str, now: datetime) -> Decision:
    """A tag that stands for one charge, which a service asked for at this station."""
    charge = service_charges.of_token(db, station_id, token)
    if charge is None or charge.state not in service_charges.OPEN:
        return Decision(Verdict.INVALID, Authorization.SERVICE)
    is_late = charge.state is ServiceChargeState.ASKED and charge.begins_until_at <= now
    verdict = Verdict.EXPIRED if is_late else Verdict.ACCEPTED
    return Decision(verdict, Authorization.SERVICE, service_charge_id=None if is_late else charge.id)


def _judged(row: Row[Any], now: datetime) -> Decision:
    """What is decided about a tag that is registered."""
    verdict = _verdict(row, row.active, now)
    if verdict is not Verdict.ACCEPTED:
        return Decision(verdict, Authorization.ANONYMOUS)
    return Decision(verdict, Authorization.RFID, row.expires_at, row.user_id, row.email, row.parent_token)


def state_of(tag: IdToken, now: datetime) -> Verdict:
    """Whether a registered tag is accepted at this moment, and if not, why."""
    return _verdict(tag, tag.user.active if tag.user else None, now)


def _verdict(tag: IdToken | Row[Any], owner_is_active: bool | None, now: datetime) -> Verdict:
    if tag.blocked or owner_is_active is False:
        return Verdict.BLOCKED
    if tag.expires_at is not None and tag.expires_at <= now:
        return Verdict.EXPIRED
    if tag.valid_from_at is not None and tag.valid_from_at > now:
        return Verdict.NOT_YET_VALID
    return Verdict.ACCEPTED


def _hint(db: Session, station_id: int, token: str, reader: Reader, others: Sequence[Reader], now: datetime) -> None:
    """Note what would have to be set otherwise for this tag to be known. Whose it would be is not told."""
    nearest = min(others, key=lambda other: len(_differences(reader, other)))
    details = {"id_token": token, **_differences(reader, nearest)}
    kind = EventKind.TAG_KNOWN_OTHERWISE
    if not events.is_recorded(db, kind, station_id, details, since=now - HINTS_EVERY):
        events.record(db, kind, station_id, now, details)


def _differences(reader: Reader, other: Reader) -> dict[str, str]:
    """The settings of a station that would make another reader of its own."""
    settings = (("tag_digits", reader.digits, other.digits), ("tag_byte_order", reader.byte_order, other.byte_order))
    return {name: word.value for name, now, word in settings if word is not now}


def written_for_station(db: Session, station_id: int, identity: str) -> str:
    """A tag as the station's reader would send it, so that what comes back of a start from afar is the same tag."""
    return written_for(identity, readers(db, [station_id])[station_id])


def readers(db: Session, station_ids: Sequence[int]) -> dict[int, Reader]:
    """How each of these stations sends tags; as usual, if it was deleted a moment ago."""
    of_stations = Station.id == any_(bindparam(None, list(station_ids), type_=ARRAY(Integer)))
    statement = select(Station.id, *READER).join_from(Station, Site, Site.id == Station.site_id).where(of_stations)
    found = {row.id: Reader(row.digits, row.byte_order) for row in db.execute(statement)}
    return dict.fromkeys(station_ids, USUAL) | found


def written_as_known(db: Session, station_ids: Sequence[int], token: str) -> dict[int, str]:
    """A tag that somebody wrote, as each of these stations would send it; one that is not registered as it stands."""
    possible = readings(token)
    known = set(db.scalars(select(IdToken.identity).where(IdToken.identity.in_(set(possible.values())))))
    found = {}
    for station_id, reader in readers(db, station_ids).items():
        # People write a tag as the usual reader does, or copy what the station sent.
        identity = next((each for each in (possible[USUAL], possible[reader]) if each in known), None)
        written = written_for(identity, reader) if identity is not None else token
        found[station_id] = written if len(written) <= LONGEST_ON_THE_WIRE else token
    return found


def usable(db: Session, now: datetime) -> Iterator[Row[Any]]:
    """All registered tags that are accepted at this moment, in the order of their identity."""
    columns = (
        IdToken.identity,
        IdToken.blocked,
        IdToken.valid_from_at,
        IdToken.expires_at,
        IdToken.parent_token,
        PortalUser.active,
    )
    owned = select(*columns).outerjoin(PortalUser, PortalUser.id == IdToken.user_id).order_by(IdToken.identity)
    return (row for row in db.execute(owned) if _verdict(row, row.active, now) is Verdict.ACCEPTED)


def usable_tags(db: Session, user_id: int, now: datetime, most: int) -> list[IdToken]:
    """The person's own tags that are accepted wherever they are known, the oldest first."""
    rows = db.execute(
        select(IdToken, PortalUser.active)
        .join(PortalUser, PortalUser.id == IdToken.user_id)
        .where(PortalUser.id == user_id)
        .order_by(IdToken.id)
        .limit(most)
    )
    return [row.IdToken for row in rows if _verdict(row.IdToken, row.active, now) is Verdict.ACCEPTED]
