"""One cause, one alarm: many stations of a site that lost the network within a minute are gathered under one.

What is gathered stays an alarm of its own, with its own beginning and end, and shows at its own station; above it, the
one that it is gathered under stands for it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from domain.models import Alarm, AlarmKind, Station

CHILD = AlarmKind.NO_NETWORK
WITHIN = timedelta(minutes=1)
FEWEST = 3
SHARE = 0.5
"""Of the site's stations that ever called, and no fewer than `FEWEST`."""

BEGIN = text(
    "INSERT INTO alarm (kind, site_id, site_name, raised_at) SELECT :kind, id, name, :raised_at FROM site"
    " WHERE id = :site_id ON CONFLICT (site_id, kind) WHERE station_id IS NULL DO UPDATE SET calm_since = NULL,"
    " times_raised = alarm.times_raised + (alarm.calm_since IS NOT NULL)::integer RETURNING id"
)
# By the index of the few alarms of whole sites.
THINNED_OUT = text(
    "UPDATE alarm SET calm_since = :now WHERE station_id IS NULL AND kind = :kind AND calm_since IS NULL"
    " AND (SELECT count(*) FROM alarm AS child WHERE child.parent_id = alarm.id AND child.calm_since IS NULL) < :fewest"
    " RETURNING id, site_id"
)


# The most that were lost within any minute.
LOST_TOGETHER = text(
    "SELECT max(together) FROM (SELECT count(*) OVER (ORDER BY raised_at RANGE BETWEEN CAST(:within AS interval)"
    " PRECEDING AND CURRENT ROW) AS together FROM alarm"
    " WHERE kind = :kind AND due_at IS NULL AND calm_since IS NULL) AS lost"
)


def lost_of_all(db: Session) -> tuple[int, int] | None:
    """How many were lost within a minute, of how many, if they are most of the system: then it may be the portal that
    is cut off."""
    lost = db.scalar(LOST_TOGETHER, {"within": WITHIN, "kind": CHILD.value}) or 0
    if lost < FEWEST:
        return None
    called = db.scalar(select(func.count()).select_from(Station).where(Station.last_seen_at.is_not(None))) or 0
    return (lost, called) if lost > SHARE * called else None


def gather(db: Session, site_ids: Collection[int]) -> set[int]:
    """Put those that were lost together under one, at these sites; returns the sites where that was done."""
    if not site_ids:
        return set()
    alone = (Alarm.kind == CHILD, Alarm.due_at.is_(None), Alarm.calm_since.is_(None), Alarm.parent_id.is_(None))
    lost: dict[int, list[Any]] = defaultdict(list)
    found = select(Alarm.id, Alarm.site_id, Alarm.raised_at).where(*alone, Alarm.site_id.in_(site_ids))
    for row in db.execute(found.order_by(Alarm.raised_at)):
        lost[row.site_id].append(row)
    begun = _begun(db, site_ids)
    stations = _stations(db, site_ids)
    gathered = set()
    for site_id, rows in lost.items():
        together = _together(rows, begun.get(site_id), stations.get(site_id, 0))
        if together:
            _put_under(db, site_id, together)
            gathered.add(site_id)
    return gathered


def dissolve(db: Session, now: datetime) -> set[int]:
    """Where most are back, the few that are not have a reason of their own; returns the sites where that is so."""
    over = db.execute(THINNED_OUT, {"now": now, "kind": AlarmKind.SITE_UPLINK.value, "fewest": FEWEST}).all()
    if over:
        left = (Alarm.parent_id.in_([row.id for row in over]), Alarm.calm_since.is_(None))
        db.execute(update(Alarm).where(*left).values(parent_id=None), execution_options={"synchronize_session": False})
    return {row.site_id for row in over}


def _begun(db: Session, site_ids: Collection[int]) -> dict[int, datetime]:
    """Since when each of the sites has one that gathers."""
    parents = select(Alarm.site_id, Alarm.raised_at).where(
        Alarm.station_id.is_(None),
        Alarm.kind == AlarmKind.SITE_UPLINK,
        Alarm.calm_since.is_(None),
        Alarm.site_id.in_(site_ids),
    )
    return {row.site_id: row.raised_at for row in db.execute(parents)}


def _stations(db: Session, site_ids: Collection[int]) -> dict[int, int]:
    """How many of each site ever called."""
    called = select(Station.site_id, func.count().label("number")).where(
        Station.last_seen_at.is_not(None), Station.site_id.in_(site_ids)
    )
    return {row.site_id: row.number for row in db.execute(called.group_by(Station.site_id))}


def _together(rows: Sequence[Any], begun_at: datetime | None, stations: int) -> Sequence[Any]:
    """Those that were lost within a minute of the first that is gathered, or else the most within any minute."""
    if begun_at is not None:
        return [row for row in rows if abs(row.raised_at - begun_at) <= WITHIN]
    most: Sequence[Any] = ()
    first = 0
    for last, row in enumerate(rows):
        while row.raised_at - rows[first].raised_at > WITHIN:
            first += 1
        if last - first >= len(most):
            most = rows[first : last + 1]
    return most if len(most) >= max(FEWEST, SHARE * stations) else ()


def _put_under(db: Session, site_id: int, rows: Sequence[Any]) -> None:
    kind, raised_at = AlarmKind.SITE_UPLINK.value, rows[0].raised_at
    parent_id = db.scalar(BEGIN, {"kind": kind, "site_id": site_id, "raised_at": raised_at})
    under = update(Alarm).where(Alarm.id.in_([row.id for row in rows])).values(parent_id=parent_id)
    db.execute(under, execution_options={"synchronize_session": False})
