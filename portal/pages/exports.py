"""Exports: the files that a user asked for, how far each is, and the way to it. Nobody sees another's."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, send_file, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from domain import clock, export_files
from domain.models import ExportFile, ExportState
from domain.models.columns import LARGEST_BIG_KEY
from portal import formats
from portal.database import database
from portal.errors import wants_json
from portal.export_words import FAULTS, STATES
from portal.exports import KINDS
from portal.exports.asking import table_named
from portal.record import Page
from portal.viewer import viewer


class ExportsView(BaseView):
    route_base = "/exports"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Page | dict[str, Any]:
        files = export_files.of_user(database(), viewer().user_id)
        if wants_json():
            return {"files": [_told(file) for file in files]}
        return self.render_template(
            "exports.html",
            files=files,
            told={file.id: _told(file) for file in files},
            states=STATES,
            faults=FAULTS,
            kinds=KINDS,
            is_under_way=any(file.state in export_files.UNDER_WAY for file in files),
        )

    @expose("/<int:pk>/file")
    @has_access
    def file(self, pk: int) -> Response:
        file = self._mine(pk)
        table = table_named(current_app, file.table_name)
        if table is None or not table.allows("export") or file.made_for != export_files.mark_of(viewer()):
            abort(403, _("What you may see has changed since this file was made. Export the table anew."))
        path = export_files.path_of(file.id)
        if file.state is not ExportState.DONE or file.expires_at <= clock.now() or not path.exists():
            abort(404)
        return send_file(path, KINDS[file.file_type].media_type, as_attachment=True, download_name=file.file_name)

    @expose("/<int:pk>/cancel", methods=["POST"])
    @has_access
    def cancel(self, pk: int) -> AnyResponse:
        self._mine(pk)
        if export_files.cancel(database(), viewer().user_id, pk, clock.now()):
            database().commit()
            flash(_("The export was cancelled."), "success")
        else:
            flash(_("It was too late to cancel."), "error")
        return redirect(url_for(".index"))

    @expose("/<int:pk>/remove", methods=["POST"])
    @has_access
    def remove(self, pk: int) -> AnyResponse:
        self._mine(pk)
        export_files.remove(database(), viewer().user_id, pk)
        database().commit()
        export_files.path_of(pk).unlink(missing_ok=True)
        flash(_("The file was removed."), "success")
        return redirect(url_for(".index"))

    def _mine(self, pk: int) -> ExportFile:
        file = export_files.find(database(), viewer().user_id, pk) if pk <= LARGEST_BIG_KEY else None
        return file or abort(404)


def _told(file: ExportFile) -> dict[str, Any]:
    return {"id": file.id, "state": file.state, "done": file.rows_done, "total": file.rows_total, "text": _text(file)}


def _text(file: ExportFile) -> str:
    state = str(STATES[file.state])
    if file.state is not ExportState.RUNNING or not file.rows_total:
        return state
    done, total = formats.number(file.rows_done), formats.number(file.rows_total)
    return _("%(what)s: %(done)s of %(total)s", what=state, done=done, total=total)
