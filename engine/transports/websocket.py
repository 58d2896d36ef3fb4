"""OCPP-J over WebSocket (OCPP-J 1.6, section 3): who is let in, and then frame after frame.

All is judged before the handshake, so that a device that is turned away reads the reason in an HTTP response.
"""

import structlog
from flask import Blueprint, Response, g, request
from flask_sock import Sock
from simple_websocket import Server

from domain import clock
from domain.log import bind
from domain.reports import ConnectReport
from domain.stations import Connection
from engine.acting import Acting
from engine.conversation import Conversation
from engine.group_commit import NotStoredError
from engine.ocpp16 import SUBPROTOCOL as PROTOCOL
from engine.runtime import get_runtime
from engine.transports.letting_in import REFUSALS, keys_in, unknown
from engine.transports.line import Line, NoThread
from engine.versions import OCPP_16J

PROTOCOLS = [PROTOCOL]
SERVER_OPTIONS = {"subprotocols": PROTOCOLS, "thread_class": NoThread}

websocket = Blueprint("websocket", __name__)
sock = Sock()
log = structlog.get_logger()


@websocket.before_request
def judge() -> Response | None:
    """Let a station in, or say why not."""
    if request.url_rule is None or not request.url_rule.websocket:
        return None
    charge_box_id = (request.view_args or {})["charge_box_id"]
    return _refusal_of_handshake() or _refusal_of_station(charge_box_id)


def _refusal_of_handshake() -> Response | None:
    offered = _offered_protocols()
    if PROTOCOL not in offered:
        return _refusal(
            400,
            f"This server speaks {PROTOCOL}; the request offered {', '.join(offered) or 'no subprotocol'}."
            f" Send the header Sec-WebSocket-Protocol: {PROTOCOL}",
        )
    if request.headers.get("Sec-WebSocket-Version") != "13":
        return _refusal(426, "This server speaks version 13 of WebSocket.", {"Sec-WebSocket-Version": "13"})
    if not request.headers.get("Sec-WebSocket-Key"):
        return _refusal(400, "The header Sec-WebSocket-Key is missing.")
    # Compressed lines would cost a quarter of a megabyte each, and OCPP-J 1.6 knows none.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    return None


def _refusal_of_station(charge_box_id: str) -> Response | None:
    runtime = get_runtime()
    if runtime.connections.stopping:
        return _refusal(503, "The server stops; please connect again.")
    outcome = None
    if "\0" not in charge_box_id:
        try:
            outcome = runtime.writer.submit(_report(charge_box_id))
        except NotStoredError:
            return _refusal(503, "The database does not answer; please connect again later.")
    if isinstance(outcome, Connection):
        g.connection = outcome
        return None
    if outcome is None:
        log.info("an unknown station called", station=charge_box_id, remote_address=request.remote_addr)
        return _refusal(404, unknown(charge_box_id))
    log.info("a station was refused", station=charge_box_id, reason=outcome, remote_address=request.remote_addr)
    return _refusal(*REFUSALS[outcome])


def _report(charge_box_id: str) -> ConnectReport:
    return ConnectReport(charge_box_id, PROTOCOL, request.remote_addr, clock.now(), keys_in(request, charge_box_id))


@websocket.teardown_request
def forget(_error: BaseException | None) -> None:
    """A handshake that failed after all, or a line that ended."""
    connection: Connection | None = g.pop("connection", None)
    if connection is not None:
        get_runtime().connections.release(connection)


@sock.route("/websocket/<path:charge_box_id>", bp=websocket)  # type: ignore[untyped-decorator]
def serve(server: Server, charge_box_id: str) -> None:
    """Answer a station's frames, one after the other, for as long as the line lasts."""
    bind(station=charge_box_id)
    runtime = get_runtime()
    connection: Connection = g.connection
    line = Line(server)
    outbox = runtime.connections.hold(connection, line)
    acting = Acting(connection, OCPP_16J.routes, runtime.writer.submit)
    conversation = Conversation(acting, outbox)
    try:
        for frame in line.messages():
            exchange = conversation.take(frame, line.heard_at)
            runtime.message_log.took(connection.station_id, line.heard_at, frame, exchange)
            if exchange.reply is not None:
                line.send(exchange.reply)
            if exchange.commands_wait:
                outbox.wake()
            outbox.open()
    finally:
        outbox.close()
        if line.broken is not None:
            runtime.message_log.broke(connection.station_id, *line.broken)


@websocket.get("/websocket/")
@websocket.get("/websocket/<path:charge_box_id>")
def explain(charge_box_id: str = "") -> Response:
    """Somebody looks with a browser."""
    return _refusal(
        426,
        "Here stations connect with WebSocket. The address is this one followed by the station's charge box id.",
        {"Upgrade": "websocket"},
    )


def _offered_protocols() -> list[str]:
    """All that the client offers; the header may come several times."""
    return [name.strip() for name in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if name.strip()]


def _refusal(status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    return Response(reason + "\n", status, headers, content_type="text/plain; charset=utf-8")
