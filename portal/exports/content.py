"""What goes into a file, whatever its kind."""

import re
import time
import unicodedata
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select

from domain.db import session_factory
from portal.table.column import Column

CHUNK_ROWS = 200

# Excel and its kin take a text that begins so for a formula when it stands in a CSV file (OWASP, "CSV Injection").
FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True)
class Content:
    """A table's rows and all that is said about them in a file."""

    title: str
    statement: Select[Any]
    """Selects the columns, in their order; filtered and sorted."""
    columns: Sequence[Column]
    zone: ZoneInfo
    made_at: datetime
    filters: str
    """In words."""

    def rows(self) -> Generator[Sequence[Any], None, None]:
        """All rows from a server-side cursor. The database session is its own: it outlives the request's."""
        streaming = {"yield_per": CHUNK_ROWS}
        with session_factory()() as db, db.execute(self.statement, execution_options=streaming) as result:
            for chunk in result.partitions():
                yield from chunk
                # Under gevent this lets the other greenlets of the process run.
                time.sleep(0)

    def file_name(self, suffix: str) -> str:
        """What and when, such as `Statistics-2026-11-22-1643.xlsx`."""
        plain = unicodedata.normalize("NFKC", self.title)
        name = re.sub(r"[^\w]+", "-", plain).strip("-") or "export"
        return f"{name}-{self.made_at.astimezone(self.zone):%Y-%m-%d-%H%M}.{suffix}"
