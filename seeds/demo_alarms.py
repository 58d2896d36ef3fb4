"""What is wrong in the demo company, and what was: a tripped fuse, a silent feed, and two months of faults.

What lasts comes about as it does in life; simulated stations add their own.
"""

import random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import status_reports
from domain.alarms import acknowledging, sweeping
from domain.alarms.acknowledging import Word
from domain.clock import now
from domain.models import Alarm, AlarmKind, PortalUser, Station, StationKind
from domain.reports import StatusReport
from domain.statuses import OutletStatus

SEED = 20261129
OUT_OF_ORDER = "FC-MW-302"
"""It has tripped and is silent: nothing plays it."""
TRIPPED_AGO, SILENT_AGO, FEED_SILENT_AGO = timedelta(hours=19), timedelta(hours=18), timedelta(hours=7)
NOTE = "Elektriker kommer torsdag."

PAST_DAYS, PAST = 60, 28
KINDS = (
    (AlarmKind.NO_NETWORK, None, None),
    (AlarmKind.NO_NETWORK, None, None),
    (AlarmKind.HARDWARE_FAULT, "ConnectorLockFailure", None),
    (AlarmKind.HARDWARE_FAULT, "PowerMeterFailure", "E12"),
    (AlarmKind.HARDWARE_FAULT, "EVCommunicationError", None),
    (AlarmKind.FUSE, "OverCurrentFailure", None),
    (AlarmKind.TEMPERATURE, "HighTemperature", "78 °C"),
    (AlarmKind.HARDWARE_CONFIGURATION_FAULT, "InternalError", "CONFIG-7"),
)
WHO_ACKNOWLEDGES = "Winther"


def add(db: Session) -> None:
    support = db.scalars(select(PortalUser).where(PortalUser.last_name == WHO_ACKNOWLEDGES)).one()
    _add_past(db, support)
    at = now()
    broken = db.scalars(select(Station).where(Station.charge_box_id == OUT_OF_ORDER)).one()
    feed = db.scalars(select(Station).where(Station.kind == StationKind.SUPPLY_CONTROLLER)).one()
    _come_and_go(db, feed, at - FEED_SILENT_AGO)
    _come_and_go(db, broken, at - SILENT_AGO)
    tripped_at = at - TRIPPED_AGO
    report = StatusReport(broken.id, tripped_at, 1, OutletStatus.FAULTED, tripped_at, "GroundFailure", None, None)
    status_reports.keep(db, [report])
    sweeping.sweep(db, at)
    fuse = db.scalars(select(Alarm).where(Alarm.station_id == broken.id, Alarm.kind == AlarmKind.FUSE)).one()
    acknowledging.acknowledge(db, [fuse], Word(support.id, tripped_at + timedelta(minutes=21), NOTE))


def _come_and_go(db: Session, station: Station, last_seen_at: datetime) -> None:
    """It was here until then."""
    station.online, station.last_seen_at = True, last_seen_at
    db.flush()
    station.online = False
    db.flush()


def _add_past(db: Session, support: PortalUser) -> None:
    """One after the other: what ends is put into the history by the database itself."""
    draw = random.Random(SEED)  # noqa: S311 - no secret
    stations = db.scalars(
        select(Station).where(Station.kind == StationKind.CHARGING_STATION).order_by(Station.id)
    ).all()
    for number in range(PAST):
        raised_at = now() - timedelta(days=PAST_DAYS) * (PAST - number - draw.random() * 0.9) / PAST
        station = draw.choice(stations)
        kind, error_code, vendor_error_code = draw.choice(KINDS)
        alarm = Alarm(
            kind=kind,
            site_id=station.site_id,
            site_name=station.site.name,
            station_id=station.id,
            station_name=station.name,
            outlet_number=0 if kind is AlarmKind.NO_NETWORK else draw.choice(station.outlets).number,
            error_code=error_code,
            vendor_error_code=vendor_error_code,
            raised_at=raised_at,
            times_raised=draw.choice((1, 1, 1, 2, 5)),
            calm_since=raised_at + timedelta(minutes=min(draw.lognormvariate(3.4, 1.1), 900)),
        )
        db.add(alarm)
        db.flush()
        if draw.random() < 0.6:
            acknowledging.acknowledge(db, [alarm], Word(support.id, raised_at + timedelta(minutes=draw.uniform(1, 20))))
            db.flush()
        db.delete(alarm)
        db.flush()
