"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable

LONGEST_SECONDS = 120


def wait_until(is_true: Callable[[], object], seconds: float = LONGEST_SECONDS) -> None:
    """Return as soon as `is_true`; fail when that takes longer than anything should on a slow machine."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.02)
