"""How long a station that speaks over SOAP may be silent: no line of its shows that it is there, only what it says."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func

from config import get_settings
from domain.models import Station

MISSED = 2
"""Of so many heartbeats one must have come."""


def missed_after(station: Station) -> timedelta:
    """After such a silence it is away."""
    return timedelta(seconds=MISSED * (station.heartbeat_seconds or get_settings().heartbeat_interval_seconds))


def missed_after_in_database() -> ColumnElement[timedelta]:
    """The same of each row."""
    beat = func.coalesce(Station.heartbeat_seconds, get_settings().heartbeat_interval_seconds)
    return func.make_interval(0, 0, 0, 0, 0, 0, MISSED * beat)
