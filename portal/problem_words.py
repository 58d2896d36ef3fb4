"""What the domain finds wrong with a command (domain/problems.py), in words for the screen."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from domain.clock import FIRST_YEAR, LAST_YEAR
from domain.problems import Problem, Problems

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
    "too_long": _l("At most %(max_length)s."),
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "datetime_type": MOMENT,
    "timezone_aware": MOMENT,
    "tag_invalid": _l("The outlet asks for a tag that is registered; this one is not."),
    "tag_blocked": _l("The outlet asks for a tag; this one is blocked."),
    "tag_expired": _l("The outlet asks for a tag; this one has expired."),
    "tag_not_yet_valid": _l("The outlet asks for a tag; this one is not valid yet."),
    "no_such_outlet": _l("The station has no outlet %(outlet)s."),
    "no_outlets": _l("A supply controller has no outlets."),
    "unknown_to_protocol": _l("The station speaks %(protocol)s, which has no such command."),
    "unsayable": _l("The station speaks %(protocol)s, which cannot say this."),
    "signed_unknown_to_protocol": _l(
        "The station speaks %(protocol)s, which knows no signed images."
        " Upload the image once more without its signature."
    ),
    "no_such_firmware": _l("This image is gone."),
    "not_for_this_model": _l("The image is for %(wanted)s, the station is %(told)s."),
    "model_unknown": _l("The image is for %(wanted)s, and the station has not told what it is."),
    "before_since": _l("This must be after the beginning."),
    "never_waits": _l("Somebody stands at the outlet now, so this cannot wait."),
    "in_the_past": _l("This must be in the future."),
    "needed": NEEDED,
    "no_such_charge": _l("This charge is not there."),
    "charge_ended": _l("The charge has ended."),
    "at_another_outlet": _l("The charge runs at outlet %(outlet)s."),
    "nothing_charges": _l("Nothing charges at outlet %(outlet)s."),
    "of_the_whole_station": _l("A profile for the whole station is of no single outlet."),
    "of_this_charge": _l("A charge begins with a profile of its own."),
    "not_of_a_charge": _l("Only a profile for the charge that runs is of one charge."),
    "no_such_reservation": _l("The station has no such reservation."),
    "not_reserved": _l("The station did not agree to this reservation."),
    "reservation_over": _l("The reservation is over."),
    "reservation_cancelled": _l("The reservation is cancelled already."),
    "too_many_tags": _l("There are %(tags)s tags, and the station keeps at most %(most)s."),
}
"""By `Problem.word`; what is not here is said as the API says it."""


RULES: Mapping[str, LazyString] = {
    f"must be in the years {FIRST_YEAR} to {LAST_YEAR}": _l("This year is out of reach."),
    "`recurs` belongs to the kind recurring, and is needed there": CHOOSE,
    "contains a character that cannot be stored": _l("This contains characters that cannot be written."),
    "the first period must start at 0 seconds": _l("The first step begins at 0:00."),
    "each period must start later than the one before": _l("Each step begins later than the one before."),
    "`start_at` is needed unless the profile is relative to the start of the charge": _l(
        "A beginning is needed, unless it begins with each charge."
    ),
    "`valid_to` must come after `valid_from`": _l("Its validity must end after it begins."),
}
"""The rules of the models themselves (domain/command_parameters.py), by what they say in English."""


def in_words(problem: Problem) -> str:
    rule = RULES.get(str(problem.values.get("error", "")))
    words = rule or WORDS.get(_word(problem))
    return str(words) % {name: _plain(value) for name, value in problem.values.items()} if words else problem.message


def _word(problem: Problem) -> str:
    """The length of a text with a check of its own is told as if it were that of a list."""
    is_text = problem.values.get("field_type") == "Value"
    return problem.word.replace("too_", "string_too_") if is_text else problem.word


def _plain(value: Any) -> Any:
    return f"{value:g}" if isinstance(value, float) else value


def all_in_words(problems: Problems) -> str:
    return " ".join(in_words(problem) for some in problems.values() for problem in some)


def kept_in_words(problems: Mapping[str, list[dict[str, Any]]]) -> str:
    """Those that stand in the outcome of a command."""
    return all_in_words({name: [Problem(**each) for each in some] for name, some in problems.items()})
