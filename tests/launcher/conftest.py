"""Installations, everything embedded: of a test's own, not yet started, and one that runs."""

import fcntl
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fixtures.product import PortalServer

Installation = Callable[..., PortalServer]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Short, unlike pytest's own: the path of a Unix socket is limited."""
    with tempfile.TemporaryDirectory(prefix="cp-") as directory:
        yield Path(directory) / "var"


@pytest.fixture
def installation(data_dir: Path) -> Iterator[Installation]:
    """Makes servers on one and the same DATA_DIR."""
    made: list[PortalServer] = []

    def make(**settings: str) -> PortalServer:
        made.append(PortalServer(data_dir, **settings))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def running_installation() -> Iterator[PortalServer]:
    """One with no settings of its own, for tests that leave it as they found it: ready, and nobody has signed in."""
    with tempfile.TemporaryDirectory(prefix="cp-") as directory:
        server = PortalServer(Path(directory) / "var")
        try:
            yield server.start()
        finally:
            server.stop()


def is_deserted(data_dir: Path) -> bool:
    """Whether nothing runs any more on this directory: whatever the supervisor started holds this lock."""
    with (data_dir / "children.lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
