"""Signing in by e-mail, and out."""

import re

from flask import current_app, flash, redirect, request, session
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.views import AuthDBView
from flask_babel import gettext, lazy_gettext
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

from domain.models import System
from portal.node import database
from portal.roles import may_sign_in

OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")
"""A path on this host; browsers read a backslash as a slash, and two slashes as another host."""


class SignInForm(FlaskForm):
    """The e-mail goes by Flask-AppBuilder's name for it, which the API uses too."""

    username = StringField(lazy_gettext("E-mail"), [InputRequired(lazy_gettext("Enter your e-mail."))])
    password = PasswordField(lazy_gettext("Password"), [InputRequired(lazy_gettext("Enter your password."))])
    remember = BooleanField(lazy_gettext("Stay signed in on this computer"))


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
            role = ", ".join(role.name for role in user.roles)
            flash(gettext("Your role, %(role)s, cannot sign in yet. Only administrators can.", role=role), "error")
            return self._page(form, 403)
        return self._let_in(user, form.remember.data)

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        logout_user()
        session.clear()
        return redirect(self.appbuilder.get_url_for_login)

    def _let_in(self, user: object, remember: bool) -> Response:
        chosen_language = session.get("locale")
        session.clear()  # Nothing that was put into the cookie before the sign-in lives on after it.
        if chosen_language:
            session["locale"] = chosen_language
        session.permanent = True
        login_user(user, remember=remember)
        return redirect(self._next())

    def _next(self) -> str:
        going_to = request.args.get("next", "")
        return going_to if OWN_PATH.fullmatch(going_to) else self.appbuilder.get_url_for_index

    def _page(self, form: SignInForm, status: int) -> tuple[str, int]:
        system_name = database().scalar(select(System.name)) or current_app.config["APP_NAME"]
        return self.render_template("sign_in.html", form=form, system_name=system_name), status
