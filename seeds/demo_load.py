"""What the meters behind the demo's supply controller told yesterday: each charge, and the feed itself."""

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import meter_values
from domain.clock import now
from domain.models import ChargingSession, Station, StationKind
from domain.reports import MeterReport, Reading

EVERY = timedelta(minutes=5)
FUSE_PHASES, FUSE_A, VOLTAGE_V = 3, 1600, 230
ZONE = ZoneInfo("Europe/Copenhagen")


def add(db: Session) -> None:
    """All stations of its site stand behind it."""
    controller = db.scalars(select(Station).where(Station.kind == StationKind.SUPPLY_CONTROLLER)).one()
    controller.fuse_phases, controller.fuse_a = FUSE_PHASES, FUSE_A
    behind = (Station.site_id == controller.site_id) & (Station.id != controller.id)
    db.execute(update(Station).where(behind).values(supply_controller_id=controller.id))
    begins_at = datetime.combine(now().astimezone(ZONE).date() - timedelta(days=1), time(), ZONE).astimezone(UTC)
    charges = db.scalars(
        select(ChargingSession).where(
            ChargingSession.site_id == controller.site_id, ChargingSession.stopped_at > begins_at
        )
    )
    reports, total_w = [], defaultdict[datetime, float](float)
    for charge in charges:
        for at, power_w in _powers(charge, begins_at):
            total_w[at] += power_w
            reports.append(_report(charge.node_id, charge.outlet_number, charge.id, at, power_w))
    for number in range(timedelta(days=1) // EVERY):
        at = begins_at + EVERY * number
        # Light and air of the garage, which no station tells.
        base_w = 9_000 + 3_000 * math.sin(number / 40)
        reports.append(_report(controller.id, 0, None, at, total_w[at] + base_w))
    meter_values.store(db, reports)


def _powers(charge: ChargingSession, begins_at: datetime) -> Iterator[tuple[datetime, float]]:
    """At each five minutes, as if it had run evenly."""
    if charge.stopped_at is None or not charge.energy_wh:
        return
    power_w = charge.energy_wh / max((charge.stopped_at - charge.started_at).total_seconds() / 3600, 0.1)
    first = max(0, -((begins_at - charge.started_at) // EVERY))
    for number in range(first, (charge.stopped_at - begins_at) // EVERY + 1):
        yield begins_at + EVERY * number, power_w


def _report(station_id: int, number: int, charge_id: int | None, at: datetime, power_w: float) -> MeterReport:
    current_a = power_w / FUSE_PHASES / VOLTAGE_V
    samples: list[dict[str, object]] = [
        {"measurand": "Power.Active.Import", "unit": "W", "value": f"{power_w:.0f}"},
        {"measurand": "Current.Import", "unit": "A", "value": f"{current_a:.1f}"},
    ]
    return MeterReport(station_id, at, number, charge_id, (Reading(at, None, power_w, current_a, None, samples),))
