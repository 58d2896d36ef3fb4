"""The topology as the subject of an import, and its rows in words."""

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from portal.imports.outcomes import Change, Verdict
from portal.imports.parsing import Row
from portal.imports.progress import Run
from portal.imports.sheets import Read
from portal.imports.shown import label
from portal.imports.subject import Back, Line, Subject
from portal.imports.topology import writing
from portal.imports.topology.columns import KIND_NAMES, LAYOUT, MODE_NAMES, NEW, NODES, Level
from portal.imports.topology.examples import examples
from portal.imports.topology.plan import Plan, plan
from portal.imports.topology.rows import NodeRow, Rows, rows_of
from portal.imports.waiting import Waiting
from portal.node_words import KINDS, MODES

NEW_LABELS = {
    NEW[Level.SITE]: lazy_gettext("New site"),
    NEW[Level.FLOOR]: lazy_gettext("New floor"),
    NEW[Level.STATION]: lazy_gettext("New station"),
    NEW[Level.OUTLET]: lazy_gettext("New outlet"),
}
WORDS = {"kind": KINDS, "mode": MODES}


class Topology(Subject[Rows, Plan]):
    name = "topology"
    view = "ImportTopologyView"
    layout = LAYOUT
    json = TypeAdapter(Waiting[Rows])
    headings = (lazy_gettext("Node"), lazy_gettext("Charge box id"))
    back = Back(lazy_gettext("Topology"), "TopologyView.index")

    def rows(self, files: Iterable[Read], zone: ZoneInfo) -> Rows:
        return rows_of(files, zone)

    def plan(self, db: Session, rows: Rows, user_id: int) -> Plan:
        return plan(db, rows, user_id)

    def write(self, db: Session, run: Run, plan: Plan, prepared: Any) -> None:
        writing.write(db, run, plan)

    def line(self, row: Row, verdict: Verdict) -> Line:
        assert isinstance(row, NodeRow)  # noqa: S101 - there is no other kind
        details = [(label(self, NODES, problem.field), problem.text) for problem in verdict.problems]
        details += [(self._label(change.field), _change(change)) for change in verdict.changes]
        return Line(row.place, NODES, _name(row), row.charge_box_id or "", verdict.outcome, details)

    def _label(self, field: str) -> str:
        return str(NEW_LABELS[field]) if field in NEW_LABELS else label(self, NODES, field)

    def named(self, row: Row) -> tuple[str, str]:
        assert isinstance(row, NodeRow)  # noqa: S101 - there is no other kind
        return _level(row), _name(row)

    def examples(self, kind: str, language: str) -> Sequence[Sequence[str]]:
        return examples(language)

    def choices(self, kind: str, language: str) -> dict[str, Sequence[str]]:
        words = {"kind": KIND_NAMES, "mode": MODE_NAMES}
        return {field: [of[language] for of in names.values()] for field, names in words.items()}

    def sheet_names(self) -> dict[str, str]:
        return {NODES: gettext("Topology")}


def _level(row: NodeRow) -> str:
    """The deepest node that a row tells of."""
    if row.charge_box_id:
        return Level.OUTLET if row.outlet is not None else Level.STATION
    return Level.FLOOR if row.floor else Level.SITE


def _name(row: NodeRow) -> str:
    """The way to that node."""
    outlet = None if row.outlet is None else str(row.outlet)
    return " / ".join(filter(None, (row.site, row.floor, row.station or row.charge_box_id, outlet)))


def _change(change: Change) -> str:
    before, after = (_value(change.field, text) for text in (change.before, change.after))
    return f"{before} → {after or gettext('nothing')}" if change.before else after


def _value(field: str, text: str) -> str:
    return str(WORDS[field].get(text, text)) if field in WORDS else text
