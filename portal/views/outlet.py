"""Outlets: what one car plugs into. They appear by themselves when their station speaks of them."""

from typing import Any

from flask import Response, abort, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import Select, select
from wtforms import IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from config import get_settings
from domain.models import Outlet, OutletMode, Site, Station
from domain.nodes import Node, NodeKind
from domain.outlets import HIGHEST_NUMBER, MOST_CURRENT_A
from domain.statuses import OutletStatus
from portal import codes
from portal.choices import StationChoice
from portal.database import database
from portal.forms import NEEDED, ListedInput, RecordForm, chosen, text, unique
from portal.node_view import NodeView, selected_ids
from portal.node_words import MODES
from portal.record import Fact, Page
from portal.table.columns import Choice, Number, Text
from portal.views import outlet_services

MODES_EXPLAINED = [
    SelectChoice(OutletMode.RFID.value, lazy_gettext("RFID: those whose tag is accepted may charge")),
    SelectChoice(
        OutletMode.OPEN.value,
        lazy_gettext("OPEN: everyone may charge; with an unknown tag it is an anonymous session"),
    ),
]
CONNECTORS = (
    "Type 2",
    "Type 2, cable",
    "CCS2, cable",
    "CHAdeMO, cable",
    "Type 1, cable",
    "CCS1, cable",
    "NACS, cable",
    "Schuko",
    "Type K",
)
"""As the map feed understands them (domain/services/map_feed/words.py)."""
STATUSES = {
    OutletStatus.AVAILABLE.value: lazy_gettext("Available"),
    OutletStatus.PREPARING.value: lazy_gettext("Preparing"),
    OutletStatus.CHARGING.value: lazy_gettext("Charging"),
    OutletStatus.SUSPENDED_EV.value: lazy_gettext("Paused by the car"),
    OutletStatus.SUSPENDED_EVSE.value: lazy_gettext("Paused by the station"),
    OutletStatus.FINISHING.value: lazy_gettext("Finishing"),
    OutletStatus.RESERVED.value: lazy_gettext("Reserved"),
    OutletStatus.UNAVAILABLE.value: lazy_gettext("Out of service"),
    OutletStatus.FAULTED.value: lazy_gettext("Fault"),
    OutletStatus.OCCUPIED.value: lazy_gettext("Occupied"),
}


PICTURES = {"svg": (codes.svg_file, "image/svg+xml"), "png": (codes.png_file, "image/png")}


class OutletForm(RecordForm):
    station_id = StationChoice(
        lazy_gettext("Station"),
        [chosen],
        description=lazy_gettext("Its charge box id. Type a part of it or of the name to choose."),
    )
    number = IntegerField(
        lazy_gettext("Outlet id"),
        [
            NEEDED,
            NumberRange(1, HIGHEST_NUMBER, lazy_gettext("Between %(min)d and %(max)d.")),
            unique(
                Outlet.number,
                lazy_gettext("The station has an outlet with this id already."),
                within=lambda form: Outlet.station_id == form.station_id.data,
            ),
        ],
        description=lazy_gettext("As the station itself numbers it, from 1."),
    )
    connector_type = text(
        lazy_gettext("Connector"),
        50,
        widget=ListedInput(CONNECTORS),
        description=lazy_gettext("Choose a usual one, or type another."),
    )
    parking = text(lazy_gettext("Parking"), 100)
    mode = RadioField(lazy_gettext("Mode"), choices=MODES_EXPLAINED, coerce=str, default=OutletMode.RFID)
    max_current_a = IntegerField(
        lazy_gettext("Maximum current (A)"),
        [Optional(), NumberRange(1, MOST_CURRENT_A, lazy_gettext("Between %(min)d and %(max)d."))],
        description=lazy_gettext("In amperes on each phase, as the outlet is installed."),
    )


