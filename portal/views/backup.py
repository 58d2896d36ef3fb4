"""Backups: what became of each, and one more now. The files lie where only the owner of the machine reaches."""

from flask import flash, redirect
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func
from werkzeug.wrappers import Response

from domain import backups
from domain.models import Backup, BackupState
from domain.queue import enqueue
from portal.table import Action, Boolean, Choice, Date, Duration, Number, Row, TableView, Text

STATES = {
    BackupState.RUNNING: _l("running"),
    BackupState.MADE: _l("made"),
    BackupState.FAILED: _l("failed"),
}
JOB = "launcher.backups.jobs.back_up_now"
BYTES_PER_MB = 1_000_000


class BackupView(TableView):
    datamodel = SQLAInterface(Backup)
    route_base = "/backups"
    base_permissions = ["can_list", "can_export", "can_make"]
    include_route_methods = {"list", "export", "make"}
    list_title = _l("Backups")
    default_sort = "-began_at"
    filter_column = "state"
    buttons_template = "backup_buttons.html"
    nothing_yet = _l("No backup has been made yet. The first one is made tonight, or now by the button above.")
    columns = (
        Date("began_at", _l("Start"), Backup.began_at),
        Duration("duration", _l("Duration"), func.extract("epoch", Backup.ended_at - Backup.began_at)),
        Choice("state", _l("State"), Backup.state, STATES),
        Number("size_mb", _l("Size"), Backup.size_bytes, unit="MB", scale=BYTES_PER_MB, decimals=1),
        Number("rows_count", _l("Rows"), Backup.rows),
        Boolean("verified", _l("Restored and compared"), Backup.verified),
        Text("error", _l("Why it failed"), Backup.error, width=60),
        Text("file_name", _l("File"), Backup.file_name, width=40),
        Text("sha256", _l("SHA-256"), Backup.sha256, default=False, width=64),
        Number("id", _l("Id"), Backup.id, default=False),
    )

    def _init_forms(self) -> None:
        """There are none: the launcher writes the rows."""

    def row_actions(self, row: Row) -> list[Action]:
        return []

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s backup", "%(text)s backups", number, text=text)

    @expose("/make", methods=["POST"])
    @has_access
    def make(self) -> Response:
        """One more, restored and compared."""
        enqueue(JOB, timeout_seconds=round(backups.LONGEST.total_seconds()))
        flash(_("A backup is being made. It stands here as soon as it has begun."), "success")
        return redirect(self.list_url())
