"""The page: its sections in order, and the one address to which their forms are sent.

It is always about whoever is signed in; no address names a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import abort, redirect, request, session, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_login import current_user
from werkzeug.wrappers import Response

from domain.models import PortalUser
from portal.database import database
from portal.pages.settings.account import EmailSection, PasswordSection, SecondFactorSection, SignInsSection
from portal.pages.settings.dashboard import DashboardSection, UsualPanesSection
from portal.pages.settings.keys import KeysSection, RevokeSection
from portal.pages.settings.person import AlarmSection, NameSection, RegionSection
from portal.pages.settings.section import Section, SettingsForm

SECTIONS: tuple[Section, ...] = (
    NameSection(),
    RegionSection(),
    DashboardSection(),
    UsualPanesSection(),
    AlarmSection(),
    EmailSection(),
    PasswordSection(),
    SecondFactorSection(),
    SignInsSection(),
    KeysSection(),
    RevokeSection(),
)
SAVED = "saved_settings"
"""Where the browser's session keeps which section was just saved, until the next page says so."""
NONE_SENT: Mapping[str, SettingsForm] = MappingProxyType({})


@dataclass(frozen=True)
class Shown:
    """A section as it stands on the page."""

    section: Section
    form: SettingsForm
    context: dict[str, Any]


class SettingsView(BaseView):
    route_base = "/settings"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def index(self) -> str | Response | tuple[str, int]:
        user = database().get_one(PortalUser, current_user.id)
        offered = {section.key: section for section in SECTIONS if section.is_for(user)}
        if request.method == "GET":
            return self._page(user, offered)
        section = offered.get(request.form.get("section", "")) or abort(404)
        form = section.form(user, is_sent=True)
        if not (form.validate() and section.save(user, form)):
            database().rollback()
            return self._page(user, offered, {section.key: form}), 422
        database().commit()
        section.after(user, form)
        if form.shown_once:
            return self._page(user, offered, shown_once=form.shown_once)
        session[SAVED] = section.key
        return redirect(url_for("SettingsView.index", _anchor=section.anchor))

    def _page(
        self,
        user: PortalUser,
        offered: Mapping[str, Section],
        sent: Mapping[str, SettingsForm] = NONE_SENT,
        shown_once: str | None = None,
    ) -> str:
        shown = [
            Shown(section, sent.get(key) or section.form(user, is_sent=False), section.context(user))
            for key, section in offered.items()
            if section.place is None
        ]
        saved = offered.get(session.pop(SAVED, ""))
        return self.render_template("settings.html", shown=shown, saved=saved, shown_once=shown_once)
