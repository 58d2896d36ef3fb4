"""The event log."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from domain.messages import masked_text
from domain.models import Event, Station
from domain.reports import DataTransferReport, SecurityReport

MOST_CHARACTERS = 2000
"""Of a vendor's own data the event log keeps the beginning."""


RECORD_EACH_ONCE = text(
    "INSERT INTO event (happened_at, kind, station_id, site_id, details)"
    " SELECT told.happened_at, CAST(:kind AS text), told.station_id, station.site_id, CAST(told.details AS jsonb)"
    " FROM unnest(CAST(:stations AS integer[]), CAST(:times AS timestamptz[]), CAST(:details AS text[]))"
    " AS told (station_id, happened_at, details) JOIN station ON station.id = told.station_id"
    " WHERE NOT EXISTS (SELECT FROM event WHERE event.station_id = told.station_id"
    " AND event.happened_at >= told.happened_at - CAST(:within AS interval)"
    " AND event.kind = CAST(:kind AS text) AND event.details = CAST(told.details AS jsonb))"
)


class EventKind(StrEnum):
    """What may happen that is out of the ordinary; the screen translates it."""

    UNKNOWN_TRANSACTION_STOPPED = "unknown_transaction_stopped"
    DATA_TRANSFERRED = "data_transferred"
    TAG_KNOWN_OTHERWISE = "tag_known_otherwise"
    """An unknown tag would be a known one if the station's reader were set otherwise."""
    TRANSACTION_MATCHED = "transaction_matched"
    """A stop that named no transaction of ours was found to be that of the charge that ran."""
    UNKNOWN_TRANSACTION_METERED = "unknown_transaction_metered"
    FIRMWARE_STATUS = "firmware_status"
    LOG_STATUS = "log_status"
    """Of a log that nobody here asked for."""
    SECURITY_EVENT = "security_event"
    CLOCK_WRONG = "clock_wrong"
    STATION_MOVED = "station_moved"
    """In the tree, by a person; details name the floors, an empty one is the site itself."""
    STATION_LOCKED = "station_locked"
    """Somebody gave wrong passwords in a station's name, too many in a row."""


class OrdinaryEventKind(StrEnum):
    """What happens all day. Triggers write it, with whatever it follows from, whoever that is.

    See docs/decisions/the-event-log-is-written-by-triggers.md.
    """

    NODE_CREATED = "node_created"
    NODE_CHANGED = "node_changed"
    """By a person; details name what was changed, and the audit log how and by whom."""
    NODE_REMOVED = "node_removed"
    STATION_CONNECTED = "station_connected"
    STATION_LOST = "station_lost"
    STATION_BOOTED = "station_booted"
    OUTLET_STATE = "outlet_state"
    """Into a fault or out of service, and back."""
    SESSION_STARTED = "session_started"
    SESSION_ENDED = "session_ended"
    SESSION_CONFIRMED = "session_confirmed"
    SESSION_CORRECTED = "session_corrected"
    COMMAND_ASKED = "command_asked"
    COMMAND_ENDED = "command_ended"
    FILE_RECEIVED = "file_received"
    FILE_FAILED = "file_failed"
    FILE_REMOVED = "file_removed"
    FIRMWARE_ADDED = "firmware_added"
    FIRMWARE_REMOVED = "firmware_removed"
    USER_CREATED = "user_created"
    """Details name a user by number alone, so that nothing is left of somebody who is erased."""
    USER_REMOVED = "user_removed"
    USER_BLOCKED = "user_blocked"
    USER_UNBLOCKED = "user_unblocked"
    USER_PASSWORD_CHANGED = "user_password_changed"  # noqa: S105 - a word, no password
    TAG_ADDED = "tag_added"
    TAG_REMOVED = "tag_removed"
    TAG_BLOCKED = "tag_blocked"
    TAG_UNBLOCKED = "tag_unblocked"


def record(db: Session, kind: EventKind, station_id: int, happened_at: datetime, details: dict[str, Any]) -> None:
    """Note that something happened at a station."""
    site_id = db.scalar(select(Station.site_id).where(Station.id == station_id))
    db.add(Event(kind=kind, happened_at=happened_at, station_id=station_id, site_id=site_id, details=details))


def is_recorded(
    db: Session, kind: EventKind, station_id: int, details: dict[str, Any] | None = None, *, since: datetime
) -> bool:
    """Whether the same, or without details anything of the kind, happened at this station before."""
    same = exists().where(Event.station_id == station_id, Event.happened_at >= since, Event.kind == kind)
    if details is not None:
        same = same.where(Event.details == details)
    return bool(db.scalar(select(same)))


def record_once(
    db: Session,
    kind: EventKind,
    station_id: int,
    happened_at: datetime,
    details: dict[str, Any],
    within: timedelta,
) -> None:
    """Note that something happened, unless the very same did a while ago: stations repeat themselves."""
    record_each_once(db, kind, [(station_id, happened_at, details)], within)


def record_each_once(
    db: Session, kind: EventKind, told: Sequence[tuple[int, datetime, dict[str, Any]]], within: timedelta
) -> None:
    """The same for many, each with its station, time and details, in one statement."""
    station_ids, times, details = zip(*told, strict=True)
    db.execute(
        RECORD_EACH_ONCE,
        {
            "kind": kind.value,
            "stations": list(station_ids),
            "times": list(times),
            "details": [json.dumps(each) for each in details],
            "within": within,
        },
    )


def record_data_transfer(db: Session, report: DataTransferReport) -> None:
    """Something of the vendor's own arrived, which nobody here understands."""
    data = None if report.data is None else masked_text(report.data)[:MOST_CHARACTERS]
    details = {"vendor_id": report.vendor_id, "message_id": report.message_id, "data": data}
    record(db, EventKind.DATA_TRANSFERRED, report.station_id, report.received_at, details)


def record_security_event(db: Session, report: SecurityReport) -> None:
    """The station tells of something that concerns its security, with the time by its own clock."""
    info = report.info and masked_text(report.info)
    details = {"type": report.type, "at": report.happened_at.isoformat(), "info": info}
    record(db, EventKind.SECURITY_EVENT, report.station_id, report.received_at, details)
