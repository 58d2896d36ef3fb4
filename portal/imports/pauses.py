"""Long loops in a process that serves others too."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

PAUSE_ROWS = 100

Item = TypeVar("Item")


def paused(items: Iterable[Item]) -> Iterator[Item]:
    """The same items; after each hundred the other greenlets of the process run."""
    for number, item in enumerate(items):
        if number % PAUSE_ROWS == 0:
            time.sleep(0)
        yield item
