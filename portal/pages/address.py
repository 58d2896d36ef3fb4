"""The address of a site, or of a station that stands on no floor: typed, or chosen on a map (manual, "Adresse")."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from config import get_settings
from domain import addresses
from domain.models import Floor, Outlet, Site, Station
from domain.nodes import Node, kind_of
from portal import edits
from portal.address_form import AddressForm
from portal.database import database
from portal.node import key_of, selected, selected_key
from portal.record import status_of
from portal.viewer import scoped

Place = Site | Station


class AddressView(BaseView):
    """One form for both; the nodes around have the address of one of them."""

    route_base = "/address"
    default_view = "index"

    @expose("/", methods=["GET"])
    @has_access
    def index(self) -> str | Response:
        node = selected()
        place = _place_of(node)
        if place is None:
            return redirect(url_for("MapView.index"))
        if place is not node:
            return redirect(url_for("AddressView.index", node=key_of(place)))
        return self._page(place, _form(place))

    @expose("/edit", methods=["GET", "POST"])
    @has_access
    def edit(self) -> str | tuple[str, int] | Response:
        place = selected()
        if request.method == "GET" or not isinstance(place, Site | Station):
            return redirect(url_for("AddressView.index", node=selected_key()))
        if isinstance(place, Station) and not addresses.may_have_own(place):
            abort(409, gettext("%(name)s stands on a floor; its address is that of the site.", name=place.name))
        database().refresh(place, with_for_update=True)
        form = _form(place)
        if not form.validate_on_submit() or form.clashes:
            return self._page(place, form), status_of(form)
        form.populate_obj(place)
        database().commit()
        flash(gettext("The address of %(name)s was saved.", name=place.name), "success")
        return redirect(url_for("AddressView.index", node=key_of(place)), 303)

    def _page(self, place: Place, form: AddressForm) -> str:
        site = place.site if isinstance(place, Station) else place
        is_stations = isinstance(place, Station)
        return self.render_template(
            "address.html",
            place=place,
            form=form,
            site=site if is_stations else None,
            site_address=addresses.in_one_line(site),
            has_own=not isinstance(place, Station) or addresses.has_own(place),
            floor=place.floor if isinstance(place, Station) else None,
            may_edit=self.appbuilder.sm.has_access("can_edit", "AddressView") and _may_have(place),
            map=map_data() | _begins(site, is_stations),
        )


def _form(place: Place) -> AddressForm:
    """With a look at what others did meanwhile (portal/edits.py)."""
    form = AddressForm(obj=place, record=place)
    edits.settle(form, kind_of(place))
    return form


def map_data() -> dict[str, Any]:
    """What every map needs (static/map_ground.js)."""
    settings = get_settings()
    return {"tiles": settings.map_tile_url, "attribution": settings.map_attribution}


def _begins(site: Site, is_stations: bool) -> dict[str, Any]:
    """Where the map begins, where the place has no position: at its site, or near any other site."""
    of_site = addresses.position_of(site)
    if of_site is not None:
        return {"near": [of_site.latitude, of_site.longitude], "site": site.name if is_stations else None}
    with_position = scoped(select(Site.latitude, Site.longitude), Site).where(Site.latitude.is_not(None))
    found = database().execute(with_position.where(Site.longitude.is_not(None)).order_by(Site.id).limit(1)).first()
    return {"far": list(found)} if found else {}


def _may_have(place: Place) -> bool:
    return isinstance(place, Site) or addresses.may_have_own(place)


def _place_of(node: Node) -> Place | None:
    """Whose address belongs to a node."""
    match node:
        case Outlet():
            return node.station
        case Floor():
            return node.site
        case Site() | Station():
            return node
        case _:
            return None
