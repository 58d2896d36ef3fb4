"""The monthly partitions of the tables that grow.

A table partitioned by month is read by month: a query for last week touches one or two small indexes, and what is too
old is dropped as a whole. A row whose month has no partition yet (a station's clock may say anything) waits in the
table's default partition and moves when its month is made.
"""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.models import ChargingSession, Event, Message, MeterValue

PARTITIONED = {
    ChargingSession.__tablename__: "started_at",
    MeterValue.__tablename__: "received_at",
    Event.__tablename__: "happened_at",
    Message.__tablename__: "at",
}
"""Each partitioned table and the column that decides the month."""

MONTHS_AHEAD = 3


def next_month(month: date) -> date:
    """The first day of the month after the one that begins at `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months(first: date, last: date) -> Iterator[date]:
    """The first day of each month from that of `first` to that of `last`, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def partition_name(table: str, month: date) -> str:
    """The name of the partition that holds `month`, such as `event_p202611`."""
    return f"{table}_p{month:%Y%m}"


def is_partition(table_name: str) -> bool:
    """Whether a table of this name is a part of a partitioned one rather than a table of its own."""
    parent, _, suffix = table_name.rpartition("_")
    return parent in PARTITIONED and (suffix == "default" or suffix.startswith("p"))


def ensure(db: Session, first: date, last: date | None = None) -> list[str]:
    """Make the partitions from the month of `first` to that of `last` where they are missing, and name the new ones.

    Without `last`, up to `MONTHS_AHEAD` months after `first`. Safe to call from several processes at once.
    """
    # One maker at a time: the lock is released with the transaction.
    db.execute(text("SELECT pg_advisory_xact_lock(hashtext('partitions'))"))
    if last is None:
        last = first.replace(day=1)
        for _ in range(MONTHS_AHEAD):
            last = next_month(last)
    made = []
    for table, column in PARTITIONED.items():
        for month in months(first, last):
            name = partition_name(table, month)
            if db.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is None:
                _make(db, table, column, name, month)
                made.append(name)
    return made


def _make(db: Session, table: str, column: str, name: str, month: date) -> None:
    """Make one partition and move what waited for it out of the default one."""
    bounds = f"FROM ('{month}T00:00:00Z') TO ('{next_month(month)}T00:00:00Z')"
    within = f"{column} >= '{month}T00:00:00Z' AND {column} < '{next_month(month)}T00:00:00Z'"
    # Names and dates are ours, never a caller's text.
    if not db.scalar(text(f"SELECT EXISTS (SELECT FROM {table}_default WHERE {within})")):  # noqa: S608
        db.execute(text(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES {bounds}"))
        return
    columns = ", ".join(
        db.scalars(
            text(
                "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0"
                " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
            ),
            {"table": table},
        )
    )
    db.execute(text(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)"))
    db.execute(
        text(
            f"WITH moved AS (DELETE FROM {table}_default WHERE {within} RETURNING {columns})"  # noqa: S608
            f" INSERT INTO {name} ({columns}) SELECT {columns} FROM moved"
        )
    )
    db.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES {bounds}"))
