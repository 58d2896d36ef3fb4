"""The stations that a command to many goes to: those that were marked, or all that the same list of stations shows.

It is read from the address, which is that of the list with the command added; so it can be bookmarked, and each step
reads it anew, within what whoever looks may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from domain.models import ChargingSession, Outlet, Station
from domain.models.columns import LARGEST_KEY
from portal.node import label_of, selected
from portal.viewer import scoped
from portal.views.station import StationView

MARKED = "station"


@dataclass(frozen=True)
class Selection:
    """Stations, and how they are described."""

    ids: Select[tuple[int]]
    words: str


@dataclass(frozen=True)
class Counts:
    """How many there are, and of how many that matters now."""

    stations: int
    offline: int
    charging: int


def read(view: StationView) -> Selection:
    """What the request's address selects."""
    marked = {int(text) for text in request.args.getlist(MARKED) if text.isdecimal() and len(text) < 10}
    if marked or "marked" in request.args:
        ids = scoped(select(Station.id).where(Station.id.in_({pk for pk in marked if pk <= LARGEST_KEY})), Station)
        return Selection(ids, _("the marked stations"))
    query = view.query()
    if query.errors:
        abort(400)  # Rather none than others than were meant.
    ids = view.narrowed().where(*query.conditions).with_only_columns(Station.id, maintain_column_froms=True)
    name = label_of(selected())
    if query.conditions:
        return Selection(ids, _("all stations of %(name)s that the filter finds", name=name))
    return Selection(ids, _("all stations of %(name)s", name=name))


def counts(db: Session, selection: Selection) -> Counts:
    """In one query."""
    chosen = selection.ids.subquery()
    is_charging = exists().where(
        Outlet.station_id == Station.id, ChargingSession.outlet_id == Outlet.id, ChargingSession.ended_at.is_(None)
    )
    columns: Sequence[Any] = (
        func.count(),
        func.count().filter(~Station.online),
        func.count().filter(is_charging),
    )
    row = db.execute(select(*columns).where(Station.id.in_(select(chosen)))).one()
    return Counts(*row)


def in_words(counted: Counts) -> str:
    """So many stations, of which so many are offline and charge."""
    told = [ngettext("%(num)d station", "%(num)d stations", counted.stations)]
    if counted.offline:
        told.append(ngettext("%(num)d is offline", "%(num)d are offline", counted.offline))
    if counted.charging:
        told.append(ngettext("%(num)d charges now", "%(num)d charge now", counted.charging))
    return " · ".join(told)
