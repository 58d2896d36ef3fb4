"""Control: what can be asked of the selected station, and what became of it (manual, "Kontrol")."""

from typing import Any

from flask import abort, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from domain import asking, clock, protocols
from domain.models import Action, Command, Station
from domain.models.columns import LARGEST_BIG_KEY
from domain.nodes import NodeKind
from domain.problems import ParametersError
from portal import command_words, commands
from portal.database import database
from portal.node import node_url
from portal.pages.control import cards, dangers, panels
from portal.pages.control.explained import EXPLAINED
from portal.pages.control.form import CommandForm, filled_in, form_for
from portal.pages.control.place import Place, offers, selected_place
from portal.tree import state_of
from portal.viewer import scoped, viewer
from portal.views.command import CommandView, Recent

HISTORY = 10
PRESETS = ("outlet", "type", "available", "message", "firmware", "update", "reservation")
"""What a link to a form may fill in."""
Page = str | Response | tuple[str, int]


class ControlView(BaseView):
    """One station: its outlets, the forms of its commands, and the latest of them."""

    route_base = "/control"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        place = selected_place()
        if place is None:
            return self.render_template("control_choose.html")
        return self.render_template("control.html", **self._shown(place))

    @expose("/now")
    @has_access
    def now(self) -> str:
        """What changes while one looks, for the page's script (static/control.js)."""
        return self.render_template("control_now.html", **self._shown(selected_place() or abort(404)))

    @expose("/ask/<action>", methods=["GET", "POST"])
    @has_access
    def ask(self, action: str) -> Page:
        """The form of one command; what is dangerous asks again."""
        asked = _action(action)
        place = selected_place()
        if place is None:
            return redirect(node_url("BulkView.index", action=asked.value))
        station = place.station
        if not panels.understands(station, asked):
            abort(404)
        form = form_for(asked, offers(station, asked))(data=_begins_with(asked, place))
        if form.validate_on_submit():
            try:
                return self._asked(asked, station, form)
            except ParametersError as error:
                database().rollback()
                form.tell(error.problems)
        return self._form_page(asked, station, form)

    def _asked(self, action: Action, station: Station, form: CommandForm) -> Page:
        """Make the command and send it, unless there is something to be asked first."""
        asked = asking.checked(action, form.parameters())
        question = dangers.question(action, asked, station.id)
        if question and "confirmed" not in request.form:
            return self._form_page(action, station, form, question)
        command = asking.ask(database(), station, action, asked, viewer().user_id, clock.now(), form.wait_or_fail())
        commands.send(command)
        return redirect(url_for("ControlView.index", node=f"station-{station.id}"), 303)

    def _form_page(self, action: Action, station: Station, form: CommandForm, question: str | None = None) -> Page:
        page = self.render_template(
            "control_form.html",
            title=_("%(command)s · %(station)s", command=command_words.ACTIONS[action], station=station.name),
            explained=EXPLAINED[action],
            form=form,
            question=question,
            is_offline=not station.online,
            cancel_url=node_url("ControlView.index"),
        )
        return page, 422 if request.method == "POST" else 200

    def _shown(self, place: Place) -> dict[str, Any]:
        db, now, station = database(), clock.now(), place.station
        return {
            "station": station,
            "protocol": protocols.in_words(station.protocol),
            "marked": place.outlet,
            "state": state_of(db, NodeKind.STATION, station.id),
            "cards": cards.read(db, station, now),
            "panels": panels.read(db, station, now),
            "history": self._history(),
        }

    def _history(self) -> Recent:
        view = next(view for view in self.appbuilder.baseviews if isinstance(view, CommandView))
        return view.recent(HISTORY)


def _action(text: str) -> Action:
    return Action(text) if text in EXPLAINED else abort(404)


def _begins_with(action: Action, place: Place) -> dict[str, Any]:
    """What stands in the form at first: as an earlier command was asked, or as the button says."""
    pk = request.args.get("again", type=int)
    if pk is not None:
        earlier = scoped(select(Command), Command).where(Command.id == pk, Command.action == action)
        command = database().scalar(earlier) if 0 < pk <= LARGEST_BIG_KEY else None
        if command is None or command.station_id != place.station.id:
            abort(404)
        return filled_in(action, command.parameters, waits=command.waits)
    told: dict[str, Any] = {name: request.args[name] for name in PRESETS if name in request.args}
    if place.outlet is not None:
        told.setdefault("outlet", str(place.outlet.number))
    return filled_in(action, told, waits=not place.station.online)
