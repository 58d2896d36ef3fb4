"""Services that are told of every change, one of which never answers, and the processes that tell them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

MAP_FEED = {"country_code": "DK", "party_id": "BCH", "country": "DNK"}


@contextmanager
def told() -> Iterator[None]:
    """A map feed and a webhook that takes the connection and says nothing; cron and a worker as an installation has."""
    with ExitStack() as open_things:
        silent = open_things.enter_context(socket.create_server(("127.0.0.1", 0)))
        os.environ["SERVICES_ALLOW_LOOPBACK"] = "true"
        enable(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        for name in ("worker", "cron"):
            open_things.enter_context(running(name))
        yield


@contextmanager
def running(name: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "launcher", name])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def enable(webhook_url: str) -> None:
    from config import get_settings
    from domain import clock
    from domain.db import owner_session_factory
    from domain.models import Service, ServiceKind
    from domain.services import setting_up

    get_settings.cache_clear()
    configured = {
        ServiceKind.MAP_FEED: MAP_FEED,
        ServiceKind.WEBHOOK: {"url": webhook_url, "topics": ["status", "charging_sessions"]},
    }
    with owner_session_factory().begin() as db:
        for kind, values in configured.items():
            service = Service(kind=kind, name=kind.value)
            setting_up.configure(service, values)
            setting_up.make_secrets(service)
            db.add(service)
            setting_up.enable(service)
            setting_up.check(db, service, clock.now())
