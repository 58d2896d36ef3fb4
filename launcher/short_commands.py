"""What commands need that work on an installation and end: servers that answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from config import Settings
from launcher.data_dir import is_in_use, locked, make_data_dir
from launcher.embedded.servers import start_servers
from launcher.reachable import check_servers
from launcher.supervisor import Supervisor

SERVERS_STOP_SECONDS = 60
"""Nobody waits for these servers to be gone, so PostgreSQL gets the time to write what it holds."""


@contextmanager
def servers_running(settings: Settings) -> Iterator[None]:
    """The servers of the running portal or those outside, else servers started for this command alone."""
    make_data_dir(settings.data_dir)
    if (settings.database_url and settings.redis_url) or is_in_use(settings.data_dir):
        check_servers(settings)
        yield
        return
    logs = settings.data_dir / "logs"
    with (
        locked(settings.data_dir) as lock,
        Supervisor(logs, [lock], servers_stop_seconds=SERVERS_STOP_SECONDS) as supervisor,
    ):
        start_servers(supervisor, settings)
        check_servers(settings)
        yield
