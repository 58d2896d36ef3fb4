"""`charge-portal worker` as it runs."""

import os
import subprocess
import sys

import psutil
from redis import Redis
from rq import Queue, Worker

from config import get_settings
from domain import queue
from tests.waiting import LONGEST_SECONDS, wait_until


class WorkerProgram:
    """One process for jobs and one for commands."""

    def __init__(self, **environment: str) -> None:
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._redis = Redis.from_url(get_settings().valkey_url)

    def start(self) -> None:
        settings = get_settings()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "launcher", "worker"],
            env={
                **os.environ,
                "WORKER_PROCESSES": "1",
                "DATABASE_URL": settings.postgres_url,
                "REDIS_URL": settings.valkey_url,
                "SECRET_KEY": "for tests alone",
                **self._environment,
            },
        )
        wait_until(lambda: self.quick_pid is not None)

    @property
    def quick_pid(self) -> int | None:
        """The process that does the commands, once it listens."""
        ours = {child.pid for child in psutil.Process(self._process.pid).children(recursive=True)}
        workers = Worker.all(queue=Queue(queue.COMMANDS, connection=self._redis))
        return next((worker.pid for worker in workers if worker.pid in ours), None)

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait(LONGEST_SECONDS)
