"""Settings of the person: the name, the language, the time zone, mail about alarms."""

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask import session
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput

from config import get_settings
from domain.alarm_mail import outbox, readers
from domain.export_schedules import HOURS
from domain.models import AlarmMailState, PortalUser
from portal.alarm_words import KINDS
from portal.database import database
from portal.forms import NEEDED, stripped
from portal.language import CHOSEN, LANGUAGES
from portal.mail import sending
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


def hours() -> list[SelectChoice]:
    return [SelectChoice(str(hour), f"{hour:02}:00") for hour in range(HOURS)]


class AlarmForm(SettingsForm):
    alarm_email = BooleanField(lazy_gettext("E-mail on alarm"))
    alarm_digest_hour = SelectField(
        lazy_gettext("Each day at"),
        coerce=int,
        choices=hours(),
        description=lazy_gettext("On your clock, if an alarm is active then."),
    )
    alarms_at_once = SelectMultipleField(
        lazy_gettext("At once as well, when one of these is raised"),
        option_widget=CheckboxInput(),
        description=lazy_gettext("What is raised together comes in one e-mail."),
    )


class AlarmSection(Section):
    key = "alarms"
    title = lazy_gettext("E-mail on alarm")
    about = lazy_gettext(
        "An e-mail to you once a day while alarms are active, in the language that is chosen above; else in English."
    )
    form_class = AlarmForm

    def is_for(self, user: PortalUser) -> bool:
        return readers.may_want(user)

    def prepare(self, user: PortalUser, form: SettingsForm) -> None:
        form.alarms_at_once.choices = [SelectChoice(kind.value, KINDS[kind]) for kind in readers.kinds_for(user)]

    def values(self, user: PortalUser) -> dict[str, Any]:
        return {name: getattr(user, name) for name in ("alarm_email", "alarm_digest_hour", "alarms_at_once")}

    def context(self, user: PortalUser) -> dict[str, Any]:
        """What stands in the way of them."""
        notes = [] if sending.can_send() else [gettext("This installation sends no e-mails: it has no mail server.")]
        latest = outbox.latest_settled(database(), user.id)
        if latest is not None and latest.state is AlarmMailState.GIVEN_UP:
            notes.append(gettext("The last e-mail was not delivered: %(reason)s", reason=latest.error or ""))
        return {"notes": notes}

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        form.populate_obj(user)
        return True
