"""Sites."""

from zoneinfo import available_timezones

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import Select, func
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from domain import addresses
from domain.models import Site
from domain.nodes import Node, NodeKind
from portal import silence, tag_words
from portal.address_form import AddressForm, position_in_words
from portal.forms import long_text, text, unique
from portal.node_view import NodeView, selected_ids
from portal.record import Fact
from portal.table.columns import Number, Text


class SiteForm(AddressForm):
    """With the address while a site is made; later that has a tab of its own, with a map."""

    name = text(
        lazy_gettext("Name"),
        100,
        unique(Site.name, lazy_gettext("Another site has this name."), folded=func.lower),
        required=True,
    )
    description = long_text(lazy_gettext("Description"))
    time_zone = SelectField(lazy_gettext("Time zone"), coerce=lambda zone: zone or None, validators=[Optional()])
    tag_byte_order = tag_words.byte_order_choice(lazy_gettext("The usual: as printed on the tag"))
    tag_digits = tag_words.digits_choice(lazy_gettext("The usual: decimal"))
    silence_seconds = silence.silence_field(lazy_gettext("Empty: as the system says."))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
        self.time_zone.choices = [SelectChoice("", gettext("As the installation")), *map(SelectChoice, zones)]
        if self.record is not None:
            for name in addresses.FIELDS:
                delattr(self, name)


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
            Fact(gettext("Address"), addresses.in_one_line(record)),
            Fact(gettext("Position"), position_in_words(record)),
            *tag_words.reader_facts(record),
            Fact(gettext("No network after"), silence.in_words(record.silence_seconds, gettext("As the system"))),
        ]
