"""GET /metrics, for Prometheus: what the processes of this machine count, and how the installation is.

Whoever reads it needs METRICS_TOKEN: names of actions and pages, and how much a company charges, are nobody else's
business. It answers while database or Redis are away: then it says that they are.
"""

import os
from collections.abc import Iterator
from hmac import compare_digest
from time import perf_counter

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config import get_settings
from domain import installation_figures
from domain.db import session_factory
from domain.health import OK, check
from domain.installation_figures import Figure

PREFIX = "charge_portal_"
PAGE_SECONDS = Histogram(
    f"{PREFIX}page_seconds",
    "How long the portal takes for an answer, up to its first byte.",
    ("endpoint", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10),
)

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def scrape() -> Response:
    token = get_settings().metrics_token
    if token is None:
        return _refused(404, "There are no metrics here: METRICS_TOKEN is not set.")
    given = request.authorization
    if given is None or given.type != "bearer" or not compare_digest((given.token or "").encode(), token.encode()):
        return _refused(401, "Send the header Authorization: Bearer and METRICS_TOKEN.")
    body = generate_latest(_counted()) + generate_latest(_installation())
    answer = Response(body, content_type=CONTENT_TYPE_LATEST)
    answer.cache_control.no_store = True
    return answer


def _refused(status: int, reason: str) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return Response(f"{reason}\n", status, headers, content_type="text/plain; charset=utf-8")


def _counted() -> CollectorRegistry:
    """What this process has counted; under gunicorn, what all on this machine have."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def _installation() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Installation())
    return registry


class Installation(Collector):
    """The figures of all machines together, read when they are asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        parts = {part: state == OK for part, state in check().as_dict().items() if part != "status"}
        up = {(part,): float(is_up) for part, is_up in parts.items()}
        yield _family(Figure("up", "1 if the part answers.", up, ("part",)))
        if parts["database"]:
            with session_factory()() as db:
                yield from map(_family, list(installation_figures.of_database(db)))
        if parts["redis"]:
            yield from map(_family, list(installation_figures.of_queues()))


def _family(figure: Figure) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + figure.name, figure.about, labels=figure.labels)
    for labels, value in figure.values.items():
        family.add_metric(labels, value)
    return family


def init_app(app: Flask) -> None:
    app.register_blueprint(metrics)
    """After portal/request_log.py, which takes the time."""
    app.after_request(_count)


def _count(response: Response) -> Response:
    # A live line lasts for hours.
    if "Upgrade" not in request.headers:
        labels = request.endpoint or "none", f"{response.status_code // 100}xx"
        PAGE_SECONDS.labels(*labels).observe(perf_counter() - g.asked_at)
    return response
