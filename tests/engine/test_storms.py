"""What stopped another open central system when it was tried: a station that comes and goes faster than one notices."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import psutil
import pytest
from sqlalchemy import select, text

from domain.models import Command, Station
from tests.engine.conftest import EngineServer
from tests.engine.test_connections import is_online, lives
from tests.engine.test_line import Bare
from tests.waiting import wait_until

TIMES = 1000
LONGEST_PAUSE_SECONDS = 0.05
ENDINGS = ("goodbye", "closed", "cut")
"""With a closing frame, with the socket's end, and with a reset."""


def worker_of(server: EngineServer) -> psutil.Process:
    """gunicorn's one worker, who holds the sockets."""
    assert server._process is not None
    [worker] = psutil.Process(server._process.pid).children()
    return worker


def sockets_of(server: EngineServer) -> int:
    """Those that stations hold."""
    connections = worker_of(server).net_connections(kind="tcp")
    return sum(c.status == psutil.CONN_ESTABLISHED and c.laddr.port == server.port for c in connections)
