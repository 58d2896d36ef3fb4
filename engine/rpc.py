"""OCPP-J without sockets: a frame in, a call, an answer or the refusal that it deserves out.

OCPP-J 1.6, section 4: a frame is a JSON array, `[2, id, action, payload]` for a call, `[3, id, payload]` for its result
and `[4, id, code, description, details]` for its refusal. A refusal names the call's id where one can be read, else
"-1" as later editions say.

Both sides call, and their messages may come between each other's call and answer. `Calls` knows which of our calls an
answer belongs to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Generic, TypeVar

import orjson

LONGEST_ID = 36
LONGEST_DESCRIPTION = 255
UNKNOWN_ID = "-1"
DEEPEST = 30
"""No message of any version has so many levels, and all that looks into more meets limits of its own."""

ID_IN_BROKEN_FRAME = re.compile(r'\s*\[\s*2\s*,\s*"([^"\\\x00-\x1f]{1,36})"')

NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
REPLACED = r"\1\\ufffd"
"""No text in a database holds the character U+0000, and an answer cannot be sent back: there it is replaced."""
PADDING = re.compile(r"(?<!\\)((?:\\\\)*)(?:\\u0000)+(?=\")")
"""At the end of a text it is what a text of fixed length was filled up with."""


class MessageType(IntEnum):
    """OCPP-J 1.6, 4.1.3."""

    CALL = 2
    CALL_RESULT = 3
    CALL_ERROR = 4


class ErrorCode(StrEnum):
    """OCPP-J 1.6, table 7, with its spelling (errata 5.1 and 5.2 keep it)."""

    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    INTERNAL_ERROR = "InternalError"
    PROTOCOL_ERROR = "ProtocolError"
    SECURITY_ERROR = "SecurityError"
    FORMATION_VIOLATION = "FormationViolation"
    PROPERTY_CONSTRAINT_VIOLATION = "PropertyConstraintViolation"
    OCCURENCE_CONSTRAINT_VIOLATION = "OccurenceConstraintViolation"
    TYPE_CONSTRAINT_VIOLATION = "TypeConstraintViolation"
    GENERIC_ERROR = "GenericError"


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the other side."""

    unique_id: str
    action: str
    payload: dict[str, Any]


class CallError(Exception):
    """A call is refused; the description says what would be right."""

    def __init__(self, code: ErrorCode, description: str, unique_id: str = UNKNOWN_ID) -> None:
        self.code = code
        self.description = description[:LONGEST_DESCRIPTION]
        """Some of them quote what is wrong, which may be a megabyte."""
        super().__init__(self.description)
        self.unique_id = unique_id


@dataclass(frozen=True, slots=True)
class Result:
    """The other side's answer to a call of ours."""

    unique_id: object
    payload: Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """The other side's refusal of a call of ours; what it left out is None."""

    unique_id: object
    code: Any
    description: Any
    details: Any


Answer = Result | Refusal
"""Whatever stands in it, nobody answers an answer; so none is malformed, and the one who asked judges the rest."""


def read(frame: str | bytes) -> Call | Answer:
    """What is in a frame. Raises CallError for one that is to be refused."""
    if isinstance(frame, bytes):
        text = frame.decode(errors="replace")
        raise _malformed("a frame must be text; this one was binary", _id_in(text))
    try:
        message = orjson.loads(frame)
    except orjson.JSONDecodeError as error:
        raise _malformed(f"the frame is not valid JSON: {error}", _id_in(frame)) from None
    if not isinstance(message, list) or not message:
        raise _malformed('a frame must be a JSON array such as [2, "id", "Heartbeat", {}]')
    kind = message[0]
    is_too_deep = frame.count("[") + frame.count("{") > DEEPEST and _is_deeper(message, DEEPEST)
    if type(kind) is int and kind in (MessageType.CALL_RESULT, MessageType.CALL_ERROR):
        if "\\u0000" in frame:
            message = orjson.loads(NUL.sub(REPLACED, frame))
        return _answer([part for part in message[:2] if isinstance(part, int | str)] if is_too_deep else message)
    if is_too_deep:
        raise _malformed("the frame is nested too deeply", _id_in(frame))
    if "\\u0000" in frame:
        message = orjson.loads(PADDING.sub(r"\1", frame))
    unique_id = message[1] if len(message) > 1 else None
    if not isinstance(unique_id, str) or not unique_id or "\0" in unique_id:
        raise _malformed("the second element must be the call's unique id, a text that is not empty")
    if type(kind) is not int or kind != MessageType.CALL:
        raise _malformed("the first element must be 2 for a call, 3 for a result or 4 for an error", unique_id)
    if len(unique_id) > LONGEST_ID:
        raise _malformed(f"a unique id has at most {LONGEST_ID} characters", unique_id)
    if len(message) != 4:
        raise _malformed(f"a call has 4 elements, [2, id, action, payload]; this one has {len(message)}", unique_id)
    _, _, action, payload = message
    if not isinstance(action, str):
        raise _malformed("the third element must be the action, a text", unique_id)
    if not isinstance(payload, dict):
        raise _malformed("the fourth element must be the payload, an object such as {}", unique_id)
    if "\\u0000" in frame:
        _refuse_nul({"the action": action} | payload, unique_id)
    return Call(unique_id, action, payload)


