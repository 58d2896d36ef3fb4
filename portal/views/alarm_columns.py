"""The columns of alarms, alike for those that last and for those that are over."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ColumnElement, Float, Select, String, case, cast, extract, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from domain.models import Alarm, AlarmHistory, AlarmKind, Floor, Outlet, PortalUser, Site, Station
from domain.nodes import Node
from portal import alarm_words as words
from portal.table import Choice, Column, Date, Duration, Number, Row, Text

Kind = type[Alarm] | type[AlarmHistory]

BY = func.nullif(func.trim(func.concat(PortalUser.first_name, " ", PortalUser.last_name)), "")
"""Who acknowledged it."""


class What(Text):
    """What it is about, in words; a filter looks into what the station said, and a program gets just that."""

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return words.what_of_text(value)

    def excel(self, value: Any, zone: ZoneInfo) -> str:
        return self.text(value, zone)

    def csv(self, value: Any, zone: ZoneInfo) -> str:
        told = json.loads(value)
        return " · ".join(told[name] for name in ("error_code", "vendor_error_code", "info") if told[name])

    def plain(self) -> Any:
        told = cast(self.expression, JSONB)
        return func.concat_ws(" · ", *(told[name].astext for name in ("error_code", "vendor_error_code", "info")))

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        """Nobody wants all with quite the same details: rather all with the same error."""
        told = json.loads(value)
        return told["vendor_error_code"] or told["error_code"] or "empty"


def columns_of(kind: Kind, *, until: tuple[Column, ...] = (), state: tuple[Column, ...] = ()) -> tuple[Column, ...]:
    """With what only one of the two tables has at its place."""
    return (
        Date("since", _l("Since"), kind.raised_at),
        *until,
        Choice("alarm", _l("Alarm"), kind.kind, words.KINDS, sortable=kind is Alarm, width=30),
        Text("station", _l("Station"), kind.station_name, sortable=kind is Alarm),
        Number("outlet", _l("Outlet"), kind.outlet_number, sortable=kind is Alarm, default=False),
        Text("site", _l("Site"), kind.site_name, sortable=kind is Alarm, width=28),
        What("what", _l("What"), _told(kind), sortable=False, render=_brief, width=60),
        Duration("lasted", _l("Lasted"), _lasted(kind), sortable=kind is Alarm),
        Number("times", _l("Times raised"), kind.times_raised, sortable=kind is Alarm, default=False),
        *state,
        Number("id", _l("Id"), kind.id, sortable=kind is Alarm, default=False),
    )


def state() -> ColumnElement[str]:
    """Of one that lasts, as `words.STATES` has it."""
    return case(
        (Alarm.calm_since.is_not(None), literal(words.CALM)),
        (Alarm.acknowledged_at.is_not(None), literal(words.ACKNOWLEDGED)),
        (Alarm.parent_id.is_not(None), literal(words.GATHERED)),
        else_=literal(words.NEW),
    )


def with_names(kind: Kind) -> Select[Any]:
    return select(kind.id).outerjoin(PortalUser, PortalUser.id == kind.acknowledged_by_id)


def at_node(kind: Kind, statement: Select[Any], node: Node) -> Select[Any]:
    """Only the alarms of the selected node."""
    match node:
        case Site():
            return statement.where(kind.site_id == node.id)
        case Floor():
            return statement.where(kind.station_id.in_(select(Station.id).where(Station.floor_id == node.id)))
        case Station():
            return statement.where(kind.station_id == node.id)
        case Outlet():
            # What concerns the station as a whole concerns each of its outlets.
            return statement.where(kind.station_id == node.station_id, kind.outlet_number.in_((0, node.number)))
        case _:
            return statement


def extras_of(kind: Kind) -> dict[str, Any]:
    return {"station_id": kind.station_id, "named": kind.station_name, "by_name": BY}


def by(row: Row) -> str:
    return row["by_name"] or ""


def _brief(row: Row) -> Markup:
    """Stations may say much: what does not fit stands on the alarm's page, and where one points at it."""
    return Markup('<span class="brief" title="{0}">{0}</span>').format(words.what_of_text(row["what"]))


def _told(kind: Kind) -> ColumnElement[str]:
    """What the words are made of. The number of stations is that of those which are still away."""
    if kind is Alarm:
        below = aliased(Alarm)
        away = select(func.count()).where(below.parent_id == Alarm.id, below.calm_since.is_(None))
        number: Any = case((Alarm.kind == AlarmKind.SITE_UPLINK, away.correlate(Alarm).scalar_subquery()))
    else:
        number = None
    names = ("kind", "outlet_number", "error_code", "vendor_error_code", "info")
    parts = [part for name in names for part in (name, getattr(kind, name))]
    return cast(func.jsonb_build_object(*parts, "stations", number), String)


def _lasted(kind: Kind) -> ColumnElement[float]:
    end = func.now() if kind is Alarm else AlarmHistory.cleared_at
    return cast(extract("epoch", end - kind.raised_at), Float)
