"""What RQ runs: each job is one transaction."""

from collections.abc import Iterable, Sequence

import orjson
import structlog

from config import get_settings
from domain import charge_ends, clock, commands, endpoints, file_store, partitions, rollouts, station_files, stations
from domain.db import owner_session_factory, session_factory
from domain.models import Service
from domain.queue import CALL_STATIONS, enqueue, get_redis
from domain.services import changes, outbox, setting_up, telling
from engine import channels
from engine.calls.caller import get_caller
from engine.services import delivering

STATIONS_AT_ONCE = 1000
"""As many as the group commit takes together (engine/group_commit.py)."""

DELIVERY_SECONDS = 120
"""A job that delivers is ended after that, and counts as gone."""

log = structlog.get_logger()


def ensure_partitions() -> None:
    """Make the months and days to come (domain/partitions.py)."""
    with owner_session_factory().begin() as db:
        made = partitions.ensure_ahead(db, clock.now().date())
    if made:
        log.info("partitions were made", partitions=made)


def drop_old_messages() -> None:
    """The message log is kept for so many days."""
    with owner_session_factory().begin() as db:
        dropped = partitions.drop_old_messages(db, clock.now(), get_settings().message_log_days)
    if dropped:
        log.info("days of the message log were dropped", partitions=dropped)


def sweep_silent_stations() -> None:
    """Set offline the stations whose process died without a word."""
    with session_factory().begin() as db:
        swept = stations.sweep_silent(db, clock.now())
    if swept:
        log.info("silent stations were set offline", stations=swept)


def close_forgotten_charges() -> None:
    """Those of stations that are gone for good."""
    with session_factory().begin() as db:
        closed = charge_ends.close_of_gone_stations(db, clock.now())
    if closed:
        log.info("charges of stations that are gone were closed", charges=closed)


def send_command(command_id: int) -> None:
    """Tell the process that holds the station's connection; it does the rest, and nobody here waits for it."""
    with session_factory().begin() as db:
        station_id = commands.station_to_tell(db, command_id)
    if station_id is not None:
        _tell([station_id])


def send_batch(batch_id: int) -> None:
    """As `send_command`, for one command to many stations."""
    with session_factory().begin() as db:
        station_ids = commands.stations_to_tell(db, batch_id)
    _tell(station_ids)


def call_stations(station_ids: Sequence[int]) -> None:
    """Something may wait for these, which are spoken to over SOAP: threads of this process call them, and nobody here
    waits for that."""
    get_caller().call(station_ids)


def sweep_commands() -> None:
    """End the commands whose process died, and tell again of those that still wait."""
    with session_factory().begin() as db:
        station_ids = commands.sweep(db, clock.now())
    _tell(station_ids)


def advance_rollouts() -> None:
    """Go on with the careful rollouts; each is a transaction of its own."""
    with session_factory()() as db:
        open_ids = rollouts.open_ids(db)
    for rollout_id in open_ids:
        with session_factory().begin() as db:
            station_ids = rollouts.advance(db, rollout_id, clock.now())
        _tell(station_ids)


def sweep_uploads() -> None:
    """Give up the uploads whose process died."""
    with session_factory().begin() as db:
        swept = station_files.sweep(db, clock.now())
    if swept:
        log.info("uploads were given up", files=swept)


def forget_old_files() -> None:
    """Uploads past their time, and bytes that nothing names (domain/file_store.py)."""
    with session_factory().begin() as db:
        old = station_files.forget_old(db, clock.now())
    with session_factory()() as db:
        removed = file_store.remove_orphans(db)
    if old or removed:
        log.info("old files were removed", uploads=old, files=removed)


def tell_services() -> None:
    """What changed becomes what services are told, and jobs of their own deliver it."""
    taken = 1
    while taken:
        with session_factory().begin() as db:
            taken = telling.tell(db, clock.now())
    with session_factory().begin() as db:
        telling.tend(db, clock.now())
    with session_factory()() as db:
        due = outbox.services_with_due(db, clock.now())
    for service_id in due:
        # One at a time for each service: another would only look for what this one does.
        if get_redis().set(_delivering(service_id), "", nx=True, ex=DELIVERY_SECONDS):
            enqueue("engine.jobs.deliver_to_service", service_id, timeout_seconds=DELIVERY_SECONDS)


def deliver_to_service(service_id: int) -> None:
    """Each service has a job of its own, so that a slow one holds up nobody else."""
    try:
        sent = delivering.deliver(service_id)
    finally:
        get_redis().delete(_delivering(service_id))
    if sent:
        log.info("messages were sent to a service", service_id=service_id, messages=sent)


def _delivering(service_id: int) -> str:
    return f"services:delivering:{service_id}"


def check_services() -> None:
    """Whatever a service may have missed."""
    with session_factory().begin() as db:
        telling.check_all(db, clock.now())


def check_service(service_id: int) -> None:
    """One that was just enabled, or configured otherwise."""
    with session_factory().begin() as db:
        service = db.get(Service, service_id)
        if service is not None:
            setting_up.check(db, service, clock.now())
    tell_services()


def forget_old_deliveries() -> None:
    with session_factory().begin() as db:
        changes.forget_before(db, clock.now() - outbox.GIVEN_UP_AFTER)
        forgotten = outbox.forget_old(db, clock.now())
    if forgotten:
        log.info("old messages to services were removed", messages=forgotten)


def _tell(station_ids: Iterable[int]) -> None:
    """All processes hear of those with a line, and the one that holds it acts; the others are called."""
    ids = list(station_ids)
    for first in range(0, len(ids), STATIONS_AT_ONCE):
        some = ids[first : first + STATIONS_AT_ONCE]
        with session_factory()() as db:
            called = [callee.station_id for callee in endpoints.callees(db, some)]
        if called:
            enqueue(CALL_STATIONS, called)
        if heard := set(some).difference(called):
            get_redis().publish(channels.COMMANDS, orjson.dumps(list(heard)))
