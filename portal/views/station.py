"""Stations: charging stations and supply controllers."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext, lazy_gettext, ngettext
from markupsafe import Markup
from sqlalchemy import Select, select
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from domain import addresses, nodes, protocols
from domain.models import Floor, Site, Station, StationKind
from domain.nodes import Node, NodeKind
from domain.supply import SupplyFault
from portal import ocpp_addresses, silence, supply_words, tag_words
from portal.address_form import position_in_words
from portal.database import database
from portal.formats import at
from portal.forms import Question, RecordChoice, RecordForm, long_text, text
from portal.node_view import NodeView, only_site_id, selected_ids, sites_by_name
from portal.node_words import KINDS
from portal.record import Fact
from portal.table.actions import ForMarked
from portal.table.columns import Boolean, Choice, Date, Number, Text
from portal.viewer import scoped
from portal.views import station_endpoint, station_name, station_password, station_supply
from portal.views.event_words import clock_wrong


class StationForm(RecordForm):
    name = text(lazy_gettext("Name"), 100, required=True)
    charge_box_id = station_name.charge_box_id_field()
    kind = RadioField(
        lazy_gettext("Kind"),
        choices=[SelectChoice(*kind) for kind in KINDS.items()],
        coerce=str,
        default=StationKind.CHARGING_STATION,
    )
    site_id = RecordChoice(lazy_gettext("Site"), empty=lazy_gettext("Choose a site"))
    floor_id = RecordChoice(lazy_gettext("Floor"), empty=lazy_gettext("None, directly on the site"))
    supply_controller_id = station_supply.supply_field()
    description = long_text(lazy_gettext("Description"))
    tag_byte_order = tag_words.byte_order_choice(lazy_gettext("As the site"))
    tag_digits = tag_words.digits_choice(lazy_gettext("As the site"))
    silence_seconds = silence.silence_field(lazy_gettext("Empty: as its site says."))
    password_required = SelectField(
        lazy_gettext("Password required"),
        coerce=station_password.required_of,
        description=lazy_gettext("Whether it is let in only with its password. The password itself has its own page."),
    )
    endpoint_url = station_endpoint.endpoint_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password_required.choices = station_password.required_choices()
        station_supply.offer(self.supply_controller_id)
        sites = sites_by_name()
        self.site_id.offer(sites)
        self.floor_id.offer([])
        floors: dict[int, list[tuple[int, str]]] = {}
        self.site_of_floor: dict[int, int] = {}
        in_order = scoped(select(Floor.id, Floor.name, Floor.site_id), Floor).order_by(Floor.name)
        for pk, name, site_id in database().execute(in_order):
            floors.setdefault(site_id, []).append((pk, name))
            self.site_of_floor[pk] = site_id
        for site_id, site_name in sites:
            self.floor_id.offer(floors.get(site_id, ()), site_name)

    def asks(self) -> Iterable[Question]:
        return station_name.asks(self.record, self.charge_box_id.data)

    def validate_site_id(self, field: RecordChoice) -> None:
        """A floor that is chosen says the site."""
        if field.data is None:
            field.data = self._site_of_floor()
        if field.data is None:
            raise ValidationError(gettext("Choose one."))

    def validate_floor_id(self, field: RecordChoice) -> None:
        if field.data is not None and self.site_id.data not in (None, self._site_of_floor()):
            raise ValidationError(gettext("This floor is on another site."))

    def validate_kind(self, _field: RadioField) -> None:
        if station_supply.fault_of(self) is SupplyFault.HAS_STATIONS:
            raise ValidationError(str(supply_words.FAULTS[SupplyFault.HAS_STATIONS]))

    def validate_supply_controller_id(self, _field: RecordChoice) -> None:
        fault = station_supply.fault_of(self)
        if fault not in (None, SupplyFault.HAS_STATIONS):
            raise ValidationError(str(supply_words.FAULTS[fault]))

    def _site_of_floor(self) -> int | None:
        return self.site_of_floor.get(self.floor_id.data)


class StationView(NodeView):
    datamodel = SQLAInterface(Station)
    route_base = "/stations"
    form = StationForm
    list_title = lazy_gettext("Stations")
    add_title = lazy_gettext("Add station")
    edit_title = lazy_gettext("Edit station")
    nothing_yet = lazy_gettext("There is no station here yet. Add one, or let it call and adopt it then.")
    adds_below = ((lazy_gettext("Add outlet"), "OutletView.add"),)
    for_marked = ForMarked(
        "BulkView.index",
        "station",
        lazy_gettext("Command"),
        lazy_gettext("To the marked stations …"),
        lazy_gettext("To all that are listed …"),
    )
    default_sort = "name"
    columns = (
        Text("name", lazy_gettext("Name"), Station.name),
        Text("charge_box_id", lazy_gettext("Charge box id"), Station.charge_box_id),
        Text("site", lazy_gettext("Site"), Site.name),
        Text("floor", lazy_gettext("Floor"), Floor.name),
        Choice("kind", lazy_gettext("Kind"), Station.kind, KINDS),
        Boolean("online", lazy_gettext("Online"), Station.online),
        Date("last_seen_at", lazy_gettext("Last seen"), Station.last_seen_at),
        Choice("protocol", lazy_gettext("Protocol"), Station.protocol, protocols.IN_WORDS),
        Text("vendor", lazy_gettext("Vendor"), Station.vendor, default=False),
        Text("model", lazy_gettext("Model"), Station.model, default=False),
        Text("serial_number", lazy_gettext("Serial number"), Station.serial_number, default=False),
        Text("firmware_version", lazy_gettext("Firmware"), Station.firmware_version, default=False),
        Number("id", lazy_gettext("Node id"), Station.id),
    )

    def base(self) -> Select:
        return select(self.key).join(Station.site).outerjoin(Floor, Floor.id == Station.floor_id)

    def within(self, statement: Select, node: Node) -> Select:
        ids = selected_ids()
        if NodeKind.STATION in ids:
            return statement.where(Station.id == ids[NodeKind.STATION])
        if NodeKind.FLOOR in ids:
            return statement.where(Station.floor_id == ids[NodeKind.FLOOR])
        return statement.where(Station.site_id == ids[NodeKind.SITE]) if NodeKind.SITE in ids else statement

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s station", "%(text)s stations", number, text=text)

    def defaults(self) -> dict[str, Any]:
        """Where one stands in the tree; with a single site there is nothing to choose."""
        ids = selected_ids()
        return {"site_id": ids.get(NodeKind.SITE) or only_site_id(), "floor_id": ids.get(NodeKind.FLOOR)}

    def keep(self, record: Station) -> None:
        nodes.add_station(database(), record)

    def facts(self, record: Station) -> list[Fact]:
        return [
            Fact(gettext("Name"), record.name),
            Fact(gettext("Charge box id"), record.charge_box_id, copies=True),
            *ocpp_addresses.facts_of(record),
            Fact(gettext("Node id"), record.id),
            Fact(gettext("Kind"), KINDS[record.kind]),
            Fact(gettext("Site"), record.site.name),
            Fact(gettext("Floor"), record.floor.name if record.floor else ""),
            Fact(gettext("Address"), addresses.in_one_line(record)),
            Fact(gettext("Position"), position_in_words(record)),
            *station_supply.facts(record),
            Fact(gettext("Description"), record.description),
            Fact(gettext("Online"), gettext("yes") if record.online else gettext("no")),
            Fact(gettext("Last seen"), at(record.last_seen_at) or gettext("never")),
            *_clock(record),
            Fact(gettext("Protocol"), protocols.in_words(record.protocol)),
            *station_endpoint.facts(record),
            Fact(gettext("Vendor"), record.vendor),
            Fact(gettext("Model"), record.model),
            Fact(gettext("Serial number"), record.serial_number),
            Fact(gettext("Firmware"), record.firmware_version),
            *tag_words.reader_facts(record),
            Fact(gettext("No network after"), silence.in_words(record.silence_seconds, gettext("As the site"))),
            Fact(gettext("Password"), _password(record)),
            Fact(gettext("Password required"), station_password.required_in_words(record)),
        ]


def _password(station: Station) -> Markup:
    """Whether there is one, and the way to its page."""
    url = url_for("StationPasswordView.index", pk=station.id)
    change = Markup('<a href="{}">{}</a>').format(url, gettext("Change"))
    return Markup("{} {}").format(station_password.state_in_words(station), change)


def _clock(station: Station) -> list[Fact]:
    """Told only of a clock that is wrong."""
    offset_seconds = station.clock_offset_seconds
    return [] if offset_seconds is None else [Fact(gettext("Clock"), clock_wrong(offset_seconds))]
