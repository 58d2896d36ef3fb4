"""What an e-mail tells of the alarms that it is about, as they are when it is sent, and only what its reader may see.

One that is over by then is still told, with when it ended. What was gathered under another meanwhile is told with that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, null, select, union_all
from sqlalchemy.orm import Session, aliased

from domain.models import Alarm, AlarmHistory, AlarmKind, AlarmMail
from domain.models.alarm import OF_INSTALLATION
from domain.scope import Viewer, visible

MOST_LINES = 200
GRAVEST_FIRST = (
    *OF_INSTALLATION,
    AlarmKind.SITE_UPLINK,
    AlarmKind.FUSE,
    AlarmKind.TEMPERATURE,
    AlarmKind.HARDWARE_FAULT,
    AlarmKind.HARDWARE_CONFIGURATION_FAULT,
    AlarmKind.NO_NETWORK,
    AlarmKind.NOT_REGISTERED,
)
ENDED_BEFORE = timedelta(days=1)
"""No alarm that an e-mail was begun with had ended so long before: spares most months of the history."""


@dataclass(frozen=True, slots=True)
class Line:
    """One alarm."""

    id: int
    kind: AlarmKind
    site_id: int | None
    site_name: str | None
    station_name: str | None
    outlet_number: int
    error_code: str | None
    vendor_error_code: str | None
    info: str | None
    raised_at: datetime
    is_acknowledged: bool
    over_at: datetime | None
    stations: int | None
    """How many are away, where it gathers them."""


@dataclass(frozen=True, slots=True)
class Contents:
    lines: Sequence[Line]
    """By site, first those of none; the gravest first; at most `MOST_LINES`."""
    total: int


def read(db: Session, mail: AlarmMail, viewer: Viewer) -> Contents:
    told = union_all(_lasting(mail, viewer), _past(mail, viewer)).subquery()
    gravity = case({kind.value: at for at, kind in enumerate(GRAVEST_FIRST)}, value=told.c.kind)
    ordered = select(told, func.count().over().label("total")).order_by(
        func.lower(told.c.site_name).nulls_first(), told.c.site_id, gravity, told.c.raised_at, told.c.id
    )
    rows = db.execute(ordered.limit(MOST_LINES)).all()
    return Contents([_line(row) for row in rows], rows[0].total if rows else 0)


def _line(row: Any) -> Line:
    told = row._asdict()
    del told["total"]
    return Line(**told)


def _lasting(mail: AlarmMail, viewer: Viewer) -> Select[Any]:
    below = aliased(Alarm)
    away = select(func.count()).where(below.parent_id == Alarm.id, below.calm_since.is_(None)).correlate(Alarm)
    stations = case((Alarm.kind == AlarmKind.SITE_UPLINK, away.scalar_subquery()))
    return _of(Alarm, mail, viewer, Alarm.calm_since, stations)


def _past(mail: AlarmMail, viewer: Viewer) -> Select[Any]:
    past = _of(AlarmHistory, mail, viewer, AlarmHistory.cleared_at, null())
    return past.where(AlarmHistory.cleared_at >= mail.created_at - ENDED_BEFORE)


def _of(kind: Any, mail: AlarmMail, viewer: Viewer, over_at: Any, stations: Any) -> Select[Any]:
    named = select(func.unnest(AlarmMail.alarm_ids)).where(AlarmMail.id == mail.id)
    return select(
        kind.id,
        kind.kind,
        kind.site_id,
        kind.site_name,
        kind.station_name,
        kind.outlet_number,
        kind.error_code,
        kind.vendor_error_code,
        kind.info,
        kind.raised_at,
        kind.acknowledged_at.is_not(None).label("is_acknowledged"),
        over_at.label("over_at"),
        stations.label("stations"),
    ).where(kind.id.in_(named), kind.parent_id.is_(None), visible(kind, viewer))
