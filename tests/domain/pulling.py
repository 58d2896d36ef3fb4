"""Programs that keep a copy of the charging sessions, and what is written meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.orm import Session

from domain import changes
from domain.changes import Cursor, Source
from domain.db import session_factory
from domain.models import Authorization, ChargingSession, ChargingSessionDeletion

BEGIN = datetime(2026, 11, 22, 9, tzinfo=UTC)
SUBJECT = "0" * 8
SESSIONS = Source(ChargingSession, select(ChargingSession.id, ChargingSession.energy_wh, ChargingSession.change_number))
DELETIONS = Source(ChargingSessionDeletion, select(ChargingSessionDeletion.id, ChargingSessionDeletion.change_number))


def session_of(number: int, **more: Any) -> ChargingSession:
    values: dict[str, Any] = {
        "started_at": BEGIN + timedelta(minutes=number),
        "logged_at": BEGIN + timedelta(minutes=number),
        "node_id": 1,
        "site_id": 1,
        "outlet_id": number,
        "site_name": "Harbour",
        "station_name": "Quay",
        "outlet_number": 1,
        "authorization": Authorization.RFID,
        "id_token": "TAG",
        "meter_start_wh": 0,
    }
    return ChargingSession(**values | more)


class Copy:
    """What one program has, after each pull of what changed since its last one."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.energy_wh: dict[int, int | None] = {}
        self.cursor: Cursor | None = None
        self.told: list[tuple[int, int]] = []
        """Each row that came, with the number of its change."""

    def pull(self) -> list[int]:
        """The ids that came, of sessions and of what was deleted."""
        ids = []
        is_last = False
        while not is_last:
            rows, is_last = self._part()
            ids += [row.id for row in rows]
        return ids

    def _part(self) -> tuple[list[Row[Any]], bool]:
        with session_factory()() as db:
            pull = changes.begin(db, SUBJECT, self.cursor)
            if self.most is not None:
                pull = changes.first_rows(db, pull, (SESSIONS, DELETIONS), self.most)
            rows = list(db.execute(SESSIONS.rows.where(*pull.of(SESSIONS))))
            deleted = list(db.execute(DELETIONS.rows.where(*pull.of(DELETIONS))))
        for row in rows:
            self.energy_wh[row.id] = row.energy_wh
        for row in deleted:
            self.energy_wh.pop(row.id, None)
        self.told += [(row.id, row.change_number) for row in (*rows, *deleted)]
        # As a program keeps it: in writing.
        self.cursor = Cursor.read(str(pull.until))
        return rows + deleted, pull.is_last


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction of somebody else's, which is open until the block ends."""
    with session_factory()() as db, db.begin():
        yield db


def write_at_random(draw: Random, first: int, transactions: int, pause: Callable[[], None]) -> None:
    """Begin, change and delete sessions, some of it taken back; `first` keeps those of several writers apart."""
    number = first
    mine: list[int] = []
    for _ in range(transactions):
        with session_factory()() as db:
            made, gone = [], []
            for _ in range(draw.randint(1, 4)):
                deed = draw.random()
                if deed < 0.4 or not mine:
                    row = session_of(number)
                    db.add(row)
                    db.flush()
                    made.append(row.id)
                    number += 1
                elif deed < 0.9:
                    which = ChargingSession.id == draw.choice(mine)
                    db.execute(update(ChargingSession).where(which).values(energy_wh=draw.randint(0, 10**6)))
                else:
                    gone.append(draw.choice(mine))
                    db.execute(delete(ChargingSession).where(ChargingSession.id == gone[-1]))
                pause()
            if draw.random() < 0.25:
                db.rollback()
            else:
                db.commit()
                mine = [each for each in mine + made if each not in gone]
