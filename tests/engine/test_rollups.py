"""The job that adds up what charts are drawn from, and the command that does so anew."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from domain.models import WHOLE_SYSTEM, ChargingChange, ChargingQuarter, Site, Station
from engine import jobs
from tests.domain.charge_histories import Charge, write


def energy_wh(db: Session) -> int | None:
    db.rollback()
    return db.scalar(select(func.sum(ChargingQuarter.energy_wh)).where(ChargingQuarter.site_id == WHOLE_SYSTEM))


def test_the_job_adds_up_what_was_noted(db: Session) -> None:
    station = Station(site=Site(name="Harbour"), name="H", charge_box_id="H")
    db.add(station)
    db.flush()
    [row] = write(db, [Charge(0, 60, 75, 7000)], [station])
    db.commit()
    assert energy_wh(db) is None
    jobs.fold_rollups()
    assert energy_wh(db) == 7000
    db.execute(text("UPDATE charging_session SET energy_wh = 6500 WHERE id = :id"), {"id": row.id})
    db.commit()
    jobs.fold_rollups()
    assert energy_wh(db) == 6500
    assert db.scalar(select(func.count()).select_from(ChargingChange)) == 0
