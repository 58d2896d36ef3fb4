"""What services are told of where something happened: many outlets, stations and charges at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Alarm, AlarmHistory, ChargingSession, Outlet, Site, Station


@dataclass(frozen=True, slots=True)
class StationPlace:
    id: int
    name: str
    charge_box_id: str
    site_id: int
    site_name: str

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "charge_box_id": self.charge_box_id,
            "site": {"id": self.site_id, "name": self.site_name},
        }


@dataclass(frozen=True, slots=True)
class OutletPlace:
    id: int
    uuid: UUID
    number: int
    parking: str
    station: StationPlace

    def told(self) -> dict[str, Any]:
        return {
            "uuid": str(self.uuid),
            "number": self.number,
            "parking": self.parking,
            "station": self.station.told(),
        }


STATION = (Station.id, Station.name, Station.charge_box_id, Station.site_id, Site.name)


def outlets(db: Session, ids: Collection[int]) -> dict[int, OutletPlace]:
    """Those that are still there."""
    if not ids:
        return {}
    rows = db.execute(
        select(Outlet.id, Outlet.uuid, Outlet.number, Outlet.parking, *STATION)
        .join(Outlet.station)
        .join(Station.site)
        .where(Outlet.id.in_(ids))
    )
    return {row[0]: OutletPlace(*row[:4], StationPlace(*row[4:])) for row in rows}


def stations(db: Session, ids: Collection[int]) -> dict[int, StationPlace]:
    if not ids:
        return {}
    rows = db.execute(select(*STATION).join(Station.site).where(Station.id.in_(ids)))
    return {row[0]: StationPlace(*row) for row in rows}


def charging_sessions(db: Session, ids: Collection[int]) -> dict[int, ChargingSession]:
    if not ids:
        return {}
    return {each.id: each for each in db.scalars(select(ChargingSession).where(ChargingSession.id.in_(ids)))}


def alarms(db: Session, ids: Collection[int]) -> dict[int, Alarm | AlarmHistory]:
    """Whether they last or are over."""
    if not ids:
        return {}
    over = db.scalars(select(AlarmHistory).where(AlarmHistory.id.in_(ids)))
    found: dict[int, Alarm | AlarmHistory] = {alarm.id: alarm for alarm in over}
    return found | {alarm.id: alarm for alarm in db.scalars(select(Alarm).where(Alarm.id.in_(ids)))}
