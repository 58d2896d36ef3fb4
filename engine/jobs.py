"""What RQ runs: each job is one transaction."""

from collections.abc import Sequence

import orjson
import structlog

from domain import clock, commands, partitions, stations
from domain.db import owner_session_factory, session_factory
from domain.queue import get_redis
from engine import channels

log = structlog.get_logger()


def ensure_partitions() -> None:
    """Make the months to come (domain/partitions.py)."""
    with owner_session_factory().begin() as db:
        made = partitions.ensure(db, clock.now().date())
    if made:
        log.info("partitions were made", partitions=made)


def sweep_silent_stations() -> None:
    """Set offline the stations whose process died without a word."""
    with session_factory().begin() as db:
        swept = stations.sweep_silent(db, clock.now())
    if swept:
        log.info("silent stations were set offline", stations=swept)


def send_command(command_id: int) -> None:
    """Tell the process that holds the station's connection; it does the rest, and nobody here waits for it."""
    with session_factory().begin() as db:
        station_id = commands.station_to_tell(db, command_id)
    if station_id is not None:
        _tell([station_id])


def sweep_commands() -> None:
    """End the commands whose process died, and tell again of those that still wait."""
    with session_factory().begin() as db:
        station_ids = commands.sweep(db, clock.now())
    _tell(station_ids)


def _tell(station_ids: Sequence[int]) -> None:
    """All processes hear it, and the one that holds the station acts."""
    for station_id in station_ids:
        get_redis().publish(channels.COMMANDS, orjson.dumps(station_id))
