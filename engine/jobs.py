"""What RQ runs: each job is one transaction."""

import structlog

from domain import clock, partitions, stations
from domain.db import session_factory

log = structlog.get_logger()


def ensure_partitions() -> None:
    """Make the months to come (domain/partitions.py)."""
    with session_factory().begin() as db:
        made = partitions.ensure(db, clock.now().date())
    if made:
        log.info("partitions were made", partitions=made)


def sweep_silent_stations() -> None:
    """Set offline the stations whose process died without a word."""
    with session_factory().begin() as db:
        swept = stations.sweep_silent(db, clock.now())
    if swept:
        log.info("silent stations were set offline", stations=swept)
