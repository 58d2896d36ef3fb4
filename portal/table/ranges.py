"""Ranges as people write them in a filter: `10`, `=10`, `>10`, `<=10`, `10..20`, `10 - 20`, `10..`, `..20`.

What stands for one value may itself span some: `2026-11` is a whole month, `2026-11-22 16:43` a whole minute. So each
value is read as a range too, and `>2026-11` begins where that month ends.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false, true


class FilterError(ValueError):
    """A filter that cannot be understood; the text tells its writer what would be right."""


@dataclass(frozen=True, slots=True)
class Range:
    """All values from `low` to `high`; None leaves that side open."""

    low: Any = None
    high: Any = None
    includes_low: bool = True
    includes_high: bool = True

    def clause(self, expression: ColumnElement[Any], bind: Callable[[Any], Any] = lambda value: value) -> Any:
        """The condition that `expression` lies in it. `bind` makes a parameter of a bound."""
        if self.low is not None and self.high is not None and self.low > self.high:
            return false()
        sides = []
        if self.low is not None:
            sides.append(expression >= bind(self.low) if self.includes_low else expression > bind(self.low))
        if self.high is not None:
            sides.append(expression <= bind(self.high) if self.includes_high else expression < bind(self.high))
        return and_(true(), *sides)


COMPARISON = re.compile(r"(>=|<=|=|>|<|≥|≤)\s*(.*)", re.DOTALL)
SPAN = re.compile(r"\s*(?:\.{2,3}|…|–|—|\sto\s|\stil\s|\s-\s)\s*")


def parse(text: str, value: Callable[[str], Range], span: re.Pattern[str] = SPAN) -> Range:
    """Read a range; `value` reads one value and raises FilterError, `span` divides a first from a last one."""
    comparison = COMPARISON.fullmatch(text)
    if comparison:
        return _compared(comparison[1], value(comparison[2].strip()))
    ends = span.split(text)
    if len(ends) == 1:
        return value(text)
    if len(ends) != 2 or not any(ends):
        raise FilterError(_("Write one range, such as from..to."))
    low, high = (value(end) if end else Range() for end in ends)
    if low.low is not None and high.low is not None and low.low > high.low:
        raise FilterError(_("The range ends before it begins."))
    return Range(low.low, high.high, low.includes_low, high.includes_high)


def _compared(operator: str, value: Range) -> Range:
    match operator:
        case "=":
            return value
        case ">":
            return Range(low=value.high, includes_low=not value.includes_high)
        case ">=" | "≥":
            return Range(low=value.low, includes_low=value.includes_low)
        case "<":
            return Range(high=value.low, includes_high=not value.includes_low)
        case _:
            return Range(high=value.high, includes_high=value.includes_high)
