"""A message as XML and as the plain payload that OCPP-J would have, in both directions.

A payload holds texts, numbers, truths, lists and dictionaries by the names of the wire. What should be a number
and is none stays the text that it was: whoever reads the payload says what is wrong with it.

It is read from the tree itself: spyne would make an object of every value first, at twice the cost of all the rest. It
is written by spyne, from the objects that `message_of` makes.
"""

import decimal
import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml.etree import _Element

from ocpp_soap.kinds import BOOLEAN, INT, Decimal, Field, Kind, Record
from ocpp_soap.models import model

Payload = dict[str, Any]

WHOLE = re.compile(r"\s*([+-]?\d{1,18})\s*", re.ASCII)
FRACTION = re.compile(r"\s*([+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18}))\s*", re.ASCII)
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
    if isinstance(kind, Decimal):
        return _fraction(text)
    read = READERS.get(kind)
    return read(text) if read else text.strip()


def _number(text: str) -> int | str:
    found = WHOLE.fullmatch(text)
    return int(found[1]) if found else text.strip()


def _fraction(text: str) -> float | str:
    found = FRACTION.fullmatch(text)
    return float(found[1]) if found else text.strip()


def _truth(text: str) -> bool | str:
    return TRUTHS.get(text.strip().lower(), text)


READERS: Mapping[Kind, Callable[[str], Any]] = {INT: _number, BOOLEAN: _truth}


def message_of(record: Record, payload: Mapping[str, Any], namespace: str) -> Any:
    """The object that spyne writes. What the payload has beyond the record is left out. Raises ValueError for a payload
    that is no such message, since spyne would write a void in place of what is missing."""
    values = {}
    for name, field in record:
        value = payload.get(name)
        if value is not None:
            values[name] = _written(f"{record.name}.{name}", field, value, namespace)
        elif not field.is_optional:
            raise ValueError(f"{record.name}.{name} is missing")
    return model(record, namespace)(**values)


def _written(name: str, field: Field, value: Any, namespace: str) -> Any:
    if not field.is_list:
        return _one(name, field.kind, value, namespace)
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name} must be a list")
    if not (value or field.is_optional):
        raise ValueError(f"{name} must hold one at least")
    return [_one(name, field.kind, each, namespace) for each in value]


def _one(name: str, kind: Kind, value: Any, namespace: str) -> Any:
    if isinstance(kind, Record):
        if not isinstance(value, Mapping):
            raise ValueError(f"{name} must be an object")
        return message_of(kind, value, namespace)
    if isinstance(kind, Decimal):
        return decimal_text(name, value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def decimal_text(name: str, value: Any) -> str:
    """A number as XML Schema writes it, without an exponent. Raises ValueError."""
    try:
        number = decimal.Decimal(str(value))
    except decimal.InvalidOperation:
        number = decimal.Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{name} must be a number")
    return f"{number:f}"
