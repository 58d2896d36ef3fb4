"""The filters of a list: which operators each kind of field has, and the condition that each stands for.

The words are Flask-AppBuilder's; the values are checked by the field itself, as they would be in a body.
"""

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError
from marshmallow.fields import Field, List
from sqlalchemy import ColumnElement, any_, literal, not_

from portal.api.fields import Key, Moment, Number, Text, Whole

Operator = Callable[[ColumnElement[Any], Any], ColumnElement[bool]]

EQUAL: dict[str, Operator] = {
    "eq": lambda column, value: column == value,
    "neq": lambda column, value: column.is_distinct_from(value),
}
AMONG: dict[str, Operator] = {
    "in": lambda column, values: column.in_(values),
    "not_in": lambda column, values: column.not_in(values),
}
ORDERED: dict[str, Operator] = {
    "gt": lambda column, value: column > value,
    "lt": lambda column, value: column < value,
}
RELATED: dict[str, Operator] = {"rel_o_m": EQUAL["eq"], "nrel_o_m": EQUAL["neq"]}
WORDS: dict[str, Operator] = {
    "sw": lambda column, value: column.istartswith(value, autoescape=True),
    "ew": lambda column, value: column.iendswith(value, autoescape=True),
    "ct": lambda column, value: column.icontains(value, autoescape=True),
    "nsw": lambda column, value: not_(column.istartswith(value, autoescape=True)),
    "new": lambda column, value: not_(column.iendswith(value, autoescape=True)),
    "nct": lambda column, value: not_(column.icontains(value, autoescape=True)),
}
HOLDING: dict[str, Operator] = {
    "ct": lambda column, value: literal(value) == any_(column),
    "nct": lambda column, value: not_(literal(value) == any_(column)),
}
ALL = EQUAL | AMONG | ORDERED | RELATED | WORDS

MOST_VALUES = 1000


def operators(field: Field[Any]) -> dict[str, Operator]:
    """What a field of this kind can be filtered by."""
    if isinstance(field, Key):
        return EQUAL | AMONG | RELATED
    if isinstance(field, Text):
        return EQUAL | AMONG | WORDS
    if isinstance(field, Whole | Number | Moment):
        return EQUAL | AMONG | ORDERED
    if isinstance(field, List):
        return HOLDING
    return EQUAL | AMONG


def condition(field: Field[Any], column: ColumnElement[Any], operator: str, value: Any) -> ColumnElement[bool]:
    """The condition that a filter stands for.

    Raises:
        ValidationError: an operator that the field does not have, or a value that is none of the field's.
    """
    offered = operators(field)
    if operator not in offered:
        raise ValidationError({"opr": [f"Must be one of: {', '.join(offered)}."]})
    try:
        return offered[operator](column, _value(field, operator, value))
    except ValidationError as error:
        raise ValidationError({"value": error.messages}) from error


def _value(field: Field[Any], operator: str, value: Any) -> Any:
    if isinstance(field, List):
        return field.inner.deserialize(value)
    if operator in AMONG:
        if not isinstance(value, list) or len(value) > MOST_VALUES:
            raise ValidationError(f"Must be a list of at most {MOST_VALUES} values.")
        return [field.deserialize(each) for each in value]
    if value is None:
        if operator not in EQUAL | RELATED:
            raise ValidationError("Must be a value.")
        return None
    return field.deserialize(value)
