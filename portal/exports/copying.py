"""Rows straight from PostgreSQL, as CSV that it writes itself: COPY, the quickest way out of it."""

from collections.abc import Generator
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import ClientCursor
from sqlalchemy import Select, func, select, text

from domain.db import get_engine

LONGEST = text("SET LOCAL statement_timeout = '2h'")
"""Whoever reads so slowly holds up what the database would clean up."""


def copied(statement: Select[Any], zone: ZoneInfo) -> Generator[bytes, None, None]:
    """Each row of a statement as a line that ends in LF; times are told in `zone`.

    The connection is its own: it outlives the request's. Whoever leaves early ends the statement.
    """
    sql, parameters = _rendered(statement)
    with get_engine().connect() as connection:
        connection.execute(LONGEST)
        connection.execute(select(func.set_config("TimeZone", zone.key, True)))
        # COPY takes no parameters from the server's side: the driver writes them into the statement.
        cursor = ClientCursor(connection.connection.driver_connection)  # type: ignore[arg-type]
        with cursor, cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)".encode(), parameters) as copy:
            for line in copy:
                yield bytes(line)


def _rendered(statement: Select[Any]) -> tuple[str, dict[str, Any]]:
    """The statement for psycopg, and its parameters as the database takes them."""
    dialect = get_engine().dialect
    compiled = statement.compile(dialect=dialect)
    state = compiled.construct_expanded_state()
    processors = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()
    }
    processors |= state.processors
    values = {
        name: process(value) if (process := processors.get(name)) else value for name, value in state.parameters.items()
    }
    return state.statement, values
