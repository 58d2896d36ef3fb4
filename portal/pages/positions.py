"""Station positions: the plan of a floor with its stations, live; who may, moves them (manual, "Etageniveau")."""

from typing import Any

from flask import Response, abort, jsonify, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as WerkzeugResponse

from domain import positions
from domain.models import Floor, Outlet, Station
from domain.models.columns import LARGEST_KEY
from domain.nodes import Node
from domain.positions import NoFloorError, OutsidePlanError
from portal import places
from portal.database import database
from portal.node import selected, selected_key
from portal.viewer import scoped
from portal.views import floor_plan

UNPROCESSABLE = 422


class PositionsView(BaseView):
    """One floor; a station that is selected instead is marked on the plan of its own."""

    route_base = "/positions"
    default_view = "index"

    @expose("/", methods=["GET"])
    @has_access
    def index(self) -> str | WerkzeugResponse:
        floor = _floor_of(selected())
        if floor is None:
            return redirect(url_for("MapView.index", node=selected_key()))
        has_access_to = self.appbuilder.sm.has_access
        return self.render_template(
            "positions.html",
            floor=floor,
            plan=_plan(floor),
            marked=_station_of(selected()),
            may_place=has_access_to("can_place", "PositionsView"),
            may_upload=has_access_to("can_upload", "FloorPlanView"),
        )

    @expose("/now", methods=["GET"])
    @has_access
    @permission_name("index")
    def now(self) -> Response:
        """The plan and all stations of the floor, for the page's script (static/positions.js)."""
        floor = _floor_of(selected()) or abort(404)
        stations = places.stations(database(), Station.floor_id == floor.id)
        return jsonify(plan=_plan(floor), stations=[station.as_json() for station in stations])

    @expose("/place/<int:pk>", methods=["POST"])
    @has_access
    def place(self, pk: int) -> Response:
        station = _station(pk)
        try:
            positions.place(database(), station, _part("x"), _part("y"))
        except NoFloorError:
            return _refused(gettext("%(name)s stands on no floor any more.", name=station.name))
        except OutsidePlanError:
            return _refused(gettext("A position is from 0 to 1, from the left and from the top of the plan."))
        database().commit()
        return jsonify(x=station.plan_x, y=station.plan_y)

    @expose("/take_off/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("place")
    def take_off(self, pk: int) -> Response:
        positions.take_off(database(), _station(pk))
        database().commit()
        return jsonify(x=None, y=None)


def _floor_of(node: Node) -> Floor | None:
    """Whose plan is shown for a node."""
    if isinstance(node, Floor):
        return node
    station = _station_of(node)
    return station.floor if station else None


def _station_of(node: Node) -> Station | None:
    return node.station if isinstance(node, Outlet) else node if isinstance(node, Station) else None


def _plan(floor: Floor) -> dict[str, Any] | None:
    if floor.plan_sha256 is None:
        return None
    return {"url": floor_plan.url_of(floor), "width": floor.plan_width_px, "height": floor.plan_height_px}


def _station(pk: int) -> Station:
    """The station, if there is one that this user may see; locked, since two may move it at once."""
    found = scoped(select(Station), Station).where(Station.id == pk).with_for_update()
    return (database().scalar(found) if pk <= LARGEST_KEY else None) or abort(404)


def _part(name: str) -> float:
    """A part of the plan's width or height; what is no number is nowhere on it."""
    return request.form.get(name, -1.0, type=float)


def _refused(reason: str) -> Response:
    response = jsonify(message=reason)
    response.status_code = UNPROCESSABLE
    return response
