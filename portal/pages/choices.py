"""GET /choices/users?q=mads and /choices/stations?q=harbour: what a searched choice (portal/choices.py) suggests."""

from flask import Response, jsonify, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access

from portal.choices import suggested_stations, suggested_tags, suggested_users
from portal.database import database


class ChoiceView(BaseView):
    """Each kind of record has its own permission. The answers keep to what the viewer may see."""

    route_base = "/choices"

    @expose("/users")
    @has_access
    def users(self) -> Response:
        return jsonify(suggested_users(database(), request.args.get("q", "")))

    @expose("/tags")
    @has_access
    def tags(self) -> Response:
        return jsonify(suggested_tags(database(), request.args.get("q", "")))

    @expose("/stations")
    @has_access
    def stations(self) -> Response:
        return jsonify(suggested_stations(database(), request.args.get("q", "")))
