"""Where a station that speaks over SOAP is called: the field of its form, and the lines on its page."""

from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from domain import endpoints
from domain.endpoints import LONGEST, EndpointError, EndpointFault
from domain.models import Station
from domain.protocols import SOAP
from portal.forms import RecordForm, stripped
from portal.record import Fact

FAULTS = {
    EndpointFault.NOT_HTTP: lazy_gettext("The address must begin with http:// or https:// and name a host."),
    EndpointFault.USER_INFO: lazy_gettext(
        "The address must not hold a user name or a password: the portal never signs in at a station."
    ),
    EndpointFault.TOO_LONG: lazy_gettext("At most %(longest)s characters.", longest=LONGEST),
    EndpointFault.UNWRITABLE: lazy_gettext(
        "The address must be made of letters without accents, digits and signs, without blanks."
    ),
    EndpointFault.FORBIDDEN: lazy_gettext(
        "This address is never called: only this machine, its neighbours or its cloud answer to it."
    ),
}


def _is_good(_form: RecordForm, field: Field) -> None:
    if field.data:
        try:
            endpoints.check(field.data)
        except EndpointError as error:
            raise ValidationError(str(FAULTS[error.fault])) from None


def endpoint_field() -> StringField:
    return StringField(
        lazy_gettext("Address for commands"),
        [_is_good],
        filters=[stripped, lambda written: written or None],
        description=lazy_gettext(
            "Only of a station that speaks OCPP over SOAP, such as 1.5: where it is called."
            " Left empty, it is called where it says itself."
        ),
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )


def facts(station: Station) -> list[Fact]:
    """Told of a station that is called over SOAP, or would be."""
    if station.protocol not in SOAP and not station.endpoint_url:
        return []
    told = station.told_endpoint_url
    found = [Fact(gettext("Address for commands"), _used(station))]
    if station.endpoint_url and told and told != station.endpoint_url:
        found.append(Fact(gettext("Address that the station told"), told, copies=True))
    if station.protocol in SOAP and station.heartbeat_seconds:
        found.append(Fact(gettext("Sign of life"), gettext("every %(seconds)s s", seconds=station.heartbeat_seconds)))
    return found


def _used(station: Station) -> Markup:
    url = station.endpoint_url or station.told_endpoint_url
    if url is None:
        return Markup('<span class="bad">{}</span>').format(
            gettext("None: the station told none, and none is set. It cannot be asked anything.")
        )
    origin = gettext("set here") if station.endpoint_url else gettext("told by the station")
    return Markup('<code>{}</code> <span class="muted">{}</span>{}').format(url, origin, _warning(url))


def _warning(url: str) -> Markup:
    try:
        endpoints.check(url)
    except EndpointError as error:
        return Markup('<br><span class="bad">{}</span>').format(FAULTS[error.fault])
    return Markup("")
