"""What the domain finds wrong with a command (domain/problems.py), in words for the screen."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from domain.problems import Problem

NEEDED, WHOLE, NUMBER, CHOOSE = (
    _l("This is needed."),
    _l("Enter a whole number."),
    _l("Enter a number."),
    _l("Choose one."),
)
TOO_LARGE, MOMENT = _l("This number is too large."), _l("Enter a day and a time.")

WORDS: Mapping[str, LazyString] = {
    "missing": NEEDED,
    "string_too_short": NEEDED,
    "string_type": NEEDED,
    "string_too_long": _l("At most %(max_length)s characters."),
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "int_type": WHOLE,
    "int_parsing_size": TOO_LARGE,
    "float_parsing": NUMBER,
    "float_type": NUMBER,
    "finite_number": NUMBER,
    "greater_than_equal": _l("At least %(ge)s."),
    "less_than_equal": _l("At most %(le)s."),
    "enum": CHOOSE,
    "literal_error": CHOOSE,
    "bool_parsing": CHOOSE,
    "bool_type": CHOOSE,
    "too_short": _l("Enter at least one."),
    "too_long": _l("These are too many."),
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "datetime_type": MOMENT,
    "timezone_aware": MOMENT,
    "no_such_outlet": _l("The station has no outlet %(outlet)s."),
    "no_outlets": _l("A supply controller has no outlets."),
    "unknown_to_protocol": _l("The station speaks %(protocol)s, which has no such command."),
    "no_such_firmware": _l("This image is gone."),
    "before_since": _l("This must be after the beginning."),
    "never_waits": _l("Somebody stands at the outlet now, so this cannot wait."),
}
"""By `Problem.word`; what is not here is said as the API says it."""


def in_words(problem: Problem) -> str:
    words = WORDS.get(problem.word)
    return str(words) % problem.values if words is not None else problem.message


def kept_in_words(problems: Mapping[str, list[dict[str, Any]]]) -> str:
    """Those that stand in the outcome of a command."""
    return " ".join(in_words(Problem(**each)) for some in problems.values() for each in some)
