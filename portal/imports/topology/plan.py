"""What an import of the topology would do: each row meets the database and the rows before it, and gets its outcome.

It only looks. Rows tell of nodes together: the first accepted row that names a node makes its draft, later ones may add
to it, and none may contradict. A row that is refused leaves no trace in the drafts, so that no other row depends on it.

What holds between stations (supply.py) can be asked only when all rows are known. Where a row breaks it, all rows are
taken once more without that one, until nothing more is found. That is soon: a station leans on the row of its
controller, the controller that it leaves leans on the station's, and nothing leans on one that stays a controller.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy.orm import Session

from domain.models import Floor, Outlet, PortalUser, Site, Station
from domain.scope import viewer_of
from portal.imports.emptying import MARK
from portal.imports.outcomes import Change, Outcome, Verdict, verdict
from portal.imports.pauses import paused
from portal.imports.problems import Problem
from portal.imports.topology.columns import ATTRIBUTES, COLUMNS, NEW, SUPPLY_CONTROLLER, Level
from portal.imports.topology.drafts import Draft, Key, Node, station_key
from portal.imports.topology.rows import NodeRow, Rows
from portal.imports.topology.supply import Feeds
from portal.imports.topology.surroundings import There
from portal.roles import allows

EXAMPLE = "template-example-"
"""How the charge box ids of the template's own rows begin."""


@dataclass(frozen=True)
class Plan:
    verdicts: list[Verdict]
    drafts: list[Draft]
    """Each node that an accepted row tells of, those above before those below."""


def plan(db: Session, rows: Rows, user_id: int) -> Plan:
    user = db.get_one(PortalUser, user_id)
    may_add_sites = user.role is not None and allows(user.role, "SiteView", "can_add")
    there = There.look(db, rows, viewer_of(db, user))
    against: dict[int, list[Problem]] = {}
    while True:
        planner = Planner(there, may_add_sites)
        verdicts = [planner.take(row, against.get(index, [])) for index, row in enumerate(paused(rows.nodes))]
        more = planner.against(rows.nodes, verdicts)
        if not more:
            break
        against |= more
    order = list(Level)
    return Plan(verdicts, sorted(planner.whole_drafts(), key=lambda draft: order.index(draft.level)))


