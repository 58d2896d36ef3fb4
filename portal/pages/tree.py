"""The navigator's questions and answers, as JSON: what stands below a node, what can be done with it, and doing it."""

from typing import Any

from flask import Response, abort, jsonify, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from domain import moves, nodes
from domain.errors import DomainError
from domain.nodes import Node, NodeKind, kind_of
from portal import tree, tree_menu
from portal.database import database
from portal.messages import in_words
from portal.node import ROOT_KEY, find, key_of

MOST_BRANCHES = 100
"""Open branches that one request may ask for."""
Answer = Response | tuple[Response, int]


class TreeView(BaseView):
    """Whose keys are those of portal/node.py; a refusal is 422 with a `message` for the person who asked."""

    route_base = "/tree"

    @expose("/children")
    @has_access
    def children(self) -> Response:
        """Each asked key with its children in order; the key of the root's own line is empty."""
        keys = request.args.getlist("node")
        if not 0 < len(keys) <= MOST_BRANCHES:
            abort(400)
        return jsonify({key: [line.as_json() for line in self._below(key)] for key in keys})

    @expose("/menu")
    @has_access
    def menu(self) -> Response:
        node = _asked(request.args)
        return jsonify([entry.as_json() for entry in tree_menu.entries(database(), node)])

    @expose("/places")
    @has_access
    def places(self) -> Response:
        node = _asked(request.args)
        if kind_of(node) not in tree_menu.MOVABLE:
            abort(404)
        return jsonify([{"label": some.label, "places": some.places} for some in tree_menu.places(database(), node)])

    @expose("/rename", methods=["POST"])
    @has_access
    def rename(self) -> Answer:
        """By the rules of the form for such a node; `was` is the name that whoever asks has seen."""
        node = _asked(request.form, "edit")
        form = tree_menu.VIEWS[kind_of(node)].form(formdata=None, obj=node, record=node)
        field = getattr(form, "name", None) or abort(404)
        if str(node) != request.form.get("was", str(node)):
            return _refused(gettext("Somebody else renamed it to %(name)s meanwhile.", name=node))
        field.process(MultiDict({"name": request.form.get("name", "")}))
        if not field.validate(form):
            return _refused(str(field.errors[0]))
        field.populate_obj(node, "name")
        return self._saved({"name": field.data})

    @expose("/move", methods=["POST"])
    @has_access
    def move(self) -> Answer:
        node = _asked(request.form, "edit")
        place = find(request.form.get("place", "")) or abort(404)
        name = str(node)
        try:
            moves.move(database(), node, place)
            return self._saved({"parent": key_of(place)})
        except DomainError as error:
            database().rollback()
            return _refused(in_words(error, name))

    @expose("/remove", methods=["POST"])
    @has_access
    def remove(self) -> Answer:
        node = _asked(request.form, "delete")
        name, above = str(node), nodes.parent(database(), node)
        try:
            nodes.delete(database(), node)
            return self._saved({"parent": key_of(above) if above else ROOT_KEY})
        except DomainError as error:
            database().rollback()
            return _refused(in_words(error, name))

    @staticmethod
    def _saved(answer: dict[str, Any]) -> Answer:
        try:
            database().commit()
        except IntegrityError:  # Somebody else took the name between our check and our writing, or the place is gone.
            database().rollback()
            return _refused(gettext("Somebody else saved the same at this moment. Look again, then try again."))
        return jsonify(answer)

    @staticmethod
    def _below(key: str) -> list[tree.TreeNode]:
        if not key:
            return tree.root(database())
        node = find(key)
        return tree.children(database(), kind_of(node), node.id) if node else []


def _asked(said: MultiDict[str, str], verb: str | None = None) -> Node:
    """The node that is spoken of, if whoever asks may see it, and may do to it what they want."""
    if "node" not in said:
        abort(400)
    node = find(said["node"]) or abort(404)
    kind = kind_of(node)
    if verb is not None and (not tree_menu.may_do(verb, kind) or (verb == "delete" and kind is NodeKind.SYSTEM)):
        abort(403)
    return node


def _refused(message: str) -> Answer:
    return jsonify({"message": message}), 422
