"""Of which type each column is in a Parquet file, and how the database writes it for the way there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Double, Integer, Numeric, String, cast

from portal.table.column import Column
from portal.table.columns import Boolean, Choice, Date, Duration, Number, Text

if TYPE_CHECKING:
    import pyarrow

MICROSECONDS = 1_000_000
DIGITS = 18
"""Of a decimal: what 64 bits hold."""


@dataclass(frozen=True)
class Typed:
    """A column of the file."""

    name: str
    form: ColumnElement[Any]
    """What is selected for it."""
    type_name: str
    decimals: int = 0

    def arrow_type(self) -> "pyarrow.DataType":
        import pyarrow

        match self.type_name:
            case "moment":
                return pyarrow.timestamp("us", tz="UTC")
            case "duration":
                return pyarrow.duration("us")
            case "decimal":
                return pyarrow.decimal128(DIGITS, self.decimals)
            case name:
                return pyarrow.type_for_alias(name)


def typed(column: Column) -> Typed:
    """By its kind; words are codes, as in CSV."""
    match column:
        case Date():
            return Typed(column.name, cast(column.expression, String), "moment")
        case Duration():
            return Typed(column.name, cast(column.expression * MICROSECONDS, BigInteger), "duration")
        case Boolean():
            return Typed(column.name, column.expression, "bool")
        case Number():
            return _number(column)
        case Text() | Choice():
            is_whole = isinstance(column.plain().type, Integer)
            form = cast(column.plain(), BigInteger if is_whole else String)
            return Typed(column.name, form, "int64" if is_whole else "string")
        case _:
            raise TypeError(f"{type(column).__name__} has no type in Parquet")


def _number(column: Number) -> Typed:
    """A whole number, an exact decimal in the unit in which it is shown, or else the nearest there is."""
    is_exact = 10**column.decimals % column.scale == 0
    if column.scale > 1 and is_exact:
        value = cast(column.expression, Numeric) / column.scale
        return Typed(column.name, cast(value, Numeric(DIGITS, column.decimals)), "decimal", column.decimals)
    if column.scale > 1 or column.decimals:
        return Typed(column.name, cast(column.expression, Double) / column.scale, "double")
    return Typed(column.name, cast(column.expression, BigInteger), "int64")
