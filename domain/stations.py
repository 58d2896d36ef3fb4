"""What stations are known to be: connected, booted, in a state, with which outlets.

A station may have several connections for a while: the new one is there before the loss of the old one is noticed.
`connect` numbers them in the database, one after the other, and whatever a connection does later it does only while its
number is still the station's highest. So the newest wins, whichever process holds it, and the late end of an old one
marks nothing offline.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    and_,
    case,
    column,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from config import get_settings
from domain import charging_sessions, endpoints, events, heartbeats, live, outlets, parameters, station_passwords
from domain.alarms import raising
from domain.events import EventKind
from domain.models import Alarm, AlarmKind, Command, CommandState, Station, UnknownStation
from domain.protocols import SOAP
from domain.reports import (
    BootReport,
    CallReport,
    ClockReport,
    ConnectReport,
    DisconnectReport,
    SeenReport,
)

LONGEST_NAME = 100
MOST_UNKNOWN_STATIONS = 1000
SILENCE = timedelta(seconds=90)
"""An idle station answers a ping every 25 s; one that speaks over SOAP has two of its heartbeats' time, if longer."""

CLOCK_TOLD_EVERY = timedelta(days=1)
"""A clock that is set right and goes wrong again is told of once a day."""

COMMANDS_WAIT = (
    exists()
    .where(Command.station_id == Station.id, Command.state == CommandState.QUEUED)
    .correlate(Station)
    .label("commands_wait")
)

ALARM_ENDS = (
    exists()
    .where(
        Alarm.station_id == Station.id,
        Alarm.kind.in_((AlarmKind.NO_NETWORK, AlarmKind.NOT_REGISTERED)),
        Alarm.due_at.is_(None),
        Alarm.calm_since.is_(None),
    )
    .correlate(Station)
    .label("alarm_ends")
)
"""Whether there was an alarm that it is not heard; a trigger ends it."""

BEFORE = aliased(Station)
"""In a subquery of an UPDATE, the row as it was. Made once: an alias costs more than the statement that it is in."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A station's connection, numbered."""

    station_id: int
    number: int
    commands_wait: bool = field(default=False, compare=False)
    """Whether something was to be asked of the station when it came."""
    clock_offset_seconds: float | None = field(default=None, compare=False)
    """By how much its clock was known to be wrong then."""


@dataclass(frozen=True, slots=True)
class Booted:
    """What follows from a station's start."""

    commands_wait: bool
    """Whether something is to be asked of it now."""
    heartbeat_seconds: int
    """How often it is to say that it is there."""


def connect(db: Session, report: ConnectReport) -> Connection | station_passwords.Refusal | None:
    """Let a station in, or say why its password does not; note a stranger and return None."""
    return _let_in(db, report, {"connection_number": Station.connection_number + 1}, true())


def speak(db: Session, report: CallReport) -> Connection | station_passwords.Refusal | None:
    """The same for a message over SOAP.

    While a station goes on speaking it keeps its number, whichever processes hear it. One that was offline, or spoke
    another version, gets a new one, so that a line of WebSocket that it left behind is its connection no more.
    """
    goes_on = and_(Station.online, Station.protocol == report.protocol)
    number = case((goes_on, Station.connection_number), else_=Station.connection_number + 1)
    told = endpoints.told(report.told_endpoint_url)
    changed = {"connection_number": number} | ({} if told is None else {"told_endpoint_url": told})
    went_on = select(BEFORE.online & (BEFORE.protocol == report.protocol)).where(BEFORE.id == Station.id)
    is_news = func.coalesce(went_on.correlate(Station).scalar_subquery(), false()).is_(False)
    return _let_in(db, report, changed, is_news)


def _let_in(
    db: Session, report: ConnectReport, changed: dict[str, Any], is_news: ColumnElement[bool]
) -> Connection | station_passwords.Refusal | None:
    """`is_news` tells whether the station looks otherwise now to those who look."""
    row = db.execute(
        update(Station)
        .where(Station.charge_box_id == report.charge_box_id, station_passwords.is_let_in(report))
        .values(online=True, last_seen_at=report.received_at, protocol=report.protocol, **changed)
        .returning(
            Station.id,
            Station.site_id,
            Station.connection_number,
            COMMANDS_WAIT,
            Station.clock_offset_seconds,
            station_passwords.has_news(report).label("has_news"),
            is_news.label("is_news"),
            ALARM_ENDS,
        )
    ).one_or_none()
    if row is not None:
        if report.password_keys is not None and row.has_news:
            station_passwords.prove(db, row.id, report)
        if row.is_news:
            _tell(db, [row])
        if row.alarm_ends:
            raising.tell(db, [row.site_id])
        return Connection(row.id, row.connection_number, row.commands_wait, row.clock_offset_seconds)
    station_id = db.scalar(select(Station.id).where(Station.charge_box_id == report.charge_box_id))
    if station_id is not None:
        return station_passwords.refuse(db, station_id, report)
    _note_unknown(db, report)
    return None


