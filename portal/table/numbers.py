"""Numbers and durations as people write them in a filter."""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from flask_babel import gettext as _

from portal.table.ranges import SPAN, FilterError, Range, parse

NUMBER = re.compile(r"[-+]?\d{1,30}(?:[.,]\d{1,30})?")
# Between two numbers a bare hyphen is a range too: 10-20.
NUMBER_SPAN = re.compile(rf"{SPAN.pattern}|(?<=[\d.,])-(?=[-+\d])")
LARGEST = 2**63 - 1

CLOCK = re.compile(r"(\d{1,6}):([0-5]?\d)(?::([0-5]?\d))?")
AMOUNT = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)\s*(h|t|min|m|s|sec|sek)\.?", re.IGNORECASE)
SECONDS = {"h": 3600, "t": 3600, "m": 60, "min": 60, "s": 1, "sec": 1, "sek": 1}


def number_range(text: str, scale: int = 1) -> Range:
    """A range of numbers, each multiplied by `scale` (1000 for kWh over a column in Wh)."""

    def value(part: str) -> Range:
        if not NUMBER.fullmatch(part):
            raise FilterError(_("Write a number, such as 10, >10, <=5 or 10..20."))
        number = Decimal(part.replace(",", ".")) * scale
        if abs(number) > LARGEST:
            raise FilterError(_("That number is too large."))
        return Range(number, number)

    return parse(text, value, NUMBER_SPAN)


def whole(numbers: Range) -> Range:
    """The same range for a column of whole numbers, so that its index is used: above 10.5 is from 11."""
    low, high = numbers.low, numbers.high
    includes_low, includes_high = numbers.includes_low, numbers.includes_high
    if low is not None and low != low.to_integral_value():
        low, includes_low = low.to_integral_value(ROUND_CEILING), True
    if high is not None and high != high.to_integral_value():
        high, includes_high = high.to_integral_value(ROUND_FLOOR), True
    return Range(None if low is None else int(low), None if high is None else int(high), includes_low, includes_high)


def duration_range(text: str) -> Range:
    """A range of durations in seconds; each is the whole second in which it is shown."""

    def value(part: str) -> Range:
        clock, amount = CLOCK.fullmatch(part), AMOUNT.fullmatch(part)
        if clock:
            seconds = float(int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0))
        elif amount:
            seconds = float(amount[1].replace(",", ".")) * SECONDS[amount[2].lower()]
        else:
            raise FilterError(_("Write a duration, such as >1:30, 0:10..0:45:30 or <90 min."))
        return Range(seconds, seconds + 1, includes_high=False)

    return parse(text, value)
