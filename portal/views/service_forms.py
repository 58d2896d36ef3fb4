"""The forms of services: one for each kind, and one to add any."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Regexp, ValidationError
from wtforms.widgets import CheckboxInput

from domain.endpoints import LONGEST, EndpointError, EndpointFault
from domain.models import Service, ServiceKind
from domain.services import setting_up
from domain.services.adapters import ADAPTERS
from domain.services.configuration import check_address
from portal.forms import NEEDED, RecordForm, stripped, text, unique
from portal.node_view import sites_by_name
from portal.views.service_words import KINDS_EXPLAINED, TOPICS

FAULTS = {
    EndpointFault.NOT_HTTP: lazy_gettext("The address must begin with http:// or https:// and name a host."),
    EndpointFault.USER_INFO: lazy_gettext(
        "The address must not hold a user name or a password: messages are signed instead."
    ),
    EndpointFault.TOO_LONG: lazy_gettext("At most %(longest)s characters.", longest=LONGEST),
    EndpointFault.UNWRITABLE: lazy_gettext(
        "The address must be made of letters without accents, digits and signs, without blanks."
    ),
    EndpointFault.FORBIDDEN: lazy_gettext(
        "This address is never called: only this machine, its neighbours or its cloud answer to it."
    ),
}


def _is_good_address(_form: RecordForm, field: Field) -> None:
    try:
        check_address(field.data)
    except EndpointError as error:
        raise ValidationError(str(FAULTS[error.fault])) from None


def address(label: Any, description: Any) -> StringField:
    """Where the service is called."""
    return StringField(
        label,
        [NEEDED, _is_good_address],
        filters=[stripped],
        description=description,
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )


NOT_CONFIGURED = ("name", "seen", "csrf_token")


class ServiceForm(RecordForm):
    """What all kinds have; whatever else a form has is the configuration, field by field."""

    name = text(
        lazy_gettext("Name"),
        100,
        unique(Service.name, lazy_gettext("Another service has this name.")),
        required=True,
    )

    def column_of(self, name: str) -> str:
        return "name" if name == "name" else "configuration"

    def configuration(self) -> dict[str, Any]:
        return {name: field.data for name, field in self._fields.items() if name not in NOT_CONFIGURED}

    def populate_obj(self, obj: Service) -> None:
        obj.name = self.name.data
        setting_up.configure(obj, self.configuration())


class AddServiceForm(ServiceForm):
    kind = RadioField(lazy_gettext("Kind"), [NEEDED], coerce=str)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(kind.value, KINDS_EXPLAINED[kind]) for kind in ADAPTERS]

    def populate_obj(self, obj: Service) -> None:
        obj.name, obj.kind = self.name.data, ServiceKind(self.kind.data)


def _in_capitals(written: str | None) -> str:
    return stripped(written).upper()


class MapFeedForm(ServiceForm):
    operator = text(
        lazy_gettext("Operator"), 100, description=lazy_gettext("As maps show it. Left empty: the name of the system.")
    )
    country_code = StringField(
        lazy_gettext("Country of the operator"),
        [NEEDED, Regexp(r"^[A-Z]{2}$", message=lazy_gettext("Two letters, such as DK."))],
        filters=[_in_capitals],
        default="DK",
        description=lazy_gettext("Two letters, such as DK. With the id below it is how OCPI knows the operator."),
    )
    party_id = StringField(
        lazy_gettext("Id of the operator"),
        [NEEDED, Regexp(r"^[A-Z0-9]{3}$", message=lazy_gettext("Three letters or digits, such as FCR."))],
        filters=[_in_capitals],
        description=lazy_gettext("Three letters or digits, as registered for eMobility, such as FCR."),
    )
    country = StringField(
        lazy_gettext("Usual country of sites"),
        [NEEDED, Regexp(r"^[A-Z]{3}$", message=lazy_gettext("Three letters, such as DNK."))],
        filters=[_in_capitals],
        default="DNK",
        description=lazy_gettext("Three letters, such as DNK: for sites whose address names no country."),
    )
    amperes = IntegerField(
        lazy_gettext("Usual current (A)"),
        [NEEDED, NumberRange(1, 1000, lazy_gettext("Between %(min)d and %(max)d."))],
        default=32,
    )
    phases = RadioField(
        lazy_gettext("Phases"),
        choices=[SelectChoice("1", lazy_gettext("One")), SelectChoice("3", lazy_gettext("Three"))],
        coerce=int,
        default=3,
    )
    excluded_site_ids = SelectMultipleField(
        lazy_gettext("Sites that are not shown"), coerce=int, option_widget=CheckboxInput()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.excluded_site_ids.choices = sites_by_name()


class ParkingForm(ServiceForm):
    url = address(lazy_gettext("Address"), lazy_gettext("Where the provider is told how far a charge is."))
    progress_minutes = IntegerField(
        lazy_gettext("Minutes between two messages about a charge"),
        [NEEDED, NumberRange(1, 1440, lazy_gettext("Between %(min)d and %(max)d."))],
        default=5,
    )
    start_minutes = IntegerField(
        lazy_gettext("Minutes to plug in"),
        [NEEDED, NumberRange(1, 60, lazy_gettext("Between %(min)d and %(max)d."))],
        default=5,
    )
    only_listed = BooleanField(lazy_gettext("Only at outlets that have an id at the provider"))


class WebhookForm(ServiceForm):
    url = address(
        lazy_gettext("Address"), lazy_gettext("Where the messages are sent, such as https://example.com/hook.")
    )
    topics = SelectMultipleField(
        lazy_gettext("What it is told"),
        choices=[SelectChoice(topic.value, word) for topic, word in TOPICS.items()],
        option_widget=CheckboxInput(),
    )


FORMS: Mapping[ServiceKind, type[ServiceForm]] = {
    ServiceKind.MAP_FEED: MapFeedForm,
    ServiceKind.PARKING: ParkingForm,
    ServiceKind.WEBHOOK: WebhookForm,
}


def form_of(service: Service) -> ServiceForm:
    """The form of its kind, with what is set."""
    return FORMS[service.kind](data={"name": service.name, **service.configuration}, record=service)
