"""The pages of a node: its facts, what stands below it, and what can be done with it."""

from typing import Any

import sqlalchemy as sql
from flask import url_for
from flask_babel.speaklater import LazyString

from domain import nodes
from domain.models import Site
from domain.nodes import NodeKind
from portal import tree
from portal.messages import has_children
from portal.node import ROOT_KEY, database, key_of, select, selected
from portal.record import RecordView

MOST_CHILDREN_SHOWN = 100


class NodeView(RecordView):
    """A record that stands in the tree."""

    show_template = "node.html"
    adds: tuple[tuple[LazyString, str], ...] = ()
    """What can be created below: the button's words and the endpoint of the form."""

    def selects(self, record: Any) -> None:
        select(record)

    def show_context(self, record: Any) -> dict[str, Any]:
        kind = nodes.kind_of(record)
        below = tree.children(database(), kind, record.id)
        return {
            "facts": self.facts(record),
            "state": tree.state_of(database(), kind, record.id),
            "adds": self.adds,
            "below": below[:MOST_CHILDREN_SHOWN],
            "more": len(below) - MOST_CHILDREN_SHOWN,
            "refusal": self.refusal(record),
        }

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
        return url_for("ConfigurationView.index", node=key_of(above) if above else ROOT_KEY)


def selected_ids() -> dict[NodeKind, int]:
    """The keys of the selected node and of those above it, by level: where a new record would go."""
    return {nodes.kind_of(node): node.id for node in nodes.path(database(), selected())}


def sites_by_name() -> list[tuple[int, str]]:
    """Key and name of every site, for a choice among them."""
    return [(key, name) for key, name in database().execute(sql.select(Site.id, Site.name).order_by(Site.name))]


def only_site_id() -> int | None:
    """The site, where there is just one."""
    ids = database().scalars(sql.select(Site.id).limit(2)).all()
    return ids[0] if len(ids) == 1 else None
