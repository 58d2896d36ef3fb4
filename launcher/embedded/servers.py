"""The embedded servers that an installation needs: those whose address nobody has given."""

import click

from config import EMBEDDED_APPLICATION, EMBEDDED_DATABASE, Settings
from launcher.data_dir import make_private_directory
from launcher.embedded import postgres, valkey
from launcher.supervisor import Supervisor

# PostgreSQL replays its log after a crash before it answers; on a slow disk that takes minutes.
POSTGRES_START_SECONDS = 600
VALKEY_START_SECONDS = 120


def start_servers(supervisor: Supervisor, settings: Settings) -> None:
    """Start what is not configured as an outside server. The caller holds the lock of DATA_DIR."""
    if settings.database_url and settings.redis_url:
        return
    make_private_directory(settings.socket_dir)
    if not settings.database_url:
        files, sockets = settings.data_dir / "postgres", settings.socket_dir / "postgres"
        if not files.exists():
            click.echo("Making the database ...")
        postgres.prepare(files, sockets)
        supervisor.start_server(
            postgres.program(files, sockets), lambda: postgres.is_ready(sockets), POSTGRES_START_SECONDS
        )
        postgres.ensure_database(sockets, EMBEDDED_DATABASE)
        postgres.ensure_role(sockets, EMBEDDED_APPLICATION)
    if not settings.redis_url:
        files, sockets = settings.data_dir / "valkey", settings.socket_dir / "valkey"
        valkey.prepare(files, sockets)
        supervisor.start_server(valkey.program(files, sockets), lambda: valkey.is_ready(sockets), VALKEY_START_SECONDS)
