"""Settings of the person: the name, the language, the time zone, mail about alarms."""

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask import session
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from config import get_settings
from domain.models import PortalUser
from domain.user_details import FIELDS_OF_ROLE
from portal.forms import NEEDED, stripped
from portal.language import CHOSEN, LANGUAGES
from portal.pages.settings.section import Section, SettingsForm


class NameForm(SettingsForm):
    first_name = StringField(lazy_gettext("First name"), [NEEDED], render_kw={"autocomplete": "given-name"})
    last_name = StringField(lazy_gettext("Last name"), [NEEDED], render_kw={"autocomplete": "family-name"})


class NameSection(Section):
    key = "name"
    title = lazy_gettext("Name")
    form_class = NameForm

    def values(self, user: PortalUser) -> dict[str, Any]:
        return {"first_name": user.first_name, "last_name": user.last_name}

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        return form.change(first_name=form.first_name.data, last_name=form.last_name.data)


@lru_cache
def time_zones() -> dict[str, str]:
    """Those that are called after places, and UTC, by their names in small letters."""
    names = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return {name.lower(): name for name in sorted((*names, "UTC"))}


def is_time_zone(_form: SettingsForm, field: Field) -> None:
    """Capital letters and blanks are no reason to refuse: "europe/new york" is found too."""
    if not field.data:
        return
    known = time_zones().get(field.data.lower().replace(" ", "_"))
    if known is None:
        raise ValidationError(gettext("There is no such time zone. Choose one from the list."))
    field.data = known


class RegionForm(SettingsForm):
    language = SelectField(
        lazy_gettext("Language"),
        choices=[
            SelectChoice("", lazy_gettext("As the browser")),
            *(SelectChoice(code, words["name"]) for code, words in LANGUAGES.items()),
        ],
    )
    time_zone = StringField(
        lazy_gettext("Time zone"),
        [is_time_zone],
        filters=[stripped],
        description=lazy_gettext("All times are shown in it. Type to search; leave it empty for the installation's."),
        render_kw={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"},
    )


class RegionSection(Section):
    key = "region"
    title = lazy_gettext("Language and time zone")
    template = "settings_region.html"
    form_class = RegionForm

    def values(self, user: PortalUser) -> dict[str, Any]:
        return {"language": user.language or "", "time_zone": user.time_zone or ""}

    def prepare(self, user: PortalUser, form: SettingsForm) -> None:
        usual = gettext("As the installation (%(zone)s)", zone=get_settings().time_zone)
        form.time_zone.render_kw = form.time_zone.render_kw | {"placeholder": usual}

    def context(self, user: PortalUser) -> dict[str, Any]:
        return {"time_zones": time_zones().values()}

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        user.language, user.time_zone = form.language.data or None, form.time_zone.data or None
        session.pop(CHOSEN, None)  # What this browser chose before would stand in the way of "as the browser".
        return True


class AlarmForm(SettingsForm):
    alarm_email = BooleanField(lazy_gettext("E-mail on alarm"))


class AlarmSection(Section):
    key = "alarms"
    title = lazy_gettext("E-mail on alarm")
    about = lazy_gettext("An e-mail to you while an alarm is active.")
    form_class = AlarmForm

    def is_for(self, user: PortalUser) -> bool:
        return user.role is not None and "alarm_email" in FIELDS_OF_ROLE[user.role]

    def values(self, user: PortalUser) -> dict[str, Any]:
        return {"alarm_email": user.alarm_email}

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        form.populate_obj(user)
        return True
