"""Careful rollouts that several people or processes touch at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from domain import rollouts
from domain.db import session_factory
from domain.models import Command, Rollout, Site, Station
from domain.rollouts import Refusal, RolloutError
from tests.domain.conftest import NINE

CHANGES = {"MeterValueSampleInterval": "30"}


def at_once(times, work):
    """What each gave or raised, all begun at the same moment, each in a transaction of its own."""
    barrier = Barrier(times)

    def run(_number):
        with session_factory()() as db:
            barrier.wait()
            try:
                outcome = work(db)
                db.commit()
            except RolloutError as error:
                return error.refusal
        return outcome

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))


def stations(db):
    site = Site(name="At once")
    db.add(site)
    db.flush()
    made = [Station(site_id=site.id, name=f"S{n}", charge_box_id=f"at-once-{n}", online=True) for n in range(3)]
    db.add_all(made)
    db.commit()
    return [station.id for station in made]


def test_of_four_who_begin_with_the_same_stations_one_does(db, user):
    ids = stations(db)
    user_id = user.id
    db.commit()

    def begin(own):
        chosen = own.scalars(select(Station).where(Station.id.in_(ids))).all()
        return rollouts.begin(own, CHANGES, chosen, user_id, NINE).id

    outcomes = at_once(4, begin)
    assert outcomes.count(Refusal.BUSY) == 3
    assert db.scalar(select(func.count()).select_from(Rollout)) == 1


def test_of_four_jobs_one_takes_each_step(db, user):
    ids = stations(db)
    chosen = db.scalars(select(Station).where(Station.id.in_(ids))).all()
    rollout_id = rollouts.begin(db, CHANGES, chosen, user.id, NINE).id
    db.commit()
    at_once(4, lambda own: rollouts.advance(own, rollout_id, NINE))
    assert db.scalar(select(func.count()).select_from(Command)) == 1
