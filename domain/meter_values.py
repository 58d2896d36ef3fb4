"""Meter readings: stored by the thousand, read by outlet.

Readings are looked up by outlet and charging session together, so a wrong transactionId of one station never reaches
another's charge. Readings that name no charge, or one that their outlet never had, belong to the one that runs there.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from psycopg import Connection
from sqlalchemy import ColumnElement, Integer, TextClause, column, select, text, true, values
from sqlalchemy.orm import Session

from domain import events, live, outlets
from domain.energy import Point
from domain.events import EventKind
from domain.evidence_checks import Arrived
from domain.models import ChargingSession, MeterValue
from domain.reports import MeterReport, Reading

COPY = (
    "COPY meter_value (outlet_id, charging_session_id, received_at, measured_at,"
    " energy_wh, power_w, current_a, soc_percent, samples) FROM STDIN"
)

RUNNING = text(
    "SELECT outlet_id, id, user_id FROM charging_session"
    " WHERE outlet_id = ANY(CAST(:outlets AS integer[])) AND ended_at IS NULL"
)

KNOWN = text(
    "SELECT outlet_id, id FROM charging_session"
    " WHERE outlet_id = ANY(CAST(:outlets AS integer[])) AND id = ANY(CAST(:ids AS bigint[]))"
)
"""By id, which each partition has to be asked for; so only of what does not run."""

TOLD_EVERY = timedelta(days=1)
"""Of one unknown transaction of one station."""


@dataclass(frozen=True, slots=True)
class LatestReading:
    """What the meter of an outlet showed last."""

    measured_at: datetime
    energy_wh: float | None
    power_w: float | None
    current_a: float | None
    soc_percent: float | None


def store(db: Session, reports: Sequence[MeterReport]) -> None:
    """Store what many stations report at once."""
    keys = {(report.station_id, report.outlet_number) for report in reports if report.outlet_number}
    outlet_ids = outlets.find(db, keys) if keys else {}
    placed = [(_outlet_id(report, outlet_ids), report) for report in reports]
    charges = _charges(db, placed) if keys else {}
    lines: list[str] = []
    for outlet_id, report in placed:
        charging_session_id = charges.get((outlet_id, report.charging_session_id))
        lines += _lines(outlet_id, charging_session_id, report.received_at, report.readings)
    _copy(db, lines)


def store_at(
    db: Session, outlet_id: int, charging_session_id: int, received_at: datetime, readings: Sequence[Reading]
) -> None:
    """Store readings of one charge."""
    if readings:
        _copy(db, _lines(outlet_id, charging_session_id, received_at, readings))


def main_meter(station_id: int) -> int:
    """Where an outlet's number stands, the readings of a station's main meter carry the station's own, negated."""
    return -station_id


def _outlet_id(report: MeterReport, outlet_ids: dict[outlets.Key, int]) -> int:
    if report.outlet_number == 0:
        return main_meter(report.station_id)
    return outlet_ids[report.station_id, report.outlet_number]


def _charges(db: Session, placed: Sequence[tuple[int, MeterReport]]) -> dict[tuple[int, int | None], int | None]:
    """To which charge readings of an outlet belong that name this one or none."""
    at_outlets = {(outlet_id, report.charging_session_id): report for outlet_id, report in placed if outlet_id > 0}
    running = _running(db, {outlet_id for outlet_id, _ in at_outlets})
    runs = dict(running)
    others = {key for key in at_outlets if key[1] is not None and key not in running}
    ended = _pairs(db, KNOWN, outlets={key[0] for key in others}, ids={key[1] for key in others}) if others else set()
    if unknown := others - ended:
        _note_unknown(db, [at_outlets[key] for key in unknown])
    return {key: key[1] if key in ended else runs.get(key[0]) for key in at_outlets}


def _running(db: Session, outlet_ids: set[int]) -> set[tuple[int, int | None]]:
    """Outlets and the charges that run there, whose drivers hear that something was read."""
    rows = db.connection().execute(RUNNING, {"outlets": list(outlet_ids)}).all()
    for _, charging_session_id, user_id in rows:
        if user_id is not None:
            live.note(db, live.charge(charging_session_id, user_id))
    return {(outlet_id, charging_session_id) for outlet_id, charging_session_id, _ in rows}


