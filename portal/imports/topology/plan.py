"""What an import of the topology would do: each row meets the database and the rows before it, and gets its outcome.

It only looks. Rows tell of nodes together: the first accepted row that names a node makes its draft, later ones may add
to it, and none may contradict. A row that is refused leaves no trace in the drafts, so that no other row depends on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from domain.models import Floor, Outlet, PortalUser, Site, Station
from domain.scope import viewer_of
from portal.imports.outcomes import Change, Outcome, Verdict, verdict
from portal.imports.pauses import paused
from portal.imports.problems import Problem
from portal.imports.topology.columns import ATTRIBUTES, COLUMNS, NEW, Level
from portal.imports.topology.rows import NodeRow, Rows
from portal.imports.topology.surroundings import There
from portal.roles import allows

EXAMPLE = "template-example-"
"""How the charge box ids of the template's own rows begin."""

Node = Site | Floor | Station | Outlet
Key = tuple[Any, ...]


@dataclass
class Draft:
    """A node as the rows tell of it."""

    key: Key
    level: Level
    node: Node | None
    """None as long as it is new."""
    name: str | int
    """What it is found by: a name, a charge box id, a number."""
    above: "Draft | None" = None
    values: dict[str, Any] = field(default_factory=dict)
    """By column."""
    said_in: dict[str, str] = field(default_factory=dict)
    """By column, the place of the row that says so; under the level's own name that of the first row."""
    uuid: str | None = None
    """That a new outlet brings along."""

    def before(self, column: str) -> Any:
        """What is there now, as a file would say it."""
        value = None if self.node is None else getattr(self.node, ATTRIBUTES[self.level][column])
        return value.replace("\r\n", "\n").strip() if type(value) is str else value

    @property
    def changed(self) -> dict[str, Any]:
        """By attribute what is to be written."""
        attributes = ATTRIBUTES[self.level]
        return {attributes[column]: value for column, value in self.values.items() if value != self.before(column)}

    def at(self, level: Level) -> "Draft | None":
        """The node of a level at this one or above it."""
        here: Draft | None = self
        while here is not None and here.level is not level:
            here = here.above
        return here


@dataclass(frozen=True)
class Plan:
    verdicts: list[Verdict]
    drafts: list[Draft]
    """Each node that an accepted row tells of, those above before those below."""


def plan(db: Session, rows: Rows, user_id: int) -> Plan:
    user = db.get_one(PortalUser, user_id)
    may_add_sites = user.role is not None and allows(user.role, "SiteView", "can_add")
    planner = Planner(There.look(db, rows, viewer_of(db, user)), may_add_sites)
    verdicts = [planner.take(row) for row in paused(rows.nodes)]
    order = list(Level)
    return Plan(verdicts, sorted(planner.drafts.values(), key=lambda draft: order.index(draft.level)))


