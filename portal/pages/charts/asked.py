"""What the address of a chart asks for: which chart, of which days, in which periods, beside which others."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from domain.charts.periods import Periods, TooManyPeriodsError, Unit, between
from domain.errors import DomainError
from portal.formats import user_time_zone
from portal.pages.charts.kinds import BY_NAME, RANKINGS

USUAL_DAYS = 30
SPANS = ((7, _l("7 days")), (30, _l("30 days")), (90, _l("90 days")), (365, _l("12 months")))
"""One click away: so many days until today."""
LONGEST_DAYS = 3660
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
UNITS = {Unit.HOUR: _l("Hour"), Unit.DAY: _l("Day"), Unit.WEEK: _l("Week"), Unit.MONTH: _l("Month")}
HOURS, STATIONS, SITES = "hours", "stations", "sites"
"""The charts that are not over time."""
RANKED = (STATIONS, SITES)
UPTIME = "uptime"
"""The chart of states over time, and what stations and sites are ranked by."""


class AskedError(DomainError):
    """What is asked for cannot be drawn; the text says what would be right."""


@dataclass(frozen=True)
class Asked:
    chart: str
    unit: Unit
    first: date
    last: date
    by: str
    """What stations or sites are ranked by."""
    is_compared: bool

    @classmethod
    def read(cls, arguments: MultiDict[str, str], today: date) -> "Asked":
        """Raises AskedError."""
        asked = cls.usual(today)
        chart = arguments.get("chart") or asked.chart
        if chart not in (*BY_NAME, UPTIME, HOURS, *RANKED):
            raise AskedError(gettext("There is no such chart; choose one of those above."))
        last = _day(arguments.get("last")) or asked.last
        first = _day(arguments.get("first")) or last - timedelta(days=USUAL_DAYS - 1)
        if first > last:
            raise AskedError(gettext("The first day lies after the last one: exchange them."))
        if (last - first).days > LONGEST_DAYS:
            raise AskedError(gettext("A chart shows ten years at the most."))
        unit = _unit(arguments.get("unit"), (last - first).days + 1)
        by = arguments.get("by") if arguments.get("by") in RANKINGS else asked.by
        return cls(chart, unit, first, last, by or asked.by, arguments.get("compare") == "yes")

    @classmethod
    def usual(cls, today: date) -> "Asked":
        return cls("energy", Unit.DAY, today - timedelta(days=USUAL_DAYS - 1), today, "energy_wh", False)

    def periods(self) -> Periods:
        """Raises AskedError."""
        try:
            return between(self.first, self.last, self.unit, user_time_zone())
        except TooManyPeriodsError as error:
            raise AskedError(
                gettext("So many hours cannot be told apart: choose days, or three months at the most.")
            ) from error

    def address(self, **changed: Any) -> dict[str, str]:
        """The arguments of the same chart, or of another."""
        asked = replace(self, **changed)
        arguments = {
            "chart": asked.chart,
            "unit": asked.unit.value,
            "first": asked.first.isoformat(),
            "last": asked.last.isoformat(),
        }
        if asked.chart in RANKED:
            arguments["by"] = asked.by
        return arguments | ({"compare": "yes"} if asked.is_compared else {})

    def is_of_days(self, days: int, today: date) -> bool:
        return self.last == today and (self.last - self.first).days + 1 == days

    def of_days(self, days: int, today: date) -> dict[str, str]:
        """So many until today, in periods that suit them."""
        return self.address(first=today - timedelta(days=days - 1), last=today, unit=_unit(None, days))


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise AskedError(gettext("“%(text)s” is no day; write one like 2026-11-28.", text=text)) from error
    if not EARLIEST <= day < LATEST:
        raise AskedError(gettext("“%(text)s” is too far away; choose a day of this century.", text=text))
    return day


def _unit(text: str | None, days: int) -> Unit:
    try:
        return Unit(text or "")
    except ValueError:
        if days <= 2:
            return Unit.HOUR
        return Unit.DAY if days <= 92 else Unit.WEEK if days <= 200 else Unit.MONTH
