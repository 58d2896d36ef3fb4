"""The map for drivers: sites with free outlets, the nearest first, and the same as a list; then the outlets of one."""

from flask import Response, abort, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from werkzeug.wrappers import Response as AnyResponse

from domain import charging_places
from domain.addresses import Position, in_one_line
from domain.models import Site
from domain.models.columns import LARGEST_KEY
from portal.database import database
from portal.headers import with_permission
from portal.pages.address import map_data
from portal.pages.charging import words
from portal.pages.charging.outlet import uuid_of
from portal.pages.charging.view import searched, shown_last

MOST_SITES = 50
MOST_OUTLETS = 50
MOST_NAMED = 20


class ChargingMapView(BaseView):
    """The list is the page; static/charging_map.js draws the same sites on a map."""

    route_base = "/charging/map"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> AnyResponse:
        """`?near=55.67,12.56` puts sites in the order of their distance from there."""
        db, asked = database(), searched()
        if (uuid := uuid_of(asked.rpartition("/")[2])) and charging_places.outlet(db, uuid):
            return redirect(url_for("ChargingOutletView.show", uuid=uuid))
        near = _near()
        sites = charging_places.sites(db, asked, near, MOST_SITES + 1)
        return _page(
            self.render_template(
                "charging_map.html",
                asked=asked,
                near=near,
                sites=sites[:MOST_SITES],
                more=len(sites) > MOST_SITES,
                outlets=charging_places.outlets_named(db, asked, MOST_NAMED) if asked else [],
                most_named=MOST_NAMED,
                map=map_data(),
                words=words,
            )
        )

    @expose("/sites/<int:pk>")
    @has_access
    def site(self, pk: int) -> str:
        """All outlets of a site."""
        db, after = database(), shown_last()
        site = db.get(Site, pk) if pk <= LARGEST_KEY else None
        outlets = charging_places.outlets_of_site(db, pk, after, MOST_OUTLETS + 1) if site else []
        if site is None:
            abort(404)
        return self.render_template(
            "charging_site.html",
            site=site,
            address=in_one_line(site),
            outlets=outlets[:MOST_OUTLETS],
            after=after,
            more=len(outlets) > MOST_OUTLETS,
            words=words,
        )


def _page(page: str) -> Response:
    """This page alone may ask the browser where it is."""
    return with_permission(page, "geolocation")


def _near() -> Position | None:
    """Where somebody is, as far as they tell; what is no place on the earth is not told."""
    try:
        latitude, longitude = (float(part) for part in request.args.get("near", "").split(","))
    except ValueError:
        return None
    return Position(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
