"""What it costs to read a document, and whether anybody is alarmed by it. Its time is measured in bench.hostile."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

LARGEST_BYTES = 1024 * 1024
"""More is not read (engine/transports/soap.py)."""
MOST_GROWTH_BYTES = 60 * 1024 * 1024


@contextmanager
def watched(document: bytes, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """While it is read, there is an end to memory, and nothing is logged as an exception."""
    assert len(document) <= LARGEST_BYTES
    before = memory()
    with caplog.at_level(logging.DEBUG):
        yield
    assert memory() - before < MOST_GROWTH_BYTES
    assert [each.getMessage() for each in caplog.records if each.exc_info or each.levelno >= logging.WARNING] == []


def memory() -> int:
    return psutil.Process().memory_info().rss
