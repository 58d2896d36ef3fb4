"""Topology: the tree as an outline, opened along the way to the selected node; nodes are created and removed here."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, abort, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from domain import nodes
from domain.models import Station, System
from domain.nodes import Node, NodeKind
from portal import audit, exports, topology_export, tree
from portal.database import database
from portal.messages import has_children
from portal.node import ROOT_KEY, key_of, node_url, selected, selected_key
from portal.node_words import KINDS
from portal.pages.configuration import VIEW_OF_KIND
from portal.pages.imports import file_language
from portal.record import Page
from portal.tree import TreeNode

MOST_LINES = 200
"""Of one level."""
FILE_TYPES = ("xlsx", "csv")

KIND_WORDS = {
    NodeKind.SYSTEM: lazy_gettext("System"),
    NodeKind.SITE: lazy_gettext("Site"),
    NodeKind.FLOOR: lazy_gettext("Floor"),
    NodeKind.OUTLET: lazy_gettext("Outlet"),
}


@dataclass(frozen=True)
class Line:
    """One line of the outline."""

    node: TreeNode
    depth: int
    is_open: bool
    more: int = 0
    """So many siblings come after it and are not shown."""


@dataclass(frozen=True)
class Creation:
    """What can be created at the selected node, or why not yet."""

    label: LazyString
    url: str | None
    advice: LazyString | None = None


CREATIONS = (
    (lazy_gettext("Site"), "SiteView.add", NodeKind.SYSTEM, None),
    (lazy_gettext("Floor"), "FloorView.add", NodeKind.SITE, lazy_gettext("choose its site first")),
    (lazy_gettext("Station"), "StationView.add", NodeKind.SITE, lazy_gettext("choose its site or floor first")),
    (lazy_gettext("Outlet"), "OutletView.add", NodeKind.STATION, lazy_gettext("choose its station first")),
)
"""What, where, and the level that must be selected or above what is selected."""


class TopologyView(BaseView):
    route_base = "/topology"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Page:
        node = selected()
        path = nodes.path(database(), node)
        lines = list(_lines(path))
        return self.render_template(
            "topology.html",
            lines=lines,
            record=node,
            stations=_stations(lines),
            kind_words=KIND_WORDS,
            labels=exports.LABELS,
            creations=[each for each in self._creations(path) if each.url or each.advice],
            delete_url=self._delete_url(node),
            refusal=_refusal(node),
            may_import=self.appbuilder.sm.has_access("can_index", "ImportTopologyView"),
        )

    @expose("/export/<string:file_type>")
    @has_access
    def export(self, file_type: str) -> Response:
        if file_type not in FILE_TYPES:
            abort(404)
        content = topology_export.content(selected(), file_language())
        node = None if selected_key() == ROOT_KEY else selected_key()
        audit.exported(Station, node, file_type, [column.name for column in content.columns], [])
        return exports.answer(content, file_type)

    def _creations(self, path: list[Node]) -> Iterator[Creation]:
        levels = {nodes.kind_of(node) for node in path}
        for label, endpoint, needed, advice in CREATIONS:
            if self.appbuilder.sm.has_access("can_add", endpoint.partition(".")[0]):
                yield Creation(label, node_url(endpoint) if needed in levels else None, advice)

    def _delete_url(self, node: Node) -> str | None:
        view = VIEW_OF_KIND[nodes.kind_of(node)]
        if isinstance(node, System) or not self.appbuilder.sm.has_access("can_delete", view):
            return None
        return url_for(f"{view}.delete", pk=node.id, node=key_of(node))


def _lines(path: list[Node]) -> Iterator[Line]:
    yield Line(tree.root(database())[0], 0, is_open=True)
    yield from _below(path, 0)


def _below(path: list[Node], depth: int) -> Iterator[Line]:
    """The lines below a node of the path, with those below the next one between them."""
    here, after = path[depth], path[depth + 1] if depth + 1 < len(path) else None
    children = tree.children(database(), nodes.kind_of(here), here.id)
    key = key_of(after) if after else None
    shown = [child for number, child in enumerate(children) if number < MOST_LINES or child.key == key]
    for number, child in enumerate(shown, 1):
        more = len(children) - len(shown) if number == len(shown) else 0
        yield Line(child, depth + 1, child.key == key, more)
        if child.key == key:
            yield from _below(path, depth + 1)


def _stations(lines: list[Line]) -> dict[str, tuple[str, str]]:
    """Charge box id and kind of the stations among them, by key."""
    keys = {line.node.key for line in lines if line.node.kind is NodeKind.STATION}
    wanted = [int(key.rpartition("-")[2]) for key in keys]
    found = database().execute(select(Station.id, Station.charge_box_id, Station.kind).where(Station.id.in_(wanted)))
    return {f"{NodeKind.STATION}-{pk}": (charge_box_id, str(KINDS[kind])) for pk, charge_box_id, kind in found}


def _refusal(node: Node) -> str | None:
    """Why the selected node cannot be removed, in words; None if it can."""
    if isinstance(node, System):
        return gettext("The system itself cannot be removed.")
    children = nodes.child_names(database(), node)
    return has_children(str(node), children) if children else None
