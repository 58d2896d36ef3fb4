"""One outlet, for the driver in front of it: may I charge here, and how far is my charge? And where its code leads."""

from uuid import UUID

from flask import Response, abort, jsonify, redirect, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as AnyResponse

from domain import charging_places, clock, remote_charging
from domain.charging_places import OutletHere
from domain.models import Outlet
from domain.remote_charging import Refusal
from domain.roles import RoleName
from domain.statuses import OutletStatus
from portal import commands
from portal.database import database
from portal.pages.charging.live import Live, steps
from portal.pages.charging.words import outlet_state
from portal.viewer import scoped, viewer


class ChargingOutletView(BaseView):
    """By its UUID, which nobody guesses and which stays when it is named otherwise."""

    route_base = "/charging/outlets"
    default_view = "show"

    @expose("/<string:uuid>")
    @has_access
    def show(self, uuid: str) -> str:
        here = _found(uuid)
        live = _live(here)
        return self.render_template(
            "charging_outlet.html",
            here=here,
            state=outlet_state(here),
            live=live,
            why=_why_not(here),
            tags=remote_charging.usable_tags(database(), viewer().user_id, clock.now()),
            in_words=commands.in_words,
            steps=steps,
        )

    @expose("/<string:uuid>/now")
    @has_access
    def now(self, uuid: str) -> Response:
        """The live figures of one's own charge here, and whether the page says what is so no more."""
        return jsonify(_live(_found(uuid)).as_json())


class OutletCodeView(BaseView):
    """GET /o/<uuid>: what stickers say. It is short, so that the squares are large, and stays when pages move."""

    route_base = "/o"
    default_view = "go"

    @expose("/<string:uuid>")
    @has_access
    def go(self, uuid: str) -> AnyResponse:
        """To the page of the outlet that is for whoever holds the phone."""
        here = _found(uuid)
        if viewer().role is RoleName.EV_USER:
            return redirect(url_for("ChargingOutletView.show", uuid=here.uuid))
        pk = database().scalar(scoped(select(Outlet.id).where(Outlet.id == here.id), Outlet)) or abort(404)
        return redirect(url_for("OutletView.show", pk=pk, node=f"outlet-{pk}"))


def uuid_of(text: str) -> UUID | None:
    """A UUID, in whatever way it is written."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _found(text: str) -> OutletHere:
    """The outlet, or a page that says what may be wrong with the code."""
    uuid = uuid_of(text)
    here = charging_places.outlet(database(), uuid) if uuid else None
    if here is None:
        abort(404, gettext("No outlet has this code. Look for its station by name, or scan the code once more."))
    return here


def _live(here: OutletHere) -> Live:
    return Live.of(viewer().user_id, here.id, (here.shown, here.status, _refusal(here)))


def _refusal(here: OutletHere) -> Refusal | None:
    db = database()
    outlet = db.scalar(select(Outlet).where(Outlet.id == here.id).options(joinedload(Outlet.station)))
    return remote_charging.refusal(db, outlet, clock.now()) if outlet else Refusal.OUT_OF_ORDER


def _why_not(here: OutletHere) -> str | None:
    """Why nothing can be started here now, in words; nothing is told of whose charge may run here."""
    match _refusal(here):
        case None:
            return None
        case Refusal.OFFLINE:
            return gettext("The station is not connected at the moment. Nothing can be started from here.")
        case Refusal.OUT_OF_ORDER:
            if OutletStatus.FAULTED in (here.status, here.station_status):
                return gettext("The outlet reports a fault. Choose another one.")
            return gettext("The outlet is out of service. Choose another one.")
        case _:
            return _why_taken(here.status)


def _why_taken(status: OutletStatus | None) -> str:
    match status:
        case None:
            return gettext("The outlet has not told its state yet. Try again in a while.")
        case OutletStatus.RESERVED:
            return gettext("The outlet is reserved for somebody. Choose another one.")
        case OutletStatus.AVAILABLE | OutletStatus.PREPARING:
            return gettext("Somebody is about to charge here. Choose another outlet.")
        case _:
            return gettext("A car stands at this outlet. Choose another one.")
