"""The history of commands: what was asked of the stations, and what they answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from domain import secret_parameters
from domain.commands import OPEN_STATES
from domain.models import Command, CommandState, Floor, Outlet, PortalUser, Site, Station
from domain.models.columns import LARGEST_BIG_KEY
from domain.nodes import Node
from portal import command_words as words
from portal import commands, formats
from portal.database import database
from portal.node import node_url
from portal.pages.control.explained import EXPLAINED
from portal.record import Fact
from portal.table import Action as RowAction
from portal.table import Column, Row, TableView
from portal.table.page import Line, lines_of
from portal.table.paging import Order, Sort
from portal.table.query import TableQuery
from portal.views import command_moment
from portal.views.command_columns import COLUMNS, EXTRAS, pretty
from portal.views.command_schedule import Schedule

SHORT = ("asked", "command", "outlet", "by", "state", "answer", "progress", "took")
"""The columns where there is one station and little room."""


@dataclass(frozen=True)
class Recent:
    """The latest commands, as the table shows them."""

    columns: Sequence[Column]
    lines: Sequence[Line]
    is_open: bool
    """Whether one is on its way, whose answer may come at any moment."""


class CommandView(TableView):
    """All commands to the stations at the selected node, the latest first."""

    datamodel = SQLAInterface(Command)
    route_base = "/commands"
    base_permissions = ["can_list", "can_show", "can_export", "can_cancel"]
    include_route_methods = {"list", "show", "export", "cancel"}
    list_title = _l("Commands")
    list_template = "commands.html"
    default_sort = "-asked"
    filter_column = "station"
    nothing_yet = _l("No station here has been asked for anything yet. The tab Control of a station does that.")
    columns = COLUMNS
    extras = EXTRAS

    def _init_forms(self) -> None:
        """There are none: a command is what was asked."""

    @property
    def key(self) -> Any:
        return Command.id

    def base(self) -> Select[Any]:
        """Commands outlive their nodes, which then have no name any more."""
        return (
            select(self.key)
            .outerjoin(Station, Station.id == Command.station_id)
            .outerjoin(Site, Site.id == Command.site_id)
            .outerjoin(Outlet, Outlet.id == Command.outlet_id)
            .outerjoin(PortalUser, PortalUser.id == Command.user_id)
        )

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        match node:
            case Site():
                return statement.where(Command.site_id == node.id)
            case Floor():
                return statement.where(Command.station_id.in_(select(Station.id).where(Station.floor_id == node.id)))
            case Station():
                return statement.where(Command.station_id == node.id)
            case Outlet():
                # Much is asked of a station as a whole and concerns each of its outlets.
                return statement.where(Command.station_id == node.station_id)
            case _:
                return statement

    def complete(self, db: Session, rows: list[Row]) -> None:
        command_moment.add(db, rows)

    def row_actions(self, row: Row) -> list[RowAction]:
        """With whole addresses: the page of a station shows rows of this table too."""
        pk = row["key"]
        actions = [RowAction(_("Show"), node_url("CommandView.show", pk=pk))]
        if row["now_state"] == CommandState.QUEUED:
            actions.append(RowAction(_("Cancel"), node_url("CommandView.cancel", pk=pk), dialog=True))
        elif row["station_name"] is not None and row["now_state"] != CommandState.SENT and row["action"] in EXPLAINED:
            actions.append(RowAction(_("Send again"), again_url(row["action"], pk, row["station_id"]), dialog=True))
        if row["station_name"] is not None:
            label = _("Show station %(name)s", name=row["station_name"])
            actions.append(RowAction(label, url_for("ControlView.index", node=f"station-{row['station_id']}")))
        return actions

    def adds(self) -> list[RowAction]:
        return [RowAction(_("To many stations"), url_for("CommandBatchView.list"))]

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s command", "%(text)s commands", number, text=text)

    def recent(self, most: int) -> "Recent":
        """The latest few at the selected node, uncounted."""
        by_name = {column.name: column for column in self.columns}
        asked = by_name["asked"]
        query = TableQuery(tuple(by_name[name] for name in SHORT), Sort(asked, descending=True), most)
        statement = self.select(query, query.columns, key=self.key, **self.extras)
        latest = Order(asked.expression, self.key, descending=True).apply(statement).limit(most)
        rows = [dict(row) for row in database().execute(latest).mappings()]
        self.complete(database(), rows)
        is_open = any(row["now_state"] in OPEN_STATES for row in rows)
        return Recent(query.columns, lines_of(self, query, rows), is_open)

    @expose("/show/<int:pk>", methods=["GET"])
    @has_access
    def show(self, pk: int) -> str:
        """One command whole, with the station's own answer; secrets masked."""
        command, station, outlet, row = self._found(pk)
        can_again = station and command.is_over and command.action in EXPLAINED
        return self.render_template(
            "command_show.html",
            command=command,
            title=words.described(command.action, command.parameters, row["firmware"]),
            chip=words.state_chip(command.state),
            facts=self._facts(command, station, outlet, row),
            asked=pretty(secret_parameters.without_secrets(command.parameters)),
            answer=pretty(secret_parameters.without_secrets(command.answer)) if command.answer is not None else None,
            schedule=Schedule.of(command.outcome),
            again=again_url(command.action, pk, station.id) if can_again else None,
            is_queued=command.state is CommandState.QUEUED,
        )

    @expose("/cancel/<int:pk>", methods=["GET", "POST"])
    @has_access
    def cancel(self, pk: int) -> str | Response:
        """Take back what was not sent yet: ask on GET."""
        command, _station, _outlet, row = self._found(pk)
        title = words.described(command.action, command.parameters, row["firmware"])
        if request.method == "GET":
            return self.render_template("command_cancel.html", title=title, back=node_url("CommandView.list"))
        if commands.cancel(command):
            flash(_("%(command)s was taken back.", command=title), "success")
        else:
            flash(_("%(command)s had been sent already.", command=title), "error")
        return redirect(node_url("CommandView.list"), 303)

    def _found(self, pk: int) -> tuple[Command, Station | None, Outlet | None, Row]:
        if pk > LARGEST_BIG_KEY:
            abort(404)
        columns = {column.name: column.expression for column in self.columns}
        rows = self.scoped(self.base()).where(Command.id == pk)
        found = rows.with_only_columns(
            Command, Station, Outlet, columns["command"].label("asked"), columns["answer"].label("told")
        ).options(joinedload(Command.user))
        command, station, outlet, asked, told = database().execute(found).one_or_none() or abort(404)
        return command, station, outlet, {"firmware": asked["firmware"], "told": told}

    def _facts(self, command: Command, station: Station | None, outlet: Outlet | None, row: Row) -> list[Fact]:
        answered_at = command.answered_at
        took = (answered_at - command.created_at).total_seconds() if answered_at else None
        return [
            Fact(_("Station"), station.name if station else _("gone")),
            Fact(_("Outlet"), outlet.number if outlet else ""),
            Fact(_("By"), str(command.user) if command.user else _("the portal itself")),
            Fact(_("Answer"), words.answer(words.Told(**row["told"]))),
            Fact(
                _("Progress"),
                " · ".join(filter(None, (words.progress(command.progress), formats.at(command.progress_at)))),
            ),
            Fact(_("If the station is offline"), _("wait until it is back") if command.waits else _("fail at once")),
            Fact(_("Asked"), formats.at(command.created_at)),
            Fact(_("Sent"), formats.at(command.sent_at)),
            Fact(_("Answered"), formats.at(answered_at)),
            Fact(_("Took"), "" if took is None else _("%(seconds)s s", seconds=formats.number(took, 1))),
            Fact(_("Command id"), command.id),
            *([Fact(_("Batch"), command.batch_id)] if command.batch_id else []),
        ]


def again_url(action: str, pk: int, station_id: int) -> str:
    """The form of the command, filled in as it was."""
    return url_for("ControlView.ask", action=action, again=pk, node=f"station-{station_id}")
