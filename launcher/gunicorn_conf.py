"""How gunicorn serves the portal and the engine; read by gunicorn itself."""

import logging
import os
import resource
import signal

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from config import get_settings
from launcher.processes import end_with_parent
from portal.secret_addresses import without_secrets

settings = get_settings()

bind = f"0.0.0.0:{settings.port}"
worker_class = "gevent"
workers = settings.web_workers
worker_connections = 20_000
"""Each station keeps one connection open."""
backlog = 2048
keepalive = 30
forwarded_allow_ips = ""
"""What a proxy says is believed as TRUSTED_PROXIES says (portal/headers.py), wherever it comes from."""
limit_request_line = 8190
"""A table's filters stand in its address."""
timeout = 60
graceful_timeout = 2
"""Stations connect again by themselves; nothing is acknowledged that is not stored."""
loglevel = settings.log_level.lower()
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - gunicorn's heartbeat files


def _hide_secrets(record: logging.LogRecord) -> bool:
    """gunicorn writes the address of a request that failed, and of each one where somebody turns its access log on."""
    record.msg, record.args = without_secrets(record.getMessage()), None
    return True


def on_starting(arbiter: Arbiter) -> None:
    """Each connection is an open file: take as many as the system gives."""
    for log in (arbiter.log.error_log, arbiter.log.access_log):
        log.addFilter(_hide_secrets)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def post_fork(arbiter: Arbiter, _worker: Worker) -> None:
    end_with_parent(signal.SIGTERM, arbiter.pid)
