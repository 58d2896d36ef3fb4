"""The engine as a web application: the addresses that stations call, below /Ocpp."""

from flask import Flask

from config import get_settings
from engine import log
from engine.transports import websocket


def create_engine() -> Flask:
    """The engine's own application; it shares nothing with the portal's requests, cookies or pages."""
    log.configure(get_settings().log_level)
    app = Flask(__name__, static_folder=None)
    # A charge box id may hold slashes, several in a row too.
    app.url_map.merge_slashes = False
    app.config["SOCK_SERVER_OPTIONS"] = websocket.SERVER_OPTIONS
    app.register_blueprint(websocket.websocket)
    return app
