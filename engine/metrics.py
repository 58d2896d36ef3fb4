"""What the engine counts, for Prometheus: frames by action, how long answers take, what a commit holds.

It is served by portal/metrics.py; under gunicorn all processes of a machine count together (launcher/gunicorn_conf.py).
"""

from datetime import datetime
from functools import cache

from prometheus_client import Counter, Histogram

from domain import clock
from domain.models import Direction
from engine import schemas
from engine.ocpp16 import VERSION

KNOWN = schemas.actions(VERSION)
"""Of all versions: the others know no action that 1.6 does not."""
OTHER = "other"
"""What a station made up; it may make up as many as it likes."""

FRAMES = Counter("charge_portal_frames", "Messages between stations and this process.", ("direction", "kind", "action"))
ANSWER_SECONDS = Histogram(
    "charge_portal_answer_seconds",
    "From the arrival of a station's call to its answer, which is on disk by then.",
    ("action",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
COMMIT_REPORTS = Histogram(
    "charge_portal_commit_reports", "Reports in one commit.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
)
COMMIT_SECONDS = Histogram(
    "charge_portal_commit_seconds",
    "How long one commit takes, with all that its reports do.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def came(kind: str, action: str | None) -> None:
    """A frame came from a station."""
    _frames(Direction.IN.value, kind, _named(action)).inc()


def went(kind: str, action: str | None) -> None:
    """A frame went to one."""
    _frames(Direction.OUT.value, kind, _named(action)).inc()


def answered(kind: str, action: str | None, received_at: datetime) -> None:
    """A call is answered now."""
    went(kind, action)
    _answers(_named(action)).observe((clock.now() - received_at).total_seconds())


def committed(reports: int, seconds: float) -> None:
    COMMIT_REPORTS.observe(reports)
    COMMIT_SECONDS.observe(seconds)


def _named(action: str | None) -> str:
    return action if action in KNOWN else OTHER


@cache
def _frames(direction: str, kind: str, action: str) -> Counter:
    """Looked up once: that costs more than to count."""
    return FRAMES.labels(direction, kind, action)


@cache
def _answers(action: str) -> Histogram:
    return ANSWER_SECONDS.labels(action)
