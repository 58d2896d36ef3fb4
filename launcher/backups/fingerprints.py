"""How many rows a table has, and a hash of them all: what a restored database is compared by."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

# A partitioned table counts as one, whatever its partitions are called.
TABLES = text(
    "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE nspname = 'public' AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"
)
# Whatever the server, the role and the client prefer, a row is written in the same way.
WRITTEN_ALIKE = (
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Of one table. The hash is a sum over the rows, so that their order does not matter."""

    rows: int
    hash: str


def of_all(connection: Connection) -> dict[str, Fingerprint]:
    """Of every table, as the transaction of this connection sees them."""
    for statement in WRITTEN_ALIKE:
        connection.execute(text(statement))
    return {name: _of(connection, name) for name in connection.scalars(TABLES).all()}


def differences(told: Mapping[str, Fingerprint], found: Mapping[str, Fingerprint]) -> list[str]:
    """What is not as it was told, a sentence for each table."""
    wrong = []
    for name in sorted(told.keys() | found.keys()):
        before, now = told.get(name), found.get(name)
        if before is None or now is None:
            wrong.append(f"table {name} is {'missing' if now is None else 'not of the backup'}")
        elif before.rows != now.rows:
            wrong.append(f"table {name} has {now.rows:,} rows and not {before.rows:,}")
        elif before != now:
            wrong.append(f"table {name} has other contents")
    return wrong


def _of(connection: Connection, table: str) -> Fingerprint:
    quoted = connection.dialect.identifier_preparer.quote(table)
    statement = f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {quoted} AS t"  # noqa: S608 - a name of the database's own
    rows, summed = connection.execute(text(statement)).one()
    return Fingerprint(rows, summed)
