"""Configuration: the page of whatever node is selected."""

from flask import redirect, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from werkzeug.wrappers import Response

from domain.nodes import NodeKind, kind_of
from portal.node import selected, selected_key

VIEW_OF_KIND = {
    NodeKind.SYSTEM: "SystemView",
    NodeKind.SITE: "SiteView",
    NodeKind.FLOOR: "FloorView",
    NodeKind.STATION: "StationView",
    NodeKind.OUTLET: "OutletView",
}


class ConfigurationView(BaseView):
    """Leads from a node to its own page."""

    route_base = "/configuration"

    @expose("/")
    @has_access
    def index(self) -> Response:
        node = selected()
        return redirect(url_for(f"{VIEW_OF_KIND[kind_of(node)]}.show", pk=node.id, node=selected_key()))
