"""The charge box id of a station: what pairs the device with its record, so that a change of it asks once more."""

from collections.abc import Iterator

from flask_babel import gettext, lazy_gettext
from wtforms import StringField

from domain.models import Station
from portal.formats import at
from portal.forms import Question, text, unique


def charge_box_id_field() -> StringField:
    return text(
        lazy_gettext("Charge box id"),
        100,
        unique(Station.charge_box_id, lazy_gettext("Another station has this charge box id.")),
        required=True,
        description=lazy_gettext(
            "The same as in the station itself, letter by letter: it pairs the two. A station that calls under another"
            " name is turned away."
        ),
    )


def asks(station: Station | None, charge_box_id: str) -> Iterator[Question]:
    """A station that called under its name until now will be turned away under it."""
    if station is None or station.charge_box_id == charge_box_id or station.last_seen_at is None:
        return
    names = {"before": station.charge_box_id, "after": charge_box_id}
    if station.online:
        seen = gettext("The station is online now, and calls as %(before)s.", **names)
    else:
        seen = gettext("The station called as %(before)s, last at %(at)s.", at=at(station.last_seen_at), **names)
    lost = gettext(
        "Once this is saved it is turned away under that name until it is set to %(after)s itself: nothing that charges"
        " there is told to the portal, and no command reaches it.",
        **names,
    )
    answer = gettext("Change the charge box id all the same")
    yield Question(f"charge_box_id:{charge_box_id}", f"{seen} {lost}", answer)
