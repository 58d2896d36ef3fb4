"""The columns of the history of commands, whose cells say more than a value."""

import json
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ColumnElement, Integer, and_, cast, extract, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute

from domain.clock import now
from domain.models import Action, Command, CommandBatch, CommandState, FirmwareImage, Outlet, PortalUser, Site, Station
from portal import command_words as words
from portal.table import Choice, Date, Number, Row, Text


def firmware_of(kind: type[Command] | type[CommandBatch]) -> Any:
    """The version of the image that an update of firmware is about."""
    image = cast(kind.parameters["firmware"].astext, Integer)
    found = select(FirmwareImage.version).where(kind.action == Action.UPDATE_FIRMWARE, FirmwareImage.id == image)
    return found.correlate(kind).scalar_subquery()


def asked_of(kind: type[Command] | type[CommandBatch]) -> Any:
    """What `Asked` shows."""
    return func.jsonb_build_object(
        "action", kind.action, "parameters", kind.parameters, "firmware", firmware_of(kind), type_=JSONB
    )


STATUS = Command.outcome["status"].astext
TOLD = func.jsonb_build_object(
    *("state", Command.state, "reason", Command.reason, "waits", Command.waits, "status", STATUS),
    *("error", Command.answer["errorCode"].astext),
    *("version", Command.outcome["version"], "file_name", Command.outcome["file_name"].astext),
    *("problems", Command.outcome["problems"]),
    *("detail", Command.outcome["detail"].astext),
    type_=JSONB,
)
"""What the words of an answer are made of: `command_words.Told`."""
TOOK_SECONDS = extract("epoch", Command.answered_at - Command.created_at)


@dataclass(frozen=True)
class Asked(Choice):
    """What was asked, with its parameters in words; filtered by the kind of command."""

    _: KW_ONLY
    action: InstrumentedAttribute[Action] = field(default_factory=lambda: Command.action)

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        return Choice("command", self.label, self.action, self.options).matches(text, zone)

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return words.described(value["action"], value["parameters"], value["firmware"])

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        return str(value["action"])

    def csv(self, value: Any, zone: ZoneInfo) -> Any:
        return value["action"]

    def plain(self) -> Any:
        return self.action


@dataclass(frozen=True)
class Answer(Text):
    """What became of it, in words; the filter finds the answers whose words contain it."""

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        sought = text.strip("=\"'").casefold()
        outcomes = _containing(words.OUTCOMES, sought)
        is_plain = Command.reason.is_(None) & STATUS.is_(None)
        return or_(
            Command.reason.in_(_containing(words.REASONS, sought)),
            STATUS.in_(outcomes),
            and_(is_plain, Command.state.in_({"accepted", "rejected"}.intersection(outcomes))),
        )

    def is_empty(self) -> ColumnElement[bool]:
        return Command.state.in_((CommandState.QUEUED, CommandState.SENT))

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return words.answer(words.Told(**value))

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        return self.text(value, zone) or "empty"

    def excel(self, value: Any, zone: ZoneInfo) -> Any:
        return self.text(value, zone) or None

    def csv(self, value: Any, zone: ZoneInfo) -> Any:
        return value["reason"] or value["status"]

    def plain(self) -> Any:
        return func.coalesce(func.nullif(self.expression["reason"].astext, ""), self.expression["status"].astext)


def _containing(table: Mapping[str, Any], sought: str) -> list[str]:
    return [word for word, label in table.items() if sought in str(label).casefold() or sought == word]


def _state(row: Row) -> Markup:
    return words.state_chip(row["now_state"])


def _answer(row: Row) -> str | Markup:
    """With what only the moment knows: what it waits for, and the charge that it led to."""
    match row["now_state"]:
        case CommandState.QUEUED:
            return _waits_for(row)
        case CommandState.SENT:
            left = max(int((row["deadline_at"] - now()).total_seconds()), 0)
            return _("Waits for the answer, %(seconds)d s left", seconds=left)
    if row.get("began") is not None:
        link = Markup('<a href="{}">{}</a>')
        url = url_for("ChargingSessionView.show", pk=row["began"])
        return link.format(url, _("Session %(id)s began", id=row["began"]))
    return words.answer(words.Told(**row["told"]))


def _waits_for(row: Row) -> str:
    if row["is_waiting"] and not row["online"]:
        return _("Waits until the station is back")
    return _("On its way") if row.get("is_next") else _("Waits for the command before it")


def _progress(row: Row) -> str:
    return words.progress(row["now_progress"])


COLUMNS = (
    Date("asked", _l("Asked"), Command.created_at),
    Asked("command", _l("Command"), asked_of(Command), words.ACTIONS, sortable=False, width=40),
    Text("site", _l("Site"), Site.name, sortable=False, default=False, width=28),
    Text("station", _l("Station"), Station.name, sortable=False),
    Number("outlet", _l("Outlet"), Outlet.number, sortable=False),
    Text(
        "by",
        _l("By"),
        func.nullif(func.trim(func.concat(PortalUser.first_name, " ", PortalUser.last_name)), ""),
        sortable=False,
        empty=_l("the portal itself"),
        width=28,
    ),
    Choice("state", _l("State"), Command.state, words.STATES, sortable=False, render=_state),
    Answer("answer", _l("Answer"), TOLD, sortable=False, render=_answer, width=50),
    Choice("progress", _l("Progress"), Command.progress, words.PROGRESS, sortable=False, render=_progress, width=24),
    Text("software", _l("Runs now"), Station.firmware_version, sortable=False, default=False),
    Number("took", _l("Took"), TOOK_SECONDS, unit="s", decimals=1, sortable=False),
    Date("sent", _l("Sent"), Command.sent_at, sortable=False, default=False),
    Date("answered", _l("Answered"), Command.answered_at, sortable=False, default=False),
    Number("batch", _l("Batch"), Command.batch_id, sortable=False, default=False),
    Number("id", _l("Id"), Command.id, default=False),
)

EXTRAS = {
    "action": Command.action,
    "now_state": Command.state,
    "now_progress": Command.progress,
    "told": TOLD,
    "is_waiting": Command.waits,
    "deadline_at": Command.deadline_at,
    "created_at": Command.created_at,
    "station_id": Command.station_id,
    "station_name": Station.name,
    "outlet_id": Command.outlet_id,
    "online": Station.online,
}


def pretty(value: Any) -> str:
    """JSON as a person reads it."""
    return json.dumps(value, ensure_ascii=False, indent=2)
