"""The password of a station: set, made up and shown once, taken away."""

from typing import Any

from flask import abort, flash, redirect, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import ValidationError

from config import get_settings
from domain import station_passwords
from domain.models import Station
from domain.models.columns import LARGEST_KEY
from domain.station_passwords import LONGEST, SHORTEST, PasswordError, PasswordFault
from portal import node
from portal.database import database
from portal.forms import NEEDED
from portal.record import Fact, Page
from portal.viewer import scoped

FAULTS = {
    PasswordFault.TOO_SHORT: lazy_gettext(
        "A station's password has at least %(shortest)s characters.", shortest=SHORTEST
    ),
    PasswordFault.TOO_LONG: lazy_gettext("A station's password has at most %(longest)s characters.", longest=LONGEST),
    PasswordFault.UNWRITABLE: lazy_gettext(
        "A station's password contains letters without accents, digits and signs, and no blanks."
    ),
}


class PasswordForm(FlaskForm):
    password = StringField(
        lazy_gettext("Password"),
        [NEEDED],
        description=lazy_gettext(
            "The same as in the station itself, where it may be called AuthorizationKey: %(shortest)s to %(longest)s"
            " characters.",
            shortest=SHORTEST,
            longest=LONGEST,
        ),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def validate_password(self, field: StringField) -> None:
        try:
            station_passwords.check(field.data or "")
        except PasswordError as error:
            raise ValidationError(str(FAULTS[error.fault])) from None


class StationPasswordView(BaseView):
    """Whoever may edit a station may change its password; nobody reads it again."""

    route_base = "/station_password"
    default_view = "index"
    base_permissions = ["can_edit"]

    @expose(f"/<int(max={LARGEST_KEY}):pk>", methods=["GET"])
    @has_access
    @permission_name("edit")
    def index(self, pk: int) -> Page:
        return self._page(_station(pk), PasswordForm())

    @expose(f"/<int(max={LARGEST_KEY}):pk>/set", methods=["POST"])
    @has_access
    @permission_name("edit")
    def set(self, pk: int) -> Page:
        station, form = _station(pk), PasswordForm()
        if not form.validate_on_submit():
            return self._page(station, form), 422
        return _keep(station, form.password.data, gettext("%(name)s signs in with the new password from now on."))

    @expose(f"/<int(max={LARGEST_KEY}):pk>/make", methods=["POST"])
    @has_access
    @permission_name("edit")
    def make(self, pk: int) -> Page:
        station, password = _station(pk), station_passwords.new_password()
        station_passwords.set_password(database(), station, password)
        database().commit()
        return self._page(station, PasswordForm(formdata=None), shown_once=password)

    @expose(f"/<int(max={LARGEST_KEY}):pk>/remove", methods=["POST"])
    @has_access
    @permission_name("edit")
    def remove(self, pk: int) -> Response:
        return _keep(_station(pk), None, gettext("%(name)s has no password any more."))

    def _page(self, station: Station, form: PasswordForm, shown_once: str | None = None) -> str:
        page: str = self.render_template(
            "station_password.html",
            station=station,
            form=form,
            shown_once=shown_once,
            facts=[
                Fact(gettext("User name"), station.charge_box_id, copies=True),
                Fact(gettext("Password"), state_in_words(station)),
                Fact(gettext("Password required"), required_in_words(station)),
            ],
            back=url_for("StationView.show", pk=station.id, node=node.key_of(station)),
        )
        return page


def state_in_words(station: Station) -> str:
    return gettext("set") if station.has_password else gettext("none")


def required_in_words(station: Station) -> str:
    """Whether the station must come with its password, and whether that is said here or for all."""
    if station.password_required is None:
        return gettext("%(word)s (as the installation)", word=_yes_or_no(get_settings().station_passwords_required))
    return _yes_or_no(station.password_required)


def required_choices() -> list[tuple[str, str]]:
    """How a form asks for it."""
    word = _yes_or_no(get_settings().station_passwords_required)
    return [
        ("", gettext("%(word)s (as the installation)", word=word)),
        ("yes", gettext("yes")),
        ("no", gettext("no")),
    ]


def required_of(written: Any) -> bool | None:
    """What a form's choice means; the record's own value stays what it is."""
    return written if written is None or isinstance(written, bool) else {"yes": True, "no": False}.get(written)


def _yes_or_no(value: bool) -> str:
    return gettext("yes") if value else gettext("no")


def _station(pk: int) -> Station:
    """The station, if this user may see it; it is the selected node from here on."""
    station = database().scalar(scoped(select(Station).where(Station.id == pk), Station)) or abort(404)
    node.select(station)
    return station


def _keep(station: Station, password: str | None, said: str) -> Response:
    station_passwords.set_password(database(), station, password)
    database().commit()
    flash(said % {"name": station.name}, "success")
    return redirect(url_for("StationPasswordView.index", pk=station.id))