def _answer(message: list[Any]) -> Answer:
    kind, *elements = message
    if kind == MessageType.CALL_RESULT:
        unique_id, payload = (*elements, None, None)[:2]
        return Result(unique_id, payload)
    return Refusal(*(*elements, None, None, None, None)[:4])


def call(unique_id: str, action: str, payload: dict[str, Any]) -> str:
    """The frame of a call."""
    return orjson.dumps((2, unique_id, action, payload)).decode()


def call_result(unique_id: str, payload: dict[str, Any]) -> str:
    """The frame that answers a call."""
    return orjson.dumps((3, unique_id, payload)).decode()


def call_error(unique_id: str, code: ErrorCode, description: str) -> str:
    """The frame that refuses a call."""
    return orjson.dumps((4, unique_id, code, description, {})).decode()


def _is_deeper(message: list[Any], levels: int) -> bool:
    """Whether there is a list in a list in a list and so on."""
    level: list[Any] = [message]
    for _ in range(levels):
        inner = (value.values() if isinstance(value, dict) else value for value in level)
        level = [value for values in inner for value in values if isinstance(value, dict | list)]
    return bool(level)


def _malformed(description: str, unique_id: str = UNKNOWN_ID) -> CallError:
    return CallError(ErrorCode.FORMATION_VIOLATION, description, unique_id)


def _id_in(text: str) -> str:
    """The id of a call whose rest cannot be read: the station learns which one it was."""
    match = ID_IN_BROKEN_FRAME.match(text)
    return match[1] if match else UNKNOWN_ID


def _refuse_nul(payload: dict[str, Any], unique_id: str) -> None:
    """No text in a database holds the character U+0000."""
    for path, text in _texts(payload):
        if "\0" in text:
            what = f"{path}: must not contain the character U+0000"
            raise CallError(ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, what, unique_id)


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its place."""
    match value:
        case str():
            yield path, value
        case dict():
            for name, inner in value.items():
                yield "a field's name", name
                yield from _texts(inner, f"{path}.{name}" if path else name)
        case list():
            for place, inner in enumerate(value):
                yield from _texts(inner, f"{path}[{place}]")


Asked = TypeVar("Asked")

MOST_OVERDUE = 20
"""How many calls whose time is over are kept in mind, should their answers come after all."""


class CallUnderWayError(Exception):
    """One call at a time (OCPP-J 1.6, 4.1.1)."""


class Calls(Generic[Asked]):
    """Our calls on one line, and what each asked for."""

    __slots__ = ("_overdue", "_under_way")

    def __init__(self) -> None:
        self._under_way: tuple[str, Asked] | None = None
        # There is one of these for each connection, and most never need it.
        self._overdue: tuple[tuple[str, Asked], ...] = ()

    @property
    def is_one_under_way(self) -> bool:
        return self._under_way is not None

    def begin(self, unique_id: str, asked: Asked) -> None:
        """A call is sent."""
        if self._under_way is not None:
            raise CallUnderWayError(unique_id)
        self._under_way = unique_id, asked

    def give_up(self) -> None:
        """The time of the call under way is over: another may be sent, and its answer is still known if it comes."""
        if self._under_way is not None:
            self._overdue = (*self._overdue, self._under_way)[-MOST_OVERDUE:]
            self._under_way = None

    def pair(self, answer: Answer) -> Asked | None:
        """What the call asked for that this answers; None for a stranger's answer and for one that is repeated."""
        if self._under_way is not None and self._under_way[0] == answer.unique_id:
            asked = self._under_way[1]
            self._under_way = None
            return asked
        late = next((call for call in self._overdue if call[0] == answer.unique_id), None)
        if late is None:
            return None
        self._overdue = tuple(call for call in self._overdue if call is not late)
        return late[1]
