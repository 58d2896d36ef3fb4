"""The web processes: portal and engine together on one port, or each apart.

gunicorn runs `wsgi:create_app()`, `wsgi:create_portal()` or `wsgi:create_engine()`. The engine lives below /Ocpp, the
address that stations are given.
"""

from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ENGINE_PATH = "/Ocpp"


def create_portal() -> Flask:
    """What people see."""
    from portal.app import create_portal

    return create_portal()


def create_engine() -> "WSGIApplication":
    """What stations talk to, with /healthz and /metrics beside it."""
    from engine.app import create_engine
    from portal.health import health
    from portal.metrics import metrics

    beside = Flask("engine-health")
    beside.register_blueprint(health)
    beside.register_blueprint(metrics)
    return DispatcherMiddleware(beside, {ENGINE_PATH: create_engine()})


def create_app() -> "WSGIApplication":
    """Both on one port."""
    from engine.app import create_engine

    return DispatcherMiddleware(create_portal(), {ENGINE_PATH: create_engine()})
