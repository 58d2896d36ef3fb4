"""Floors: the parking levels of a site."""

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import Select, func, select

from domain.floor_plans import LARGEST_BYTES
from domain.models import Floor, Site
from domain.nodes import Node, NodeKind
from portal.forms import RecordChoice, RecordForm, chosen, long_text, text, unique
from portal.node_view import NodeView, selected_ids, sites_by_name
from portal.record import Fact
from portal.table.columns import Number, Text
from portal.views import floor_plan


class FloorForm(RecordForm):
    site_id = RecordChoice(lazy_gettext("Site"), [chosen], empty=lazy_gettext("Choose a site"))
    name = text(
        lazy_gettext("Name"),
        100,
        unique(
            Floor.name,
            lazy_gettext("Another floor of this site has this name."),
            within=lambda form: Floor.site_id == form.site_id.data,
            folded=func.lower,
        ),
        required=True,
    )
    description = long_text(lazy_gettext("Description"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site_id.offer(sites_by_name())


class FloorView(NodeView):
    datamodel = SQLAInterface(Floor)
    route_base = "/floors"
    form = FloorForm
    show_template = "floor.html"
    list_title = lazy_gettext("Floors")
    add_title = lazy_gettext("Add floor")
    edit_title = lazy_gettext("Edit floor")
    nothing_yet = lazy_gettext("There is no floor here. Stations can also stand directly on a site.")
    adds_below = ((lazy_gettext("Add station"), "StationView.add"),)
    default_sort = "name"
    columns = (
        Text("name", lazy_gettext("Name"), Floor.name),
        Text("site", lazy_gettext("Site"), Site.name),
        Text("description", lazy_gettext("Description"), Floor.description),
        Number("id", lazy_gettext("Id"), Floor.id),
    )

    def base(self) -> Select:
        return select(self.key).join(Floor.site)

    def within(self, statement: Select, node: Node) -> Select:
        ids = selected_ids()
        if NodeKind.FLOOR in ids:
            return statement.where(Floor.id == ids[NodeKind.FLOOR])
        return statement.where(Floor.site_id == ids[NodeKind.SITE]) if NodeKind.SITE in ids else statement

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s floor", "%(text)s floors", number, text=text)

    def defaults(self) -> dict[str, Any]:
        return {"site_id": selected_ids().get(NodeKind.SITE)}

    def show_context(self, record: Floor) -> dict[str, Any]:
        return super().show_context(record) | {
            "plan_url": floor_plan.url_of(record),
            "plan_largest_bytes": LARGEST_BYTES,
            "may_upload": self.appbuilder.sm.has_access("can_upload", "FloorPlanView"),
        }

    def facts(self, record: Floor) -> list[Fact]:
        return [
            Fact(gettext("Name"), record.name),
            Fact(gettext("Id"), record.id),
            Fact(gettext("Site"), record.site.name),
            Fact(gettext("Description"), record.description),
        ]
