"""The chain: whole after any number of writers at once, and broken by every change to it."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing import get_context
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from domain import audit_chain
from domain.audit import AuditAction, acting, audited_session_factory, record
from domain.audit_chain import NOTHING_BEFORE, hash_of, links
from domain.audit_changes import plain
from domain.db import get_engine, get_owner_engine
from domain.models import AuditEntry, Outlet, OutletMode, Site

WRITERS, ENTRIES = 6, 25


def write(names: list[str]) -> None:
    for name in names:
        with audited_session_factory().begin() as db:
            db.add(Site(name=name))


def write_in_a_process(number: int) -> None:
    get_engine.cache_clear()
    write([f"Process {number}, {i}" for i in range(ENTRIES)])


def faults() -> list[tuple[int, str]]:
    with get_engine().connect() as connection:
        return [(link.id, link.fault) for link in links(connection) if link.fault]


def tampered(change: Callable[[Connection], object]) -> list[tuple[int, str]]:
    """What is found after a change that only a superuser can make."""
    with get_owner_engine().begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        change(connection)
    return faults()


@pytest.fixture
def five(db: Session) -> Session:
    """Five entries."""
    write([f"Site {number}" for number in range(5)])
    return db


def test_the_first_entry_follows_nothing_and_each_other_the_one_before(five: Session) -> None:
    rows = five.execute(select(AuditEntry.previous_hash, AuditEntry.hash).order_by(AuditEntry.id)).all()
    assert [row.previous_hash for row in rows] == [NOTHING_BEFORE, *(row.hash for row in rows[:-1])]
    assert len({row.hash for row in rows}) == 5
    assert faults() == []


def test_the_hash_is_over_these_bytes() -> None:
    """Written out, so that a log of today can be checked by any later version."""
    values = {
        "happened_at": datetime(2026, 11, 22, 12, 0, 0, 5, timezone(timedelta(hours=1))),
        "user_id": 7, "address": "192.0.2.7", "action": "changed", "object_kind": "site", "object_id": "1",
        "before": {"b": 1, "a": "å"}, "after": None,
    }  # fmt: skip
    body = '["2026-11-22T11:00:00.000005+00:00",7,"192.0.2.7","changed","site","1",{"a":"å","b":1},null]'
    assert hash_of(values, b"x" * 32) == hashlib.sha256(b"x" * 32 + body.encode()).digest()


@pytest.mark.parametrize(
    "value",
    [
        1e16,
        -0.0,
        1e-300,
        55.6727,
        1.0,
        2**70,
        'ø \\ " \u2028 \U0001f50c',
        "\0",
        [1, {"b": None}],
        True,
        {"ü": 1, "u": 2},
    ],
)
def test_values_come_back_from_the_database_as_they_were_hashed(db: Session, value: object) -> None:
    with audited_session_factory().begin() as session:
        record(session, AuditAction.EXPORTED, after={"value": value})
    assert faults() == []
    assert db.scalars(select(AuditEntry.after)).one() == {"value": plain(value)}


def test_values_of_all_kinds_become_json() -> None:
    moment = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=1)))
    values = [moment, moment.date(), OutletMode.RFID, UUID(int=1), b"\x01", (1, 2), 0.5]
    assert plain(values) == [
        "2026-11-22T11:00:00+00:00", "2026-11-22", "rfid", "00000000-0000-0000-0000-000000000001", "01", [1, 2], "0.5",
    ]  # fmt: skip
    json.dumps(plain(values))


CHANGED, MISPLACED = (
    "it was changed after it was written",
    "it does not follow the entry before it: one was taken out, put in or replaced",
)


@pytest.mark.parametrize(
    "values",
    [
        {"user_id": 9},
        {"address": "192.0.2.9"},
        {"action": "deleted"},
        {"object_kind": "user"},
        {"object_id": "9"},
        {"after": {"name": "Another"}},
        {"before": {}},
        {"happened_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_changed_entry_is_found(five: Session, values: dict[str, object]) -> None:
    assert tampered(lambda c: c.execute(update(AuditEntry).where(AuditEntry.id == 3).values(values))) == [(3, CHANGED)]


def test_a_changed_entry_with_a_hash_that_fits_breaks_the_next(five: Session) -> None:
    def change(connection: Connection) -> None:
        row = dict(connection.execute(select(AuditEntry.__table__).where(AuditEntry.id == 3)).mappings().one())
        row["user_id"] = 9
        row["hash"] = hash_of(row, row["previous_hash"])
        connection.execute(update(AuditEntry).where(AuditEntry.id == 3).values(user_id=9, hash=row["hash"]))

    assert tampered(change) == [(4, MISPLACED)]


@pytest.mark.parametrize(("taken_out", "found"), [(1, 2), (3, 4)])
def test_an_entry_taken_out_is_found(five: Session, taken_out: int, found: int) -> None:
    assert tampered(lambda c: c.execute(delete(AuditEntry).where(AuditEntry.id == taken_out))) == [(found, MISPLACED)]


def test_numbers_may_have_gaps(five: Session) -> None:
    with get_owner_engine().begin() as connection:
        connection.execute(text("SELECT setval(pg_get_serial_sequence('audit_entry', 'id'), 100)"))
    write(["After the gap"])
    assert five.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all() == [1, 2, 3, 4, 5, 101]
    assert faults() == []


def test_threads_that_write_at_once_make_one_chain(db: Session) -> None:
    together = Barrier(WRITERS)

    def work(number: int) -> None:
        together.wait()
        with acting(number + 1, None):
            write([f"Thread {number}, {i}" for i in range(ENTRIES)])

    threads = [Thread(target=work, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults() == []
    of_each = select(AuditEntry.user_id, func.count()).group_by(AuditEntry.user_id).order_by(AuditEntry.user_id)
    assert [tuple(row) for row in db.execute(of_each)] == [(number, ENTRIES) for number in range(1, WRITERS + 1)]


def test_processes_that_write_at_once_make_one_chain(db: Session) -> None:
    with get_context("spawn").Pool(3) as pool:
        pool.map(write_in_a_process, range(3), chunksize=1)
    assert faults() == []
    assert db.scalar(select(func.count()).select_from(AuditEntry)) == 3 * ENTRIES


def test_a_commit_of_many_entries_keeps_their_order(db: Session) -> None:
    with audited_session_factory().begin() as session:
        session.add_all(Site(name=f"{number:04}") for number in range(1500))
    assert faults() == []
    names = db.scalars(select(AuditEntry.after["name"].astext).order_by(AuditEntry.id)).all()
    assert names == [f"{number:04}" for number in range(1500)]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET user_id = 1", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_the_application_may_only_append(five: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied for table audit_entry"):
        five.execute(text(statement))


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET user_id = 1", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_the_owner_is_stopped_by_a_trigger(five: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"The audit log is append-only."), get_owner_engine().begin() as owner:
        owner.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_entry DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON audit_entry",
        "DROP TABLE audit_entry",
        "CREATE TABLE mine (id int)",
        "SET session_replication_role = replica",
        "UPDATE alembic_version SET version_num = 'x'",
        "ALTER TABLE site ADD COLUMN mine int",
    ],
)
def test_the_application_changes_no_table(db: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        db.execute(text(statement))


def test_the_application_may_use_what_needs_no_table_of_its_own(db: Session) -> None:
    db.execute(text("CREATE TEMPORARY TABLE mine (id int)"))
    db.execute(text("LISTEN something"))
    db.execute(text("SELECT pg_advisory_xact_lock(1)"))
    db.add(Outlet(station_id=0, number=1))
    db.rollback()


def test_reading_the_chain_keeps_few_entries_in_memory(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes over a server-side cursor, in parts."""
    monkeypatch.setattr(audit_chain, "ROWS_AT_ONCE", 2)
    write([f"Site {number}" for number in range(5)])
    assert [link.id for link in links(get_engine().connect())] == [1, 2, 3, 4, 5]
