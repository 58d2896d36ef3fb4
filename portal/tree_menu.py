"""What can be done with a node of the navigator: its menu, and where it can be moved to.

Only what whoever asks may do is offered. What comes of it is checked anew where it is done (portal/pages/tree.py, the
forms themselves).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext, pgettext
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import nodes
from domain.models import Action, ChargingSession, Floor, Outlet, Site, Station
from domain.nodes import Node, NodeKind, kind_of
from portal.messages import has_children
from portal.node import key_of
from portal.pages.control import cards, panels
from portal.tree import natural
from portal.viewer import may, scoped
from portal.views.floor import FloorView
from portal.views.outlet import OutletView
from portal.views.site import SiteView
from portal.views.station import StationView
from portal.views.system import SystemView

VIEWS = {
    NodeKind.SYSTEM: SystemView,
    NodeKind.SITE: SiteView,
    NodeKind.FLOOR: FloorView,
    NodeKind.STATION: StationView,
    NodeKind.OUTLET: OutletView,
}
MOVABLE = (NodeKind.FLOOR, NodeKind.STATION)
AT_OUTLET = (Action.REMOTE_START, Action.REMOTE_STOP)


@dataclass(frozen=True)
class Entry:
    """One line of the menu; `act` says how static/tree_menu.js does it."""

    act: str
    label: str
    url: str = ""
    why_not: str = ""
    """Why it cannot be done now."""
    danger: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Places:
    """Where a node can be moved to, under a heading that may be empty."""

    label: str
    places: list[tuple[str, str]]
    """Key and name."""


def may_do(verb: str, kind: NodeKind) -> bool:
    """Whether whoever asks may do this to nodes of a kind: `edit`, `delete`."""
    return may(f"can_{verb}", VIEWS[kind].__name__)


def movable_kinds() -> str:
    """For the page: what can be dragged."""
    return " ".join(kind for kind in MOVABLE if may_do("edit", kind))


def entries(db: Session, node: Node) -> list[Entry]:
    kind = kind_of(node)
    return [*_adds(kind, node), *_changes(kind), *_commands(db, node), *_removal(db, kind, node)]


def places(db: Session, node: Node) -> list[Places]:
    """The sites and floors that whoever asks may see, in the order of the tree."""
    sites = db.execute(scoped(select(Site.id, Site.name), Site)).all()
    in_order = sorted(sites, key=lambda site: natural(site.name))
    if isinstance(node, Floor):
        return [Places("", [(f"site-{pk}", name) for pk, name in in_order])]
    floors: dict[int, list[tuple[str, str]]] = {}
    for pk, site_id, name in db.execute(scoped(select(Floor.id, Floor.site_id, Floor.name), Floor)):
        floors.setdefault(site_id, []).append((f"floor-{pk}", name))
    return [
        Places(
            name,
            [
                (f"site-{pk}", gettext("%(site)s, on no floor", site=name)),
                *sorted(floors.get(pk, ()), key=lambda floor: natural(floor[1])),
            ],
        )
        for pk, name in in_order
    ]


def _adds(kind: NodeKind, node: Node) -> Iterator[Entry]:
    adds: tuple[tuple[LazyString, str], ...] = VIEWS[kind].adds_below
    for label, endpoint in adds:
        if may("can_add", endpoint.partition(".")[0]):
            yield Entry("add", f"{label} …", url_for(endpoint, node=key_of(node)))


def _changes(kind: NodeKind) -> Iterator[Entry]:
    if not may_do("edit", kind):
        return
    if kind is not NodeKind.OUTLET:  # Whose name is its number, as the station itself counts.
        yield Entry("rename", gettext("Rename"))
    if kind in MOVABLE:
        yield Entry("move", gettext("Move to …"))


def _commands(db: Session, node: Node) -> Iterator[Entry]:
    match node:
        case Station():
            if may("can_ask", "ControlView") and panels.understands(node, Action.RESET):
                offline = "" if node.online else gettext("The station is not connected")
                yield Entry("command", gettext("Restart …"), _ask_url(node, Action.RESET), offline)
        case Outlet():
            if may("can_ask", "ControlView"):
                for button in cards.buttons(node.station, node, _is_charging(db, node)):
                    if button.action in AT_OUTLET:
                        url, why_not = _ask_url(node, button.action), str(button.reason or "")
                        yield Entry("command", f"{button.label} …", url, why_not)
        case _:
            if may("can_index", "BulkView"):
                yield Entry("open", gettext("Command …"), url_for("BulkView.index", node=key_of(node)))


def _removal(db: Session, kind: NodeKind, node: Node) -> Iterator[Entry]:
    if isinstance(node, nodes.RemovableNode) and may_do("delete", kind):
        children = nodes.child_names(db, node)
        refusal = has_children(str(node), children) if children else ""
        yield Entry("remove", pgettext("button", "Remove …"), why_not=refusal, danger=True)


def _ask_url(node: Node, action: Action) -> str:
    return url_for("ControlView.ask", action=action.value, node=key_of(node))


def _is_charging(db: Session, outlet: Outlet) -> bool:
    running = select(ChargingSession.id).where(
        ChargingSession.outlet_id == outlet.id, ChargingSession.ended_at.is_(None), ChargingSession.stopped_at.is_(None)
    )
    return db.scalar(running.limit(1)) is not None
