"""GET /tree/children?node=site-3&node=floor-7: what the navigator loads when branches are opened."""

from flask import Response, abort, jsonify, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access

from domain.nodes import kind_of
from portal import tree
from portal.database import database
from portal.node import find

MOST_BRANCHES = 100
"""Open branches that one request may ask for."""


class TreeView(BaseView):
    """Each asked key with its children in order; the key of the root's own line is empty."""

    route_base = "/tree"

    @expose("/children")
    @has_access
    def children(self) -> Response:
        keys = request.args.getlist("node")
        if not 0 < len(keys) <= MOST_BRANCHES:
            abort(400)
        return jsonify({key: [line.as_json() for line in self._below(key)] for key in keys})

    @staticmethod
    def _below(key: str) -> list[tree.TreeNode]:
        if not key:
            return tree.root(database())
        node = find(key)
        return tree.children(database(), kind_of(node), node.id) if node else []
