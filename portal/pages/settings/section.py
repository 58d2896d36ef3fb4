"""A section of the page: one small form with a Save of its own."""

from dataclasses import replace
from typing import Any, ClassVar

from flask import abort
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from domain import own_account
from domain.models import PortalUser
from domain.user_details import UserDetails, UserError
from portal.database import database
from portal.forms import RecordForm
from portal.refusal_words import in_words


class SettingsForm(RecordForm):
    """The form of one section. The page's hidden token guards it, as every form (portal/app.py)."""

    class Meta:
        csrf = False

    shown_once: str | None = None
    """What was made by sending it, and is shown in the answer and never again."""

    def change(self, **asked: Any) -> bool:
        """Have the account changed; what the domain refuses stands at the field it is about."""
        try:
            own_account.change(database(), self.record, UserDetails(**asked))
        except UserError as error:
            for name, refusals in error.refusals.items():
                # Who else is a user here is nobody's business but the administrators'.
                self[name].errors = [in_words(replace(each, owner=gettext("Somebody else"))) for each in refusals]
            return False
        return True


class Section:
    """What a section adds: its words, its form, and what Save does."""

    key: ClassVar[str]
    """Its place on the page, and how the form says which section was sent."""
    title: ClassVar[LazyString]
    about: ClassVar[LazyString | None] = None
    button: ClassVar[LazyString] = lazy_gettext("Save")
    is_primary: ClassVar[bool] = True
    saved: ClassVar[LazyString] = lazy_gettext("Saved.")
    template: ClassVar[str] = "settings_section.html"
    place: ClassVar[str | None] = None
    """The section in which this one's button stands, if it has no place of its own."""
    form_class: ClassVar[type[SettingsForm]] = SettingsForm

    @property
    def anchor(self) -> str:
        return self.place or self.key

    def is_for(self, user: PortalUser) -> bool:
        """Whether this person has something to set here."""
        return True

    def values(self, user: PortalUser) -> dict[str, Any]:
        """What the form begins with."""
        return {}

    def prepare(self, user: PortalUser, form: SettingsForm) -> None:
        """Fill in what can be chosen."""

    def context(self, user: PortalUser) -> dict[str, Any]:
        """What its template shows besides the form."""
        return {}

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        """Do it; False if that is not possible, with the reason among the form's errors. The view commits."""
        abort(404)  # Of a section without a form nothing can be asked.

    def after(self, user: PortalUser, form: SettingsForm) -> None:
        """What follows from it, once it is committed."""

    def form(self, user: PortalUser, is_sent: bool) -> SettingsForm:
        """The form of this request; only the one that was sent reads what was sent."""
        sent = {} if is_sent else {"formdata": None}
        form = self.form_class(data=self.values(user), prefix=self.key, record=user, **sent)
        self.prepare(user, form)
        return form
