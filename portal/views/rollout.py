"""Careful rollouts: parameters copied to many stations, one first and then in waves (domain/rollouts.py)."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import JSONB
from werkzeug.wrappers import Response

from domain import clock, rollout_turns, rollouts
from domain.models import Command, PortalUser, Rollout, RolloutStation, RolloutStep, Station
from domain.models.columns import LARGEST_BIG_KEY
from portal import command_words, formats
from portal.chips import chip
from portal.commands import nudge_rollouts
from portal.database import database
from portal.pages.parameters.view import selected_station
from portal.pages.parameters.words import DANGERS
from portal.record import Fact
from portal.table import Action, Choice, Date, Number, Row, TableView, Text
from portal.viewer import scoped, viewer
from portal.views import rollout_plan, rollout_words
from portal.views.rollout_plan import Plan

Page = str | Response | tuple[str, int]


def _turns(*steps: RolloutStep) -> ColumnElement[int]:
    mine = select(func.count()).where(RolloutStation.rollout_id == Rollout.id)
    return (mine.where(RolloutStation.step.in_(steps)) if steps else mine).correlate(Rollout).scalar_subquery()


CHANGE = func.jsonb_array_elements(Rollout.changes, type_=JSONB).column_valued("change")
KEYS = select(func.string_agg(CHANGE["key"].astext, ", ")).correlate(Rollout).scalar_subquery()


def _state(row: Row) -> Markup:
    return chip(rollout_words.STATE_SIGNS[row["state"]], rollout_words.STATES[row["state"]])


LEFT_OVER = (RolloutStep.FAILED, RolloutStep.SKIPPED)


@dataclass(frozen=True)
class Turn:
    """One station's, as it is shown."""

    station: Station
    turn: RolloutStation
    why: str
    put_back: list[tuple[str, str]]
    """Each key whose value from before is asked for, and how that stands."""
    not_put_back: list[str]


