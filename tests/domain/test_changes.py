"""Programs that pull what changed have everything, once, whatever is written meanwhile."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random
from threading import Event as Signal
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url, select, text, update
from sqlalchemy.orm import Session

from domain import changes, charging_rollups, partitions
from domain.changes import Cursor, CursorError, Source, StaleCursorError
from domain.db import owner_session_factory, session_factory
from domain.models import ChargingSession, ChargingSessionDeletion, MeterValue
from launcher.migrate import migrate
from tests.domain.pulling import BEGIN, SESSIONS, SUBJECT, Copy, session_of, write_at_random, writing
from tests.fixtures.databases import copied
from tests.fixtures.environment import database_owner_url

WRITERS, TRANSACTIONS = 4, 40


def add(number: int) -> int:
    with writing() as db:
        row = session_of(number)
        db.add(row)
        db.flush()
        return row.id


def change(row_id: int, energy_wh: int) -> None:
    with writing() as db:
        db.execute(update(ChargingSession).where(ChargingSession.id == row_id).values(energy_wh=energy_wh))


def delete(row_id: int) -> None:
    with writing() as db:
        db.delete(db.scalars(select(ChargingSession).filter_by(id=row_id)).one())


def there() -> dict[int, int | None]:
    with session_factory()() as db:
        return {row.id: row.energy_wh for row in db.execute(select(ChargingSession.id, ChargingSession.energy_wh))}


@pytest.mark.parametrize("seed", range(3))
def test_two_programs_have_everything_once_while_others_write(db: Session, seed: int) -> None:
    """One takes all at once, the other in parts; writers overlap, and some take back what they wrote."""
    copies = [Copy(), Copy(most=7)]
    is_over = Signal()

    def write(number: int) -> None:
        draw = Random(f"{seed} {number}")
        write_at_random(draw, number * 10_000, TRANSACTIONS, lambda: sleep(draw.random() / 200))

    def keep(copy: Copy) -> int:
        pulls = 0
        while not is_over.is_set():
            ids = copy.pull()
            assert len(ids) == len(set(ids)) or copy.most, "no row twice in one pull"
            pulls += 1
        copy.pull()
        return pulls

    with ThreadPoolExecutor(WRITERS + len(copies)) as threads:
        programs = [threads.submit(keep, copy) for copy in copies]
        for writer in [threads.submit(write, number) for number in range(WRITERS)]:
            writer.result()
        is_over.set()
        assert all(program.result() > 3 for program in programs), "they pulled while others wrote"
    expected = there()
    assert len(expected) > WRITERS * TRANSACTIONS / 4
    for copy in copies:
        assert copy.energy_wh == expected
        assert [each for each, times in Counter(copy.told).items() if times > 1] == [], "no change twice"


def test_what_commits_late_is_pulled_late_and_not_skipped(db: Session) -> None:
    copy = Copy()
    with writing() as late:
        row = session_of(1)
        late.add(row)
        late.flush()
        early = add(2)
        assert copy.pull() == []
    assert sorted(copy.pull()) == [row.id, early]
    assert copy.pull() == []


def test_without_the_horizon_it_would_be_skipped(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test before would notice: this is what it is there for."""
    naive = text("SELECT change_number(pg_snapshot_xmax(pg_current_snapshot()))")
    monkeypatch.setattr(changes, "HORIZON", naive)
    copy = Copy()
    with writing() as late:
        row = session_of(1)
        late.add(row)
        late.flush()
        early = add(2)
        assert copy.pull() == [early]
    assert copy.pull() == []
    assert there().keys() - copy.energy_wh.keys() == {row.id}


def test_who_only_reads_holds_nothing_back(db: Session) -> None:
    """As a backup does, for an hour."""
    copy = Copy()
    with session_factory()() as reading:
        reading.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        assert reading.scalars(select(ChargingSession.id)).all() == []
        row_id = add(1)
        assert copy.pull() == [row_id]


def test_a_row_that_changed_twice_comes_once_as_it_is_now(db: Session) -> None:
    copy = Copy()
    row_id = add(1)
    copy.pull()
    change(row_id, 5)
    change(row_id, 7)
    assert copy.pull() == [row_id]
    assert copy.energy_wh == {row_id: 7}
    assert copy.pull() == []


def test_what_is_deleted_is_told(db: Session) -> None:
    copy = Copy()
    kept, gone, never_seen = add(1), add(2), add(3)
    delete(never_seen)
    copy.pull()
    delete(gone)
    assert copy.pull() == [gone]
    assert copy.energy_wh == {kept: None}


def test_a_part_of_a_pull_ends_at_a_row_and_goes_on_behind_it(db: Session) -> None:
    with writing() as together:
        together.add_all(session_of(number) for number in range(20))
    copy = Copy(most=7)
    assert sorted(copy.pull()) == sorted(there())
    assert copy.pull() == []


