"""Keyset paging: a page begins right after the last row of the page before, wherever in a million rows that is.

A cursor is that row's value in the sorted column and its key, which breaks ties. PostgreSQL sorts empty values last, or
first when descending, and an index on (column, key) gives both orders; but a comparison of rows never finds an empty
value. So behind a cursor the rows lie in up to two segments, the filled and the empty values, which are read in turn.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import Session

from portal.table.column import Column, Expression, Row


@dataclass(frozen=True, slots=True)
class Sort:
    """By which column, and which way."""

    column: Column
    descending: bool

    def __str__(self) -> str:
        return f"-{self.column.name}" if self.descending else self.column.name


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows."""

    value: Any
    key: int

    @classmethod
    def of(cls, row: Row) -> "Cursor":
        return cls(row["sort_value"], row["key"])

    def __str__(self) -> str:
        text = json.dumps([self.value, self.key], separators=(",", ":"), default=_plain)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str, column: Column) -> "Cursor":
        """Read one out of a URL. Raises ValueError unless `column` may hold its value."""
        try:
            value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (binascii.Error, UnicodeError, RecursionError, TypeError) as error:
            raise ValueError(text) from error
        if isinstance(key, bool) or not isinstance(key, int) or abs(key) >= 2**63:
            raise ValueError(text)
        return cls(None if value is None else column.from_cursor(value), key)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(value)


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by an expression and, where that is equal, by their key; both turn together, so that one index serves."""

    expression: Expression
    key: Expression
    descending: bool

    def reversed(self) -> "Order":
        return Order(self.expression, self.key, not self.descending)

    def apply(self, statement: Select[Any]) -> Select[Any]:
        by = (self.key,) if self.expression is self.key else (self.expression, self.key)
        return statement.order_by(*(part.desc() if self.descending else part.asc() for part in by))


def fetch(
    db: Session, statement: Select[Any], order: Order, cursor: Cursor | None, limit: int, backwards: bool
) -> list[Row]:
    """The next `limit` rows after the cursor, or the nearest ones before it, always in the given order."""
    walk = order.reversed() if backwards else order
    statement = walk.apply(statement)
    rows: list[Row] = []
    for conditions in segments(walk, cursor):
        segment = statement.where(*conditions).limit(limit - len(rows))
        rows.extend(dict(row) for row in db.execute(segment).mappings())
        if len(rows) == limit:
            break
    return rows[::-1] if backwards else rows


def segments(walk: Order, cursor: Cursor | None) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """The conditions of the segments behind a cursor, in the order of reading."""
    if cursor is None:
        yield ()
        return
    here = literal(cursor.key, BigInteger)
    if cursor.value is None:
        yield walk.expression.is_(None), (walk.key < here) if walk.descending else (walk.key > here)
        if walk.descending:
            yield (walk.expression.is_not(None),)
        return
    row, place = tuple_(walk.expression, walk.key), tuple_(cursor.value, here)
    yield ((row < place) if walk.descending else (row > place),)
    if not walk.descending and _may_be_empty(walk.expression):
        yield (walk.expression.is_(None),)


def _may_be_empty(expression: Expression) -> bool:
    """An expression other than a plain column may be empty for all that is known."""
    return bool(getattr(expression, "nullable", True))
