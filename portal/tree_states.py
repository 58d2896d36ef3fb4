"""The states that the navigator shows, followed as stations change: the work is by what changed, not by what there is.

A closed branch shows the worst of the stations below it. To know it without asking for thousands of stations again, the
state of each is kept, and for each branch how many of its stations are in which. What a page loads comes from the
database all the same (portal/tree.py); this tells it only what has changed since.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.models import Outlet, Station
from domain.nodes import NodeKind
from domain.statuses import Shown, shown_of_outlet, shown_of_station, worst


@dataclass(frozen=True, slots=True)
class State:
    """Of one line of the navigator."""

    site_id: int
    """Who may hear of it follows from where it is."""
    key: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class _Known:
    """One station."""

    site_id: int
    floor_id: int | None
    shown: Shown

    def branches(self) -> Iterable[str]:
        yield f"{NodeKind.SITE}-{self.site_id}"
        if self.floor_id:
            yield f"{NodeKind.FLOOR}-{self.floor_id}"


class TreeStates:
    """Of all stations, whoever may see them; who hears of what is the caller's."""

    def __init__(self) -> None:
        self._is_known = False
        self.forget()

    def forget(self) -> None:
        """What was not heard of cannot be followed; the next time it is read anew."""
        self._is_known = False
        self._stations: dict[int, _Known] = {}
        self._counts: dict[str, Counter[Shown]] = defaultdict(Counter)
        self._told: dict[str, Shown] = {}

    def follow(self, db: Session, station_ids: Collection[int]) -> list[State] | None:
        """The states of stations that changed, of their outlets, and of the branches that look otherwise for it.

        None when nothing was known before, so that nothing can be said of what has changed.
        """
        if not self._is_known:
            for _ in self._read(db, _all()):
                pass
            self._told = {key: worst(+counts) for key, counts in self._counts.items()}
            self._is_known = True
            return None
        if not station_ids:
            return []
        touched = {key: known.site_id for known in self._take_out(station_ids) for key in known.branches()}
        states = []
        for state in self._read(db, _all().where(Station.id.in_(station_ids))):
            states.append(state)
        found = [self._stations[pk] for pk in station_ids if pk in self._stations]
        touched |= {key: known.site_id for known in found for key in known.branches()}
        return [*states, *self._branches(touched)]

    def _take_out(self, station_ids: Collection[int]) -> list[_Known]:
        before = [self._stations.pop(pk) for pk in station_ids if pk in self._stations]
        for known in before:
            for key in known.branches():
                self._counts[key][known.shown] -= 1
        return before

    def _read(self, db: Session, statement: Select[Any]) -> Iterable[State]:
        for row in db.execute(statement):
            known = _Known(row.site_id, row.floor_id, shown_of_station(row.online, row.status, row.statuses))
            self._stations[row.id] = known
            for key in known.branches():
                self._counts[key][known.shown] += 1
            yield State(row.site_id, f"{NodeKind.STATION}-{row.id}", known.shown)
            yield from _outlets(row)

    def _branches(self, touched: dict[str, int]) -> Iterable[State]:
        for key, site_id in touched.items():
            shown = worst(+self._counts[key])
            if self._told.get(key) is not shown:
                self._told[key] = shown
                yield State(site_id, key, shown)


def _outlets(row: Any) -> Iterable[State]:
    for pk, status in zip(row.outlets, row.statuses, strict=True):
        if pk:  # A station without outlets has one row of nothing.
            shown = shown_of_outlet(row.online, row.status, status)
            yield State(row.site_id, f"{NodeKind.OUTLET}-{pk}", shown)


def _all() -> Select[Any]:
    return (
        select(
            Station.id,
            Station.site_id,
            Station.floor_id,
            Station.online,
            Station.status,
            func.array_agg(Outlet.id).label("outlets"),
            func.array_agg(Outlet.status).label("statuses"),
        )
        .outerjoin(Outlet, Outlet.station_id == Station.id)
        .group_by(Station.id)
    )