class Planner:
    """Takes one row after the other."""

    def __init__(self, there: There, may_add_sites: bool) -> None:
        self.there = there
        self.may_add_sites = may_add_sites
        self.drafts: dict[Key, Draft] = {}
        self.uuids: set[str] = set()
        """That new outlets of rows before bring along."""

    def take(self, row: NodeRow, against: Sequence[Problem]) -> Verdict:
        """`against` is what was found when all rows had been taken before."""
        if (row.charge_box_id or "").lower().startswith(EXAMPLE):
            return Verdict(Outcome.SKIPPED)
        drafts = list(self._drafts(row))
        problems = [*row.problems, *against, *self._problems(row, drafts)]
        if problems:
            return Verdict(Outcome.REFUSED, problems=problems)
        ways = pairwise([None, *drafts])
        changes = [change for above, draft in ways for change in self._keep(row, draft, above)]
        is_new = any(change.field == NEW[drafts[-1].level] for change in changes)
        return verdict(changes, [], is_new)

    def against(self, rows: Sequence[NodeRow], verdicts: Sequence[Verdict]) -> dict[int, list[Problem]]:
        """By index what speaks against rows that were accepted, in the light of all others."""
        refused, accepted = dict[str, str](), dict[int, NodeRow]()
        for index, (row, given) in enumerate(zip(rows, verdicts, strict=True)):
            if given.outcome is Outcome.REFUSED and row.charge_box_id:
                refused.setdefault(row.charge_box_id, row.place)
            elif given.outcome not in (Outcome.REFUSED, Outcome.SKIPPED):
                accepted[index] = row
        feeds = Feeds(self.there, self.drafts, refused)
        return {index: problems for index, row in accepted.items() if (problems := list(feeds.problems(row)))}

    def whole_drafts(self) -> Iterator[Draft]:
        """The drafts, each with the supply controller that it will stand behind."""
        for draft in self.drafts.values():
            if name := draft.values.get(SUPPLY_CONTROLLER):
                key = station_key(name)
                draft.controller = self.drafts.get(key) or Draft(key, Level.STATION, self.there.stations[name], name)
            yield draft

    def _drafts(self, row: NodeRow) -> Iterator[Draft]:
        """The nodes that a row tells of, from the site down: as they stand after the rows before, or new drafts."""
        place = site = self._site(row.site)
        yield site
        if row.floor:
            yield (place := self._floor(site, row.floor))
        if not row.charge_box_id:
            return
        node = self.there.stations.get(row.charge_box_id)
        if not row.says("floor") and node is not None and node.floor is not None and node.site is site.node:
            # An empty cell leaves alone where it stands.
            place = self._floor(site, node.floor.name, node.floor)
        key = station_key(row.charge_box_id)
        fed_by = self.there.fed_by.get(node.id) if node else None
        new = Draft(key, Level.STATION, node, row.charge_box_id, place, fed_by=fed_by)
        yield (station := self.drafts.get(key) or new)
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
        yield from _half_a_position(row)
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

    def _keep(self, row: NodeRow, draft: Draft, above: Draft | None) -> Iterator[Change]:
        """Take over what the row says of a node below another, and tell what of it is news."""
        if draft.key not in self.drafts:
            self.drafts[draft.key] = draft
            draft.said_in[draft.level] = row.place
            if draft.node is None:
                yield Change(NEW[draft.level], "", written(draft.name))
            if draft.node is None and draft.uuid:
                self.uuids.add(draft.uuid)
            if isinstance(draft.node, Station):
                yield from _moved(row, draft, draft.node)
        if draft.level is Level.STATION and row.says("floor") and "floor" not in draft.said_in:
            # Rows before may have left it open.
            draft.above, draft.said_in["floor"] = above, row.place
            if isinstance(draft.node, Station):
                yield from _moved_to_floor(draft, draft.node)
        for column, value in row.said_of(draft.level).items():
            if column in draft.values:
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
    for column, value in row.said_of(draft.level).items():
        if column in draft.values and value != (known := draft.values[column]):
            yield Problem(column, "said_otherwise", {"row": said_in[column], "value": written(known) or MARK})
    if draft.level is not Level.STATION:
        return
    here = {each.level: each for each in drafts}
    places = {Level.SITE: draft.level} | ({Level.FLOOR: Level.FLOOR} if row.says("floor") else {})
    for level, said in places.items():
        known, told = draft.at(level), here.get(level)
        if said in said_in and (known and known.key) != (told and told.key):
            name = written(known.name) if known else MARK
            yield Problem(level, "said_otherwise", {"row": said_in[said], "value": name})


def _missing(row: NodeRow, told: set[str]) -> Iterator[Problem]:
    """What a row must say, since it says something of a node below."""
    of_outlet = ("uuid", *ATTRIBUTES[Level.OUTLET])
    for needed, columns in (
        ("outlet", of_outlet),
        ("charge_box_id", ("outlet", *of_outlet, *ATTRIBUTES[Level.STATION])),
        ("floor", tuple(ATTRIBUTES[Level.FLOOR])),
    ):
        said = next((column for column in columns if row.says(column)), None)
        if said is not None and getattr(row, needed) is None and needed not in told:
            label = next(str(column.label) for column in COLUMNS if column.field == said)
            yield Problem(needed, "needed_for", {"of": label})


def _half_a_position(row: NodeRow) -> Iterator[Problem]:
    """As in the form, one half of a position is not emptied alone."""
    for column, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if column in row.emptied and other not in row.emptied:
            yield Problem(column, "position_in_parts")


def _moved(row: NodeRow, draft: Draft, station: Station) -> Iterator[Change]:
    """Where a station stands now and where it would, as far as its first row tells."""
    site = draft.at(Level.SITE)
    if site is not None and draft.leaves_its_site:
        yield Change("site", station.site.name, written(site.name))
        if draft.fed_by and not row.says(SUPPLY_CONTROLLER):
            yield Change(SUPPLY_CONTROLLER, draft.fed_by, "")
    if not row.says("floor"):
        yield from _moved_to_floor(draft, station)


def _moved_to_floor(draft: Draft, station: Station) -> Iterator[Change]:
    floor = draft.at(Level.FLOOR)
    if (floor is None) != (station.floor is None) or (floor is not None and floor.node is not station.floor):
        yield Change("floor", station.floor.name if station.floor else "", written(floor.name) if floor else "")


def written(value: object) -> str:
    """As a change is kept; codes become words where they are shown."""
    return "" if value is None else str(value)
