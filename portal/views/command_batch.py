"""Commands to many stations at once: the list of them, and how far each is."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response

from domain import batches, clock
from domain.commands import OPEN_STATES
from domain.models import Command, CommandBatch, CommandState, PortalUser, Station
from domain.models.columns import LARGEST_BIG_KEY
from domain.problems import ParametersError
from portal import command_words as words
from portal import commands
from portal.database import database
from portal.problem_words import all_in_words
from portal.table import Action as RowAction
from portal.table import Boolean, Date, Number, Row, TableView, Text
from portal.viewer import scoped, viewer
from portal.views.command_batch_progress import Progress
from portal.views.command_columns import Asked, asked_of, firmware_of

Page = str | Response


def _counted(*states: CommandState) -> Any:
    of_batch = select(func.count()).where(Command.batch_id == CommandBatch.id, Command.state.in_(states))
    return of_batch.correlate(CommandBatch).scalar_subquery()


class CommandBatchView(TableView):
    """What whoever looks began, and for those who see all stations what anybody did."""

    datamodel = SQLAInterface(CommandBatch)
    route_base = "/batches"
    base_permissions = ["can_list", "can_show", "can_export", "can_now", "can_cancel", "can_again"]
    include_route_methods = {"list", "show", "export", "now", "cancel", "again"}
    list_title = _l("Commands to many stations")
    list_template = "batches.html"
    default_sort = "-id"
    nothing_yet = _l("Nobody has asked many stations for anything yet. Mark some in the list of stations.")
    columns = (
        Date("asked", _l("Asked"), CommandBatch.created_at, sortable=False),
        Asked(
            "command",
            _l("Command"),
            asked_of(CommandBatch),
            words.ACTIONS,
            action=CommandBatch.action,
            sortable=False,
            width=40,
        ),
        Text("by", _l("By"), func.concat(PortalUser.first_name, " ", PortalUser.last_name), sortable=False, width=28),
        Number("stations", _l("Stations"), CommandBatch.stations, sortable=False),
        Number("open", _l("On the way"), _counted(*OPEN_STATES), sortable=False),
        Number("accepted", _l("Accepted"), _counted(CommandState.ACCEPTED), sortable=False),
        Number("rejected", _l("Rejected"), _counted(CommandState.REJECTED), sortable=False),
        Number("failed", _l("Failed"), _counted(*batches.WENT_WRONG), sortable=False),
        Boolean("cancelled", _l("Cancelled"), CommandBatch.cancelled_at.is_not(None), sortable=False),
        Number("id", _l("Id"), CommandBatch.id),
    )

    def _init_forms(self) -> None:
        """There are none: a batch is what was asked."""

    def base(self) -> Select[Any]:
        return select(self.key).outerjoin(PortalUser, PortalUser.id == CommandBatch.user_id)

    def row_actions(self, row: Row) -> list[RowAction]:
        return [RowAction(_("Show"), url_for(".show", pk=row["key"]))]

    def adds(self) -> list[RowAction]:
        return [RowAction(_("Command to many stations"), url_for("BulkView.index"))]

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s command to many", "%(text)s commands to many", number, text=text)

    @expose("/show/<int:pk>", methods=["GET"])
    @has_access
    def show(self, pk: int) -> str:
        return self.render_template("batch.html", **self._shown(pk))

    @expose("/now/<int:pk>", methods=["GET"])
    @has_access
    def now(self, pk: int) -> str:
        """What changes while one looks, for the page's script (static/live_parts.js)."""
        return self.render_template("batch_now.html", **self._shown(pk))

    @expose("/cancel/<int:pk>", methods=["GET", "POST"])
    @has_access
    def cancel(self, pk: int) -> Page:
        """Take back what is not sent yet: ask on GET."""
        batch = self._batch(pk)
        if request.method == "GET":
            question = _("Take back what is not sent yet?")
            about = _("Stations that were asked already do what they were asked.")
            return self._question(batch, question, about, _("Take it back"))
        number = commands.cancel_batch(batch)
        flash(ngettext("%(num)d command was taken back.", "%(num)d commands were taken back.", number), "success")
        return redirect(url_for(".show", pk=pk), 303)

    @expose("/again/<int:pk>", methods=["GET", "POST"])
    @has_access
    def again(self, pk: int) -> Page:
        """Ask those once more with whom it went wrong: ask on GET."""
        batch = self._batch(pk)
        failed = scoped(select(Station.id).where(Station.id.in_(batches.gone_wrong(batch))), Station)
        if request.method == "GET":
            number = database().scalar(select(func.count()).select_from(failed.subquery())) or 0
            question = ngettext("Ask %(num)d station again?", "Ask %(num)d stations again?", number)
            return self._question(batch, question, _("Those whose command failed or timed out."), _("Send again"))
        station_ids = database().scalars(failed).all()
        if not station_ids:
            flash(_("There is no station any more with which it went wrong."), "error")
            return redirect(url_for(".show", pk=pk), 303)
        try:
            following = batches.again(database(), batch, station_ids, viewer().user_id, clock.now())
        except ParametersError as error:
            database().rollback()
            flash(all_in_words(error.problems), "error")
            return redirect(url_for(".show", pk=pk), 303)
        commands.send_batch(following)
        return redirect(url_for(".show", pk=following.id), 303)

    def _shown(self, pk: int) -> dict[str, Any]:
        batch = self._batch(pk)
        firmware = database().scalar(select(firmware_of(CommandBatch)).where(CommandBatch.id == pk))
        return {
            "batch": batch,
            "title": words.described(batch.action, batch.parameters, firmware),
            "progress": Progress.read(database(), batch),
            "words": words,
        }

    def _question(self, batch: CommandBatch, question: str, about: str, button: str) -> str:
        return self.render_template(
            "batch_question.html", title=question, about=about, button=button, back=url_for(".show", pk=batch.id)
        )

    def _batch(self, pk: int) -> CommandBatch:
        if pk > LARGEST_BIG_KEY:
            abort(404)
        batch = database().scalar(self.scoped(select(CommandBatch).where(CommandBatch.id == pk)))
        return batch or abort(404)
