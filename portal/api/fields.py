"""What may stand in a body: each kind takes just its own JSON type, within what the database holds."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from flask_appbuilder import Model
from marshmallow import ValidationError, fields, validate
from sqlalchemy.orm import InstrumentedAttribute

from domain.clock import FIRST_YEAR, LAST_YEAR
from domain.models.columns import LARGEST_BIG_KEY, LARGEST_KEY
from domain.writing import is_writable

LONGEST_TEXT = 10_000


class Text(fields.String):
    """Words, no longer than the column that holds them, and empty (null) where it may be."""

    shortest: int | None = None

    def __init__(self, column: InstrumentedAttribute[Any], **options: Any) -> None:
        self.has_lines = column.type.length is None
        length = validate.Length(self.shortest, column.type.length or LONGEST_TEXT)
        super().__init__(validate=length, **{"allow_none": column.nullable} | options)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        if not is_writable(text, lines=self.has_lines):
            raise ValidationError("Contains a character that cannot be stored.")
        return text


class Name(Text):
    """Words that something is known by: never blank, without blanks around them."""

    shortest = 1

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        return super()._deserialize(value, *args, **options).strip()


class Whole(fields.Integer):
    """A whole number, as a JSON number."""

    def __init__(self, smallest: int = 0, largest: int = LARGEST_BIG_KEY, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(smallest, largest), **options)


class Key(Whole):
    """The id of a row of another table, which must exist."""

    def __init__(self, model: type[Model], **options: Any) -> None:
        super().__init__(smallest=1, largest=LARGEST_KEY, **options)
        self.model = model


class Number(fields.Float):
    """A number, as a JSON number."""

    def __init__(self, smallest: float | None = None, largest: float | None = None, **options: Any) -> None:
        super().__init__(validate=validate.Range(smallest, largest), **options)

    def _validated(self, value: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Flag(fields.Boolean):
    """True or false, and nothing that resembles them."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Moment(fields.AwareDateTime):
    """A time with its zone, ISO 8601; answered in UTC with a Z."""

    def _serialize(self, value: datetime | None, *args: Any, **options: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        moment = super()._deserialize(value, *args, **options)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValidationError(f"Must be in the years {FIRST_YEAR} to {LAST_YEAR}.")
        return moment.astimezone(UTC)


def is_time_zone(name: str) -> None:
    """A validator: a name of the time zone database."""
    if name not in available_timezones():
        raise ValidationError("Not a time zone, such as Europe/Copenhagen.")
