"""The form of a user: just the fields of the role. What is wrong with them is for the domain to say."""

import re
from typing import Any

from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput

from domain.models import Site
from domain.roles import RoleName
from domain.user_details import FIELDS_OF_ROLE, OF_SOME_ROLE, Reason, UserDetails, UserError
from portal.database import database
from portal.forms import RecordForm
from portal.refusal_words import in_words
from portal.role_words import role_word

BETWEEN_TAGS = re.compile(r"[,;\n]")


class TagsField(StringField):
    """Several tags, written with commas between them."""

    def _value(self) -> str:
        return ", ".join(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        written = BETWEEN_TAGS.split(",".join(valuelist))
        self.data = [tag.strip() for tag in written if tag.strip()]


class UserForm(RecordForm):
    """For one role; the fields of others are not there."""

    first_name = StringField(lazy_gettext("First name"), render_kw={"autocomplete": "off"})
    last_name = StringField(lazy_gettext("Last name"), render_kw={"autocomplete": "off"})
    email = StringField(lazy_gettext("E-mail"), render_kw={"type": "email", "autocomplete": "off"})
    password = PasswordField(lazy_gettext("Password"), render_kw={"autocomplete": "new-password"})
    sites = SelectMultipleField(lazy_gettext("Sites"), coerce=int, option_widget=CheckboxInput())
    alarm_email = BooleanField(lazy_gettext("E-mail on alarm"))
    id_tokens = TagsField(
        lazy_gettext("RFID tags"),
        description=lazy_gettext("Decimal is preferred. A hexadecimal tag such as DE AD BE EF becomes 3735928559."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def __init__(self, *args: Any, role: RoleName, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = role
        for name in OF_SOME_ROLE - FIELDS_OF_ROLE[role]:
            del self[name]
        for name in ("first_name", "last_name", "email"):
            self[name].flags.required = True
        if self.record is None:
            self.password.flags.required = True
        if "sites" in self:
            names = select(Site.id, Site.name).order_by(Site.name)
            self.sites.choices = [(pk, name) for pk, name in database().execute(names)]

    def beside(self) -> dict[str, tuple[str, str]]:
        role = self.record.role if self.record else None
        return {"roles": (gettext("Role"), role_word(role) if role else "")}

    def details(self) -> UserDetails:
        """What is asked; an empty password keeps the one there is."""
        asked = {name: self[name].data for name in (*NAMES, *FIELDS_OF_ROLE[self.role])}
        return UserDetails(role=self.role, password=self.password.data or None, **asked)

    def refuse(self, error: UserError) -> list[str]:
        """Say each reason at its field; returns those that belong to none."""
        rest = []
        for name, refusals in error.refusals.items():
            words = [in_words(refusal) for refusal in refusals]
            if name == "sites" and refusals[0].reason is Reason.NEEDED:
                words = [gettext("Choose one or several.")]
            if name in self:
                self[name].errors = [" ".join(words)]
            else:
                rest += words
        return rest


NAMES = ("first_name", "last_name", "email")
