"""GET /live/ as a WebSocket: what changes, told to an open page, which then asks for what it shows."""

from urllib.parse import urlsplit

import orjson
from flask import Response, abort, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_login import current_user
from simple_websocket import ConnectionClosed, Server

from domain.scope import viewer_of
from portal.database import database
from portal.live import Listener, get_hub
from portal.viewer import viewer

IDLE_SECONDS = 20.0
"""After so long without news an empty list is sent: the page sees that the line lives, we that the page does."""
SIGNED_OUT = 4401
"""A code of our own (RFC 6455, 7.4.2): sign in again."""
UPGRADE_REQUIRED = 426


class Handled(Response):
    """The answer after a WebSocket: all was said over it."""

    def __call__(self, *_: object) -> object:
        raise StopIteration


class LiveView(BaseView):
    """Each page holds one of these open."""

    route_base = "/live"
    default_view = "listen"

    @expose("/")
    @has_access
    def listen(self) -> Response:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return Response("Here pages listen by WebSocket.\n", UPGRADE_REQUIRED, {"Upgrade": "websocket"})
        if urlsplit(request.headers.get("Origin", "")).netloc != request.host:
            abort(403)  # The browser sends our cookie, whoever's script asks it to.
        with get_hub().listening(viewer()) as listener:
            database().close()
            self._tell(Server(request.environ), listener)
        return Handled()

    def _register_urls(self) -> None:
        """Flask knows a WebSocket's address only by a rule of its own."""
        super()._register_urls()
        self.blueprint.add_url_rule("/", "listen", websocket=True)

    def _tell(self, socket: Server, listener: Listener) -> None:
        """Until the page is closed, or its user may not listen any more."""
        identity = current_user.get_id()
        try:
            socket.send("[]")  # So that the page knows at once that it is heard.
            while True:
                changes = listener.take(IDLE_SECONDS)
                if not self._may_still_listen(identity, listener):
                    socket.close(SIGNED_OUT)
                    return
                socket.send(orjson.dumps(changes).decode())
        except (ConnectionClosed, OSError):
            return  # The page is gone.

    def _may_still_listen(self, identity: str, listener: Listener) -> bool:
        """Asked before each word, which are few; the connection to the database is not kept between."""
        try:
            user = self.appbuilder.sm.load_user(identity)
            if user is not None:
                listener.viewer = viewer_of(database(), user)
            return user is not None
        finally:
            database().close()
