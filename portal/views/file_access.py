"""With what a station fetches and leaves files: shown to whoever may configure it, on demand, and renewed."""

from flask import abort, flash, redirect, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from domain import audit, file_access, file_orders
from domain.audit import AuditAction
from domain.file_paths import Folder
from domain.models import Station
from domain.models.columns import LARGEST_KEY
from portal import node
from portal.database import database
from portal.record import Fact
from portal.viewer import scoped


class FileAccessView(BaseView):
    """The portal gives a station what it needs with each command; by hand it is needed for tests and old stations."""

    route_base = "/file_access"
    default_view = "index"
    base_permissions = ["can_edit"]

    @expose(f"/<int(max={LARGEST_KEY}):pk>", methods=["GET"])
    @has_access
    @permission_name("edit")
    def index(self, pk: int) -> str:
        return self._page(_station(pk))

    @expose(f"/<int(max={LARGEST_KEY}):pk>/show", methods=["POST"])
    @has_access
    @permission_name("edit")
    def show(self, pk: int) -> str:
        station = _station(pk)
        audit.record(database(), AuditAction.SHOWN, "station", station.id, after={"secret": "file_access"})
        database().commit()
        return self._page(station, file_access.password(station.id, station.file_key_number))

    @expose(f"/<int(max={LARGEST_KEY}):pk>/renew", methods=["POST"])
    @has_access
    @permission_name("edit")
    def renew(self, pk: int) -> Response:
        station = _station(pk)
        file_access.renew(station)
        database().commit()
        flash(
            gettext("%(name)s has a new password for files; the old one opens nothing.", name=station.name), "success"
        )
        return redirect(url_for("FileAccessView.index", pk=station.id))

    def _page(self, station: Station, password: str | None = None) -> str:
        facts = [Fact(gettext("User name"), file_access.user_name(station.id), copies=True)]
        if password is not None:
            facts.append(Fact(gettext("Password"), password, copies=True))
        for scheme, address in file_orders.spoken().items():
            label = gettext("Uploads over %(protocol)s", protocol=scheme.upper())
            facts.append(Fact(label, f"{address}/{Folder.UPLOADS}/", copies=True))
        page: str = self.render_template(
            "file_access.html",
            station=station,
            facts=facts,
            is_shown=password is not None,
            back=url_for("StationFileView.list", node=node.key_of(station)),
        )
        return page


def _station(pk: int) -> Station:
    """The station, if this user may see it; it is the selected node from here on."""
    station = database().scalar(scoped(select(Station).where(Station.id == pk), Station)) or abort(404)
    node.select(station)
    return station
