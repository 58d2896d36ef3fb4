"""The audit log keeps to transactions: what is rolled back was not, and nothing is written past it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import audit, nodes
from domain.audit import AuditAction, AuditedSession, UnauditedWriteError, audited_session_factory
from domain.db import session_factory
from domain.models import Site, Station, System, UnknownStation, news_read
from tests.domain.conftest import Line, lines


def test_a_rollback_leaves_nothing(asked: AuditedSession, said: Callable[[], list[Line]]) -> None:
    asked.add(Site(name="Harbour"))
    asked.flush()
    audit.record(asked, AuditAction.EXPORTED, "table", "site")
    asked.rollback()
    asked.commit()
    assert said() == []


def test_a_commit_that_fails_leaves_nothing(asked: AuditedSession, said: Callable[[], list[Line]]) -> None:
    asked.add_all([Site(name="Harbour"), Site(name="Harbour")])
    with pytest.raises(IntegrityError):
        asked.commit()
    asked.rollback()
    asked.add(Site(name="Quay"))
    asked.commit()
    assert [line[4]["name"] for line in said()] == ["Quay"]


def test_a_savepoint_that_is_rolled_back_takes_its_entries_with_it(
    asked: AuditedSession, said: Callable[[], list[Line]]
) -> None:
    asked.add(Site(name="Before"))
    asked.flush()

    def fail() -> None:
        with asked.begin_nested():
            asked.add(Site(name="Within"))
            asked.flush()
            asked.add(Site(name="Before"))
            asked.flush()

    with pytest.raises(IntegrityError):
        fail()
    with asked.begin_nested():
        asked.add(Site(name="Kept"))
    asked.add(Site(name="After"))
    asked.commit()
    assert [line[4]["name"] for line in said()] == ["Before", "Kept", "After"]


def test_an_inner_savepoint_that_was_kept_goes_with_the_outer_one(
    asked: AuditedSession, said: Callable[[], list[Line]]
) -> None:
    outer = asked.begin_nested()
    with asked.begin_nested():
        asked.add(Site(name="Inner"))
    outer.rollback()
    asked.add(Site(name="After"))
    asked.commit()
    assert [line[4]["name"] for line in said()] == ["After"]


def test_nothing_is_written_before_the_commit(asked: AuditedSession, db: Session) -> None:
    """So that a long import holds up nobody: the chain's lock is taken last."""
    asked.add(Site(name="Harbour"))
    asked.flush()
    with audited_session_factory().begin() as other:
        other.add(Site(name="Quay"))
    asked.commit()
    assert [line[4]["name"] for line in lines(db)] == ["Quay", "Harbour"]


@pytest.mark.parametrize(
    "statement",
    [
        update(Site).values(name="x"),
        delete(Site).where(Site.id == 1),
        insert(Site).values(name="x"),
        update(Site.__table__).values(name="x"),
        text(" update site set name = 'x'"),
        text("WITH gone AS (DELETE FROM site RETURNING id) SELECT * FROM gone"),
    ],
)
def test_a_statement_that_goes_past_the_log_is_refused(asked: AuditedSession, statement: Any) -> None:
    with pytest.raises(UnauditedWriteError):
        asked.execute(statement)


def test_other_ways_past_the_log_are_refused(asked: AuditedSession) -> None:
    with pytest.raises(UnauditedWriteError):
        asked.query(Site).delete()
    with pytest.raises(UnauditedWriteError):
        asked.bulk_save_objects([Site(name="x")])
    with pytest.raises(UnauditedWriteError):
        asked.bulk_insert_mappings(Site, [{"name": "x"}])


def test_a_statement_may_say_where_the_log_tells_of_it(asked: AuditedSession, db: Session) -> None:
    db.add(UnknownStation(charge_box_id="one"))
    site = Site(name="Harbour")
    db.add(site)
    db.commit()
    nodes.add_station(asked, Station(site_id=site.id, name="One", charge_box_id="one"))
    asked.commit()
    assert [line[:2] for line in lines(db)] == [("created", "station")]
    assert not db.scalar(select(func.count()).select_from(UnknownStation))


def test_what_is_not_audited_may_be_written_at_will(asked: AuditedSession, db: Session) -> None:
    asked.execute(delete(news_read))
    asked.execute(text("SELECT 1"))
    asked.commit()
    assert lines(db) == []


def test_what_stations_report_is_not_audited(db: Session) -> None:
    with session_factory().begin() as engine:
        engine.add(Site(name="Harbour"))
        engine.flush()
        engine.execute(update(System).values(description="x"))
        audit.record(engine, AuditAction.EXPORTED, "table", "site")
    assert lines(db) == []
