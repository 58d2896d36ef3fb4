"""Sites."""

from zoneinfo import available_timezones

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import Select, func
from wtforms import FloatField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from domain.models import Site
from domain.nodes import Node, NodeKind
from portal import tag_words
from portal.forms import RecordForm, long_text, text, unique
from portal.node_view import NodeView, selected_ids
from portal.record import Fact
from portal.table.columns import Number, Text

LATITUDE = NumberRange(-90, 90, lazy_gettext("Between -90 and 90."))
LONGITUDE = NumberRange(-180, 180, lazy_gettext("Between -180 and 180."))


class SiteForm(RecordForm):
    name = text(
        lazy_gettext("Name"),
        100,
        unique(Site.name, lazy_gettext("Another site has this name."), folded=func.lower),
        required=True,
    )
    description = long_text(lazy_gettext("Description"))
    time_zone = SelectField(lazy_gettext("Time zone"), coerce=lambda zone: zone or None, validators=[Optional()])
    street = text(lazy_gettext("Street"), 200)
    postal_code = text(lazy_gettext("Postal code"), 20)
    city = text(lazy_gettext("City"), 100)
    country = text(lazy_gettext("Country"), 100)
    latitude = FloatField(lazy_gettext("Latitude"), [Optional(), LATITUDE])
    longitude = FloatField(lazy_gettext("Longitude"), [Optional(), LONGITUDE])
    tag_byte_order = tag_words.byte_order_choice(lazy_gettext("The usual: as printed on the tag"))
    tag_digits = tag_words.digits_choice(lazy_gettext("The usual: decimal"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
        self.time_zone.choices = [SelectChoice("", gettext("As the installation")), *map(SelectChoice, zones)]


class SiteView(NodeView):
    datamodel = SQLAInterface(Site)
    route_base = "/sites"
    form = SiteForm
    list_title = lazy_gettext("Sites")
    add_title = lazy_gettext("Add site")
    edit_title = lazy_gettext("Edit site")
    nothing_yet = lazy_gettext("There is no site yet. A site is a place with stations; add the first one.")
    adds_below = ((lazy_gettext("Add floor"), "FloorView.add"), (lazy_gettext("Add station"), "StationView.add"))
    default_sort = "name"
    columns = (
        Text("name", lazy_gettext("Name"), Site.name),
        Text("city", lazy_gettext("City"), Site.city),
        Text("street", lazy_gettext("Street"), Site.street),
        Text("description", lazy_gettext("Description"), Site.description),
        Number("id", lazy_gettext("Id"), Site.id),
    )

    def within(self, statement: Select, node: Node) -> Select:
        site_id = selected_ids().get(NodeKind.SITE)
        return statement if site_id is None else statement.where(Site.id == site_id)

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s site", "%(text)s sites", number, text=text)

    def facts(self, record: Site) -> list[Fact]:
        return [
            Fact(gettext("Name"), record.name),
            Fact(gettext("Id"), record.id),
            Fact(gettext("Description"), record.description),
            Fact(gettext("Time zone"), record.time_zone or gettext("As the installation")),
            Fact(gettext("Address"), _address(record)),
            Fact(gettext("Position"), _position(record)),
            *tag_words.reader_facts(record),
        ]


def _address(site: Site) -> str:
    town = f"{site.postal_code} {site.city}".strip()
    return ", ".join(part for part in (site.street, town, site.country) if part)


def _position(site: Site) -> str:
    return "" if site.latitude is None or site.longitude is None else f"{site.latitude:.6f}, {site.longitude:.6f}"