class Planner:
    """Takes one row after the other."""

    def __init__(self, there: There, may_add_sites: bool) -> None:
        self.there = there
        self.may_add_sites = may_add_sites
        self.drafts: dict[Key, Draft] = {}
        self.uuids: set[str] = set()
        """That new outlets of rows before bring along."""

    def take(self, row: NodeRow) -> Verdict:
        if (row.charge_box_id or "").lower().startswith(EXAMPLE):
            return Verdict(Outcome.SKIPPED)
        drafts = list(self._drafts(row))
        problems = [*row.problems, *self._problems(row, drafts)]
        if problems:
            return Verdict(Outcome.REFUSED, problems=problems)
        changes = [change for draft in drafts for change in self._keep(row, draft)]
        is_new = any(change.field == NEW[drafts[-1].level] for change in changes)
        return verdict(changes, [], is_new)

    def _drafts(self, row: NodeRow) -> Iterator[Draft]:
        """The nodes that a row tells of, from the site down: as they stand after the rows before, or new drafts."""
        place = site = self._site(row.site)
        yield site
        if row.floor:
            yield (place := self._floor(site, row.floor))
        if not row.charge_box_id:
            return
        node = self.there.stations.get(row.charge_box_id)
        if row.floor is None and node is not None and node.floor is not None and node.site is site.node:
            # An empty cell leaves alone where it stands.
            place = self._floor(site, node.floor.name, node.floor)
        key: Key = (Level.STATION, row.charge_box_id)
        yield (station := self.drafts.get(key) or Draft(key, Level.STATION, node, row.charge_box_id, place))
        if row.outlet is not None:
            outlet = self.there.outlets.get((node.id, row.outlet)) if node else None
            key = (Level.OUTLET, row.charge_box_id, row.outlet)
            yield self.drafts.get(key) or Draft(key, Level.OUTLET, outlet, row.outlet, station, uuid=row.uuid)

    def _site(self, name: str) -> Draft:
        node = self.there.site(name)
        key: Key = (Level.SITE, node.id if node else name.lower())
        return self.drafts.get(key) or Draft(key, Level.SITE, node, node.name if node else name)

    def _floor(self, site: Draft, name: str, node: Floor | None = None) -> Draft:
        node = node or (self.there.floor(site.node, name) if isinstance(site.node, Site) else None)
        key: Key = (Level.FLOOR, node.id) if node else (Level.FLOOR, site.key, name.lower())
        return self.drafts.get(key) or Draft(key, Level.FLOOR, node, node.name if node else name, site)

    def _problems(self, row: NodeRow, drafts: list[Draft]) -> Iterator[Problem]:
        told = {problem.field for problem in row.problems}
        if not row.site:
            if "site" not in told:
                yield Problem("site", "needed")
            return
        yield from _missing(row, told)
        if row.charge_box_id in self.there.out_of_sight:
            yield Problem("charge_box_id", "charge_box_id_taken")
        for draft in drafts:
            if draft.level is Level.SITE and draft.node is None and not self.may_add_sites:
                yield Problem("site", "unknown_site", {"value": row.site})
            if draft.key in self.drafts:
                yield from _contradictions(row, draft, drafts)
            elif draft.level is Level.OUTLET and row.uuid:
                yield from self._of_uuid(row.uuid, draft.node)

    def _of_uuid(self, uuid: str, node: Node | None) -> Iterator[Problem]:
        if isinstance(node, Outlet) and str(node.uuid) != uuid:
            yield Problem("uuid", "other_uuid", {"value": str(node.uuid)})
        elif node is None and (uuid in self.there.uuids or uuid in self.uuids):
            yield Problem("uuid", "uuid_taken")

    def _keep(self, row: NodeRow, draft: Draft) -> Iterator[Change]:
        """Take over what the row says of a node, and tell what of it is news."""
        if draft.key not in self.drafts:
            self.drafts[draft.key] = draft
            draft.said_in[draft.level] = row.place
            if draft.node is None:
                yield Change(NEW[draft.level], "", written(draft.name))
            if draft.node is None and draft.uuid:
                self.uuids.add(draft.uuid)
            if isinstance(draft.node, Station):
                yield from _moved(draft, draft.node)
        for column in ATTRIBUTES[draft.level]:
            value = getattr(row, column)
            if value is None or column in draft.values:
                continue
            draft.values[column], draft.said_in[column] = value, row.place
            if value != draft.before(column):
                yield Change(column, written(draft.before(column)), written(value))


def _contradictions(row: NodeRow, draft: Draft, drafts: list[Draft]) -> Iterator[Problem]:
    """What a row before says otherwise of a node."""
    said_in = draft.said_in
    if draft.level is Level.OUTLET:
        yield Problem("outlet", "outlet_twice", {"row": said_in[draft.level]})
        return
    for column in ATTRIBUTES[draft.level]:
        value, known = getattr(row, column), draft.values.get(column)
        if value is not None and known is not None and value != known:
            yield Problem(column, "said_otherwise", {"row": said_in[column], "value": written(known)})
    if draft.level is not Level.STATION:
        return
    here = {each.level: each for each in drafts}
    for level in (Level.SITE, Level.FLOOR):
        known, told = draft.at(level), here.get(level)
        if told is not None and (known is None or known.key != told.key):
            name = written(known.name) if known else "–"
            yield Problem(level, "said_otherwise", {"row": said_in[draft.level], "value": name})


def _missing(row: NodeRow, told: set[str]) -> Iterator[Problem]:
    """What a row must say, since it says something of a node below."""
    of_outlet = ("uuid", *ATTRIBUTES[Level.OUTLET])
    for needed, columns in (
        ("outlet", of_outlet),
        ("charge_box_id", ("outlet", *of_outlet, *ATTRIBUTES[Level.STATION])),
        ("floor", tuple(ATTRIBUTES[Level.FLOOR])),
    ):
        said = next((column for column in columns if getattr(row, column) is not None), None)
        if said is not None and getattr(row, needed) is None and needed not in told:
            label = next(str(column.label) for column in COLUMNS if column.field == said)
            yield Problem(needed, "needed_for", {"of": label})


def _moved(draft: Draft, station: Station) -> Iterator[Change]:
    """Where a station stands now and where it would."""
    site, floor = draft.at(Level.SITE), draft.at(Level.FLOOR)
    if site is not None and site.node is not station.site:
        yield Change("site", station.site.name, written(site.name))
    if (floor is None) != (station.floor is None) or (floor is not None and floor.node is not station.floor):
        yield Change("floor", station.floor.name if station.floor else "", written(floor.name) if floor else "")


def written(value: object) -> str:
    """As a change is kept; codes become words where they are shown."""
    return "" if value is None else str(value)
