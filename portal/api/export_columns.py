"""What each field of an answer is in a file: named and valued as in the lists of the API, written by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import fields
from marshmallow.fields import Field
from sqlalchemy import ARRAY, ColumnElement, String, cast, func, literal

from portal.api.fields import Moment, Number
from portal.table import columns, program_forms
from portal.table.column import Column, Expression


@dataclass(frozen=True)
class At(columns.Date):
    """A moment in UTC, ending in Z as everywhere in the API."""

    def csv_form(self) -> ColumnElement[Any]:
        return func.replace(program_forms.moment(self.expression), "+00:00", "Z")


@dataclass(frozen=True)
class Flag(columns.Boolean):
    """True or false, in the words of JSON."""

    def csv_form(self) -> ColumnElement[Any]:
        return cast(self.expression, String)


@dataclass(frozen=True)
class Words(columns.Text):
    """A text, or several as one: codes with blanks between them, or JSON."""

    def plain(self) -> Expression:
        if isinstance(self.expression.type, ARRAY):
            return func.array_to_string(self.expression, " ", type_=String)
        return cast(self.expression, String)


def column_of(name: str, field: Field[Any], expression: Expression) -> Column:
    """By the kind of its field."""
    match field:
        case Moment():
            return At(name, name, expression)
        case fields.Boolean():
            return Flag(name, name, expression)
        case Number():
            # With decimals, it is a number with a point in Parquet.
            return columns.Number(name, name, expression, decimals=3)
        case fields.Integer():
            return columns.Number(name, name, expression)
    return Words(name, name, expression)


def object_form(columns: Sequence[Column]) -> ColumnElement[Any]:
    """A row as an object in JSON; put together as text, in half the time of `json_build_object`."""
    signs = ("{", *("," for _ in columns[1:]))
    pairs = ((f'{sign}"{column.name}":', _in_json(column)) for sign, column in zip(signs, columns, strict=True))
    return func.concat(*(part for pair in pairs for part in pair), "}", type_=String)


def _in_json(column: Column) -> ColumnElement[Any]:
    """Moments as they are written, all else by its own type."""
    if isinstance(column, At):
        return func.coalesce(literal('"') + column.csv_form() + '"', "null")
    return func.coalesce(cast(func.to_json(column.expression), String), "null")
