"""How times, energies and numbers are written for people.

Tables write the manual's one format for everybody, so that columns line up, sort and compare; prose follows the
language (`number`).
"""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import get_locale
from flask_babel import numbers as babel_numbers
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context

from domain.time_zones import zone_of

WH_PER_KWH = 1000


def user_time_zone() -> ZoneInfo:
    """The zone in which the signed-in user reads times; else, and outside of a request, the installation's."""
    chosen = current_user.time_zone if current_user and current_user.is_authenticated else None
    return zone_of(chosen)


def at(moment: datetime | None, zone: ZoneInfo | None = None) -> str:
    """`yyyy-mm-dd hh:mm:ss.s` in the user's zone (manual, "Statistik"); cut, never rounded into the next second.

    Whoever writes many lines gives the zone, which is then looked up once.
    """
    if moment is None:
        return ""
    local = moment.astimezone(zone or user_time_zone())
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 100_000}"


def clock(moment: datetime) -> str:
    """`hh:mm:ss` in the user's zone, where the day is plain."""
    return f"{moment.astimezone(user_time_zone()):%H:%M:%S}"


def day(moment: datetime) -> str:
    """`yyyy-mm-dd` in the user's zone."""
    return f"{moment.astimezone(user_time_zone()):%Y-%m-%d}"


def kwh(energy_wh: float | None, decimals: int = 3) -> str:
    """Wh as kWh with a decimal point, such as `11.064`."""
    if energy_wh is None:
        return ""
    return f"{Decimal(str(energy_wh)) / WH_PER_KWH:.{decimals}f}"


def duration(seconds: float | None) -> str:
    """`h:mm:ss`; hours run on past 24."""
    if seconds is None:
        return ""
    sign = "-" if seconds < 0 else ""
    minutes, rest = divmod(int(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{rest:02}"


def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """A number in prose, as the language writes it: `1,234.5` in English, `1.234,5` in Danish."""
    if value is None:
        return ""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return babel_numbers.format_decimal(value, pattern, locale=get_locale() or "en")


def init_app(app: Flask) -> None:
    """Make them filters in templates: `{{ row.started_at|at }}`."""
    app.jinja_env.filters.update(at=at, clock=clock, day=day, kwh=kwh, duration=duration, number=_number_in_template)


@pass_context
def _number_in_template(_context: Context, value: float | Decimal | None, decimals: int = 0) -> str:
    """Jinja writes down the filter of a constant once for all readers, unless it takes the context."""
    return number(value, decimals)
