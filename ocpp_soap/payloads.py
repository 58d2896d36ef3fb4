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

from ocpp_soap.elements import Element
from ocpp_soap.faults import protocol_error
from ocpp_soap.kinds import BOOLEAN, INT, Decimal, Field, Kind, Record
from ocpp_soap.models import model
from ocpp_soap.namespaces import XSI

Payload = dict[str, Any]
Make = Callable[[Record, dict[str, Any]], Any]
"""From a record and its values to what writes them."""

NIL = f"{XSI}}}nil"
VOID: tuple[Any, ...] = ("", {})
WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
FRACTION = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})", re.ASCII)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def payload_of(record: Record, element: Element) -> Payload:
    """What an element holds. What the record does not know is kept as text; what may be left out and is empty, is.
    Raises SoapFault for what can be read in two ways.

    Stations that leave out or mistake the namespace of an inner element mean the same one.
    """
    payload: Payload = {}
    for child in element.children:
        if child.attributes and child.attributes.get(NIL) in ("true", "1"):
            continue
        name = child.name
        field = record.fields.get(name)
        if field is not None and field.is_list:
            payload.setdefault(name, []).append(_read(field.kind, child))
        elif name in payload:
            raise protocol_error(f"{name} stands there twice")
        elif field is None:
            payload[name] = child.text
        elif (value := _read(field.kind, child)) not in VOID or not field.is_optional:
            payload[name] = value
    if record.has_attributes:
        for name, field in record:
            if field.is_content:
                payload[name] = element.text.strip()
            elif field.is_attribute and (text := element.attributes.get(name)):
                payload[name] = text
    return payload


def _read(kind: Kind, element: Element) -> Any:
    if isinstance(kind, Record):
        return payload_of(kind, element)
    if element.children:
        raise protocol_error(f"{element.name} must be a value; there are elements in it")
    text = element.text.strip()
    if isinstance(kind, Decimal):
        return _fraction(text)
    read = READERS.get(kind)
    return read(text) if read else text


def _number(text: str) -> int | str:
    return int(text) if WHOLE.fullmatch(text) else text


def _fraction(text: str) -> float | str:
    return float(text) if FRACTION.fullmatch(text) else text


def _truth(text: str) -> bool | str:
    return TRUTHS.get(text.lower(), text)


READERS: Mapping[Kind, Callable[[str], Any]] = {INT: _number, BOOLEAN: _truth}


def message_of(record: Record, payload: Mapping[str, Any], namespace: str) -> Any:
    """The object that spyne writes; it would write a void in place of what is missing. Raises ValueError as `told`."""
    return told(record, payload, lambda inner, values: model(inner, namespace)(**values))


def told(record: Record, payload: Mapping[str, Any], make: Make) -> Any:
    """What is made from a payload, its values as the texts of XML. What it has beyond the record is left out. Raises
    ValueError with the name of a field for a payload that is no such message."""
    values = {}
    for name, field in record:
        value = payload.get(name)
        if value is not None:
            values[name] = _told(f"{record.name}.{name}", field, value, make)
        elif not field.is_optional:
            raise ValueError(f"{record.name}.{name} is missing")
    return make(record, values)


def _told(name: str, field: Field, value: Any, make: Make) -> Any:
    if not field.is_list:
        return _one(name, field.kind, value, make)
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name} must be a list")
    if not (value or field.is_optional):
        raise ValueError(f"{name} must hold one at least")
    return [_one(name, field.kind, each, make) for each in value]


def _one(name: str, kind: Kind, value: Any, make: Make) -> Any:
    if value is None:
        raise ValueError(f"{name} is missing in its list")
    if isinstance(kind, Record):
        if not isinstance(value, Mapping):
            raise ValueError(f"{name} must be an object")
        return told(kind, value, make)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _decimal(name, value) if isinstance(kind, Decimal) else str(value)
    if NOT_XML.search(text):
        raise ValueError(f"{name} has a character that XML does not know")
    return text


def _decimal(name: str, value: Any) -> str:
    """Without an exponent, which XML Schema does not know."""
    try:
        number = decimal.Decimal(str(value))
    except decimal.InvalidOperation:
        number = decimal.Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{name} must be a number")
    return f"{number:f}"
