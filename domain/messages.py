"""What of a frame may be kept in the message log: not its secrets, and not all of a frame that is huge.

Secrets are masked before a frame is written anywhere. In JSON they are found by their names wherever they stand
(domain/secret_parameters.py), in XML too (domain/xml_secrets.py); text that is neither, and text within either, is
searched for what looks like them.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import orjson

from domain import xml_secrets
from domain.secret_parameters import MASK, is_secret

LONGEST_FRAME = 64 * 1024
LONGEST_REASON = 1000
LONGEST_ACTION = 50
LONGEST_UNIQUE_ID = 100
"""Over SOAP it is an address, such as `urn:uuid:…` (WS-Addressing 1.0 Core, 3.1)."""

PLAIN = frozenset(
    {
        "Authorize",
        "BootNotification",
        "Heartbeat",
        "MeterValues",
        "StartTransaction",
        "StatusNotification",
        "StopTransaction",
    }
)
"""What stations say all day and what holds no secret: not even looked into."""
HEADERS_OF_XML = re.compile(r"@|password", re.IGNORECASE)
"""But for its headers over SOAP: a password in the station's address, or one of WS-Security."""

BEFORE_XML = " \t\r\n\ufeff"

PASSWORD_IN_ADDRESS = re.compile(r"""(:\\?/\\?/[^\s/:"'@\\]{0,200}):[^\s/"\\]+@""")
"""ftp://name:password@host (RFC 3986, 3.2.1), its slashes perhaps escaped as JSON allows."""
NAME = re.compile(r"""(?<![\w.-])([A-Za-z][\w.-]{1,60})(\\*["']?\s{0,9}[:=]\s{0,9})""")
VALUE = re.compile(r"""(\\*["'])([^"'\\]*)|([^\s"'\\,;&{}\[\]]+)""")
"""`password=…`, `"token": "…"`, and the same within a text of JSON."""
KEY_FIRST = re.compile(r'("key"\s{0,9}:\s{0,9}"([^"]{0,60})"[^{}]{0,100}?"value"\s{0,9}:\s{0,9}")([^"]*)')
VALUE_FIRST = re.compile(r'("value"\s{0,9}:\s{0,9}")([^"]*)("[^{}]{0,100}?"key"\s{0,9}:\s{0,9}"([^"]{0,60})")')
"""A parameter of a station, in a frame that is broken elsewhere."""


def cut(frame: str, reason: str | None) -> tuple[str, str]:
    """The beginning of a frame that is longer than `LONGEST_FRAME`, and the reason with a word about it."""
    told = f"only its beginning is kept, of {len(frame):,} characters"
    return frame[:LONGEST_FRAME], f"{reason}; {told}" if reason else told


def storable(frame: str, action: str | None, reason: str | None) -> tuple[str, str | None]:
    """Frame and reason as they may be written down; `action` is that of the call, if one is known."""
    frame = writable(frame)
    if reason is not None:
        reason = masked_text(writable(reason))[:LONGEST_REASON]
    is_plain = action in PLAIN and not (_is_xml(frame) and HEADERS_OF_XML.search(frame))
    return frame if is_plain else masked(frame), reason


def writable(text: str) -> str:
    """A database's text holds neither U+0000 nor half of a surrogate pair."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def masked(frame: str) -> str:
    """The frame without its secrets; unchanged to the letter where it has none."""
    if _is_xml(frame):
        return xml_secrets.masked(frame, masked_text)
    try:
        document = orjson.loads(frame)
        if not isinstance(document, dict | list):
            return masked_text(frame)
        return orjson.dumps(document).decode() if _mask_within(document) else frame
    except orjson.JSONDecodeError:
        return masked_text(frame)
    except orjson.JSONEncodeError:
        # Nested too deep to be written again.
        return masked_text(frame)


def _is_xml(frame: str) -> bool:
    return frame.lstrip(BEFORE_XML).startswith("<")


def masked_document(document: Any) -> Any:
    """The same of what was read from a frame, as a copy."""
    held = [deepcopy(document)]
    _mask_within(held)
    return held[0]


def masked_text(text: str) -> str:
    """The same of any text."""
    text = PASSWORD_IN_ADDRESS.sub(rf"\1:{MASK}@", text)
    text = KEY_FIRST.sub(lambda found: found[1] + _masked_value(found[2], found[3]), text)
    text = VALUE_FIRST.sub(lambda found: found[1] + _masked_value(found[4], found[2]) + found[3], text)
    return _masked_named(text)


def _masked_named(text: str) -> str:
    pieces: list[str] = []
    written = 0
    for found in NAME.finditer(text):
        name, sign = found.groups()
        # In JSON the value of `key` is itself a name; in an address, as in `?key=…`, it is not.
        if found.start() < written or not is_secret(name) or (name.lower() == "key" and ":" in sign):
            continue
        value = VALUE.match(text, found.end())
        begins_at, ends_at = value.span(value.lastindex or 0) if value else (0, 0)
        if begins_at < ends_at:
            pieces += text[written:begins_at], MASK
            written = ends_at
    return "".join((*pieces, text[written:]))


def _mask_within(document: Any) -> bool:
    """Mask in place; whether there was anything to mask. Without recursion: a frame may be nested a thousand deep."""
    is_changed, todo = False, [document]
    while todo:
        container = todo.pop()
        of_parameter = container.get("key") if isinstance(container, dict) else None
        for place, value in _items(container):
            if isinstance(value, dict | list):
                todo.append(value)
                continue
            safe = _masked_value(of_parameter if place == "value" and of_parameter else place, value)
            if safe is not value and safe != value:
                container[place], is_changed = safe, True
    return is_changed


def _items(container: Any) -> Iterable[tuple[Any, Any]]:
    return list(container.items() if isinstance(container, dict) else enumerate(container))


def _masked_value(name: Any, value: Any) -> Any:
    if isinstance(name, str) and name.lower() != "key" and is_secret(name) and value not in ("", None):
        return MASK
    return masked_text(value) if isinstance(value, str) else value
