"""A station with outlets in this process's database, connected or not, and what was asked of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock, partitions, stations
from domain.models import Command, Outlet, Site, Station
from domain.reports import ConnectReport
from domain.statuses import OutletStatus


def add_station(
    db: Session, name: str, site: str = "Harbour", outlets: int = 2, online: bool = True, **more: object
) -> Station:
    """Commits."""
    partitions.ensure(db, clock.now().date())
    place = db.scalars(select(Site).filter_by(name=site)).one_or_none() or Site(name=site)
    db.add(place)
    db.flush()
    station = Station(site_id=place.id, name=name, charge_box_id=name, **{"protocol": "ocpp1.6"} | more)
    db.add(station)
    db.flush()
    free = OutletStatus.AVAILABLE
    db.add_all(Outlet(station_id=station.id, number=number, status=free) for number in range(1, outlets + 1))
    if online:
        stations.connect(db, ConnectReport(name, station.protocol or "ocpp1.6", None, clock.now()))
    db.commit()
    return station


def commands_of(db: Session) -> list[Command]:
    """All that was asked, in that order."""
    db.rollback()
    db.expire_all()
    return list(db.scalars(select(Command).order_by(Command.id)))
