"""A new password for somebody who forgot theirs: by a link that an e-mail brings.

The page asks and answers without looking anything up, so that neither words nor time tell who has an account; a job
does the rest (portal/jobs.py).
"""

from flask import flash, redirect, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp, ValidationError

from domain import clock, password_resets, passwords
from domain.queue import enqueue
from portal.database import database
from portal.frame import language
from portal.jobs import TRY_MAIL_AGAIN_AFTER_SECONDS
from portal.limits import normal_account
from portal.mail import sending
from portal.messages import password_fault

LONGEST_EMAIL = 320


class ForgottenPasswordForm(FlaskForm):
    email = StringField(
        lazy_gettext("E-mail"),
        [
            InputRequired(lazy_gettext("Enter your e-mail.")),
            Length(max=LONGEST_EMAIL, message=lazy_gettext("At most %(max)d characters.")),
            Regexp(r"\s*[^@\s\x00]+@[^@\s\x00]+\s*$", message=lazy_gettext("This is not an e-mail address.")),
        ],
    )


class NewPasswordForm(FlaskForm):
    password = PasswordField(lazy_gettext("New password"), [InputRequired(lazy_gettext("Enter a password."))])
    repeated = PasswordField(
        lazy_gettext("The same again"),
        [EqualTo("password", lazy_gettext("The two passwords are not the same."))],
    )

    def validate_password(self, field: Field) -> None:
        if fault := passwords.fault(field.data):
            raise ValidationError(password_fault(fault))


class ForgottenPasswordView(BaseView):
    route_base = ""
    default_view = "forgot"

    @expose("/forgot", methods=["GET", "POST"])
    def forgot(self) -> tuple[str, int]:
        if not sending.can_send():
            return self.render_template("forgotten_password_no_mail.html"), 200
        form = ForgottenPasswordForm()
        if not form.validate_on_submit():
            return self.render_template("forgotten_password.html", form=form), 422 if form.is_submitted() else 200
        enqueue(
            "portal.jobs.send_password_reset",
            normal_account(form.email.data),
            language(),
            retry_after_seconds=TRY_MAIL_AGAIN_AFTER_SECONDS,
        )
        return self.render_template("forgotten_password_sent.html", email=normal_account(form.email.data)), 200

    @expose("/reset/<string:secret>", methods=["GET", "POST"])
    def reset(self, secret: str) -> Response | tuple[str, int]:
        """Looked at, a link stays open (mail programs look at links before people do); used, it is gone."""
        link = password_resets.find(database(), secret, clock.now())
        if link is None:
            return self._too_late()
        form = NewPasswordForm()
        if not form.validate_on_submit():
            page = self.render_template("new_password.html", form=form, email=link.user.email)
            return page, 422 if form.is_submitted() else 200
        user = password_resets.use(database(), secret, form.password.data, clock.now())
        if user is None:  # Somebody else used it a moment ago.
            return self._too_late()
        database().commit()
        flash(gettext("Your password was changed. Sign in with the new one."), "success")
        return redirect(url_for("SignInView.login"))

    def _too_late(self) -> tuple[str, int]:
        return self.render_template("password_link_closed.html"), 410