def test_readings_are_pulled_alike(db: Session) -> None:
    with writing() as other:
        reading = MeterValue(received_at=BEGIN, measured_at=BEGIN, outlet_id=1, samples=[])
        other.add(reading)
    pull = changes.begin(db, SUBJECT)
    readings = Source(MeterValue, select(MeterValue.id))
    assert db.scalars(changes.rows(pull, [(readings, [MeterValue.id])])).all() == [reading.id]


def test_what_moves_to_its_month_has_neither_gone_nor_changed(db: Session) -> None:
    """Neither to those who pull nor to the roll-ups."""
    copy = Copy()
    row_id = add(round((date(2031, 5, 9) - BEGIN.date()).days) * 24 * 60)
    copy.pull()
    with session_factory().begin() as adding:
        charging_rollups.fold(adding)
    with owner_session_factory()() as owner:
        partitions.ensure(owner, date(2031, 5, 1), date(2031, 5, 1))
        assert owner.scalar(text("SELECT tableoid::regclass::text FROM charging_session")) == "charging_session_p203105"
        assert owner.scalars(select(ChargingSessionDeletion.id)).all() == []
        assert charging_rollups.fold(owner) == 0
        number = owner.scalar(select(ChargingSession.change_number))
        assert number is not None
        assert copy.told == [(row_id, number)]
        owner.execute(update(ChargingSession).values(energy_wh=1))
        assert owner.scalar(select(ChargingSession.change_number)) > number, "in its new place it is watched again"


@given(
    st.builds(
        Cursor,
        *[st.from_regex(r"[0-9a-f]{8}", fullmatch=True)] * 2,
        st.integers(0, 2**63 - 1),
        st.none() | st.integers(0, 2**63 - 1),
    )
)
def test_a_cursor_is_read_as_it_was_written(cursor: Cursor) -> None:
    assert Cursor.read(str(cursor)) == cursor


@given(st.text() | st.from_regex(r"\A1-[0-9a-f]{7,9}-[0-9a-f]{8}-[0-9]{1,25}(-[0-9]{0,25})?\Z"))
def test_any_other_text_is_no_cursor(written: str) -> None:
    try:
        cursor = Cursor.read(written)
    except CursorError:
        return
    assert str(cursor) == written


@pytest.mark.parametrize(
    "written",
    ["", "1", "2-00000000-00000000-5", "1-00000000-00000000-", "1-00000000-00000000-9223372036854775808", "1-0-0-5",
     "1-00000000-00000000-5-", "1-00000000-00000000--5", "1-00000000-00000000-٣", "1-00000000-00000000-5\n"],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(written: str) -> None:
    with pytest.raises(CursorError):
        Cursor.read(written)


def test_a_cursor_holds_for_what_it_was_given_for(db: Session) -> None:
    cursor = changes.begin(db, SUBJECT).until
    with pytest.raises(StaleCursorError, match="other filters"):
        changes.begin(db, "1" * 8, cursor)


def test_a_cursor_of_another_life_of_the_database_is_refused(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = changes.begin(db, SUBJECT).until
    ahead = Cursor(cursor.epoch, SUBJECT, cursor.number + 1000)
    with pytest.raises(StaleCursorError, match="restored"):
        changes.begin(db, SUBJECT, ahead)
    monkeypatch.setattr(changes, "EPOCH", text("SELECT 'another server'"))
    with pytest.raises(StaleCursorError, match="restored"):
        changes.begin(db, SUBJECT, cursor)


def test_numbers_go_on_where_the_server_counts_anew(db: Session, prepared_database: str) -> None:
    """As after a dump was restored on a new server: what came along has numbers that this one is far from."""
    with copied(prepared_database) as name:
        engine = create_engine(make_url(database_owner_url(name)).set(drivername="postgresql+psycopg"))
        with Session(engine) as owner:
            owner.add(session_of(1, change_number=10**12))
            owner.commit()
            assert changes.begin(owner, SUBJECT).until.number < 10**12
            with pytest.raises(StaleCursorError, match="restored"):
                changes.begin(owner, SUBJECT, changes.begin(db, SUBJECT).until)
            owner.rollback()
            assert changes.go_on(owner) is True
            owner.commit()
            assert changes.go_on(owner) is False
            owner.commit()
            pull = changes.begin(owner, SUBJECT)
            assert pull.until.number >= 10**12
            owner.rollback()
            owner.add(session_of(2))
            owner.commit()
            numbers = owner.scalars(select(ChargingSession.change_number).order_by(ChargingSession.id)).all()
            assert numbers[1] > numbers[0] == 10**12
            both = SESSIONS.rows.where(*changes.begin(owner, SUBJECT).of(SESSIONS))
            assert len(owner.execute(both).all()) == 2
        engine.dispose()


def test_a_start_leaves_the_numbers_as_they_are(db: Session) -> None:
    add(1)
    before = changes.begin(db, SUBJECT).until
    migrate()
    with session_factory()() as later:
        changes.begin(later, SUBJECT, before)
        added = later.scalar(text("SELECT change_number('0'::xid8)"))
    assert added == 0
