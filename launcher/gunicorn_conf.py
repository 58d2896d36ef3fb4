"""How gunicorn serves the portal and the engine; read by gunicorn itself."""

import logging
import os
import resource
import shutil
import signal

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from config import get_settings
from domain import log
from launcher.processes import end_with_parent
from portal.secret_addresses import without_secrets

settings = get_settings()

METRICS = settings.data_dir / "metrics"
# All processes count in files there (prometheus_client looks at this when it is first imported, in the workers).
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)

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


class OurLogger(Logger):
    """What gunicorn says goes where all of this process goes, and without secrets."""

    def setup(self, cfg: Config) -> None:
        log.configure("web", settings.log_level, settings.log_format)
        super().setup(cfg)
        for each in (self.error_log, self.access_log):
            each.handlers.clear()
            each.propagate = True
            each.addFilter(_hide_secrets)


logger_class = OurLogger
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - gunicorn's heartbeat files


def _hide_secrets(record: logging.LogRecord) -> bool:
    """gunicorn writes the address of a request that failed, and of each one where somebody turns its access log on."""
    record.msg, record.args = without_secrets(record.getMessage()), None
    return True


def on_starting(_arbiter: Arbiter) -> None:
    """Each connection is an open file: take as many as the system gives. Counting begins anew."""
    shutil.rmtree(METRICS, ignore_errors=True)
    METRICS.mkdir(parents=True)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def post_fork(arbiter: Arbiter, _worker: Worker) -> None:
    end_with_parent(signal.SIGTERM, arbiter.pid)


def post_worker_init(_worker: Worker) -> None:
    from launcher import watching  # Not before gevent has put its own in the place of threads and sockets.

    watching.start(settings)
