"""Changes as a form sends them: of each parameter the key, what it was when the page was made, and what it shall be."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask import abort
from werkzeug.datastructures import MultiDict

from domain import known_parameters
from domain.known_parameters import Risk
from domain.problems import ParametersError
from domain.secret_parameters import is_secret
from portal.pages.parameters import words
from portal.pages.parameters.rows import Line

MOST_CHANGES = 200


@dataclass(frozen=True)
class Change:
    key: str
    value: str
    was: str = ""

    @property
    def is_odd(self) -> bool:
        """Whether it is of another kind than the station's own, where nothing else is known."""
        return known_parameters.looks_odd(self.key, self.value, self.was)

    @property
    def is_secret(self) -> bool:
        return is_secret(self.key)

    @property
    def is_dangerous(self) -> bool:
        return known_parameters.risk_of(self.key) is Risk.CUTS_LINE

    @property
    def danger(self) -> str:
        risk = known_parameters.risk_of(self.key)
        return str(words.DANGERS[risk]) if risk else ""


def sent(form: "MultiDict[str, str]") -> list[Change]:
    """What is to be changed: what was not touched stays as it is, whatever it is by now. A key twice is its last."""
    keys, before, values = (form.getlist(name) for name in ("key", "was", "value"))
    if not len(keys) == len(before) == len(values):
        abort(400)
    changed = [Change(key.strip(), value, was) for key, was, value in zip(keys, before, values, strict=True)]
    # A field of one line has no line breaks, whatever the station tells.
    found = {each.key.lower(): each for each in changed if each.key and each.value != re.sub(r"[\r\n]", "", each.was)}
    if len(found) > MOST_CHANGES:
        abort(400)
    return list(found.values())


def faults(changes: Iterable[Change], lines: Iterable[Line]) -> dict[str, str]:
    """What is wrong with values, by key in small letters."""
    told = {line.key.lower(): line for line in lines}
    found = {}
    for change in changes:
        line = told.get(change.key.lower())
        reason = known_parameters.fault(change.key, change.value, line.value if line else None)
        if line is not None and line.is_readonly:
            reason = known_parameters.Fault.READ_ONLY
        elif reason is known_parameters.Fault.READ_ONLY and line is not None:
            reason = None  # The station says that it may be changed.
        if reason is not None:
            found[change.key.lower()] = words.fault(change.key, reason)
    return found


def refused(change: Change, error: ParametersError) -> dict[str, str]:
    """What the command itself does not take."""
    return {change.key.lower(): "; ".join(problem.message for some in error.problems.values() for problem in some)}