def _note_unknown(db: Session, report: ConnectReport) -> None:
    """Strangers may be many: only the latest are kept, and no name that a station here cannot have."""
    if len(report.charge_box_id) > LONGEST_NAME:
        return
    seen = {
        "protocol": report.protocol,
        "remote_address": report.remote_address,
        "last_seen_at": report.received_at,
    }
    db.execute(
        insert(UnknownStation)
        .values(charge_box_id=report.charge_box_id, first_seen_at=report.received_at, **seen)
        .on_conflict_do_update(
            index_elements=[UnknownStation.charge_box_id], set_={**seen, "attempts": UnknownStation.attempts + 1}
        )
    )
    too_many = select(UnknownStation.id).order_by(UnknownStation.last_seen_at.desc()).offset(MOST_UNKNOWN_STATIONS)
    db.execute(delete(UnknownStation).where(UnknownStation.id.in_(too_many)))


def disconnect(db: Session, reports: Sequence[DisconnectReport]) -> None:
    """Connections are gone: their stations are offline unless they have a newer one."""
    gone = [(report.station_id, report.connection_number) for report in reports]
    rows = db.execute(
        update(Station)
        .where(tuple_(Station.id, Station.connection_number).in_(gone))
        .values(online=False)
        .returning(Station.id, Station.site_id),
        execution_options={"synchronize_session": False},
    )
    _tell(db, rows)


def seen(db: Session, report: SeenReport) -> set[int]:
    """Keep those online whose connection still is the newest, and return them; the caller closes the others."""
    sighting = values(
        column("station_id", Integer),
        column("number", BigInteger),
        column("seen_at", DateTime(timezone=True)),
        name="sighting",
    ).data([(s.station_id, s.connection_number, s.seen_at) for s in report.sightings])
    return set(
        db.scalars(
            update(Station)
            .where(Station.id == sighting.c.station_id, Station.connection_number == sighting.c.number)
            .values(online=True, last_seen_at=sighting.c.seen_at)
            .returning(Station.id)
            .execution_options(synchronize_session=False)
        )
    )


def sweep_silent(db: Session, now: datetime) -> int:
    """Set offline what was not seen for `SILENCE`, since the process that held it died; and which station, spoken to
    over SOAP, let two of its heartbeats pass. Returns how many those are."""
    missed_two = Station.last_seen_at + heartbeats.missed_after_in_database() < now
    is_line = func.coalesce(Station.protocol.not_in(SOAP), true())
    silent = update(Station).where(Station.online, Station.last_seen_at < now - SILENCE, or_(is_line, missed_two))
    rows = db.execute(silent.values(online=False).returning(Station.id, Station.site_id)).all()
    _tell(db, rows)
    return len(rows)


def _tell(db: Session, rows: Iterable[Any]) -> None:
    """Those who look hear that stations look otherwise now."""
    for row in rows:
        live.note(db, live.Change(live.Kind.STATION, row.id, row.site_id))


def boot(db: Session, report: BootReport) -> Booted:
    """A station started: what it is, and that what it did before is over."""
    charging_sessions.close_at_boot(db, report.station_id)
    outlets.forget_cars(db, report.station_id)
    asked = parameters.ask_at_first_boot(db, report.station_id, report.received_at)
    heartbeat_seconds = get_settings().heartbeat_interval_seconds
    commands_wait = db.scalar(
        update(Station)
        .where(Station.id == report.station_id)
        .values(
            vendor=report.vendor,
            model=report.model,
            serial_number=report.serial_number,
            firmware_version=report.firmware_version,
            booted_at=report.received_at,
            heartbeat_seconds=heartbeat_seconds,
        )
        .returning(COMMANDS_WAIT)
        .execution_options(synchronize_session=False)
    )
    return Booted(bool(commands_wait) or asked is not None, heartbeat_seconds)


def note_clock(db: Session, report: ClockReport) -> None:
    """Keep by how much a station's clock is wrong, and tell of it once; the charges that run are to be looked at."""
    at_station = update(Station).where(Station.id == report.station_id)
    db.execute(at_station.values(clock_offset_seconds=report.offset_seconds))
    if report.offset_seconds is None:
        return
    charging_sessions.doubt_clock(db, report.station_id)
    kind, since = EventKind.CLOCK_WRONG, report.received_at - CLOCK_TOLD_EVERY
    if not events.is_recorded(db, kind, report.station_id, since=since):
        details = {"offset_seconds": round(report.offset_seconds)}
        events.record(db, kind, report.station_id, report.received_at, details)
