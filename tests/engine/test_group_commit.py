"""The writer alone, on a real database."""

import gevent
import pytest
from sqlalchemy import select

from domain import clock
from domain.models import MeterValue, Outlet
from domain.reports import MeterReport, Reading, StatusReport
from domain.statuses import OutletStatus
from engine import dispatch
from engine.group_commit import GroupCommit, NotStoredError


def reading() -> Reading:
    return Reading(clock.now(), 1.0, None, None, None, [{"value": "1"}])


def submit_all(writer, reports):
    """Hand over all at once; what each got back."""

    def submit(report):
        try:
            return writer.submit(report)
        except NotStoredError as error:
            return error

    waiting = [gevent.spawn(submit, report) for report in reports]
    gevent.joinall(waiting, raise_error=True)
    return [greenlet.value for greenlet in waiting]


def test_only_the_poisonous_report_of_a_batch_fails(transaction, station):
    nobody = station.id + 1_000_000
    numbers = [station.id] * 5 + [nobody] + [station.id] * 5
    reports = [MeterReport(number, clock.now(), 1, None, (reading(),)) for number in numbers]

    outcomes = submit_all(GroupCommit(transaction, dispatch.apply), reports)

    assert [type(outcome) for outcome in outcomes] == [type(None)] * 5 + [NotStoredError] + [type(None)] * 5
    with transaction() as db:
        outlet_id = db.scalars(select(Outlet.id).filter_by(station_id=station.id)).one()
        assert len(db.scalars(select(MeterValue).filter_by(outlet_id=outlet_id)).all()) == 10


def test_a_batch_is_one_transaction_and_outcomes_reach_those_who_wait_for_them(transaction, station):
    batches = []

    def apply(db, reports):
        batches.append(len(reports))
        return list(reports)

    reports = [f"report {number}" for number in range(2500)]
    assert submit_all(GroupCommit(transaction, apply), reports) == reports
    assert batches == [1000, 1000, 500]


def test_the_writer_goes_on_after_a_failure(transaction, station):
    writer = GroupCommit(transaction, dispatch.apply)
    now = clock.now()
    bad = StatusReport(station.id + 1_000_000, now, 1, OutletStatus.AVAILABLE, now, None, None, None)
    good = StatusReport(station.id, now, 2, OutletStatus.AVAILABLE, now, None, None, None)

    with pytest.raises(NotStoredError):
        writer.submit(bad)
    assert writer.submit(good) is None
    with transaction() as db:
        assert db.scalars(select(Outlet.number).filter_by(station_id=station.id).order_by(Outlet.number)).all() == [
            1,
            2,
        ]
