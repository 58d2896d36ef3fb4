"""Each request has a number, and leaves a line in the log: what was asked, what came of it, how long it took.

The number goes out as X-Request-Id and stands on the pages of errors, so that whoever asks for help can tell it; with a
job that the request queues it reaches the worker's log.
"""

import logging
from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from domain import log as process_log
from portal.secret_addresses import without_secrets

HEADER = "X-Request-Id"
QUIET = frozenset({"health.healthz", "metrics.scrape"})
"""Those who watch come every few seconds."""

log = structlog.get_logger()


def _begin() -> None:
    g.asked_at = perf_counter()
    process_log.begin(request.headers.get(HEADER))


def _end(response: Response) -> Response:
    number = process_log.request_id()
    if number is not None:
        # Some doors answer with what they were given, whatever it looks like (OCPI 2.2.1, 4.1.3).
        response.headers.setdefault(HEADER, number)
    log.log(
        _level(),
        "a request was answered",
        method=request.method,
        path=without_secrets(request.path),
        status=response.status_code,
        milliseconds=round((perf_counter() - g.asked_at) * 1000, 1),
    )
    return response


def _level() -> int:
    endpoint = request.endpoint or ""
    return logging.DEBUG if endpoint in QUIET or endpoint.endswith("static") else logging.INFO


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.jinja_env.globals["request_id"] = process_log.request_id
