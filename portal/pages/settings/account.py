"""Settings of the account: the e-mail and the password that open it, and the sign-ins that are open."""

from typing import Any, Literal

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, EmailField, Field, PasswordField
from wtforms.validators import EqualTo, StopValidation

from domain import api_keys, second_factor
from domain.models import PortalUser
from domain.queue import enqueue
from portal.database import database
from portal.forms import NEEDED
from portal.frame import language
from portal.jobs import TRY_MAIL_AGAIN_AFTER_SECONDS
from portal.mail import sending
from portal.pages.settings.section import Section, SettingsForm
from portal.security import end_other_sign_ins, stay_signed_in, verify_password

What = Literal["email", "password"]


def is_own_password(form: SettingsForm, field: Field) -> None:
    """Counted like a sign-in, so only asked once everything else is right."""
    if any(other.errors for other in form if other is not field):
        raise StopValidation
    if not verify_password(form.record, field.data):
        raise StopValidation(gettext("This is not your password."))


def current_password() -> PasswordField:
    """Stands last in its form, since it looks at the errors of the fields before it."""
    words = {"autocomplete": "current-password"}
    return PasswordField(lazy_gettext("Current password"), [NEEDED, is_own_password], render_kw=words)


def notify(user: PortalUser, to: str, what: What) -> None:
    """Tell the owner, who perhaps did not do it, if this installation sends e-mails."""
    if sending.can_send():
        arguments = (user.id, to, what, language())
        enqueue("portal.jobs.send_account_changed", *arguments, retry_after_seconds=TRY_MAIL_AGAIN_AFTER_SECONDS)


class EmailForm(SettingsForm):
    email = EmailField(lazy_gettext("E-mail"), [NEEDED], render_kw={"autocomplete": "email"})
    current_password = current_password()


class EmailSection(Section):
    key = "email"
    title = lazy_gettext("E-mail")
    about = lazy_gettext("Your e-mail is your user name. After a change you are signed out everywhere but here.")
    form_class = EmailForm

    def values(self, user: PortalUser) -> dict[str, Any]:
        return {"email": user.email}

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        return form.change(email=form.email.data)

    def after(self, user: PortalUser, form: SettingsForm) -> None:
        before = form.email.object_data
        if user.email != before:
            stay_signed_in(user)
            notify(user, before, "email")


class PasswordForm(SettingsForm):
    password = PasswordField(lazy_gettext("New password"), [NEEDED], render_kw={"autocomplete": "new-password"})
    repeated = PasswordField(
        lazy_gettext("The same again"),
        [EqualTo("password", lazy_gettext("The two passwords are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )
    revoke = BooleanField(lazy_gettext("Revoke all my API keys too"))
    current_password = current_password()


class PasswordSection(Section):
    key = "password"
    title = lazy_gettext("Password")
    saved = lazy_gettext("Saved. You are signed out everywhere but here.")
    template = "settings_password.html"
    form_class = PasswordForm

    def prepare(self, user: PortalUser, form: SettingsForm) -> None:
        if not api_keys.keys_of(database(), user.id):
            del form.revoke

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        if not form.change(password=form.password.data):
            return False
        if "revoke" in form and form.revoke.data:
            api_keys.revoke_all(database(), user.id)
        return True

    def after(self, user: PortalUser, form: SettingsForm) -> None:
        stay_signed_in(user)
        notify(user, user.email, "password")


class SecondFactorSection(Section):
    """Only says how it stands; what can be done is on a page of its own (portal/pages/second_factor.py)."""

    key = "second-factor"
    title = lazy_gettext("Second factor")
    template = "settings_second_factor.html"

    def context(self, user: PortalUser) -> dict[str, Any]:
        return {
            "is_on": user.totp_secret is not None,
            "is_required": second_factor.is_required(database(), user),
            "codes_left": len(user.recovery_code_hashes),
        }


class SignInsSection(Section):
    key = "sign-ins"
    title = lazy_gettext("Sign-ins")
    about = lazy_gettext("Ends your sign-ins in all other browsers and programs. API keys stay.")
    button = lazy_gettext("Sign out everywhere else")
    is_primary = False
    saved = lazy_gettext("You are signed out everywhere but here.")

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        end_other_sign_ins(user)
        return True
