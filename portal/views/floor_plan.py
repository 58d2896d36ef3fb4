"""The plan of a floor: shown, put in place of an earlier one, taken away."""

from flask import Response, abort, flash, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as WerkzeugResponse

from domain import floor_plans
from domain.floor_plans import LARGEST_BYTES, PlanError
from domain.models import Floor, FloorPlan
from domain.models.columns import LARGEST_KEY
from portal import aside, plan_words
from portal.database import database
from portal.viewer import scoped

KEPT_SECONDS = 365 * 24 * 3600
VERSION_DIGITS = 12


class FloorPlanView(BaseView):
    route_base = "/floor_plans"
    default_view = "picture"

    @expose("/picture/<int:pk>", methods=["GET"])
    @has_access
    def picture(self, pk: int) -> Response:
        """Its address changes with its content, so that a browser may keep it for long."""
        floor = _floor(pk)
        plan = database().get(FloorPlan, floor.id) or abort(404)
        response = Response(plan.content, mimetype=plan.media_type)
        response.headers["Content-Disposition"] = "inline"
        if request.args.get("v") == version(floor):
            response.cache_control.private = True
            response.cache_control.max_age = KEPT_SECONDS
            response.cache_control.immutable = True
        return response

    @expose("/upload/<int:pk>", methods=["POST"])
    @has_access
    def upload(self, pk: int) -> WerkzeugResponse:
        floor = _floor(pk)
        sent = request.files.get("plan")
        # A byte more than may be is enough to know.
        content = sent.stream.read(LARGEST_BYTES + 1) if sent else b""
        try:
            picture = aside.compute(floor_plans.read, content)
        except PlanError as error:
            flash(
                gettext("Choose a file first.") if not (sent and sent.filename) else plan_words.in_words(error), "error"
            )
            return _back(floor)
        floor_plans.keep(database(), floor, picture)
        database().commit()
        flash(gettext("The plan of %(name)s was saved.", name=floor.name), "success")
        return _back(floor)

    @expose("/delete/<int:pk>", methods=["POST"])
    @has_access
    def delete(self, pk: int) -> WerkzeugResponse:
        floor = _floor(pk)
        floor_plans.remove(database(), floor)
        database().commit()
        flash(gettext("The plan of %(name)s was removed.", name=floor.name), "success")
        return _back(floor)


def url_of(floor: Floor) -> str | None:
    """Of the picture; None while there is none."""
    if floor.plan_sha256 is None:
        return None
    return url_for("FloorPlanView.picture", pk=floor.id, v=version(floor))


def version(floor: Floor) -> str | None:
    return floor.plan_sha256[:VERSION_DIGITS] if floor.plan_sha256 else None


def _floor(pk: int) -> Floor:
    """The floor, if there is one that this user may see."""
    found = scoped(select(Floor), Floor).where(Floor.id == pk)
    return (database().scalar(found) if pk <= LARGEST_KEY else None) or abort(404)


def _back(floor: Floor) -> WerkzeugResponse:
    return redirect(url_for("FloorView.show", pk=floor.id, node=f"floor-{floor.id}"), 303)
