"""PostgreSQL's own pg_dump and pg_restore, and databases beside the real one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from launcher.backups.errors import BackupError
from launcher.backups.fingerprints import Fingerprint, of_all
from launcher.embedded.postgres import installed

IS_EMPTY = text("SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')")


def dump(owner_url: str, file: Path) -> dict[str, Fingerprint]:
    """Write the whole database to a file, in the custom format; returns what stood in it, of the same moment."""
    engine = create_engine(owner_url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        # The dump reads what this transaction sees.
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        command = ["--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges", f"--file={file}"]
        _call("pg_dump", make_url(owner_url), *command)
        return of_all(connection)


def restore(url: str | URL, file: Path) -> None:
    """Fill an empty database; all of it or nothing."""
    flags = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    target = make_url(url)
    _call("pg_restore", target, *flags, f"--dbname={target.database}", str(file))


def fingerprints(url: str | URL) -> dict[str, Fingerprint]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return of_all(connection)


def is_empty(url: str) -> bool:
    """Whether the database has no table."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return bool(connection.scalar(IS_EMPTY))


@contextmanager
def scratch_database(owner_url: str) -> Iterator[URL]:
    """An empty database on the same server, gone afterwards. The owner's role must be allowed to make one."""
    name = f"charge_portal_verify_{token_hex(6)}"
    server = create_engine(owner_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    try:
        yield make_url(owner_url).set(database=name)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _call(program: str, url: URL, *arguments: str) -> None:
    """Where it connects to stands in the environment, since others can read a command line."""
    where = {
        "PGHOST": url.query.get("host") or url.host,
        "PGPORT": url.port and str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    environment = os.environ | {name: str(value) for name, value in where.items() if value}
    command = [str(installed() / "bin" / program), *arguments]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupError(f"{program} failed: {said[-1] if said else f'exit code {done.returncode}'}")
