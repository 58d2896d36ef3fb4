"""The dashboard, and each of its panes alone: what the page fetches again and again."""

import logging
from dataclasses import dataclass

from flask import abort
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_login import current_user
from sqlalchemy import select

from domain.models import Station
from domain.scope import visible
from portal.database import database
from portal.pages.dashboard.pane import Pane
from portal.pages.dashboard.registry import BY_NAME, chosen_panes
from portal.viewer import viewer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """A pane as it stands on the page."""

    pane: Pane
    html: str
    has_failed: bool


class DashboardView(BaseView):
    route_base = ""
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        panes = chosen_panes(current_user, _has_stations())
        return self.render_template("dashboard.html", panes=[self._show(pane) for pane in panes])

    @expose("/dashboard/pane/<string:name>")
    @has_access
    def pane(self, name: str) -> tuple[str, int]:
        """One pane, whether it was chosen or not: of a kind that this person may have."""
        pane = BY_NAME.get(name)
        if pane is None or viewer().role not in pane.roles:
            abort(404)
        shown = self._show(pane)
        return shown.html, 500 if shown.has_failed else 200

    def _show(self, pane: Pane) -> Shown:
        """A pane that fails says so in its own place; the others do not suffer."""
        try:
            figures = pane.read(database(), viewer())
            return Shown(pane, self.render_template(pane.template, pane=pane, figures=figures), has_failed=False)
        except Exception:
            log.exception("Pane %s failed", pane.name)
            database().rollback()  # Else the next pane's queries would be refused.
            return Shown(pane, self.render_template("panes/failed.html", pane=pane), has_failed=True)


def _has_stations() -> bool:
    station = select(Station.id).where(visible(Station, viewer())).limit(1)
    return database().scalar(station) is not None
