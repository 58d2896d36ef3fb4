"""What commands need that work on an installation and end: servers that answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from config import Settings
from launcher.data_dir import is_in_use, locked, make_data_dir
from launcher.embedded.servers import start_servers
from launcher.reachable import check_servers
from launcher.supervisor import Supervisor


@contextmanager
def servers_running(settings: Settings) -> Iterator[None]:
    """The servers of the running portal or those outside, else servers started for this command alone."""
    make_data_dir(settings.data_dir)
    if (settings.database_url and settings.redis_url) or is_in_use(settings.data_dir):
        check_servers(settings)
        yield
        return
    with locked(settings.data_dir) as lock, Supervisor(settings.data_dir / "logs", [lock]) as supervisor:
        start_servers(supervisor, settings)
        check_servers(settings)
        yield
