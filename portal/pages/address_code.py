"""An address that is entered in a station, as a QR code: for the technician's phone, and on paper."""

from flask import abort
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access

from domain.models import Station
from portal import codes, ocpp_addresses
from portal.node import node_url, selected


class AddressCodeView(BaseView):
    """Of the system, or of the selected station with its own name in it."""

    route_base = "/address_code"
    default_view = "show"

    @expose("/<string:address>")
    @has_access
    def show(self, address: str) -> str:
        node = selected()
        station = node if isinstance(node, Station) else None
        found = ocpp_addresses.find(address, station) or abort(404)
        page: str = self.render_template(
            "address_code.html",
            address=found,
            station=station,
            code=codes.svg(found.url),
            back=node_url("ConfigurationView.index"),
        )
        return page
