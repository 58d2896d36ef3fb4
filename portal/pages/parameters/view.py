"""OCPP: the parameters of the selected station (manual, "OCPP-konfiguration")."""

from collections.abc import Sequence

from flask import abort, flash, redirect, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from domain import asking, clock, parameters, protocols
from domain.asking import IfOffline
from domain.models import Action, Command, Outlet, Station
from domain.nodes import NodeKind
from domain.problems import ParametersError
from portal import command_words, commands
from portal.command_words import Told
from portal.database import database
from portal.node import node_url, selected
from portal.pages.parameters import changes as form_changes
from portal.pages.parameters import compare, rows
from portal.pages.parameters.changes import Change
from portal.problem_words import all_in_words
from portal.tree import state_of
from portal.viewer import viewer

Page = str | Response | tuple[str, int]


class ParametersView(BaseView):
    """What stands here was told by the station; what is changed goes to the station and nowhere else."""

    route_base = "/parameters"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Page:
        station = selected_station()
        return self._choose() if station is None else self._table(station)

    @expose("/upload", methods=["POST"])
    @has_access
    def upload(self) -> Page:
        """Send what was changed; what can cut the line is asked about first, key by key, and what looks odd too."""
        station = selected_station() or abort(404)
        wanted = form_changes.sent(request.form)
        lines = rows.lines_of(database(), station)
        if faults := form_changes.faults(wanted, lines):
            return self._table(station, lines, wanted, faults)
        confirmed = request.form.getlist("confirmed")
        is_unsure = any(change.is_dangerous and change.key not in confirmed for change in wanted)
        if is_unsure or ("confirming" not in request.form and any(change.is_odd for change in wanted)):
            return self._confirm(station, wanted)
        return self._send(station, lines, wanted)

    @expose("/read", methods=["POST"])
    @has_access
    def read(self) -> Response:
        """All of them, or those that are named."""
        station = selected_station() or abort(404)
        if not _tells(station):
            abort(404)
        named = set(request.form.getlist("key"))
        known = rows.lines_of(database(), station) if named else []
        keys = [line.key for line in known if line.key in named]
        return self._ask(station, Action.GET_CONFIGURATION, {"keys": keys})

    @expose("/restart", methods=["POST"])
    @has_access
    def restart(self) -> Response:
        """Softly: charges end properly first."""
        return self._ask(selected_station() or abort(404), Action.RESET, {"type": "soft"})

    @expose("/compare")
    @has_access
    def compare(self) -> Page:
        """With another station, by its charge box id or name."""
        station = selected_station()
        if station is None:
            return self._choose()
        wanted = request.args.get("with", "").strip()[: compare.LONGEST_NAME].replace("\0", "")
        other = compare.find_station(database(), wanted) if wanted else None
        return self.render_template(
            "parameters_compare.html",
            station=station,
            other=other,
            wanted=wanted,
            pairs=compare.pairs(database(), station, other) if other else [],
            rollout_url=node_url("RolloutView.plan"),
        )

    def _choose(self) -> str:
        return self.render_template("parameters_choose.html")

    def _table(
        self,
        station: Station,
        lines: Sequence[rows.Line] | None = None,
        typed: Sequence[Change] = (),
        faults: dict[str, str] | None = None,
    ) -> Page:
        lines = rows.lines_of(database(), station) if lines is None else lines
        known = {line.key.lower() for line in lines}
        reading = _reading(station)
        page = self.render_template(
            "parameters.html",
            station=station,
            protocol=protocols.in_words(station.protocol),
            tells=_tells(station),
            state=state_of(database(), NodeKind.STATION, station.id),
            lines=lines,
            reading=reading,
            reading_words=command_words.answer(reading) if reading else "",
            typed={change.key.lower(): change.value for change in typed if not change.is_secret},
            added=[change for change in typed if change.key.lower() not in known],
            faults=faults or {},
            is_waiting=any(line.is_open for line in lines),
        )
        return page, 422 if faults else 200

    def _confirm(self, station: Station, wanted: Sequence[Change]) -> Page:
        page = self.render_template(
            "parameters_confirm.html",
            station=station,
            changes=wanted,
            waits="waits" in request.form,
            asked="confirming" in request.form,
            confirmed=request.form.getlist("confirmed"),
        )
        return page, 422

    def _send(self, station: Station, lines: Sequence[rows.Line], wanted: Sequence[Change]) -> Page:
        """One command a key, in the order of the page; the station's line takes them one after the other."""
        db, now = database(), clock.now()
        if_offline = IfOffline.WAIT if "waits" in request.form else IfOffline.FAIL
        made = []
        for change in wanted:
            try:
                made.append(parameters.change(db, station, change.key, change.value, viewer().user_id, now, if_offline))
            except ParametersError as error:
                db.rollback()
                return self._table(station, lines, wanted, form_changes.refused(change, error))
        if made:
            commands.send(made[0])
            flash(_sent_text(station, made), "success" if station.online else "warning")
        return redirect(node_url("ParametersView.index"), 303)

    def _ask(self, station: Station, action: Action, asked: dict[str, object]) -> Response:
        try:
            command = asking.ask(database(), station, action, asked, viewer().user_id, clock.now())
        except ParametersError as error:  # A key longer than may be asked for (OCPP 1.6, 7.6).
            flash(all_in_words(error.problems), "error")
        else:
            commands.send(command)
            if command.is_over:
                flash(command_words.answer(_told(command)), "error")
        return redirect(node_url("ParametersView.index"), 303)


def selected_station() -> Station | None:
    """The station, or that of the selected outlet; None on another kind of node."""
    match selected():
        case Station() as station:
            return station
        case Outlet() as outlet:
            return outlet.station
        case _:
            return None


def _tells(station: Station) -> bool:
    """Whether its version of OCPP has words for what its parameters are (not so in 1.2)."""
    return protocols.knows(station.protocol, Action.GET_CONFIGURATION)


def _sent_text(station: Station, made: Sequence[Command]) -> str:
    if station.online:
        return ngettext("%(num)d change is on its way.", "%(num)d changes are on their way.", len(made))
    if made[0].waits:
        return _("The station is offline. It is told as soon as it is back.")
    return _("The station is offline. Nothing was changed.")


def _reading(station: Station) -> Told | None:
    """How the latest question for all parameters stands, if it says more than the table."""
    latest = select(Command).where(Command.station_id == station.id, Command.action == Action.GET_CONFIGURATION)
    command = database().scalar(latest.order_by(Command.id.desc()).limit(1))
    if command is None or command.state == "accepted":
        return None
    is_old = station.parameters_read_at is not None and command.created_at < station.parameters_read_at
    return None if is_old else _told(command)


def _told(command: Command) -> Told:
    return Told(command.state, command.reason, command.waits, (command.outcome or {}).get("status"))
