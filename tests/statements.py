"""What a piece of work asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Each statement that reaches the database meanwhile, through whichever engine.

    A portal that was made before a test had a server has another engine than `get_engine` gives afterwards.
    """
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