class RolloutView(TableView):
    """Those that one may see, the latest first, whichever node is selected."""

    datamodel = SQLAInterface(Rollout)
    route_base = "/rollouts"
    base_permissions = ["can_list", "can_show", "can_plan", "can_begin", "can_cancel"]
    include_route_methods = {"list", "show", "plan", "begin", "cancel"}
    list_title = _l("Careful rollouts")
    default_sort = "-created_at"
    nothing_yet = _l("Nothing was rolled out yet. The tab OCPP of a station begins a rollout.")
    columns = (
        Date("created_at", _l("Begun"), Rollout.created_at),
        Choice("state", _l("State"), Rollout.state, rollout_words.STATES, render=_state),
        Text("keys", _l("Parameters"), KEYS, sortable=False, width=40),
        Number("stations", _l("Stations"), _turns(), sortable=False),
        Number("done", _l("Done"), _turns(RolloutStep.DONE), sortable=False),
        Text("source", _l("Copied from"), Station.name, sortable=False),
        Text("by", _l("By"), PortalUser.first_name + " " + PortalUser.last_name, sortable=False),
    )

    def _init_forms(self) -> None:
        """There are none: a rollout is planned on a page of its own."""

    @property
    def key(self) -> Any:
        return Rollout.id

    def base(self) -> Select[Any]:
        with_source = select(self.key).outerjoin(Station, Station.id == Rollout.source_station_id)
        return with_source.outerjoin(PortalUser, PortalUser.id == Rollout.user_id)

    def row_actions(self, row: Row) -> list[Action]:
        return [Action(_("Show"), self.link_to("show", row))]

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s rollout", "%(text)s rollouts", number, text=text)

    @expose("/show/<int:pk>", methods=["GET"])
    @has_access
    def show(self, pk: int) -> str:
        """How far it is."""
        rollout = self._found(pk)
        turns = _shown_turns(rollout)
        return self.render_template(
            "rollout.html",
            rollout=rollout,
            state=_state({"state": rollout.state.value}),
            words=rollout_words,
            turns=turns,
            done=sum(shown.turn.step is RolloutStep.DONE for shown in turns),
            over=sum(shown.turn.finished_at is not None for shown in turns),
            is_open=rollout.state == "running" or any(shown.turn.step in rollout_turns.ACTIVE for shown in turns),
            left_over=[shown.station for shown in turns if shown.turn.step in LEFT_OVER],
            facts=_facts(rollout),
        )

    @expose("/cancel/<int:pk>", methods=["POST"])
    @has_access
    def cancel(self, pk: int) -> Response:
        rollout = self._found(pk)
        if rollouts.cancel(database(), rollout.id, clock.now()):
            flash(_("No further station is changed. Those under way end by themselves."), "success")
        else:
            flash(_("The rollout was over already."), "error")
        database().commit()
        return redirect(url_for(".show", pk=rollout.id), 303)

    @expose("/plan", methods=["GET", "POST"])
    @has_access
    def plan(self) -> Page:
        """The form: values of the selected station, or unsent changes, and where they go. Begins nothing."""
        source = selected_station()
        if source is None:
            return self.render_template("parameters_choose.html")
        return self._form(source, rollout_plan.read(request.form, source))

    @expose("/begin", methods=["POST"])
    @has_access
    def begin(self) -> Page:
        """Ask once more in words, then begin."""
        source = selected_station() or abort(404)
        plan = rollout_plan.read(request.form, source)
        stations = rollout_plan.chosen(database(), plan, source)
        dangerous = [key for key in plan.changes if rollout_turns.cuts_line([key])]
        is_sure = "sure" in request.form and set(dangerous) <= set(request.form.getlist("confirmed"))
        try:
            rollout = rollouts.begin(
                database(),
                plan.changes,
                stations,
                viewer().user_id,
                clock.now(),
                source_station_id=source.id,
                wave_size=plan.wave_size,
                restarts=plan.restarts,
                return_seconds=plan.return_seconds,
            )
        except rollouts.RolloutError as error:
            database().rollback()
            return self._form(source, plan, rollout_words.refusal(error)), 422
        if not is_sure:
            page = self._confirm(source, plan, rollout, stations, dangerous)
            database().rollback()
            return page, 422
        database().commit()
        nudge_rollouts()
        return redirect(url_for(".show", pk=rollout.id, node=f"station-{source.id}"), 303)

    def _form(self, source: Station, plan: Plan, refusal: str = "") -> str:
        listed = rollout_plan.listed(database(), plan, source)
        return self.render_template(
            "rollout_plan.html",
            source=source,
            plan=plan,
            places=rollout_plan.places(source),
            listed=listed[: rollout_plan.MOST_LISTED],
            is_cut=len(listed) > rollout_plan.MOST_LISTED,
            refusal=refusal,
        )

    def _confirm(
        self, source: Station, plan: Plan, rollout: Rollout, stations: list[Station], dangerous: list[str]
    ) -> str:
        return self.render_template(
            "rollout_confirm.html",
            source=source,
            plan=plan,
            rollout=rollout,
            stations=sorted(stations, key=lambda station: not station.online),
            dangerous=dangerous,
            danger=DANGERS["cuts_line"],
            asked="sure" in request.form,
        )

    def _found(self, pk: int) -> Rollout:
        if pk > LARGEST_BIG_KEY:
            abort(404)
        rollout: Rollout = database().scalar(scoped(select(Rollout), Rollout).where(Rollout.id == pk)) or abort(404)
        return rollout


def _shown_turns(rollout: Rollout) -> list[Turn]:
    """Of the stations that the viewer may see, in their order."""
    db = database()
    found = db.execute(
        scoped(select(Station, RolloutStation).join(RolloutStation, RolloutStation.station_id == Station.id), Station)
        .where(RolloutStation.rollout_id == rollout.id)
        .order_by(RolloutStation.position)
    ).all()
    command_ids = [pk for _station, turn in found for pk in turn.details.get("put_back", {}).values()]
    states = dict(db.execute(select(Command.id, Command.state).where(Command.id.in_(command_ids))).all())
    return [
        Turn(
            station,
            turn,
            rollout_words.why(turn.details),
            [
                (key, str(command_words.STATES[states[pk]]))
                for key, pk in turn.details.get("put_back", {}).items()
                if pk in states
            ],
            turn.details.get("not_put_back", []),
        )
        for station, turn in found
    ]


def _facts(rollout: Rollout) -> list[Fact]:
    source = database().scalar(scoped(select(Station), Station).where(Station.id == rollout.source_station_id))
    return [
        Fact(_("Begun"), formats.at(rollout.created_at)),
        Fact(_("Ended"), formats.at(rollout.finished_at)),
        Fact(_("By"), rollout.user),
        Fact(_("Copied from"), source),
        Fact(_("Stations in a wave"), rollout.wave_size),
        Fact(_("May stay away"), formats.duration(rollout.return_seconds)),
        Fact(_("Restart"), _("yes") if rollout.restarts else _("no")),
    ]
