"""The partitions of the tables that grow: by month, and of the message log by day.

A table partitioned by month is read by month: a query for last week touches one or two small indexes, and what is too
old is dropped as a whole. A row whose month has no partition yet (a station's clock may say anything) waits in the
table's default partition and moves when its month is made.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.models import AlarmHistory, ChargingSession, Event, Message, MeterValue, OutletStateChange

MONTHLY = {
    ChargingSession.__tablename__: "started_at",
    MeterValue.__tablename__: "received_at",
    Event.__tablename__: "happened_at",
    OutletStateChange.__tablename__: "at",
    AlarmHistory.__tablename__: "cleared_at",
}
DAILY = {Message.__tablename__: "at"}
PARTITIONED = MONTHLY | DAILY
"""Each partitioned table and the column that decides the partition."""

MONTHS_AHEAD = 3
DAYS_AHEAD = 7

# One maker at a time: the lock is released with the transaction.
ALONE = text("SELECT pg_advisory_xact_lock(hashtext('partitions'))")
LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '10s'")
"""Whoever reads such a table for long, as an export does, must not hold up all others behind us: then another night."""


class Part(NamedTuple):
    """One partition: what is between two midnights in UTC."""

    table: str
    name: str
    begin: date
    end: date

    @property
    def bounds(self) -> tuple[str, str]:
        return f"'{self.begin}T00:00:00Z'", f"'{self.end}T00:00:00Z'"


def next_month(month: date) -> date:
    """The first day of the month after the one that begins at `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months(first: date, last: date) -> Iterator[date]:
    """The first day of each month from that of `first` to that of `last`, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def of_month(table: str, month: date) -> Part:
    """Such as `event_p202611`."""
    return Part(table, f"{table}_p{month:%Y%m}", month, next_month(month))


def of_day(table: str, day: date) -> Part:
    """Such as `message_p20261122`."""
    return Part(table, f"{table}_p{day:%Y%m%d}", day, day + timedelta(days=1))


def is_partition(table_name: str) -> bool:
    """Whether a table of this name is a part of a partitioned one rather than a table of its own."""
    parent, _, suffix = table_name.rpartition("_")
    return parent in PARTITIONED and (suffix == "default" or suffix.startswith("p"))


def ensure_ahead(db: Session, today: date) -> list[str]:
    """Make what will be needed soon, where it is missing, and name the new ones."""
    return [*ensure(db, today), *ensure_days(db, today)]


def ensure(db: Session, first: date, last: date | None = None) -> list[str]:
    """Make the months from that of `first` to that of `last` where they are missing, and name the new ones.

    Without `last`, up to `MONTHS_AHEAD` months after `first`. Safe to call from several processes at once.
    """
    if last is None:
        last = first.replace(day=1)
        for _ in range(MONTHS_AHEAD):
            last = next_month(last)
    return _ensure(db, [of_month(table, month) for table in MONTHLY for month in months(first, last)])


def ensure_days(db: Session, today: date) -> list[str]:
    """The same for the tables that have a partition for each day, up to `DAYS_AHEAD` days from now."""
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1)]
    return _ensure(db, [of_day(table, day) for table in DAILY for day in days])


def drop_before(db: Session, table: str, moment: datetime) -> list[str]:
    """Drop the months or days of a table that are over since `moment`, and name them."""
    _begin(db)
    oldest_kept = _part_at(table, moment)
    dropped = [name for name in _names(db, table) if name < oldest_kept.name]
    for name in dropped:
        db.execute(text(f"DROP TABLE {name}"))
    db.execute(text(f"DELETE FROM {table}_default WHERE {PARTITIONED[table]} < {oldest_kept.bounds[0]}"))  # noqa: S608
    return dropped


def kept_from(table: str, moment: datetime) -> datetime:
    """Where the month or day begins that a moment is in: `drop_before` leaves all from there on."""
    return datetime.combine(_part_at(table, moment).begin, time.min, UTC)


def _part_at(table: str, moment: datetime) -> Part:
    day = moment.astimezone(UTC).date()
    return of_day(table, day) if table in DAILY else of_month(table, day.replace(day=1))


def oldest(db: Session, table: str) -> date | None:
    """The first day of the first month or day of which a table holds something; None for an empty one."""
    for name in _names(db, table):
        if db.scalar(text(f"SELECT EXISTS (SELECT FROM {name})")):  # noqa: S608 - a name of ours
            return _begin_of(name)
    return None


def edges(db: Session, table: str) -> list[datetime]:
    """Where a table's months or days begin, the oldest first, and where the last one ends."""
    of = of_day if table in DAILY else of_month
    parts = [of(table, _begin_of(name)) for name in _names(db, table)]
    return [
        datetime.combine(day, time.min, UTC)
        for day in (*(part.begin for part in parts), *(part.end for part in parts[-1:]))
    ]


def _begin_of(name: str) -> date:
    digits = name.rpartition("_p")[2]
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:] or 1))


def _names(db: Session, table: str) -> list[str]:
    """Those of a table's months or days, the oldest first: they sort as their times do."""
    names = db.scalars(
        text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:table AS regclass)"),
        {"table": table},
    )
    return sorted(name for name in names if not name.endswith("_default"))


def _begin(db: Session) -> None:
    db.execute(LOCK_TIMEOUT)
    db.execute(ALONE)


def _ensure(db: Session, parts: list[Part]) -> list[str]:
    _begin(db)
    made = []
    for part in parts:
        if db.scalar(text("SELECT to_regclass(:name)"), {"name": part.name}) is None:
            _make(db, part)
            made.append(part.name)
    return made


def _make(db: Session, part: Part) -> None:
    """Make one partition and move what waited for it out of the default one."""
    table, name, column, (low, high) = part.table, part.name, PARTITIONED[part.table], part.bounds
    bounds, within = f"FROM ({low}) TO ({high})", f"{column} >= {low} AND {column} < {high}"
    # Names and dates are ours, never a caller's text.
    if not db.scalar(text(f"SELECT EXISTS (SELECT FROM {table}_default WHERE {within})")):  # noqa: S608
        db.execute(text(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES {bounds}"))
        return
    columns = ", ".join(
        db.scalars(
            text(
                "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0"
                " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
            ),
            {"table": table},
        )
    )
    db.execute(text(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)"))
    # To the triggers nothing happens: a row that moves has not gone, and has not changed.
    db.execute(text(f"ALTER TABLE {table}_default DISABLE TRIGGER USER"))
    db.execute(
        text(
            f"WITH moved AS (DELETE FROM {table}_default WHERE {within} RETURNING {columns})"  # noqa: S608
            f" INSERT INTO {name} ({columns}) SELECT {columns} FROM moved"
        )
    )
    db.execute(text(f"ALTER TABLE {table}_default ENABLE TRIGGER USER"))
    db.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES {bounds}"))
