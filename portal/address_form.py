"""The fields of an address: words, and a position that is whole or none."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import Field, FloatField
from wtforms.validators import NumberRange, StopValidation
from wtforms.widgets import TextInput

from domain import addresses
from domain.models import Site, Station
from portal.forms import RecordForm, text

NUMBERS = {"inputmode": "decimal", "autocomplete": "off"}
LATITUDE = NumberRange(-90, 90, lazy_gettext("Between -90 and 90."))
LONGITUDE = NumberRange(-180, 180, lazy_gettext("Between -180 and 180."))


class DegreesField(FloatField):
    """A number of degrees, with a point or a comma, whatever the browser's language."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        written = valuelist[0].strip().replace(",", ".") if valuelist else ""
        if written:
            super().process_formdata([written])
        else:
            self.data = None

    def _value(self) -> str:
        return "" if self.data is None and not self.process_errors else super()._value()


def is_whole(form: "AddressForm", field: Field) -> None:
    """Said at the half that is missing; an empty field needs no further check."""
    both = (form.latitude, form.longitude)
    if field.data is None and not field.process_errors:
        if not any(each.process_errors for each in both) and not addresses.is_whole(*(each.data for each in both)):
            raise StopValidation(gettext("Latitude and longitude belong together."))
        raise StopValidation


class AddressForm(RecordForm):
    street = text(lazy_gettext("Street"), 200)
    postal_code = text(lazy_gettext("Postal code"), 20)
    city = text(lazy_gettext("City"), 100)
    country = text(lazy_gettext("Country"), 100)
    latitude = DegreesField(
        lazy_gettext("Latitude"),
        [is_whole, LATITUDE],
        description=lazy_gettext("In degrees, south is negative."),
        render_kw=NUMBERS,
    )
    longitude = DegreesField(
        lazy_gettext("Longitude"),
        [is_whole, LONGITUDE],
        description=lazy_gettext("In degrees, west is negative."),
        render_kw=NUMBERS,
    )


def position_in_words(place: Site | Station) -> str:
    position: Any = addresses.position_of(place)
    return f"{position.latitude:.6f}, {position.longitude:.6f}" if position else ""
