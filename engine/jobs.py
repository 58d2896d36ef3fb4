"""What RQ runs: each job is one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

import orjson
import structlog

from domain import (
    charge_ends,
    charging_rollups,
    clock,
    commands,
    endpoints,
    erasures,
    file_store,
    partitions,
    retention,
    rollouts,
    state_rollups,
    station_files,
    stations,
)
from domain.alarms import sweeping
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


def forget_old_data() -> None:
    """What is past its time (domain/retention.py), and bytes that nothing names (domain/file_store.py)."""
    with owner_session_factory().begin() as db:
        forgotten = retention.forget(db, clock.now())
    with session_factory()() as db:
        removed = file_store.remove_orphans(db)
    if forgotten or removed:
        log.info("old data was forgotten", removed_files=removed, **asdict(forgotten))


def forget_traces() -> None:
    """What other rows still tell of people who were deleted (domain/erasures.py), and the files they had made."""
    erased = erasures.carry_out(session_factory())
    if erased:
        with session_factory()() as db:
            file_store.remove_old_exports(db)
        log.info("people were erased", users=erased)


def sweep_silent_stations() -> None:
    """Set offline the stations whose process died without a word."""
    with session_factory().begin() as db:
        swept = stations.sweep_silent(db, clock.now())
    if swept:
        log.info("silent stations were set offline", stations=swept)


def sweep_alarms() -> None:
    """Show the alarms whose time has come, and put away those that are over."""
    with session_factory().begin() as db:
        shown, ended = sweeping.sweep(db, clock.now())
    if shown or ended:
        log.info("alarms were swept", shown=shown, ended=ended)


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


def fold_rollups() -> None:
    """What charges and states changed is added to what charts are drawn from."""
    for rollups in (charging_rollups, state_rollups):
        with session_factory().begin() as db:
            rollups.fold(db)


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


def forget_old_changes() -> None:
    """What no service was told of in time."""
    with session_factory().begin() as db:
        changes.forget_before(db, clock.now() - outbox.GIVEN_UP_AFTER)


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
