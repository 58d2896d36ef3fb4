"""What goes into a file, whatever its kind."""

import re
import time
import unicodedata
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select

from domain.db import session_factory
from portal.exports.copying import copied
from portal.table.column import Column, Expression

CHUNK_ROWS = 200
LINES_AT_ONCE = 250
"""Some 32 KB: a millisecond, in which stations wait."""

REST = 2.0
"""A file that rests does so this much longer than it works: the database and the stations have the processor then."""
LONGEST_REST_SECONDS = 0.01
"""Some of what seems to be work is waiting for the database."""

FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""As `portal.table.program_forms.guarded` has it."""


def told_to_nobody(_rows: int) -> None:
    """Of a file that is made while somebody waits for it."""


@dataclass(frozen=True)
class Content:
    """A table's rows and all that is said about them in a file."""

    title: str
    statement: Select[Any]
    """The rows, filtered and sorted, whatever it selects of them."""
    columns: Sequence[Column]
    zone: ZoneInfo
    made_at: datetime
    filters: str
    """In words."""
    tell: Callable[[int], None] = told_to_nobody
    """Told every now and then how many rows are done; what it raises ends the file."""

    about: Mapping[str, str] = field(default_factory=dict)
    """What else a file says of itself, if its kind has a place for that."""

    rests: bool = False
    """Whether it lets others work now and then, as a file does that is made by a process that answers people."""

    def rows(self) -> Generator[Sequence[Any], None, None]:
        """All rows from a server-side cursor. The database session is its own: it outlives the request's."""
        streaming, done, began = {"yield_per": CHUNK_ROWS}, 0, time.perf_counter()
        statement = self._selecting(column.expression for column in self.columns)
        with session_factory()() as db, db.execute(statement, execution_options=streaming) as result:
            for chunk in result.partitions():
                yield from chunk
                done += len(chunk)
                self.pause(done, time.perf_counter() - began)
                began = time.perf_counter()

    def lines(self, forms: Sequence[ColumnElement[Any]]) -> Generator[list[bytes], None, None]:
        """All rows as CSV that the database writes, some hundred lines at a time; `forms` are its columns."""
        done, chunk, began = 0, list[bytes](), time.perf_counter()
        for line in copied(self._selecting(forms), self.zone):
            chunk.append(line)
            if len(chunk) == LINES_AT_ONCE:
                yield chunk
                done += len(chunk)
                chunk = []
                self.pause(done, time.perf_counter() - began)
                began = time.perf_counter()
        if chunk:
            yield chunk
            self.pause(done + len(chunk), time.perf_counter() - began)

    def _selecting(self, expressions: Iterable[Expression]) -> Select[Any]:
        return self.statement.with_only_columns(*expressions, maintain_column_froms=True)

    def pause(self, done: int, worked_seconds: float) -> None:
        """So many rows are done, the last of them in so many seconds; whoever makes a file calls this often."""
        self.tell(done)
        # Under gevent even a sleep of nothing lets the other greenlets of the process run.
        time.sleep(min(worked_seconds * REST, LONGEST_REST_SECONDS) if self.rests else 0)

    def file_name(self, suffix: str) -> str:
        """What and when, such as `Statistics-2026-11-22-1643.xlsx`."""
        plain = unicodedata.normalize("NFKC", self.title)
        name = re.sub(r"[^\w]+", "-", plain).strip("-") or "export"
        return f"{name}-{self.made_at.astimezone(self.zone):%Y-%m-%d-%H%M}.{suffix}"
