"""Settings of personal API keys: make one, see them all, revoke them."""

import re
from datetime import timedelta
from typing import Any

from flask import abort
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from domain import api_keys
from domain.clock import now
from domain.models import PersonalApiKey, PortalUser
from portal.database import database
from portal.forms import text
from portal.pages.settings.section import Section, SettingsForm

ALL = "all"
READ_ONLY = "read"
WRITTEN_ID = re.compile(r"[0-9]{1,9}")
"""A number that the database surely takes."""


class KeyForm(SettingsForm):
    name = text(
        lazy_gettext("Name"),
        PersonalApiKey.name.type.length,
        required=True,
        description=lazy_gettext("What the key is for, such as the program that uses it."),
        render_kw={"autocomplete": "off"},
    )
    days = SelectField(
        lazy_gettext("Expires"),
        choices=[
            SelectChoice("30", lazy_gettext("in 30 days")),
            SelectChoice("90", lazy_gettext("in 90 days")),
            SelectChoice("365", lazy_gettext("in a year")),
            SelectChoice("", lazy_gettext("never")),
        ],
        default="365",
    )
    rights = SelectField(
        lazy_gettext("Rights"),
        choices=[
            SelectChoice(READ_ONLY, lazy_gettext("read only (recommended)")),
            SelectChoice(ALL, lazy_gettext("read and change")),
        ],
        default=READ_ONLY,
        description=lazy_gettext("A program that only fetches data needs no more than to read."),
    )


class KeysSection(Section):
    key = "api-keys"
    title = lazy_gettext("API keys")
    button = lazy_gettext("Create a key")
    template = "settings_keys.html"
    form_class = KeyForm

    def context(self, user: PortalUser) -> dict[str, Any]:
        return {"keys": api_keys.keys_of(database(), user.id), "now": now()}

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        days = form.days.data
        expires_at = now() + timedelta(days=int(days)) if days else None
        is_read_only = form.rights.data == READ_ONLY
        try:
            form.shown_once = api_keys.make(database(), user.id, form.name.data, expires_at, is_read_only=is_read_only)
        except api_keys.KeyNameTakenError:
            form.name.errors = [gettext("You have a key of this name already.")]
        except api_keys.TooManyKeysError:
            form.name.errors = [
                gettext("You have %(number)s keys, more are not possible. Revoke one first.", number=api_keys.MOST_KEYS)
            ]
        return form.shown_once is not None


class RevokeForm(SettingsForm):
    key = StringField()


class RevokeSection(Section):
    """One key of one's own, or all of them."""

    key = "revoke"
    place = "api-keys"
    saved = lazy_gettext("Revoked.")
    form_class = RevokeForm

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        wanted = form.key.data or ""
        if wanted == ALL:
            api_keys.revoke_all(database(), user.id)
        elif not (WRITTEN_ID.fullmatch(wanted) and api_keys.revoke(database(), user.id, int(wanted))):
            abort(404)
        return True