def _pairs(db: Session, statement: TextClause, **wanted: set[Any]) -> set[tuple[int, int | None]]:
    """Outlets and charges."""
    rows = db.connection().execute(statement, {name: list(values) for name, values in wanted.items()})
    return {(outlet_id, charging_session_id) for outlet_id, charging_session_id in rows}


def _note_unknown(db: Session, reports: Sequence[MeterReport]) -> None:
    told = [
        (
            report.station_id,
            report.received_at,
            {"transaction_id": report.charging_session_id, "outlet_number": report.outlet_number},
        )
        for report in reports
    ]
    events.record_each_once(db, EventKind.UNKNOWN_TRANSACTION_METERED, told, TOLD_EVERY)


def _lines(
    outlet_id: int, charging_session_id: int | None, received_at: datetime, readings: Iterable[Reading]
) -> list[str]:
    """Rows in PostgreSQL's text format for COPY: columns parted by tabs, None as \\N, backslashes doubled."""
    head = f"{outlet_id}\t{_field(charging_session_id)}\t{received_at.isoformat()}\t"
    return [
        f"{head}{r.measured_at.isoformat()}\t{_field(r.energy_wh)}\t{_field(r.power_w)}\t{_field(r.current_a)}\t"
        f"{_field(r.soc_percent)}\t{_json(r.samples)}\n"
        for r in readings
    ]


def _field(value: float | None) -> str:
    return "\\N" if value is None else repr(value)


def _json(samples: list[dict[str, object]]) -> str:
    return orjson.dumps(samples).decode().replace("\\", "\\\\")


def _copy(db: Session, lines: list[str]) -> None:
    driver: Connection[Any] | None = db.connection().connection.driver_connection
    assert driver is not None  # noqa: S101 - only a pooled connection that is checked in has none
    with driver.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write("".join(lines))


def latest(db: Session, outlet_ids: Collection[int]) -> dict[int, LatestReading]:
    """The latest reading of each of these outlets that has one."""
    if not outlet_ids:
        return {}
    wanted = values(column("outlet_id", Integer), name="wanted").data([(outlet_id,) for outlet_id in outlet_ids])
    reading = (
        select(
            MeterValue.measured_at,
            MeterValue.energy_wh,
            MeterValue.power_w,
            MeterValue.current_a,
            MeterValue.soc_percent,
        )
        .where(MeterValue.outlet_id == wanted.c.outlet_id)
        .order_by(MeterValue.received_at.desc(), MeterValue.id.desc())
        .limit(1)
        .lateral("reading")
    )
    rows = db.execute(select(wanted.c.outlet_id, reading).join(reading, true()))
    return {outlet_id: LatestReading(*shown) for outlet_id, *shown in rows}


def of_session(db: Session, charging_session: ChargingSession) -> Sequence[MeterValue]:
    """All readings of a charge in the order of their time."""
    return db.scalars(
        select(MeterValue).where(*_belongs_to(charging_session)).order_by(MeterValue.measured_at, MeterValue.id)
    ).all()


def register_of(db: Session, charging_session: ChargingSession) -> list[Arrived]:
    """What the register showed during a charge, and when each message arrived, in that order."""
    rows = db.execute(
        select(MeterValue.received_at, MeterValue.measured_at, MeterValue.energy_wh)
        .where(*_belongs_to(charging_session), MeterValue.energy_wh.is_not(None))
        .order_by(MeterValue.received_at, MeterValue.measured_at, MeterValue.id)
    )
    return [(received_at, Point(at, wh)) for received_at, at, wh in rows if wh is not None]


def _belongs_to(charging_session: ChargingSession) -> tuple[ColumnElement[bool], ...]:
    """The time of the log bounds the months that are searched: no reading of a charge arrives before its start does."""
    return (
        MeterValue.outlet_id == charging_session.outlet_id,
        MeterValue.charging_session_id == charging_session.id,
        MeterValue.received_at >= charging_session.logged_at,
    )
