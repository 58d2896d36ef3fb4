"""After how long a silence an alarm is raised, as a person sets it: for the system, a site, a station."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from domain.alarms.sweeping import LONGEST_WAIT_SECONDS

RANGE = NumberRange(0, LONGEST_WAIT_SECONDS, lazy_gettext("Between %(min)d and %(max)d."))


def silence_field(above: LazyString | None = None) -> IntegerField:
    """`above` says what holds where nothing is set; without it something must be."""
    return IntegerField(
        lazy_gettext("No network after, in seconds"),
        [Optional() if above else InputRequired(lazy_gettext("This is needed.")), RANGE],
        description=above or lazy_gettext("Not heard for so long, a station raises an alarm."),
    )


def unregistered_field() -> IntegerField:
    return IntegerField(
        lazy_gettext("Not registered after, in seconds"),
        [InputRequired(lazy_gettext("This is needed.")), RANGE],
        description=lazy_gettext("A station that was created here and has not called for so long raises an alarm."),
    )


def in_words(seconds: int | None, above: Any) -> str:
    return str(above) if seconds is None else gettext("%(seconds)s s", seconds=seconds)
