"""What a cell holds, and how that becomes text, a tag, a moment or a yes."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from domain.writing import is_writable

LONGEST_CELL = 1000
MOST_EXACT = 10**15
"""Excel keeps 15 digits of a number and makes the others zero."""

WHOLE = re.compile(r"(\d+)[.,]0+")
"""How other programs save a whole number from a column of numbers."""
NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?(e-?\d{1,2})?", re.IGNORECASE)
EXCEL_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"))

YES = frozenset(("yes", "y", "ja", "j", "true", "sand", "sandt", "1", "x"))
NO = frozenset(("no", "n", "nej", "false", "falsk", "0", "-"))

DATE = re.compile(
    r"(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"|(?P<day2>\d{1,2})(?P<separator>[-.])(?P<month2>\d{1,2})(?P=separator)(?P<year2>\d{4}))"
    r"(?:[T ]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?)?"
)
"""Year first, or day first as the Danes do; with slashes nobody knows which is the month."""


class Flaw(Enum):
    """A cell whose value is not in the file."""

    UNCALCULATED = "uncalculated"


Value = str | int | float | bool | datetime | date | time | timedelta | Flaw | None


class ValueProblemError(Exception):
    """A cell cannot be what its column wants; `code` and `values` as in problems.py."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def is_empty(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def text_of(value: Value) -> str:
    """One cell as one line of text.

    Raises:
        ValueProblemError: it holds something else.
    """
    _refuse_flaws(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < MOST_EXACT else str(value)
    if not isinstance(value, str | int):
        raise ValueProblemError("not_text")
    text = " ".join(str(value).replace("\u00a0", " ").split())
    if len(text) > LONGEST_CELL:
        raise ValueProblemError("too_long", most=str(LONGEST_CELL))
    if not is_writable(text):
        raise ValueProblemError("unwritable")
    return text


def password_of(value: Value) -> str:
    """A password as it stands there: blanks inside and around it are its own."""
    if not isinstance(value, str):
        return text_of(value)
    _refuse_flaws(value)
    if len(value) > LONGEST_CELL:
        raise ValueProblemError("too_long", most=str(LONGEST_CELL))
    return value


def parts_of(value: Value) -> list[str]:
    """What stands in a cell between semicolons, each once."""
    return list(dict.fromkeys(part.strip() for part in text_of(value).split(";") if part.strip()))


def tags_of(value: Value) -> list[str]:
    """The tags in a cell; a number of Excel's is one tag."""
    if isinstance(value, bool):
        raise ValueProblemError("not_a_tag_number", value="TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return [_tag_of_number(value)]
    return list(dict.fromkeys(map(_tag_of_text, parts_of(value))))


def _tag_of_number(number: int | float) -> str:
    if abs(number) >= MOST_EXACT:
        raise ValueProblemError("number_rounded", value=f"{Decimal(number):.5E}")
    if number < 0 or number != int(number):
        raise ValueProblemError("not_a_tag_number", value=str(number))
    return str(int(number))


def _tag_of_text(text: str) -> str:
    """Whether it is a tag is asked of domain/id_tokens.py; only what other programs make of whole numbers is undone."""
    whole = WHOLE.fullmatch(text)
    return whole[1] if whole and int(whole[1]) < MOST_EXACT else text


def exact_text_of(value: Value, longest: int, *, lines: bool = False) -> str:
    """Text just as a form would keep it: only the blanks around it go, and breaks of lines stay where they may be."""
    if not isinstance(value, str):
        return text_of(_unrounded(value))
    _refuse_flaws(value)
    text = value.strip().replace("\r\n", "\n")
    if len(text) > longest:
        raise ValueProblemError("too_long", most=str(longest))
    if not is_writable(text, lines=lines):
        raise ValueProblemError("unwritable")
    return text


def _unrounded(value: Value) -> Value:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= MOST_EXACT:
        raise ValueProblemError("number_rounded", value=f"{Decimal(value):.5E}")
    return value


def whole_of(value: Value, least: int, most: int) -> int:
    number = number_of(value, least, most)
    if number != int(number):
        raise ValueProblemError("not_whole", value=text_of(value))
    return int(number)


def number_of(value: Value, least: float, most: float) -> float:
    """A number, with a point or a comma before its fraction."""
    _refuse_flaws(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueProblemError("not_a_number", value=text_of(value))
    written = value.strip().replace(",", ".") if isinstance(value, str) else value
    if isinstance(written, str) and not NUMBER.fullmatch(written):
        raise ValueProblemError("not_a_number", value=text_of(value))
    number = float(written)
    if not least <= number <= most:
        raise ValueProblemError("out_of_range", least=str(least), most=str(most))
    return number


def uuid_of(value: Value) -> str:
    try:
        return str(UUID(text_of(value)))
    except ValueError:
        raise ValueProblemError("not_a_uuid", value=text_of(value)) from None


def zone_of(value: Value) -> str:
    name = text_of(value)
    if name not in available_timezones():
        raise ValueProblemError("not_a_time_zone", value=name)
    return name


def yes_or_no(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    word = text_of(value).casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueProblemError("not_yes_or_no")


def moment_of(value: Value, zone: ZoneInfo, *, is_end: bool) -> datetime:
    """A moment in the zone of whoever imports. A day without a time begins it, or as an end runs to its midnight."""
    _refuse_flaws(value)
    try:
        moment, has_time = _written_moment(value)
        if moment.tzinfo is None:
            if is_end and not has_time:
                moment += timedelta(days=1)
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueProblemError("not_a_date", value=str(value).strip()[:40]) from None


def _written_moment(value: Value) -> tuple[datetime, bool]:
    """What was written, and whether a time was among it: Excel has no days without one, midnight is how it says so."""
    if isinstance(value, datetime):
        return value, value.time() != time()
    if isinstance(value, date):
        return datetime.combine(value, time()), False
    written = str(value).strip()
    found = DATE.fullmatch(written)
    if found is None:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            raise ValueError(written)
        return moment, True
    parts = found.groupdict()
    day = date(*(int(parts[name] or parts[f"{name}2"]) for name in ("year", "month", "day")))
    at = time(*(int(parts[name] or 0) for name in ("hour", "minute", "second")))
    return datetime.combine(day, at), parts["hour"] is not None


def _refuse_flaws(value: Value) -> None:
    if value is Flaw.UNCALCULATED:
        raise ValueProblemError("uncalculated")
    if isinstance(value, str):
        if value.strip() in EXCEL_ERRORS:
            raise ValueProblemError("excel_error", value=value.strip())
        if "\ufffd" in value:
            raise ValueProblemError("lost_letters")
