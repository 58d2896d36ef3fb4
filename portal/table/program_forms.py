"""What a program reads of a column, written by the database itself: the forms of `Column.csv` as SQL.

They say, byte for byte, what Python says (a test compares both); quoting is left to COPY.
"""

from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, String, and_, case, cast, func, literal, literal_column

from portal.table.column import Expression

STARTS_OF_FORMULAS = "=+-@\t\r"
"""Excel and its kin take a text that begins so for a formula when it stands in a CSV file (OWASP, "CSV Injection")."""
BEGINS_LIKE_ONE = "^'*[=+@\\t\\r-]"
# The apostrophe is one more: what begins with one that we wrote gets another.
CODES = tuple(ord(sign) for sign in f"{STARTS_OF_FORMULAS}'")
EXACT_BELOW = 1e15
"""From here on PostgreSQL writes a whole number with an exponent."""


def guarded(text: Expression) -> ColumnElement[Any]:
    """As `portal.exports.csv.safe`. The first sign is looked at first, which costs a tenth of the pattern."""
    if isinstance(text.type, Integer):
        return case((text < 0, literal("'") + cast(text, String)), else_=cast(text, String))
    text = cast(text, String)
    is_one = and_(func.ascii(text).in_(CODES), text.regexp_match(BEGINS_LIKE_ONE))
    # COPY would quote an empty text.
    return case((is_one, literal("'") + text), else_=func.nullif(text, ""))


def moment(value: Expression) -> ColumnElement[Any]:
    """As `datetime.isoformat` in the zone of the connection; offsets are whole minutes since 1972."""
    written = func.to_char(value, 'YYYY-MM-DD"T"HH24:MI:SS.USTZH:TZM')
    return func.replace(written, ".000000", "")


def number(value: Expression) -> ColumnElement[Any]:
    """As Python's `str`: a float is told from a whole number."""
    text = cast(value, String)
    if not isinstance(value.type, Float):
        return text
    is_whole = and_(value == func.trunc(value), func.abs(value) < EXACT_BELOW)
    return case((is_whole, text + ".0"), else_=text)


def scaled(value: Expression, scale: int, decimals: int) -> ColumnElement[Any] | None:
    """A whole number in the unit in which it is shown, if it has that many decimals and no more."""
    if 10**decimals % scale:
        return None
    return cast(value * literal_column(f"{1 / scale:.{decimals}f}"), String)


def yes_or_no(value: Expression) -> ColumnElement[Any]:
    return case((value.is_(True), "yes"), (value.is_(False), "no"))
