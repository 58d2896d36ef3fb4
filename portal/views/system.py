"""The root of the tree: its name, its description, and the address that stations need. There is always just one."""

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext, lazy_gettext
from wtforms import IntegerField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput

from domain.co2 import MOST_G_PER_KWH
from domain.models import System
from domain.roles import RoleName
from portal import ocpp_addresses, silence
from portal.forms import NEEDED, RecordForm, long_text, text
from portal.node_view import NodeView
from portal.record import Fact
from portal.role_words import ROLE_WORDS, role_word
from portal.viewer import viewer


class SystemForm(RecordForm):
    name = text(lazy_gettext("System name"), 100, required=True)
    description = long_text(lazy_gettext("Description"))
    silence_seconds = silence.silence_field()
    unregistered_seconds = silence.unregistered_field()
    second_factor_roles = SelectMultipleField(
        lazy_gettext("Sign in with a second factor"),
        choices=[SelectChoice(role.value, word) for role, word in ROLE_WORDS.items()],
        option_widget=CheckboxInput(),
        description=lazy_gettext("Whoever has such a role and no second factor is led to set one up."),
    )

    co2_avoided_g_per_kwh = IntegerField(
        lazy_gettext("CO₂ avoided (g per kWh)"),
        [NEEDED, NumberRange(0, MOST_G_PER_KWH, lazy_gettext("Between %(min)d and %(max)d."))],
        description=lazy_gettext(
            "What a petrol car emits on the way that an electric one goes with a kilowatt-hour, less what making that"
            " emitted. The dashboard multiplies it with the energy. Usual is 500."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if viewer().role is not RoleName.ADMINISTRATOR:  # Others may not weaken how people sign in.
            del self.second_factor_roles


class SystemView(NodeView):
    datamodel = SQLAInterface(System)
    route_base = "/system"
    exclude_route_methods = NodeView.exclude_route_methods | {"list", "export", "add", "delete"}
    form = SystemForm
    edit_title = lazy_gettext("Edit the system")
    adds_below = ((lazy_gettext("Add site"), "SiteView.add"),)

    def facts(self, record: System) -> list[Fact]:
        return [
            Fact(gettext("System name"), record.name),
            Fact(gettext("Description"), record.description),
            Fact(gettext("No network after"), silence.in_words(record.silence_seconds, "")),
            Fact(gettext("Not registered after"), silence.in_words(record.unregistered_seconds, "")),
            Fact(gettext("Sign in with a second factor"), ", ".join(map(role_word, record.second_factor_roles))),
            Fact(gettext("CO₂ avoided (g per kWh)"), str(record.co2_avoided_g_per_kwh)),
            *ocpp_addresses.facts(),
        ]

    def refusal(self, record: System) -> Any:
        return None
