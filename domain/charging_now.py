"""What charges at this moment, with what the meters show: for the driver's own page and for the dashboard.

Read when somebody looks (docs/decisions/live-figures-are-read.md), in three queries however many charges run.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, DateTime, Integer, column, select, true, values
from sqlalchemy.orm import Session

from domain import meter_values
from domain.charging_sessions import energy_so_far_wh
from domain.meter_values import LatestReading
from domain.models import ChargingSession, MeterValue, Outlet, Station
from domain.statuses import OutletStatus

MOST_POWERS = 120
"""How far back the line of power goes, in readings."""


@dataclass(frozen=True, slots=True)
class PowerPoint:
    """The power at one moment."""

    measured_at: datetime
    power_w: float


@dataclass(frozen=True, slots=True)
class ChargingNow:
    """A charge that runs. What its meter has not told yet is None."""

    charging_session: ChargingSession
    status: OutletStatus | None
    """What the outlet says of itself: the car or the station may pause."""
    online: bool
    """Whether the station still tells."""
    measured_at: datetime | None
    power_w: float | None
    energy_wh: int | None
    powers: Sequence[PowerPoint]


def read(db: Session, *which: ColumnElement[bool], most: int) -> list[ChargingNow]:
    """The charges that run among those that the conditions on ChargingSession leave, the latest first."""
    rows = db.execute(
        select(ChargingSession, Outlet.status, Station.online)
        .outerjoin(Outlet, Outlet.id == ChargingSession.outlet_id)
        .outerjoin(Station, Station.id == ChargingSession.node_id)
        .where(ChargingSession.ended_at.is_(None), *which)
        # All these ends are empty: named first, they lead to the index of ends, which has the open charges together.
        .order_by(ChargingSession.ended_at.desc(), ChargingSession.id.desc())
        .limit(most)
    ).all()
    running = [charging_session for charging_session, _status, _online in rows]
    latest = meter_values.latest(db, {charging_session.outlet_id for charging_session in running})
    powers = _powers(db, running)
    return [
        _charging_now(one, status, bool(online), latest.get(one.outlet_id), powers.get(one.id, ()))
        for one, status, online in rows
    ]


def _charging_now(
    charging_session: ChargingSession,
    status: OutletStatus | None,
    online: bool,
    latest: LatestReading | None,
    powers: Sequence[PowerPoint],
) -> ChargingNow:
    if latest is None or latest.measured_at < charging_session.started_at:
        return ChargingNow(charging_session, status, online, None, None, None, powers)
    energy_wh = energy_so_far_wh(charging_session, latest)
    return ChargingNow(charging_session, status, online, latest.measured_at, latest.power_w, energy_wh, powers)


def _powers(db: Session, running: Collection[ChargingSession]) -> dict[int, list[PowerPoint]]:
    """The latest powers of each charge, in the order of time: the end of one index range for each outlet."""
    if not running:
        return {}
    wanted = values(
        column("outlet_id", Integer),
        column("id", BigInteger),
        column("logged_at", DateTime(timezone=True)),
        name="wanted",
    ).data([(one.outlet_id, one.id, one.logged_at) for one in running])
    reading = (
        select(MeterValue.received_at, MeterValue.measured_at, MeterValue.power_w)
        .where(
            MeterValue.outlet_id == wanted.c.outlet_id,
            MeterValue.charging_session_id == wanted.c.id,
            MeterValue.received_at >= wanted.c.logged_at,
            MeterValue.power_w.is_not(None),
        )
        .order_by(MeterValue.received_at.desc(), MeterValue.id.desc())
        .limit(MOST_POWERS)
        .lateral("reading")
    )
    found: dict[int, list[PowerPoint]] = {}
    statement = select(wanted.c.id, reading.c.measured_at, reading.c.power_w).join(reading, true())
    for charging_session_id, measured_at, power_w in db.execute(statement.order_by(reading.c.measured_at)):
        found.setdefault(charging_session_id, []).append(PowerPoint(measured_at, power_w))
    return found
