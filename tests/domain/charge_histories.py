"""Charges of any kind, written down as the database has them, and what they add up to, told the long way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain.models import Authorization, ChargingSession, Outlet, Station

BEGIN = datetime(2026, 3, 27, 21, tzinfo=UTC)
"""Two days before clocks are put forward in Europe."""
HOURS = 24 * 6
NOW = BEGIN + timedelta(hours=HOURS)


@dataclass(frozen=True)
class Charge:
    """Minutes after `BEGIN`; one without an end runs still."""

    begin: float
    stop: float | None
    leave: float | None
    energy_wh: int | None
    station: int = 0

    @property
    def started_at(self) -> datetime:
        return BEGIN + timedelta(minutes=self.begin)

    @property
    def stopped_at(self) -> datetime | None:
        return None if self.stop is None else BEGIN + timedelta(minutes=self.stop)

    @property
    def ended_at(self) -> datetime | None:
        return None if self.leave is None else BEGIN + timedelta(minutes=self.leave)


@st.composite
def charges(draw: Any, stations: int = 2) -> Charge:
    begin = draw(st.integers(0, (HOURS - 1) * 60 * 2)) / 2
    station = draw(st.integers(0, stations - 1))
    if draw(st.integers(0, 4)) == 0:
        return Charge(begin, None, None, None, station)
    stop = min(begin + draw(st.sampled_from((0, 0.5, 7.5, 15, 61, 600, 1700))), HOURS * 60)
    leave = min(stop + draw(st.sampled_from((0, 0, 1.5, 90))), HOURS * 60)
    return Charge(begin, stop, leave, draw(st.sampled_from((0, 99, 100, 7000, 61000))), station)


def row(charge: Charge, outlet: Outlet, station: Station) -> ChargingSession:
    return ChargingSession(
        started_at=charge.started_at,
        stopped_at=charge.stopped_at,
        ended_at=charge.ended_at,
        logged_at=charge.started_at,
        node_id=station.id,
        site_id=station.site_id,
        floor_id=station.floor_id,
        outlet_id=outlet.id,
        site_name="S",
        station_name=f"was {station.name}",
        outlet_number=outlet.number,
        authorization=Authorization.ANONYMOUS,
        id_token="",
        meter_start_wh=0,
        energy_wh=charge.energy_wh,
    )


def write(db: Session, history: Sequence[Charge], stations: Sequence[Station]) -> list[ChargingSession]:
    """Each at an outlet of its own, so that they may overlap."""
    rows = []
    for number, charge in enumerate(history, 1):
        station = stations[charge.station]
        outlet = Outlet(station_id=station.id, number=number)
        db.add(outlet)
        db.flush()
        rows.append(row(charge, outlet, station))
    db.add_all(rows)
    db.flush()
    return rows
