"""Running charges as they are written, so that a page and the script that keeps it live say the same."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from domain.charging_now import ChargingNow
from domain.statuses import OutletStatus
from portal import formats
from portal.views.charging_session_chart import Chart

W_PER_KW = 1000
OLD = timedelta(hours=12)
"""A reading from before that is shown with its date."""

STATUSES = {
    OutletStatus.SUSPENDED_EV: _l("The car takes no power now"),
    OutletStatus.SUSPENDED_EVSE: _l("The station has paused the charge"),
    OutletStatus.FAULTED: _l("The outlet reports a fault"),
}


@dataclass(frozen=True)
class Figures:
    """One running charge in words and figures; what its meter has not told yet is a dash."""

    id: int
    status: str
    power: str
    energy: str
    since: str
    duration: str
    seconds: int
    """The same as a number, from which a page counts on."""
    as_of: str
    line: str
    """Through the powers, for an SVG polyline; empty while there are too few."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def of(one: ChargingNow, now: datetime) -> Figures:
    chart = Chart.of(one.powers)
    seconds = max((now - one.charging_session.started_at).total_seconds(), 0)
    return Figures(
        one.charging_session.id,
        status_text(one),
        "–" if one.power_w is None else formats.number(one.power_w / W_PER_KW, 1),
        "–" if one.energy_wh is None else formats.number(one.energy_wh / formats.WH_PER_KWH, 2),
        clock_time(one.charging_session.started_at, now),
        formats.duration(seconds),
        int(seconds),
        _as_of(one.measured_at, now),
        chart.points if chart else "",
    )


def status_text(one: ChargingNow) -> str:
    if not one.online:
        return gettext("The station is not connected: these figures do not change")
    return str(STATUSES.get(one.status) or gettext("Charging"))


def _as_of(measured_at: datetime | None, now: datetime) -> str:
    """When the meter showed this, which may be a while ago."""
    if measured_at is None:
        return gettext("The meter has not told anything yet")
    return gettext("as of %(time)s", time=clock_time(measured_at, now))


def clock_time(at: datetime, now: datetime) -> str:
    if now - at > OLD:
        return formats.at(at)
    return f"{at.astimezone(formats.user_time_zone()):%H:%M:%S}"
