"""The map: sites of the system, or stations of a site, each in its colour, live; and the same as a list."""

from flask import Response, jsonify, redirect, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from werkzeug.wrappers import Response as WerkzeugResponse

from domain.models import Floor, Outlet, Site, Station
from domain.nodes import Node
from portal import map_places
from portal.database import database
from portal.node import key_of, selected, selected_key
from portal.pages.address import map_data


class MapView(BaseView):
    """What stands on a floor is shown by the floor's plan."""

    route_base = "/map"
    default_view = "index"

    @expose("/", methods=["GET"])
    @has_access
    def index(self) -> str | WerkzeugResponse:
        node = selected()
        if isinstance(node, Floor) or _on_floor(node):
            return redirect(url_for("PositionsView.index", node=selected_key()))
        site = _site_of(node)
        return self.render_template("map.html", site=site, marked=key_of(node), map=map_data())

    @expose("/now", methods=["GET"])
    @has_access
    @permission_name("index")
    def now(self) -> Response:
        """All places, for the page's script (static/map.js)."""
        site = _site_of(selected())
        found = map_places.of_site(database(), site) if site else map_places.of_system(database())
        return jsonify([place.as_json() for place in found])


def _on_floor(node: Node) -> bool:
    station = node.station if isinstance(node, Outlet) else node
    return isinstance(station, Station) and station.floor_id is not None


def _site_of(node: Node) -> Site | None:
    """Whose map is shown for a node; without one that of the whole system."""
    match node:
        case Site():
            return node
        case Floor() | Station():
            return node.site
        case Outlet():
            return node.station.site
        case _:
            return None