class OutletView(NodeView):
    datamodel = SQLAInterface(Outlet)
    route_base = "/outlets"
    form = OutletForm
    show_template = "outlet.html"
    list_title = lazy_gettext("Outlets")
    add_title = lazy_gettext("Add outlet")
    edit_title = lazy_gettext("Edit outlet")
    nothing_yet = lazy_gettext(
        "There is no outlet here yet. Outlets appear by themselves when their station speaks of them."
    )
    default_sort = "station"
    columns = (
        Text("station", lazy_gettext("Station"), Station.name),
        Number("number", lazy_gettext("Outlet id"), Outlet.number),
        Text("site", lazy_gettext("Site"), Site.name),
        Choice("status", lazy_gettext("State"), Outlet.status, STATUSES),
        Choice("mode", lazy_gettext("Mode"), Outlet.mode, MODES),
        Text("connector_type", lazy_gettext("Connector"), Outlet.connector_type),
        Text("parking", lazy_gettext("Parking"), Outlet.parking),
        Number("max_current_a", lazy_gettext("Maximum current"), Outlet.max_current_a, unit="A", default=False),
        Number("id", lazy_gettext("Id"), Outlet.id, default=False),
    )

    def base(self) -> Select:
        return select(self.key).join(Outlet.station).join(Station.site)

    def within(self, statement: Select, node: Node) -> Select:
        ids = selected_ids()
        for kind, column in (
            (NodeKind.OUTLET, Outlet.id),
            (NodeKind.STATION, Outlet.station_id),
            (NodeKind.FLOOR, Station.floor_id),
            (NodeKind.SITE, Station.site_id),
        ):
            if kind in ids:
                return statement.where(column == ids[kind])
        return statement

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s outlet", "%(text)s outlets", number, text=text)

    def defaults(self) -> dict[str, Any]:
        station_id = selected_ids().get(NodeKind.STATION)
        highest = select(Outlet.number).where(Outlet.station_id == station_id).order_by(Outlet.number.desc()).limit(1)
        return {"station_id": station_id, "number": (database().scalar(highest) or 0) + 1}

    def show_context(self, record: Outlet) -> dict[str, Any]:
        return super().show_context(record) | {"services": outlet_services.table(record)}

    @expose("/services/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("edit")
    def services(self, pk: int) -> Page:
        """What services call the outlet."""
        outlet: Outlet = self.record(pk)
        self.selects(outlet)
        saved = outlet_services.save(outlet)
        if not isinstance(saved, outlet_services.Table):
            return saved
        context = self.show_context(outlet) | {"services": saved}
        return self.render_template(self.show_template, view=self, record=outlet, **context), 422

    @expose("/sticker/<int:pk>")
    @has_access
    @permission_name("show")
    def sticker(self, pk: int) -> Page:
        """The code that leads a driver's phone here, with what stands below it; for a printer."""
        outlet: Outlet = self.record(pk)
        self.selects(outlet)
        url = _code_url(outlet)
        is_public = get_settings().public_url is not None
        return self.render_template(
            "outlet_sticker.html",
            outlet=outlet,
            url=url,
            code=codes.svg(url, codes.STICKER_LEVEL),
            is_public=is_public,
        )

    @expose("/sticker/<int:pk>/<string:picture>")
    @has_access
    @permission_name("show")
    def sticker_file(self, pk: int, picture: str) -> Response:
        """The code alone."""
        make, kind = PICTURES.get(picture) or abort(404)
        outlet: Outlet = self.record(pk)
        response = Response(make(_code_url(outlet)), mimetype=kind)
        name = f"{outlet.station.charge_box_id}-{outlet.number}.{picture}"
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    def facts(self, record: Outlet) -> list[Fact]:
        return [
            Fact(gettext("Connector"), record.connector_type),
            Fact(gettext("UUID"), record.uuid, copies=True, code_url=url_for(".sticker", pk=record.id)),
            Fact(gettext("Outlet id"), record.number),
            Fact(gettext("Parking"), record.parking),
            Fact(gettext("Mode"), MODES[record.mode]),
            Fact(gettext("Maximum current"), _amperes(record.max_current_a)),
            Fact(gettext("State"), STATUSES[record.status] if record.status else gettext("not told yet")),
            Fact(gettext("Station"), record.station.name),
        ]


def _code_url(outlet: Outlet) -> str:
    """What a phone opens; see portal/pages/charging/outlet.py."""
    return get_settings().portal_url + url_for("OutletCodeView.go", uuid=outlet.uuid)


def _amperes(current_a: int | None) -> str:
    return "" if current_a is None else gettext("%(amperes)s A", amperes=current_a)
