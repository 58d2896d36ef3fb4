"""The message log as a person reads it."""

import re
from datetime import datetime

import orjson
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from domain.models import Direction, Message, MessageKind
from portal import formats
from portal.table import Row
from portal.views import message_xml
from portal.views.message_columns import in_milliseconds

DIRECTIONS = {
    Direction.IN: _l("from the station"),
    Direction.OUT: _l("to the station"),
}
ARROWS = {Direction.IN: "→", Direction.OUT: "←"}
KINDS = {
    MessageKind.CALL: _l("call"),
    MessageKind.RESULT: _l("answer"),
    MessageKind.ERROR: _l("refusal"),
    MessageKind.INVALID: _l("unreadable"),
}
ASKING = (MessageKind.CALL, MessageKind.INVALID)
"""What gets an answer; the others are answers."""
BAD = (MessageKind.ERROR, MessageKind.INVALID)

BEGINNING = 140
DEEPEST = 20
"""Levels that are told apart by their indent."""
PART = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s"\[\]{},:]+')


def direction(row: Row) -> Markup:
    """With an arrow; the station is at the left."""
    which = row["direction"]
    return Markup('<span aria-hidden="true">{}</span> {}').format(ARROWS[which], DIRECTIONS[which])


def kind(row: Row) -> str | Markup:
    word = KINDS[row["kind"]]
    return Markup('<span class="bad">{}</span>').format(word) if row["kind"] in BAD else str(word)


def frame(row: Row) -> Markup:
    """The beginning of what is said; the whole is on a page of its own."""
    said = message_xml.body(row["frame"]) if message_xml.looks_like_xml(row["frame"]) else row["frame"]
    return Markup('<code class="frame">{}</code>').format(_beginning(said))


def reason(row: Row) -> str:
    return _beginning(row["reason"] or "")


def _beginning(text: str) -> str:
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING]}…"


def moment(at: datetime) -> str:
    return in_milliseconds(at.astimezone(formats.user_time_zone()))


def heading(message: Message) -> str:
    return f"{message.action} · {KINDS[message.kind]}" if message.action else str(KINDS[message.kind]).capitalize()


def look(frame: str) -> str:
    """The class of a message as it is shown whole: lines of XML have few blanks to be broken at."""
    return "told xml" if message_xml.looks_like_xml(frame) else "told"


def laid_out(frame: str) -> str:
    """JSON or XML over several lines, each value as it was written; what is neither stays as it is."""
    if message_xml.looks_like_xml(frame):
        return message_xml.laid_out(frame)
    try:
        orjson.loads(frame)
    except orjson.JSONDecodeError:
        return frame
    written: list[str] = []
    depth, before = 0, ""
    for part in PART.findall(frame):
        is_end = part in "}]"
        depth -= is_end
        if (is_end and before not in "{[") or (not is_end and before and before in "{[,"):
            written.append("\n" + "  " * min(depth, DEEPEST))
        written.append(": " if part == ":" else part)
        depth += part in "{["
        before = part
    return "".join(written)
