"""Signing in by e-mail and, where there is a second factor, by code; and out."""

import re
from datetime import timedelta

from flask import current_app, flash, redirect, request, session, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.views import AuthDBView
from flask_babel import gettext, lazy_gettext
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

from domain import clock, second_factor
from domain.models import PortalUser, System
from portal.database import database
from portal.language import CHOSEN
from portal.limits import CODE_STEP
from portal.roles import may_sign_in

OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")
"""A path on this host; browsers read a backslash as a slash, and two slashes as another host."""
TIME_FOR_CODE = timedelta(minutes=10)


class SignInForm(FlaskForm):
    """The e-mail goes by Flask-AppBuilder's name for it, which the API uses too."""

    username = StringField(lazy_gettext("E-mail"), [InputRequired(lazy_gettext("Enter your e-mail."))])
    password = PasswordField(lazy_gettext("Password"), [InputRequired(lazy_gettext("Enter your password."))])
    remember = BooleanField(lazy_gettext("Stay signed in on this computer"))


class CodeForm(FlaskForm):
    code = StringField(lazy_gettext("Code"), [InputRequired(lazy_gettext("Enter the code."))])


class SignInView(AuthDBView):
    """Never tells whether an account exists: a wrong e-mail and a wrong password get the same answer."""

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Response | tuple[str, int]:
        if current_user.is_authenticated:
            return redirect(self._next())
        form = SignInForm()
        if not form.validate_on_submit():
            return self._page(form, 422 if form.is_submitted() else 200)
        user = self.appbuilder.sm.check_password(form.username.data, form.password.data)
        if user is None:
            flash(gettext("This e-mail and password do not belong together."), "error")
            return self._page(form, 401)
        if not may_sign_in(user):
            self.appbuilder.sm.sign_in_failed(user.username)
            flash(gettext("Your account has no role yet. An administrator can give it one."), "error")
            return self._page(form, 403)
        if user.totp_secret is not None:
            return self._ask_for_code(user, form.remember.data)
        return self._let_in(user, form.remember.data)

    @expose("/login/code", methods=["GET", "POST"])
    def code(self) -> Response | tuple[str, int]:
        """The second step, for those whose password was right."""
        if current_user.is_authenticated:
            return redirect(self._next())
        step = session.get(CODE_STEP)
        user = self._who_may_give_code(step)
        if step is None or user is None:
            session.pop(CODE_STEP, None)
            return redirect(url_for("SignInView.login", next=request.args.get("next")))
        form = CodeForm()
        if not form.validate_on_submit():
            return self.render_template("sign_in_code.html", form=form), 422 if form.is_submitted() else 200
        if second_factor.accepts(database(), user, form.code.data, clock.now()):
            return self._let_in(user, step["remember"])
        self.appbuilder.sm.sign_in_failed(user.username)
        flash(gettext("This code is not right, or it was used already."), "error")
        return self.render_template("sign_in_code.html", form=form), 401

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        if current_user.is_authenticated:
            self.appbuilder.sm.signed_out(current_user._get_current_object())
        session.clear()
        logout_user()  # Last, since by the session it has the cookie that remembers deleted.
        return redirect(self.appbuilder.get_url_for_login)

    def _ask_for_code(self, user: PortalUser, remember: bool) -> Response:
        """Keep, signed and for a few minutes, that the password was right; nobody is signed in by that."""
        _forget_session()
        session[CODE_STEP] = {
            "identity": user.get_id(),
            "account": user.username,
            "remember": remember,
            "until": (clock.now() + TIME_FOR_CODE).timestamp(),
        }
        return redirect(url_for("SignInView.code", next=request.args.get("next")))

    def _who_may_give_code(self, step: dict | None) -> PortalUser | None:
        if step is None or step["until"] < clock.now().timestamp():
            return None
        return self.appbuilder.sm.load_user(step["identity"])

    def _let_in(self, user: PortalUser, remember: bool) -> Response:
        _forget_session()
        session.permanent = True
        login_user(user, remember=remember)
        self.appbuilder.sm.signed_in(user)
        return redirect(self._next())

    def _next(self) -> str:
        going_to = request.args.get("next", "")
        return going_to if OWN_PATH.fullmatch(going_to) else self.appbuilder.get_url_for_index

    def _page(self, form: SignInForm, status: int) -> tuple[str, int]:
        system_name = database().scalar(select(System.name)) or current_app.config["APP_NAME"]
        return self.render_template("sign_in.html", form=form, system_name=system_name), status


def _forget_session() -> None:
    """Nothing that was put into the cookie before lives on after it but the language (session fixation)."""
    chosen_language = session.get(CHOSEN)
    session.clear()
    if chosen_language:
        session[CHOSEN] = chosen_language
