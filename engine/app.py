"""The engine as a web application: the addresses that stations call, below /Ocpp."""

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from config import get_settings
from domain import log
from engine.files.http import files
from engine.transports import soap, websocket


def create_engine() -> Flask:
    """The engine's own application; it shares nothing with the portal's requests, cookies or pages."""
    app = Flask(__name__, static_folder=None)
    # A charge box id may hold slashes, several in a row too.
    app.url_map.merge_slashes = False
    app.before_request(_begin)
    app.config["SOCK_SERVER_OPTIONS"] = websocket.SERVER_OPTIONS
    app.register_blueprint(websocket.websocket)
    app.register_blueprint(files)
    app.register_blueprint(soap.soap)
    if proxies := get_settings().trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    return app


def _begin() -> None:
    """Of a station over WebSocket, its line: it is one request, however long it lasts."""
    log.begin(request.headers.get("X-Request-Id"))
