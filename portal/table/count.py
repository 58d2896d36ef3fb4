"""How many rows a table has: exactly when they are few, else "more than", so that a page never waits for a count."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from portal import formats
from portal.table.column import Row
from portal.table.columns import Number

CAP = 10_000


@dataclass(frozen=True, slots=True)
class Count:
    """The number of rows, or with `more` a number that is exceeded."""

    rows: int
    more: bool
    sums: dict[str, Any]
    """For each column that is totalled, its sum; empty with `more`."""


def count(db: Session, statement: Select[Any], totals: tuple[Number, ...], *, exact: bool) -> Count:
    """Count the statement's rows and add up its totals; looks at no more than `CAP` rows unless `exact`."""
    counted = statement.with_only_columns(
        literal(1).label("one"),
        *(column.expression.label(column.name) for column in totals),
        maintain_column_froms=True,
    )
    inner = (counted if exact else counted.limit(CAP + 1)).subquery()
    sums = (func.sum(inner.c[column.name]).label(column.name) for column in totals)
    row = db.execute(select(func.count().label("rows"), *sums).select_from(inner)).mappings().one()
    if not exact and row["rows"] > CAP:
        return Count(CAP, True, {})
    return Count(row["rows"], False, {column.name: row[column.name] for column in totals})


def count_of(rows: list[Row], totals: tuple[Number, ...]) -> Count:
    """The same of rows that are all there is."""
    values = {column.name: [row[column.name] for row in rows if row[column.name] is not None] for column in totals}
    return Count(len(rows), False, {name: sum(numbers) if numbers else None for name, numbers in values.items()})


def total_text(column: Number, value: Any) -> str:
    """A sum as the footer says it, such as `61,203.4 kWh`."""
    return f"{formats.number(column.shown(value or 0), min(column.decimals, 1))} {column.unit}".rstrip()
