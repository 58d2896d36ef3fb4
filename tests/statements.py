"""What a piece of work asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from domain.db import get_engine


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Each statement that reaches the database meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(get_engine(), "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(get_engine(), "before_cursor_execute", note)
