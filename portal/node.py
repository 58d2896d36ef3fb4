"""The selected node: in the URL as `?node=site-3`, so that a page can be bookmarked and two tabs can differ."""

import re
from dataclasses import dataclass

import sqlalchemy as sql
from flask import g, request, url_for
from flask_babel import gettext

from domain import nodes
from domain.models import Outlet, System
from domain.nodes import Node, NodeKind
from portal.database import database
from portal.viewer import scoped

KEY = re.compile(r"(site|floor|station|outlet)-(\d{1,9})")
ROOT_KEY = "system"


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the root to the selected node."""

    key: str
    label: str


def key_of(node: Node) -> str:
    """How a node is written in a URL, such as `site-3`."""
    kind = nodes.kind_of(node)
    return ROOT_KEY if kind is NodeKind.SYSTEM else f"{kind}-{node.id}"


def label_of(node: Node) -> str:
    """How a node is called where its parents are in sight."""
    return gettext("Outlet %(number)d", number=node.number) if isinstance(node, Outlet) else node.name


def find(key: str) -> Node | None:
    """The node of a key, if there is one that this user may see."""
    if key == ROOT_KEY:
        return database().get(System, 1)
    match = KEY.fullmatch(key)
    if match is None:
        return None
    model = nodes.MODELS[NodeKind(match[1])]
    return database().scalar(scoped(sql.select(model).where(model.id == int(match[2])), model))


def select(node: Node) -> None:
    """Make this the selected node: for the pages of a node itself."""
    g.selected_node = node


def selected() -> Node:
    """The selected node; the system when the URL names none, or one that is gone."""
    if "selected_node" not in g:
        g.selected_node = find(request.args.get("node", ROOT_KEY)) or find(ROOT_KEY)
    return g.selected_node


def selected_key() -> str:
    return key_of(selected())


def crumbs() -> list[Crumb]:
    """The way from the root to the selected node."""
    return [Crumb(key_of(node), label_of(node)) for node in nodes.path(database(), selected())]


def node_url(endpoint: str, **values: object) -> str:
    """`url_for` that keeps the selected node."""
    if selected_key() != ROOT_KEY:
        values.setdefault("node", selected_key())
    return url_for(endpoint, **values)
