"""A message as XML and as the plain payload that OCPP-J would have, in both directions.

A payload holds texts, whole numbers, truths, lists and dictionaries by the names of the wire. What should be a number
and is none stays the text that it was: whoever reads the payload says what is wrong with it.

It is read from the tree itself: spyne would make an object of every value first, at twice the cost of all the rest. It
is written by spyne, from the objects that `message_of` makes.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lxml.etree import _Element

from ocpp_soap.kinds import BOOLEAN, INT, Field, Kind, Record
from ocpp_soap.models import model

Payload = dict[str, Any]

WHOLE = re.compile(r"\s*([+-]?\d{1,18})\s*", re.ASCII)
TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def payload_of(record: Record, element: _Element) -> Payload:
    """What an element holds. What the record does not know is kept as text; what may be left out and is empty, is."""
    payload: Payload = {}
    for child in element:
        name = local_name(child)
        field = record.fields.get(name)
        if field is None:
            payload[name] = child.text or ""
        elif field.is_list:
            payload.setdefault(name, []).append(_read(field.kind, child))
        elif len(child) or child.text or not field.is_optional:
            payload[name] = _read(field.kind, child)
    if record.has_attributes:
        for name, field in record:
            if field.is_content:
                payload[name] = (element.text or "").strip()
            elif field.is_attribute and (text := element.get(name)):
                payload[name] = text
    return payload


def local_name(element: _Element) -> str:
    """Stations that leave out or mistake the namespace of an inner element mean the same one."""
    return str(element.tag).rpartition("}")[2]


def _read(kind: Kind, element: _Element) -> Any:
    if isinstance(kind, Record):
        return payload_of(kind, element)
    text = element.text or ""
    read = READERS.get(kind)
    return read(text) if read else text.strip()


def _number(text: str) -> int | str:
    found = WHOLE.fullmatch(text)
    return int(found[1]) if found else text.strip()


def _truth(text: str) -> bool | str:
    return TRUTHS.get(text.strip().lower(), text)


READERS: Mapping[Kind, Callable[[str], Any]] = {INT: _number, BOOLEAN: _truth}


def message_of(record: Record, payload: Mapping[str, Any], namespace: str) -> Any:
    """The object that spyne writes. What the payload has beyond the record is left out."""
    values = {
        name: _written(field, payload[name], namespace) for name, field in record if payload.get(name) is not None
    }
    return model(record, namespace)(**values)


def _written(field: Field, value: Any, namespace: str) -> Any:
    if field.is_list:
        return [_one(field.kind, each, namespace) for each in _as_list(value)]
    return _one(field.kind, value, namespace)


def _as_list(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _one(kind: Kind, value: Any, namespace: str) -> Any:
    if isinstance(kind, Record):
        return message_of(kind, value, namespace)
    return str(value).lower() if isinstance(value, bool) else str(value)
