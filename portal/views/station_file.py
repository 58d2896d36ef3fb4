"""Files that stations uploaded, such as logs."""

import re
from typing import Any

from flask import Response, abort, send_file, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext, lazy_gettext, ngettext
from markupsafe import Markup
from sqlalchemy import Select, select

from config import get_settings
from domain import clock, retention, station_files
from domain.models import FileState, Floor, Kept, Outlet, Site, Station, StationFile
from domain.models.columns import LARGEST_BIG_KEY
from domain.nodes import Node
from domain.station_files import MEGABYTE, UploadFault
from portal.chips import chip
from portal.database import database
from portal.formats import number
from portal.node import node_url, selected
from portal.table import Action, Row, TableView
from portal.table.columns import Choice, Date, Number, Text

STATES = {
    FileState.RECEIVING.value: lazy_gettext("Receiving"),
    FileState.COMPLETE.value: lazy_gettext("Complete"),
    FileState.FAILED.value: lazy_gettext("Failed"),
}
SIGNS = {
    FileState.RECEIVING.value: ("↗", "charging"),
    FileState.COMPLETE.value: ("✓", "ok"),
    FileState.FAILED.value: ("✕", "fault"),
}
FAULTS = {
    UploadFault.TOO_LARGE.value: lazy_gettext("The file is too large"),
    UploadFault.OVER_QUOTA.value: lazy_gettext("The station's space is full"),
    UploadFault.TOO_MANY_AT_ONCE.value: lazy_gettext("Too many files at once"),
    UploadFault.TOO_MANY.value: lazy_gettext("Too many files on one day"),
    UploadFault.BROKEN_OFF.value: lazy_gettext("The line or the station ended too early"),
    UploadFault.STALLED.value: lazy_gettext("Nothing came for a minute"),
    UploadFault.NOT_KEPT.value: lazy_gettext("The portal could not keep it"),
    UploadFault.ABANDONED.value: lazy_gettext("The portal was restarted meanwhile"),
}
SHOWN_DIGITS = 12
NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def _state(row: Row) -> Markup:
    return chip(SIGNS[row["state"]], STATES[row["state"]])


def _name(row: Row) -> str | Markup:
    if row["state"] != FileState.COMPLETE:
        return str(row["name"])
    url = node_url("StationFileView.file", pk=row["key"])
    return Markup('<a href="{}" download>{}</a>').format(url, row["name"])


def _sha256(row: Row) -> str | Markup:
    """The beginning is enough to tell two apart; the whole is in the hint, the filter and the export."""
    if row["sha256"] is None:
        return ""
    return Markup('<code title="{}">{}…</code>').format(row["sha256"], row["sha256"][:SHOWN_DIGITS])


def _command(row: Row) -> str | Markup:
    if row["command"] is None:
        return ""
    url = url_for("CommandView.show", pk=row["command"])
    return Markup('<a href="{}">{}</a>').format(url, row["command"])


class StationFileView(TableView):
    """Those of the selected node, the latest first."""

    datamodel = SQLAInterface(StationFile)
    route_base = "/station_files"
    base_permissions = ["can_list", "can_export"]
    include_route_methods = {"list", "export", "file"}
    list_title = lazy_gettext("Files")
    list_template = "station_files.html"
    default_sort = "-started_at"
    filter_column = "name"
    nothing_yet = lazy_gettext("No station here has uploaded a file yet. Ask one for its diagnostics under Control.")
    columns = (
        Text("name", lazy_gettext("Name"), StationFile.name, render=_name, sortable=False, width=40),
        Choice("state", lazy_gettext("State"), StationFile.state, STATES, render=_state, sortable=False),
        Number("size", lazy_gettext("Size"), StationFile.size_bytes, unit="kB", scale=1000, decimals=1, sortable=False),
        Date("started_at", lazy_gettext("Time"), StationFile.started_at),
        Number("command", lazy_gettext("Command"), StationFile.command_id, render=_command, sortable=False),
        Choice("reason", lazy_gettext("Reason"), StationFile.reason, FAULTS, sortable=False),
        Text("sha256", lazy_gettext("SHA-256"), StationFile.sha256, render=_sha256, sortable=False, width=66),
        Text("station", lazy_gettext("Station"), Station.name, sortable=False),
        Text("via", lazy_gettext("Via"), StationFile.via, sortable=False, default=False),
        Date("changed_at", lazy_gettext("Last change"), StationFile.changed_at, sortable=False, default=False),
    )
    extras = {"station_id": StationFile.station_id}

    def _init_forms(self) -> None:
        """There are none: a file is what a station sent."""

    @property
    def key(self) -> Any:
        return StationFile.id

    def base(self) -> Select[Any]:
        return select(self.key).join(Station, Station.id == StationFile.station_id)

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        match node:
            case Site():
                return statement.where(Station.site_id == node.id)
            case Floor():
                return statement.where(Station.floor_id == node.id)
            case Station():
                return statement.where(StationFile.station_id == node.id)
            case Outlet():
                return statement.where(StationFile.station_id == node.station_id)
            case _:
                return statement

    def row_actions(self, row: Row) -> list[Action]:
        actions = []
        if row.get("state") == FileState.COMPLETE:
            actions.append(Action(gettext("Download"), self.link_to("file", row)))
        return [*actions, Action(gettext("Access of the station"), access_url(row["station_id"]))]

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s file", "%(text)s files", number, text=text)

    def space(self) -> str | None:
        """How much the selected station's files take."""
        node = selected()
        if not isinstance(node, Station):
            return None
        used = station_files.usage(database(), node.id, clock.now())
        days = retention.days_of(database())[Kept.FILES]
        told = {
            "used": number(used.bytes / MEGABYTE, 1),
            "quota": number(get_settings().upload_quota_megabytes),
            "days": number(days),
        }
        if days is None:
            return gettext("%(used)s of %(quota)s MB used.", **told)
        return gettext("%(used)s of %(quota)s MB used. Files are kept for %(days)s days.", **told)

    def access_url(self) -> str | None:
        """The page of the selected station's name and password."""
        node = selected()
        is_allowed = self.appbuilder.sm.has_access("can_edit", "FileAccessView")
        return access_url(node.id) if isinstance(node, Station) and is_allowed else None

    @expose("/file/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def file(self, pk: int) -> Response:
        """As an attachment, whatever it is: a browser must not take it for a page of ours."""
        if pk > LARGEST_BIG_KEY:
            abort(404)
        rows = self.scoped(self.base()).where(StationFile.id == pk, StationFile.state == FileState.COMPLETE)
        file: StationFile = database().scalar(rows.with_only_columns(StationFile)) or abort(404)
        path = station_files.path_of(file.station_id, file.id)
        if not path.is_file():
            abort(404)
        name = NOT_IN_A_NAME.sub("_", file.name).strip(". ") or "file"
        return send_file(path, "application/octet-stream", as_attachment=True, download_name=name)


def access_url(station_id: int) -> str:
    return url_for("FileAccessView.index", pk=station_id)
