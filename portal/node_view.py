"""The pages of a node: its facts, what stands below it, and what can be done with it."""

from typing import Any

import sqlalchemy as sql
from flask import request, url_for
from flask_babel.speaklater import LazyString

from domain import nodes
from domain.models import Site
from domain.nodes import NodeKind
from portal import tree
from portal.database import database
from portal.messages import has_children
from portal.node import ROOT_KEY, key_of, select, selected
from portal.record import RecordView
from portal.viewer import scoped

MOST_CHILDREN_SHOWN = 100


class NodeView(RecordView):
    """A record that stands in the tree."""

    show_template = "node.html"
    adds_below: tuple[tuple[LazyString, str], ...] = ()
    """What can be created below: the button's words and the endpoint of the form."""

    def selects(self, record: Any) -> None:
        select(record)

    def show_context(self, record: Any) -> dict[str, Any]:
        kind = nodes.kind_of(record)
        below = tree.children(database(), kind, record.id)
        return {
            "facts": self.facts(record),
            "state": tree.state_of(database(), kind, record.id),
            "holds_others": bool(self.adds_below),
            "adds": [(label, endpoint) for label, endpoint in self.adds_below if self._may_add(endpoint)],
            "below": below[:MOST_CHILDREN_SHOWN],
            "more": len(below) - MOST_CHILDREN_SHOWN,
            "refusal": self.refusal(record),
            "commands_url": self._commands_url(kind, record),
        }

    def _commands_url(self, kind: NodeKind, record: Any) -> str | None:
        """Where all stations below are asked for something; a station itself has a tab for that."""
        if kind in (NodeKind.STATION, NodeKind.OUTLET):
            return None
        may_ask = self.appbuilder.sm.has_access("can_index", "BulkView")
        return url_for("BulkView.index", node=key_of(record)) if may_ask else None

    def _may_add(self, endpoint: str) -> bool:
        return bool(self.appbuilder.sm.has_access("can_add", endpoint.partition(".")[0]))

    def refusal(self, record: Any) -> str | None:
        """Why the node cannot be deleted, in words; None if it can."""
        children = nodes.child_names(database(), record)
        return has_children(str(record), children) if children else None

    def remove(self, record: Any) -> None:
        nodes.delete(database(), record)

    def show_url(self, record: Any) -> str:
        return url_for(f"{self.endpoint}.show", pk=record.id, node=key_of(record))

    def url_after_delete(self, record: Any) -> str:
        """The page of the node above, which is the selected one from now on."""
        above = nodes.parent(database(), record)
        endpoint = "TopologyView.index" if request.form.get("back") == "topology" else "ConfigurationView.index"
        return url_for(endpoint, node=key_of(above) if above else ROOT_KEY)


def selected_ids() -> dict[NodeKind, int]:
    """The keys of the selected node and of those above it, by level: where a new record would go."""
    return {nodes.kind_of(node): node.id for node in nodes.path(database(), selected())}


def sites_by_name() -> list[tuple[int, str]]:
    """Key and name of every site that this user may see, for a choice among them."""
    return [
        (key, name)
        for key, name in database().execute(scoped(sql.select(Site.id, Site.name), Site).order_by(Site.name))
    ]


def only_site_id() -> int | None:
    """The site, where this user sees just one."""
    ids = database().scalars(scoped(sql.select(Site.id), Site).limit(2)).all()
    return ids[0] if len(ids) == 1 else None
