"""The root of the tree: its name, its description, and the address that stations need. There is always just one."""

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext, lazy_gettext

from config import get_settings
from domain.models import System
from portal.forms import RecordForm, long_text, text
from portal.node_view import NodeView
from portal.record import Fact


class SystemForm(RecordForm):
    name = text(lazy_gettext("System name"), 100, required=True)
    description = long_text(lazy_gettext("Description"))


class SystemView(NodeView):
    datamodel = SQLAInterface(System)
    route_base = "/system"
    exclude_route_methods = NodeView.exclude_route_methods | {"list", "export", "add", "delete"}
    form = SystemForm
    edit_title = lazy_gettext("Edit the system")
    adds = ((lazy_gettext("Add site"), "SiteView.add"),)

    def facts(self, record: System) -> list[Fact]:
        return [
            Fact(gettext("System name"), record.name),
            Fact(gettext("Description"), record.description),
            Fact(gettext("OCPP 1.6 address"), get_settings().ocpp16_url, copies=True),
        ]

    def refusal(self, record: System) -> Any:
        return None
