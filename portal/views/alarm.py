"""Active alarms: what is wrong now at the selected node, the latest first (manual, "Alarmer")."""

from typing import Any

from flask import url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import Select

from domain.alarms import acknowledging, uplinks
from domain.alarms.acknowledging import SHOWN
from domain.models import Alarm, AlarmHistory, Site, System
from domain.nodes import Node
from domain.roles import RoleName
from portal import alarm_words as words
from portal.database import database
from portal.node import node_url
from portal.record import Page
from portal.table import Action, Choice, Date, Row, TableView, Text
from portal.table.actions import ForMarked
from portal.viewer import may, viewer
from portal.views import alarm_page
from portal.views.alarm_columns import BY, at_node, by, columns_of, extras_of, state, with_names


def _state(row: Row) -> Markup:
    """With a button where nobody has said yet that they know of it; its form stands once in the page."""
    chip = words.state_chip(row["now_state"], row["by_name"])
    if row["now_state"] != words.NEW or not may("can_index", "AlarmAcknowledgeView"):
        return chip
    button = Markup('{} <button class="s" form="acknowledge" name="alarm" value="{}">{}</button>')
    return button.format(chip, row["key"], _("Acknowledge"))


def alarm_actions(row: Row) -> list[Action]:
    """The ways from an alarm to its station."""
    if row["station_id"] is None:
        return []
    node = f"station-{row['station_id']}"
    label = _("Show station %(name)s", name=row["named"])
    return [
        Action(label, url_for("StationView.show", pk=row["station_id"], node=node)),
        Action(_("Show its event log"), url_for("EventView.list", node=node)),
        Action(_("Commands to it"), url_for("ControlView.index", node=node)),
    ]


class AlarmView(TableView):
    """Above the stations, what is gathered under one alarm is left to that one."""

    datamodel = SQLAInterface(Alarm)
    route_base = "/alarms"
    base_permissions = ["can_list", "can_show", "can_export", "can_new"]
    include_route_methods = {"list", "show", "export", "new"}
    list_title = _l("Active alarms")
    list_template = "alarms.html"
    default_sort = "-since"
    filter_column = "alarm"
    for_marked = ForMarked(
        "AlarmAcknowledgeView.index",
        "alarm",
        _l("Acknowledge"),
        _l("Acknowledge the marked ones …"),
        _l("Acknowledge all that are listed …"),
    )
    nothing_yet = _l("No alarm is active here.")
    columns = columns_of(Alarm, state=(Choice("state", _l("State"), state(), words.STATES, render=_state),))
    extras = extras_of(Alarm) | {"now_state": state()}

    def _init_forms(self) -> None:
        """There are none: alarms come and go by themselves."""

    @property
    def key(self) -> Any:
        return Alarm.id

    def base(self) -> Select[Any]:
        return with_names(Alarm).where(SHOWN)

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        found = at_node(Alarm, statement, node)
        return found.where(Alarm.parent_id.is_(None)) if isinstance(node, System | Site) else found

    def row_actions(self, row: Row) -> list[Action]:
        actions = [Action(_("Show"), self.link_to("show", row))]
        if row["now_state"] == words.NEW and may("can_index", "AlarmAcknowledgeView"):
            url = node_url("AlarmAcknowledgeView.index", marked="yes", alarm=row["key"])
            actions.append(Action(_("Acknowledge with a note …"), url, dialog=True))
        return actions + alarm_actions(row)

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s alarm", "%(text)s alarms", number, text=text)

    def cut_off(self) -> str | None:
        """What is said to those who see the whole system when most of it is lost at once."""
        if viewer().role not in (RoleName.ADMINISTRATOR, RoleName.SUPPORT):
            return None
        found = uplinks.lost_of_all(database())
        if found is None:
            return None
        lost, of_all = found
        return _(
            "%(lost)s of %(all)s stations were lost within a minute: it may be this portal itself that is cut off.",
            lost=lost,
            all=of_all,
        )

    @expose("/show/<int:pk>", methods=["GET", "POST"])
    @has_access
    def show(self, pk: int) -> Page:
        """One alarm, also when it is over by now; a comment on it is sent here."""
        return alarm_page.show(self, pk)

    @expose("/new", methods=["GET"])
    @has_access
    def new(self) -> dict[str, int]:
        """How many wait for somebody, for the menu of an open page."""
        return {"new": acknowledging.count_new(database(), viewer())}


class AlarmHistoryView(TableView):
    """Alarms that are over, the latest first."""

    datamodel = SQLAInterface(AlarmHistory)
    route_base = "/alarm_history"
    base_permissions = ["can_list", "can_export"]
    include_route_methods = {"list", "export"}
    list_title = _l("Alarm history")
    default_sort = "-until"
    filter_column = "alarm"
    nothing_yet = _l("No alarm here is over yet.")
    columns = columns_of(
        AlarmHistory,
        until=(Date("until", _l("Until"), AlarmHistory.cleared_at),),
        state=(
            Text("by", _l("Acknowledged by"), BY, sortable=False, width=28, render=by),
            Date("acknowledged", _l("Acknowledged"), AlarmHistory.acknowledged_at, sortable=False, default=False),
        ),
    )
    extras = extras_of(AlarmHistory)

    def _init_forms(self) -> None:
        """There are none."""

    @property
    def key(self) -> Any:
        return AlarmHistory.id

    def base(self) -> Select[Any]:
        return with_names(AlarmHistory)

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        return at_node(AlarmHistory, statement, node)

    def row_actions(self, row: Row) -> list[Action]:
        return [Action(_("Show"), node_url("AlarmView.show", pk=row["key"])), *alarm_actions(row)]

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s alarm", "%(text)s alarms", number, text=text)


def new_alarms() -> int:
    """For the menu: how many wait for whoever looks."""
    return acknowledging.count_new(database(), viewer()) if may("can_new", "AlarmView") else 0
