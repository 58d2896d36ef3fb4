"""What changed since a program last asked, without a gap and without a repeat.

Each row carries the number of the transaction that wrote it last (`change_number`, written by the database). A pull
reads the rows whose number is beyond the cursor's and below that of the oldest transaction that is still open: whatever
such a transaction writes, and everything later, belongs to a later pull. The next cursor is therefore known before the
first row is read.

The numbers are those of PostgreSQL, which begin anew on another server. Then what this portal adds to them grows
(`go_on`), so that they never go back; and cursors of the life before are known by their `epoch`, since what they
remember may not have come along.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Self

from sqlalchemy import BigInteger, ColumnElement, Select, and_, literal, or_, select, text, tuple_, union_all
from sqlalchemy.orm import Session

from domain.errors import DomainError
from domain.models import ChargingSession, ChargingSessionDeletion, MeterValue
from domain.models.columns import LARGEST_BIG_KEY

Stamped = ChargingSession | ChargingSessionDeletion | MeterValue
STAMPED: tuple[type[Stamped], ...] = (ChargingSession, ChargingSessionDeletion, MeterValue)
"""The tables whose rows carry a number."""

# The timeline tells a server that was set back to an earlier moment, the other numbers what was made anew on it.
EPOCH = text(
    "SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),"
    " (SELECT oid FROM pg_database WHERE datname = current_database()), 'charging_session'::regclass::oid,"
    " left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))"
)
HORIZON = text("SELECT change_number(pg_snapshot_xmin(pg_current_snapshot()))")
NEXT = text("SELECT change_number(pg_current_xact_id())")
GO_ON = (
    "CREATE OR REPLACE FUNCTION change_number(transaction xid8) RETURNS bigint LANGUAGE sql STABLE STRICT"
    " RETURN {} + transaction::text::bigint"
)

WRITTEN = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{8})-(0|[1-9][0-9]{0,18})(?:-(0|[1-9][0-9]{0,18}))?")
"""A cursor: its version, epoch, subject, number, and the id of the row where a part of a pull ended."""


class CursorError(DomainError):
    """A text that is none of our cursors."""


class StaleCursorError(DomainError):
    """A cursor that does not tell what its owner has: the words say why."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where a program has everything: all of `number`, or of that only what is up to `row_id`."""

    epoch: str
    subject: str
    """What is pulled, by whom: other filters or rights let other rows through, and these may lie before the cursor."""
    number: int
    row_id: int | None = None

    @classmethod
    def read(cls, written: str) -> Self:
        """Raises CursorError."""
        found = WRITTEN.fullmatch(written)
        if found is None:
            raise CursorError(written)
        epoch, subject, number, row_id = found.groups()
        cursor = cls(epoch, subject, int(number), None if row_id is None else int(row_id))
        if max(cursor.number, cursor.row_id or 0) > LARGEST_BIG_KEY:
            raise CursorError(written)
        return cursor

    def __str__(self) -> str:
        row_id = "" if self.row_id is None else f"-{self.row_id}"
        return f"1-{self.epoch}-{self.subject}-{self.number}{row_id}"


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that carry a number."""

    model: type[Stamped]
    rows: Select[Any]
    """All that whoever pulls may see and asked for."""

    @property
    def number(self) -> ColumnElement[int]:
        return self.model.change_number  # type: ignore[return-value]

    @property
    def row_id(self) -> ColumnElement[int]:
        return self.model.id  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Pull:
    """The rows beyond `after`, up to and including `until`."""

    after: Cursor | None
    until: Cursor
    is_last: bool
    """Whether that is all there is now."""

    def of(self, source: Source) -> list[ColumnElement[bool]]:
        """The conditions that keep to them.

        A cursor in the middle of a number stands apart, by id: so the planner knows how few rows a part has. By a
        comparison of pairs it would take all rows of one number for it, and read the whole table for each part.
        """
        after, until = self.after, self.until
        number, row_id = source.number, source.row_id
        if after is not None and after.row_id is not None and until.row_id is not None and after.number == until.number:
            return [number == _big(after.number), row_id > _big(after.row_id), row_id <= _big(until.row_id)]
        upper = number <= _big(until.number) if until.row_id is None else number < _big(until.number)
        pieces = [upper if after is None else and_(number > _big(after.number), upper)]
        if after is not None and after.row_id is not None:
            pieces.append(and_(number == _big(after.number), row_id > _big(after.row_id)))
        if until.row_id is not None:
            pieces.append(and_(number == _big(until.number), row_id <= _big(until.row_id)))
        return [or_(*pieces)]

    def ahead(self, source: Source) -> list[ColumnElement[bool]]:
        """The same where the first rows are wanted in the order of their index, which this enters at the cursor."""
        number, after = source.number, self.after
        upper = number <= _big(self.until.number)
        if after is None:
            return [upper]
        if after.row_id is None:
            return [number > _big(after.number), upper]
        return [tuple_(number, source.row_id) > tuple_(_big(after.number), _big(after.row_id)), upper]


def digest(*parts: Any) -> str:
    """A short word for the same parts, written the same."""
    return sha256(repr(parts).encode()).hexdigest()[:8]


def begin(db: Session, subject: str, after: Cursor | None = None) -> Pull:
    """What there is to be pulled now.

    Raises:
        StaleCursorError: `after` was given for something else, or in another life of the database.
    """
    epoch = digest(db.scalar(EPOCH))
    until = Cursor(epoch, subject, int(db.execute(HORIZON).scalar_one()) - 1)
    if after is not None:
        if after.subject != subject:
            raise StaleCursorError("it was given for other filters, or for somebody with other rights")
        if after.epoch != epoch or after.number > until.number:
            raise StaleCursorError("the database was restored or moved since it was given")
    return Pull(after, until, is_last=True)


def first_rows(db: Session, pull: Pull, sources: Sequence[Source], most: int) -> Pull:
    """Of a pull just the first rows, at most `most`."""
    # Of each source so many, in the order of its index; then of all of them together.
    keys = [
        source.rows.with_only_columns(
            source.number.label("number"), source.row_id.label("row_id"), maintain_column_froms=True
        )
        .where(*pull.ahead(source))
        .order_by(source.number, source.row_id)
        .limit(most)
        .subquery()
        for source in sources
    ]
    together = union_all(*(select(each.c.number, each.c.row_id) for each in keys)).subquery()
    order = together.c.number, together.c.row_id
    last = db.execute(select(*order).order_by(*order).offset(most - 1).limit(1)).one_or_none()
    if last is None:
        return pull
    return replace(pull, until=replace(pull.until, number=last[0], row_id=last[1]), is_last=False)


def rows(pull: Pull, sources: Sequence[tuple[Source, Sequence[ColumnElement[Any]]]]) -> Any:
    """The statement that reads a pull from its sources, of each with the columns told; in no order."""
    parts = [
        source.rows.with_only_columns(*columns, maintain_column_froms=True).where(*pull.of(source))
        for source, columns in sources
    ]
    return parts[0] if len(parts) == 1 else union_all(*parts)


def go_on(db: Session) -> bool:
    """Lift the numbers above all that are there, if the server has begun to count anew; says whether it had.

    By the tables' owner, in a transaction that has written nothing yet.
    """
    # In this order: whatever is there when the first one looks has a lower number than the second one is given.
    newest_first = (select(each.change_number).order_by(each.change_number.desc()).limit(1) for each in STAMPED)
    latest = max(db.scalar(newest) or 0 for newest in newest_first)
    if db.execute(NEXT).scalar_one() > latest:
        return False
    db.execute(text(GO_ON.format(latest)))
    return True


def _big(value: int) -> ColumnElement[int]:
    return literal(value, BigInteger)
