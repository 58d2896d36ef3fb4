"""The form of a careful rollout: which values, at which stations, how carefully."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from domain import nodes, rollouts
from domain.models import Floor, Site, Station, System
from domain.models.columns import LARGEST_KEY
from portal.database import database
from portal.node import find, key_of, label_of
from portal.pages.parameters import changes as form_changes
from portal.pages.parameters import rows
from portal.viewer import scoped

MOST_LISTED = rollouts.MOST_STATIONS
LONGEST_NUMBER = len(str(LARGEST_KEY))
"""Python refuses to read one of thousands of digits."""


@dataclass(frozen=True)
class Offer:
    """A value that can be copied."""

    key: str
    value: str
    is_chosen: bool
    line: rows.Line | None = None


@dataclass(frozen=True)
class Plan:
    """What stands in the form."""

    offers: Sequence[Offer]
    within: str
    same_model: bool
    marks_all: bool
    station_ids: frozenset[int]
    wave_size: int = 5
    return_seconds: int = 300
    restarts: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, str]:
        return {offer.key: offer.value for offer in self.offers if offer.is_chosen}


def read(form: "MultiDict[str, str]", source: Station) -> Plan:
    """From the form itself, from changes that are not sent yet, or from keys that were marked to be copied."""
    lines = {line.key: line for line in rows.lines_of(database(), source)}
    offers = _offers(form, lines)
    is_planned = "planned" in form
    chosen = [offer.key for offer in offers if offer.is_chosen]
    return Plan(
        offers,
        form.get("within") or _usual_place(source),
        "same_model" in form if is_planned else bool(source.model),
        "all" in form,
        frozenset(_numbers(form.getlist("station"))),
        _number(form, "wave_size", 5),
        _number(form, "return_seconds", 300),
        "restarts" in form if is_planned else any(lines[k].needs_restart for k in chosen if k in lines),
    )


def _offers(form: "MultiDict[str, str]", lines: Mapping[str, rows.Line]) -> list[Offer]:
    if "planned" in form:
        keys, values, chosen = form.getlist("key"), form.getlist("value"), set(form.getlist("chosen"))
        if len(keys) != len(values):
            abort(400)
        return [Offer(key, value, key in chosen, lines.get(key)) for key, value in zip(keys, values, strict=True)]
    if "chosen" in form:
        marked = set(form.getlist("chosen"))
        return [Offer(key, line.value, True, line) for key, line in lines.items() if key in marked]
    unsent = [Offer(each.key, each.value, True, lines.get(each.key)) for each in form_changes.sent(form)]
    open_ones = [Offer(key, line.value, False, line) for key, line in lines.items() if line.can_be_copied]
    return [offer for offer in unsent if offer.line is None or not offer.line.is_secret] or open_ones


def _usual_place(source: Station) -> str:
    return f"site-{source.site_id}"


def _numbers(texts: Sequence[str]) -> list[int]:
    numbers = (int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER)
    return [number for number in numbers if number <= LARGEST_KEY]


def _number(form: "MultiDict[str, str]", name: str, usual: int) -> int:
    text = form.get(name, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else usual


def places(source: Station) -> list[tuple[str, str]]:
    """Whose stations can be listed: the nodes above the source."""
    path = nodes.path(database(), source)[:-1]
    return [(key_of(node), _("Everywhere") if isinstance(node, System) else label_of(node)) for node in path]


def listed(db: Session, plan: Plan, source: Station) -> list[Station]:
    """The stations to choose among, by name: those of the chosen place, and those that were marked at another."""
    condition = _below(plan.within)
    if plan.same_model and source.model:
        condition &= (Station.model == source.model) & Station.vendor.is_not_distinct_from(source.vendor)
    stations = scoped(select(Station), Station).where(condition | Station.id.in_(plan.station_ids))
    return list(db.scalars(stations.order_by(Station.name, Station.id).limit(MOST_LISTED + 1)))


def _below(key: str) -> ColumnElement[bool]:
    match find(key):
        case Site() as site:
            return Station.site_id == site.id
        case Floor() as floor:
            return Station.floor_id == floor.id
        case System():
            return true()
        case _:
            return abort(404)


def chosen(db: Session, plan: Plan, source: Station) -> list[Station]:
    """Those that were marked, as far as the viewer may see them; all that are listed where that was asked."""
    if plan.marks_all:
        return listed(db, plan, source)
    stations = scoped(select(Station), Station).where(Station.id.in_(plan.station_ids))
    return list(db.scalars(stations.order_by(Station.name, Station.id)))
