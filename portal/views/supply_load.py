"""Load: what the stations behind a supply controller draw, now and over a day, against the fuse of the feed."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput

from domain import clock, supply, supply_load
from domain.models import Station, StationKind
from domain.supply import LEAST_VOLTAGE_V, MOST_FUSE_A, MOST_VOLTAGE_V, PHASES, USUAL_VOLTAGE_V
from portal import edits
from portal.database import database
from portal.formats import user_time_zone
from portal.forms import RecordForm
from portal.node import key_of, node_url, selected
from portal.record import Page, status_of
from portal.views.station_supply import fuse_in_words
from portal.views.supply_load_chart import CURRENT, POWER, chart_of

BETWEEN = lazy_gettext("Between %(min)d and %(max)d.")


class FeedForm(RecordForm):
    """The fuse of a supply controller, and what stands behind it."""

    fuse_phases = SelectField(lazy_gettext("Phases"), coerce=lambda written: int(written) if written else None)
    fuse_a = IntegerField(
        lazy_gettext("Fuse, amperes on each phase"), [Optional(), NumberRange(1, MOST_FUSE_A, BETWEEN)]
    )
    voltage_v = IntegerField(
        lazy_gettext("Voltage between a phase and neutral"),
        [Optional(), NumberRange(LEAST_VOLTAGE_V, MOST_VOLTAGE_V, BETWEEN)],
        description=lazy_gettext("Empty is %(volts)s V.", volts=USUAL_VOLTAGE_V),
    )
    stations = SelectMultipleField(
        lazy_gettext("Stations behind it"),
        coerce=int,
        option_widget=CheckboxInput(),
        description=lazy_gettext("Of the same site. One that stands behind another supply controller leaves that one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fuse_phases.choices = [SelectChoice("", gettext("Not known")), *(SelectChoice(n, str(n)) for n in PHASES)]
        self.stations.choices = [SelectChoice(*station) for station in _may_stand_behind(self.record)]

    def column_of(self, name: str) -> str:
        return "supply_controller_id" if name == "stations" else name

    def populate_obj(self, obj: Station) -> None:
        obj.fuse_phases, obj.fuse_a, obj.voltage_v = self.fuse_phases.data, self.fuse_a.data, self.voltage_v.data
        supply.set_behind(database(), obj, self.stations.data)


class SupplyLoadView(BaseView):
    route_base = "/load"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        return self.render_template("supply_load.html", **self._shown(_controller()))

    @expose("/now")
    @has_access
    def now(self) -> str:
        """What changes while one looks (static/live_parts.js)."""
        return self.render_template("supply_load_now.html", **self._shown(_controller()))

    @expose("/edit", methods=["GET", "POST"])
    @has_access
    def edit(self) -> Page:
        controller = _controller(for_update=request.method == "POST")
        behind = [station.id for station in supply_load.stations_behind(database(), controller)]
        form = FeedForm(obj=controller, data={"stations": behind}, record=controller)
        edits.settle(form, "station")
        back = url_for(".index", node=key_of(controller))
        if form.validate_on_submit() and not form.clashes:
            form.populate_obj(controller)
            database().commit()
            flash(gettext("%(name)s was saved.", name=controller.name), "success")
            return redirect(back)
        title = gettext("Feed of %(name)s", name=controller.name)
        page = self.render_template("form.html", form=form, title=title, record=controller, cancel_url=back)
        return page, status_of(form)

    def _shown(self, controller: Station) -> dict[str, Any]:
        db, now, day = database(), clock.now(), _asked_day()
        today = now.astimezone(user_time_zone()).date()
        begins_at, ends_at = _moments_of(day or today)
        quarters = supply_load.of_day(db, controller, begins_at, ends_at, now)
        fuse = supply.fuse_of(controller)
        hours = (ends_at - begins_at).total_seconds() / 3600
        charts = [
            chart_of(CURRENT, gettext("Current on each phase"), quarters, hours, fuse.current_a if fuse else None),
            chart_of(POWER, gettext("Power"), quarters, hours, fuse.power_w if fuse else None),
        ]
        return {
            "controller": controller,
            "stations": supply_load.stations_behind(db, controller),
            "fuse": fuse,
            "fuse_text": fuse_in_words(controller),
            "load": supply_load.of_now(db, controller, now),
            "quarters": quarters,
            "charts": charts,
            "day": day or today,
            "is_today": day in (None, today),
            "before": (day or today) - timedelta(days=1),
            "after": (day or today) + timedelta(days=1),
            "day_asked": day,
            "may_edit": self.appbuilder.sm.has_access("can_edit", "SupplyLoadView"),
            "edit_url": node_url(".edit"),
        }


def _controller(for_update: bool = False) -> Station:
    """The selected node, if it is a supply controller."""
    node = selected()
    if not isinstance(node, Station) or node.kind != StationKind.SUPPLY_CONTROLLER:
        abort(404)
    if for_update:
        row = select(Station).where(Station.id == node.id).with_for_update(of=Station)
        return database().scalar(row.execution_options(populate_existing=True)) or abort(404)
    return node


def _may_stand_behind(controller: Station) -> list[tuple[int, str]]:
    """The stations of its site, with the other feed that one stands behind."""
    site = Station.site_id == controller.site_id
    rows = database().scalars(select(Station).where(site).order_by(Station.name, Station.id)).all()
    names = {station.id: station.name for station in rows}
    return [
        (station.id, _labelled(station, names.get(station.supply_controller_id or 0), controller))
        for station in rows
        if station.kind != StationKind.SUPPLY_CONTROLLER
    ]


def _labelled(station: Station, other: str | None, controller: Station) -> str:
    if other is None or station.supply_controller_id == controller.id:
        return station.name
    return gettext("%(name)s (now behind %(other)s)", name=station.name, other=other)


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _moments_of(day: date) -> tuple[datetime, datetime]:
    """Its beginning and end in the zone of whoever looks; 404 where no calendar goes on."""
    try:
        midnights = (datetime.combine(each, time(), user_time_zone()) for each in (day, day + timedelta(days=1)))
        begins_at, ends_at = (midnight.astimezone(clock.UTC) for midnight in midnights)
    except OverflowError:
        abort(404)
    return begins_at, ends_at
