"""Event log: what happened that a person may want to find later (manual, "Alarmer")."""

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, String, cast, func, select

from domain.events import EventKind
from domain.models import Event, Floor, Outlet, Site, Station
from domain.models.columns import LARGEST_BIG_KEY
from domain.nodes import Node
from portal.formats import at
from portal.record import Fact
from portal.table import Action, Choice, Date, Row, TableView, Text
from portal.views import event_words as words

TOLD = cast(func.jsonb_build_object("kind", Event.kind, "told", Event.details), String)
"""What the words are made of. A filter looks into it, so that a tag or a transaction's number is found."""
TELLING = (
    "id_token",
    "charging_session_id",
    "transaction_id",
    "message_id",
    "vendor_id",
    "command_id",
    "user_id",
    "type",
    "status",
    "offset_seconds",
)
"""By the first of these somebody looks for more of the same."""
UNUSUAL = "unusual"


class Details(Text):
    """What happened, in words; a program gets the facts."""

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return words.details(**json.loads(value))

    def excel(self, value: Any, zone: ZoneInfo) -> str:
        return self.text(value, zone)

    def csv(self, value: Any, zone: ZoneInfo) -> str:
        return json.dumps(json.loads(value)["told"], ensure_ascii=False)

    def plain(self) -> Any:
        return cast(Event.details, String)

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        """Nobody wants all events with quite the same details: rather all about the same tag, transaction, message."""
        told = json.loads(value)["told"]
        return next((str(told[name]) for name in TELLING if told.get(name)), "")


class KindOfEvent(Choice):
    """One may also ask for all that is out of the ordinary."""

    @property
    def choices(self) -> Mapping[str, Any]:
        return {UNUSUAL: _l("out of the ordinary"), **self.options}

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        if text.casefold() in (UNUSUAL, _("out of the ordinary").casefold()):
            return self.expression.in_([kind.value for kind in EventKind])
        return Choice.matches(self, text, zone)


class EventView(TableView):
    """The events of the selected node, the latest first."""

    datamodel = SQLAInterface(Event)
    route_base = "/events"
    base_permissions = ["can_list", "can_show", "can_export"]
    include_route_methods = {"list", "show", "export"}
    list_title = _l("Event log")
    default_sort = "-happened_at"
    filter_column = "station"
    nothing_yet = _l("Nothing has happened here yet.")
    columns = (
        Date("happened_at", _l("Time"), Event.happened_at),
        KindOfEvent("kind", _l("Event"), Event.kind, words.KINDS, sortable=False, width=34),
        Text("site", _l("Site"), Site.name, sortable=False, width=28),
        Text("station", _l("Station"), Station.name, sortable=False),
        Details("details", _l("Details"), TOLD, sortable=False, width=80),
    )

    extras = {
        "station_id": Event.station_id,
        "station_name": Station.name,
        "session_id": Event.charging_session_id,
        "command_id": Event.details["command_id"].as_integer(),
    }

    def _init_forms(self) -> None:
        """There are none: an event is what happened."""

    @property
    def key(self) -> Any:
        return Event.id

    def base(self) -> Select[Any]:
        """Events outlive their nodes, which then have no name any more."""
        with_station = select(self.key).outerjoin(Station, Station.id == Event.station_id)
        return with_station.outerjoin(Site, Site.id == Event.site_id)

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        match node:
            case Site():
                return statement.where(Event.site_id == node.id)
            case Floor():
                return statement.where(Event.station_id.in_(select(Station.id).where(Station.floor_id == node.id)))
            case Station():
                return statement.where(Event.station_id == node.id)
            case Outlet():
                # Much concerns a station as a whole, whichever of its outlets somebody stood at.
                return statement.where(Event.station_id == node.station_id)
            case _:
                return statement

    def row_actions(self, row: Row) -> list[Action]:
        actions = [Action(_("Show"), self.link_to("show", row))]
        if row["session_id"]:
            actions.append(Action(_("Show session"), url_for("ChargingSessionView.show", pk=row["session_id"])))
        if row["command_id"]:
            actions.append(Action(_("Show command"), url_for("CommandView.show", pk=row["command_id"])))
        if row["station_name"]:
            label = _("Show station %(name)s", name=row["station_name"])
            actions.append(Action(label, url_for("StationView.show", pk=row["station_id"])))
        return actions

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s event", "%(text)s events", number, text=text)

    @expose("/show/<int:pk>", methods=["GET"])
    @has_access
    def show(self, pk: int) -> str:
        """One event with all that was told, such as the readings of a charge that nobody began here."""
        if pk > LARGEST_BIG_KEY:
            abort(404)
        rows = self.scoped(self.base()).where(Event.id == pk).with_only_columns(Event, Site.name, Station.name)
        event, site, station = self.datamodel.session.execute(rows).one_or_none() or abort(404)
        return self.render_template(
            "event_show.html",
            title=words.KINDS.get(event.kind, event.kind),
            facts=[
                Fact(_("Time"), at(event.happened_at)),
                Fact(_("Site"), site),
                Fact(_("Station"), _linked(event.station_id, station)),
                Fact(_("Details"), words.details(event.kind, event.details)),
            ],
            advice=words.advice(event.kind),
            told=json.dumps(event.details, ensure_ascii=False, indent=2),
        )


def _linked(station_id: int | None, name: str | None) -> Markup | str:
    """The way to the station, if it is still there."""
    return Markup('<a href="{}">{}</a>').format(url_for("StationView.show", pk=station_id), name) if name else ""
