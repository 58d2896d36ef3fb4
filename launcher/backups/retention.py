"""Which backups are kept: of the last days, weeks and months the newest each."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

DAILY, WEEKLY, MONTHLY = 7, 4, 12
PREFIX = "charge-portal-"
STAMP = "%Y%m%dT%H%M%SZ"
"""In UTC: names in order are times in order."""


def name_of(made_at: datetime) -> str:
    return f"{PREFIX}{made_at:{STAMP}}.tar"


def made_at(path: Path) -> datetime | None:
    """When a backup of ours was made, by its name; None for another file."""
    try:
        return datetime.strptime(path.name.removeprefix(PREFIX).split(".")[0], STAMP)
    except ValueError:
        return None


def backups_in(directory: Path) -> list[Path]:
    """The newest first."""
    found = [path for path in directory.glob(f"{PREFIX}*.tar*") if made_at(path)]
    return sorted(found, key=lambda path: path.name, reverse=True)


def to_keep(times: Iterable[datetime]) -> set[datetime]:
    """Of these times those that stay. The last days, weeks and months are those in which something was kept."""
    newest_first = sorted(times, reverse=True)
    kept: set[datetime] = set()
    for number, period in ((DAILY, _day), (WEEKLY, _week), (MONTHLY, _month)):
        kept |= _newest_of_each(newest_first, number, period)
    return kept


def _newest_of_each(times: list[datetime], number: int, period: Callable[[datetime], Any]) -> set[datetime]:
    newest: dict[Any, datetime] = {}
    for time in times:
        newest.setdefault(period(time), time)
    return set(list(newest.values())[:number])


def _day(time: datetime) -> date:
    return time.date()


def _week(time: datetime) -> tuple[int, int]:
    return time.isocalendar()[:2]


def _month(time: datetime) -> tuple[int, int]:
    return time.year, time.month


def forget_old(directory: Path) -> list[Path]:
    """Delete what need not be kept; returns what is gone."""
    found = {path: time for path in backups_in(directory) if (time := made_at(path))}
    kept = to_keep(found.values())
    gone = [path for path, time in found.items() if time not in kept]
    for path in gone:
        path.unlink()
    return gone
