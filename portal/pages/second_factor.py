"""One's own second factor: set up with an app, confirmed by its first code, removed with the password."""

import segno
from flask import abort, flash, redirect, request, session, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from domain import clock, passwords, scope, second_factor
from domain.models import PortalUser, System
from domain.models.columns import LARGEST_KEY
from domain.secrets import UnreadableSecretError, decrypt, encrypt
from portal.database import database
from portal.pages.sign_in import OWN_PATH, CodeForm
from portal.security import end_other_sign_ins, verify_password
from portal.viewer import viewer

NEW_SECRET = "new_second_factor"  # noqa: S105 - where the session keeps, encrypted, the secret that is being set up
SECRET_GROUP = 4


class RemoveForm(FlaskForm):
    password = PasswordField(validators=[InputRequired()])


class SecondFactorView(BaseView):
    route_base = "/second_factor"
    default_view = "index"

    @expose("/", methods=["GET"])
    @has_access
    def index(self) -> tuple[str, int]:
        return self._set_up_page(CodeForm(), 200) if _user().totp_secret is None else self._page(RemoveForm(), 200)

    @expose("/set_up", methods=["POST"])
    @has_access
    def set_up(self) -> Response | tuple[str, int]:
        user, secret, form = _user(), _secret_being_set_up(), CodeForm()
        if secret is None:
            return redirect(url_for("SecondFactorView.index"))
        if not form.validate_on_submit():
            return self._set_up_page(form, 422)
        try:
            codes = second_factor.set_up(database(), user, secret, form.code.data, clock.now())
        except second_factor.AlreadySetUpError:
            session.pop(NEW_SECRET)
            return redirect(url_for("SecondFactorView.index"))
        except second_factor.WrongCodeError:
            form.code.errors = [gettext("This is not the code that the app shows now. Is the phone's clock right?")]
            return self._set_up_page(form, 422)
        session.pop(NEW_SECRET)
        # Whoever came in with the password alone comes again with a code.
        end_other_sign_ins(user)
        database().commit()
        return self.render_template("recovery_codes.html", codes=codes), 200

    @expose("/remove", methods=["POST"])
    @has_access
    def remove(self) -> Response | tuple[str, int]:
        user, form = _user(), RemoveForm()
        if not form.validate_on_submit() or not verify_password(user, form.password.data):
            flash(gettext("This is not your password."), "error")
            return self._page(form, 422)
        second_factor.remove(user)
        database().commit()
        flash(gettext("Your second factor was removed."), "success")
        return redirect(url_for("SettingsView.index"))

    @expose(f"/reset/<int(max={LARGEST_KEY}):user_id>", methods=["POST"])
    @has_access
    def reset(self, user_id: int) -> Response:
        """Take a lost second factor from another user; for administrators."""
        if user_id == current_user.id:  # One's own asks for the password.
            return redirect(url_for("SecondFactorView.index"))
        found = select(PortalUser).where(PortalUser.id == user_id, scope.visible(PortalUser, viewer()))
        user = database().scalar(found) or abort(404)
        second_factor.remove(user)
        passwords.end_sign_ins(user)
        database().commit()
        flash(gettext("The second factor of %(name)s was removed.", name=str(user)), "success")
        back = request.form.get("next", "")
        return redirect(back if OWN_PATH.fullmatch(back) else self.appbuilder.get_url_for_index)

    def _page(self, form: RemoveForm, status: int) -> tuple[str, int]:
        codes_left = len(_user().recovery_code_hashes)
        return self.render_template("second_factor.html", form=form, codes_left=codes_left), status

    def _set_up_page(self, form: CodeForm, status: int) -> tuple[str, int]:
        secret = _secret_being_set_up() or second_factor.new_secret()
        session[NEW_SECRET] = encrypt(secret)
        issuer = database().scalar(select(System.name)) or "Charge Portal"
        picture = segno.make(second_factor.address(secret, _user(), issuer), error="m")
        page = self.render_template(
            "second_factor_set_up.html",
            form=form,
            picture=picture.svg_data_uri(scale=4, light="#fff"),
            secret=" ".join(secret[i : i + SECRET_GROUP] for i in range(0, len(secret), SECRET_GROUP)),
            is_required=second_factor.is_missing(database(), _user()),
        )
        return page, status


def _user() -> PortalUser:
    """Whoever is signed in, and not Flask-Login's stand-in for them."""
    return current_user._get_current_object()


def _secret_being_set_up() -> str | None:
    """Kept in the session, so that a page that is loaded again shows the same picture."""
    try:
        return decrypt(session[NEW_SECRET]) if NEW_SECRET in session else None
    except UnreadableSecretError:
        return None
