"""GET /live/ as a WebSocket: what changes, told to an open page, which then asks for what it shows.

A driver's page says with `?station=` of which station it wants to hear besides what is its own.
"""

from urllib.parse import urlsplit

from flask import Response, abort, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_login import current_user
from simple_websocket import ConnectionClosed, Server

from domain.roles import RoleName
from portal.database import database
from portal.live import Listener, get_hub
from portal.viewer import viewer

IDLE_SECONDS = 20.0
"""After so long without news an empty list is sent: the page sees that the line lives, we that the page does."""
NOTHING = b"[]"
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
        identity = current_user.get_id()
        is_drivers = viewer().role is RoleName.EV_USER
        station_id = request.args.get("station", type=int)
        with get_hub().listening(identity, is_drivers=is_drivers, station_id=station_id) as listener:
            database().close()
            self._tell(Server(request.environ), listener)
        return Handled()

    def _register_urls(self) -> None:
        """Flask knows a WebSocket's address only by a rule of its own."""
        super()._register_urls()
        self.blueprint.add_url_rule("/", "listen", websocket=True)

    def _tell(self, socket: Server, listener: Listener) -> None:
        """Until the page is closed, or its user may not listen any more."""
        try:
            socket.send(NOTHING.decode())  # So that the page knows at once that it is heard.
            while True:
                words = listener.take(IDLE_SECONDS)
                if listener.is_over or not (words or self._is_signed_in(listener)):
                    socket.close(SIGNED_OUT)
                    return
                for word in words or [NOTHING]:
                    socket.send(word.decode())
        except (ConnectionClosed, OSError):
            return  # The page is gone.

    def _is_signed_in(self, listener: Listener) -> bool:
        """Asked while nothing happens; else the hub has asked. The connection to the database is not kept between."""
        try:
            return self.appbuilder.sm.load_user(listener.identity) is not None
        finally:
            database().close()
