"""On whose clock somebody reads times."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config import get_settings


def zone_of(chosen: str | None) -> ZoneInfo:
    """The zone that somebody has chosen; the installation's, where nothing is, or something that no zone is called."""
    return (chosen and _zone(chosen)) or ZoneInfo(get_settings().time_zone)


@lru_cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
