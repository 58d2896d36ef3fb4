"""The message log: each frame between a station and the portal, the latest first, live."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, abort, jsonify, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, false, select

from domain.clock import now
from domain.models import Direction, Message, Outlet, Station
from domain.models.columns import LARGEST_BIG_KEY, LARGEST_KEY
from domain.nodes import Node
from portal import formats
from portal import node as nodes
from portal.database import database
from portal.node import selected
from portal.record import Fact
from portal.table import Action, Choice, Row, TableView, Text
from portal.table.query import TableQuery
from portal.views import message_words as words
from portal.views.message_columns import Frame, Moment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ADDRESS = re.compile(r"(\d{1,10})-(\d{1,16})-(\d{1,19})")
"""Station, time and number: with these three a message is found at once among all days."""
BELATED = timedelta(minutes=5)
"""A frame is written within a second; later only if the database was away."""
ANSWERED_WITHIN = timedelta(hours=1)
AROUND = timedelta(minutes=1)
UNSORTED = {"sortable": False}
"""In any other order than that of time, all of a station's messages would have to be read for a page."""


class MessageView(TableView):
    """The messages of the selected station."""

    datamodel = SQLAInterface(Message)
    route_base = "/messages"
    base_permissions = ["can_list", "can_show", "can_export"]
    include_route_methods = {"list", "show", "export", "newer"}
    list_title = _l("Messages")
    list_template = "station_messages.html"
    buttons_template = "station_messages_buttons.html"
    file_types = (*TableView.file_types, "jsonl")
    default_sort = "-at"
    filter_column = "action"
    nothing_yet = _l("Nothing was said here yet.")
    columns = (
        Moment("at", _l("Time"), Message.at, width=26),
        Choice("direction", _l("Direction"), Message.direction, words.DIRECTIONS, render=words.direction, **UNSORTED),
        Choice("kind", _l("Kind"), Message.kind, words.KINDS, render=words.kind, **UNSORTED),
        Text("action", _l("Action"), Message.action, width=28, **UNSORTED),
        Frame("frame", _l("Message"), Message.frame, render=words.frame, width=120, **UNSORTED),
        Text("reason", _l("Remark"), Message.reason, render=words.reason, width=60, **UNSORTED),
        Text("unique_id", _l("Message id"), Message.unique_id, default=False, width=36, **UNSORTED),
    )
    extras = {"moment": Message.at, "station_id": Message.station_id}

    def _init_forms(self) -> None:
        """There are none: a message is what was said."""

    @property
    def key(self) -> Any:
        return Message.id

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        match node:
            case Station():
                return statement.where(Message.station_id == node.id)
            case Outlet():
                return statement.where(Message.station_id == node.station_id)
            case _:
                return statement.where(false())

    def row_actions(self, row: Row) -> list[Action]:
        return [Action(_("Show"), url_of(row["station_id"], row["moment"], row["key"]))]

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s message", "%(text)s messages", number, text=text)

    def is_of_station(self) -> bool:
        return isinstance(selected(), Station | Outlet)

    def newer_url(self, query: TableQuery) -> str | None:
        """Where to ask whether the list would begin with something new; None where it would not."""
        is_latest_first = str(query.sort) == self.default_sort and query.cursor is None
        if not (self.is_of_station() and is_latest_first) or query.errors:
            return None
        return url_for(".newer", **query.params(sort=None, rows=None, columns=None))

    @expose("/newer")
    @has_access
    @permission_name("list")
    def newer(self) -> Response:
        """Whether the list has a message with a higher number than `known`."""
        known = request.args.get("known", 0, type=int)
        rows = self.narrowed().where(*self.query().conditions)
        newer = rows.where(Message.at > now() - BELATED, Message.id > min(max(known, 0), LARGEST_BIG_KEY))
        return jsonify(newer=database().scalar(select(newer.exists())))

    @expose("/show/<string:pk>")
    @has_access
    def show(self, pk: str) -> str:
        """One message whole, and beside it the call that it answers, or the answer to it."""
        message = database().scalar(self.scoped(select(Message)).where(*_is(pk))) or abort(404)
        station = nodes.find(f"station-{message.station_id}")
        if station is not None:
            nodes.select(station)
        other = self._other(message)
        pair = [message, other] if message.kind in words.ASKING else [other, message]
        return self.render_template(
            "message_show.html",
            title=words.heading(message),
            facts=_facts(message),
            pair=[each for each in pair if each is not None],
            message=message,
            words=words,
            around=_around(message) if station is not None else None,
            url_of=lambda each: url_of(each.station_id, each.at, each.id),
        )

    def _other(self, message: Message) -> Message | None:
        """The nearest one with its id in the other direction: after what asks an answer, before an answer what asks."""
        opposite = Direction.OUT if message.direction is Direction.IN else Direction.IN
        same = self.scoped(select(Message)).where(
            Message.station_id == message.station_id,
            Message.unique_id == message.unique_id,
            Message.direction == opposite,
        )
        if message.kind in words.ASKING:
            answers = same.where(
                Message.at.between(message.at, message.at + ANSWERED_WITHIN), Message.kind.not_in(words.ASKING)
            )
            return database().scalar(answers.order_by(Message.at, Message.id).limit(1))
        calls = same.where(Message.at.between(message.at - ANSWERED_WITHIN, message.at), Message.kind.in_(words.ASKING))
        return database().scalar(calls.order_by(Message.at.desc(), Message.id.desc()).limit(1))


def url_of(station_id: int, at: datetime, number: int) -> str:
    """The page of one message."""
    return url_for("MessageView.show", pk=f"{station_id}-{(at - EPOCH) // MICROSECOND}-{number}")


def _is(address: str) -> tuple[Any, ...]:
    """The condition for the message of an address."""
    found = ADDRESS.fullmatch(address) or abort(404)
    station_id, microseconds, number = map(int, found.groups())
    if station_id > LARGEST_KEY or number > LARGEST_BIG_KEY:
        abort(404)
    return Message.station_id == station_id, Message.at == EPOCH + microseconds * MICROSECOND, Message.id == number


def _facts(message: Message) -> list[Fact]:
    return [
        Fact(_("Time"), words.moment(message.at)),
        Fact(_("Station"), selected().name if isinstance(selected(), Station) else None),
        Fact(_("Direction"), words.DIRECTIONS[message.direction]),
        Fact(_("Kind"), words.KINDS[message.kind]),
        Fact(_("Message id"), message.unique_id, copies=bool(message.unique_id)),
        Fact(_("Remark"), message.reason),
    ]


def _around(message: Message) -> str:
    """The list of what was said shortly before and after."""
    return list_url(message.station_id, message.at - AROUND, message.at + AROUND)


def list_url(station_id: int, begins_at: datetime, ends_at: datetime | None) -> str:
    """The list of a station's messages in a span of time; without an end until now."""
    zone = formats.user_time_zone()
    first, last = (at and f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" for at in (begins_at, ends_at))
    return url_for("MessageView.list", node=f"station-{station_id}", at=f"{first}..{last}" if last else f">={first}")
