"""Payloads that say something else than the schema allows, but cannot be meant in two ways.

Stations write numbers as texts, texts as numbers, words in other letters, nothing as null; they add fields and exceed
lengths. A payload that the schema refuses is gone through once, guided by the schema; what can only be meant in one way
is put as the schema wants it, and noted. What remains is checked again, so whatever was not mended is refused as ever.
What may be mended beyond that is a table of each version (`engine/ocpp1/tolerance.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

import orjson

Schema = Mapping[str, Any]
Mended = TypeVar("Mended", int, str)

NUMBER = re.compile(r"\s*([+-]?\d{1,20})(?:[.,](\d{1,20}))?\s*", re.ASCII)
"""With a point or a comma; thousands are not parted, since nobody could tell which of the two parts them."""
BETWEEN_WORDS = re.compile(r"[^a-z0-9]")
LONGEST_NOTE = 60
LARGEST = 2**63
"""What is beyond measures nothing, and no database keeps it."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What may be mended, by the name of the field."""

    cut: frozenset[str] = frozenset()
    """Texts that are for people's eyes: cut where they are too long."""
    rounded: frozenset[str] = frozenset()
    """Whole numbers that measure something and may come with a fraction."""
    numbers: frozenset[str] = frozenset()
    """Texts that hold a number, which may come as one."""
    anything: frozenset[str] = frozenset()
    """Texts for which anything may come; it is kept as JSON."""
    otherwise: Mapping[str, str] = field(default_factory=dict)
    """The word that stands for all that no choice names."""
    needed: Mapping[str, str] = field(default_factory=dict)
    """Of the elements of a list those are left out that lack this field."""


class Mender:
    """Mends one payload; `notes` tells what it did."""

    def __init__(self, schema: Schema, tolerance: Tolerance) -> None:
        self._schema = schema
        self._tolerance = tolerance
        self.notes: list[str] = []

    def mend(self, payload: Any) -> Any:
        return self._value(self._schema, payload, "payload")

    def _value(self, schema: Schema, value: Any, name: str) -> Any:
        if "$ref" in schema:
            schema = self._schema["definitions"][schema["$ref"].removeprefix("#/definitions/")]
        match schema.get("type"):
            case "object" if isinstance(value, dict):
                return self._object(schema, value)
            case "array" if isinstance(value, list):
                return self._list(schema["items"], value, name)
            case "integer":
                return self._integer(value, name)
            case "string":
                return self._text(schema, value, name)
        return value

    def _object(self, schema: Schema, value: dict[str, Any]) -> dict[str, Any]:
        mended = {}
        properties = schema.get("properties", {})
        for name, inner in value.items():
            if name not in properties:
                self._note(name, inner, "left out: there is no such field")
            elif inner in (None, "") and name not in schema.get("required", ()):
                self._note(name, inner, "left out")
            else:
                mended[name] = self._value(properties[name], inner, name)
        return mended

    def _list(self, schema: Schema, values: list[Any], name: str) -> list[Any]:
        mended = [self._value(schema, value, name) for value in values]
        needed = self._tolerance.needed.get(name)
        if needed is None:
            return mended
        kept = [value for value in mended if not isinstance(value, dict) or value.get(needed) is not None]
        if len(kept) < len(mended):
            self._note(name, None, f"left out where it has no {needed}")
        return kept

    def _integer(self, value: Any, name: str) -> Any:
        number = _number(value)
        if number is None or abs(number) > LARGEST or (number % 1 and name not in self._tolerance.rounded):
            return value
        return self._changed(name, value, round(number))

    def _text(self, schema: Schema, value: Any, name: str) -> Any:
        if not isinstance(value, str):
            text = self._as_text(value, name)
            if text is None:
                return value
            value = self._changed(name, value, text)
        if "enum" in schema:
            return self._choice(schema["enum"], value, name)
        if len(value) > schema.get("maxLength", len(value)) and name in self._tolerance.cut:
            return self._changed(name, value, value[: schema["maxLength"]])
        return value

    def _as_text(self, value: Any, name: str) -> str | None:
        if name in self._tolerance.anything:
            return orjson.dumps(value).decode()
        if type(value) is int or (type(value) is float and name in self._tolerance.numbers):
            return str(value)
        return None

    def _choice(self, choices: list[str], value: str, name: str) -> str:
        """The choice that differs in nothing but capitals and what parts words."""
        if value in choices:
            return value
        meant = [choice for choice in choices if _folded(choice) == _folded(value)]
        return self._changed(name, value, meant[0] if len(meant) == 1 else self._tolerance.otherwise.get(name, value))

    def _changed(self, name: str, value: object, mended: Mended) -> Mended:
        if type(value) is not type(mended) or value != mended:
            self._note(name, value, f"taken as {_shortly(mended)}")
        return mended

    def _note(self, name: str, value: Any, what: str) -> None:
        self.notes.append(f"{name} {_shortly(value)}: {what}")


def _number(value: Any) -> Decimal | None:
    """A number, or a text that is one."""
    if type(value) in (int, float):
        return Decimal(value)
    match = NUMBER.fullmatch(value) if isinstance(value, str) else None
    return Decimal(f"{match[1]}.{match[2] or 0}") if match else None


def _folded(word: str) -> str:
    return BETWEEN_WORDS.sub("", word.casefold())


def _shortly(value: Any) -> str:
    text = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return text if len(text) <= LONGEST_NOTE else f"{text[:LONGEST_NOTE]}..."
