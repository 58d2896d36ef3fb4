"""Pages of what maps are told, the longest unchanged first.

A Location that becomes another while somebody walks goes to the end, and is met there as it is then. Each page begins
behind the last Location of the page before rather than at a number of Locations, which would step over one for each
that went to the end meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, text, tuple_
from sqlalchemy.orm import Session

from domain.models import FeedEvse, FeedLocation, Service

TOGETHER = text("SELECT pg_advisory_xact_lock_shared(hashtext('map feed'), :service_id)")
"""With others who read, and with no publisher (publishing.py); until the transaction is over."""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Behind which Location a page begins."""

    updated_at: datetime
    location_id: str

    def __str__(self) -> str:
        return f"{moment(self.updated_at)}~{self.location_id}"

    @classmethod
    def read(cls, written: str) -> "Cursor":
        """Raises ValueError for what is none."""
        at, separator, location_id = written.partition("~")
        if not separator:
            raise ValueError(written)
        return cls(datetime.fromisoformat(at), location_id)


@dataclass(frozen=True, slots=True)
class Query:
    limit: int
    date_from: datetime | None = None
    """That one included."""
    date_to: datetime | None = None
    """That one not."""
    offset: int = 0
    cursor: Cursor | None = None
    """In place of the offset."""


@dataclass(frozen=True, slots=True)
class Page:
    locations: list[Body]
    total: int
    """Of all pages."""
    cursor: Cursor | None
    """Where the next page begins; None if this is the last."""


def page(db: Session, service: Service, query: Query) -> Page:
    db.execute(TOGETHER, {"service_id": service.id})
    asked = _asked(service, query)
    total = db.scalar(select(func.count()).select_from(FeedLocation).where(*asked)) or 0
    rows = select(FeedLocation).where(*asked).order_by(FeedLocation.updated_at, FeedLocation.location_id)
    if query.cursor is not None:
        place = (query.cursor.updated_at, query.cursor.location_id)
        rows = rows.where(tuple_(FeedLocation.updated_at, FeedLocation.location_id) > place)
    else:
        rows = rows.offset(query.offset)
    found = db.scalars(rows.limit(query.limit + 1)).all()
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    return Page(_told(db, service, shown), total, Cursor(last.updated_at, last.location_id) if last else None)


def _asked(service: Service, query: Query) -> list[ColumnElement[bool]]:
    asked = [FeedLocation.service_id == service.id]
    if query.date_from is not None:
        asked.append(FeedLocation.updated_at >= query.date_from)
    if query.date_to is not None:
        asked.append(FeedLocation.updated_at < query.date_to)
    return asked


@dataclass(frozen=True, slots=True)
class Shown:
    """How much of it there is, without what is REMOVED."""

    locations: int
    evses: int
    updated_at: datetime | None


def shown(db: Session, service_id: int) -> Shown:
    published = FeedLocation.body["publish"].as_boolean()
    locations, updated_at = db.execute(
        select(func.count().filter(published), func.max(FeedLocation.updated_at)).where(
            FeedLocation.service_id == service_id
        )
    ).one()
    evses = select(func.count()).where(FeedEvse.service_id == service_id, ~FeedEvse.is_removed)
    return Shown(locations, db.scalar(evses) or 0, updated_at)


def location(db: Session, service: Service, location_id: str) -> Body | None:
    db.execute(TOGETHER, {"service_id": service.id})
    row = db.get(FeedLocation, (service.id, location_id))
    return None if row is None else _told(db, service, [row])[0]


def _told(db: Session, service: Service, rows: Sequence[FeedLocation]) -> list[Body]:
    """With their EVSEs, in one statement for all."""
    evses: dict[str, list[Body]] = defaultdict(list)
    for evse in _evses(db, service, [row.location_id for row in rows]):
        connectors = [each | {"last_updated": moment(evse.connector_updated_at)} for each in evse.body["connectors"]]
        evses[evse.location_id].append(evse.body | {"connectors": connectors, "last_updated": moment(evse.updated_at)})
    return [row.body | {"evses": evses[row.location_id], "last_updated": moment(row.updated_at)} for row in rows]


def _evses(db: Session, service: Service, location_ids: Sequence[str]) -> Iterable[FeedEvse]:
    of_locations = select(FeedEvse).where(FeedEvse.service_id == service.id, FeedEvse.location_id.in_(location_ids))
    return db.scalars(of_locations.order_by(FeedEvse.station_id, FeedEvse.outlet_id, FeedEvse.uid))


def moment(at: datetime) -> str:
    """As OCPI writes it, to the millisecond, such as `2026-11-28T20:21:57.401Z` (14.7)."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
