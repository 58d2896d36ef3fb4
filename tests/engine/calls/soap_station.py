"""A station's own service: a real HTTP server that is called, and answers as a test wants it to."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Event, Lock, Thread
from typing import Any

from ocpp_soap.endpoint import CONTENT_TYPE, SoapCall, endpoint
from ocpp_soap.faults import Code, SoapFault, Subcode
from ocpp_soap.kinds import Version
from ocpp_soap.v15 import V15
from tests.waiting import LONGEST_SECONDS

ACCEPTED = {"status": "Accepted"}
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "GetDiagnostics": {"fileName": "log.zip"},
    "UpdateFirmware": {},
    "GetConfiguration": {
        "configurationKey": [{"key": "HeartBeatInterval", "readonly": False, "value": "300"}],
        "unknownKey": ["Mood"],
    },
    "GetLocalListVersion": {"listVersion": 3},
}
"""All others say Accepted."""


@dataclass(frozen=True)
class Reply:
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": CONTENT_TYPE})


@dataclass(frozen=True)
class Asked:
    """What a call was, as the station understands it."""

    identity: str | None
    action: str
    payload: dict[str, Any]
    message_id: str | None
    from_address: str | None
    headers: Mapping[str, str]
    path: str


Answer = Callable[["SoapStation", SoapCall], Reply | None]
"""None closes the connection without a word."""


class SoapStation:
    """Every charge box id lives here that is called here."""

    def __init__(self, server: ThreadingHTTPServer, version: Version, scheme: str) -> None:
        self.port: int = server.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}/cp"
        self.service = version.charge_point
        self.heard: Queue[Asked] = Queue()
        self.answer: Answer = agree
        self.go_on = Event()
        """Lets those answer that wait for it."""
        self.connections = 0
        self.most_at_once: dict[str | None, int] = {}
        """By charge box id, how many calls were under way together."""
        self._under_way: dict[str | None, int] = {}
        self._lock = Lock()

    def receive(self) -> Asked:
        return self.heard.get(timeout=LONGEST_SECONDS)

    def write(self, call: SoapCall, payload: Mapping[str, Any]) -> Reply:
        return Reply(endpoint(self.service).answer(call, payload))

    def reply_to(self, handler: BaseHTTPRequestHandler) -> Reply | None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        call = endpoint(self.service).read(body)
        who = call.header.identity
        with self._lock:
            self._under_way[who] = self._under_way.get(who, 0) + 1
            self.most_at_once[who] = max(self.most_at_once.get(who, 0), self._under_way[who])
        try:
            said = call.header.message_id, call.header.from_address
            self.heard.put(
                Asked(who, call.operation.name, call.payload, *said, dict(handler.headers.items()), handler.path)
            )
            return self.answer(self, call)
        finally:
            with self._lock:
                self._under_way[who] -= 1


def agree(station: SoapStation, call: SoapCall) -> Reply:
    return station.write(call, ANSWERS.get(call.operation.name, ACCEPTED))


def say(payload: Mapping[str, Any]) -> Answer:
    return lambda station, call: station.write(call, payload)


def refuse(station: SoapStation, call: SoapCall) -> Reply:
    fault = SoapFault(Code.RECEIVER, Subcode.NOT_SUPPORTED, "not here")
    return Reply(endpoint(station.service).refusal(fault, call.header), fault.status)


def send(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Whatever it is."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _station, _call: Reply(body, status, names)


def agree_late(station: SoapStation, call: SoapCall) -> Reply:
    assert station.go_on.wait(LONGEST_SECONDS)
    return agree(station, call)


def hang_up(_station: SoapStation, _call: SoapCall) -> None:
    return None


def once(first: Answer, then: Answer = agree) -> Answer:
    """The one at first, and then the other."""
    left = [first]
    return lambda station, call: (left.pop() if left else then)(station, call)


@contextmanager
def soap_station(version: Version = V15, tls: ssl.SSLContext | None = None) -> Iterator[SoapStation]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            station.connections += 1
            super().setup()

        def do_POST(self) -> None:
            reply = station.reply_to(self)
            if reply is None:
                self.close_connection = True
                return
            try:
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)
            except OSError:  # Nobody waits any more.
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    station = SoapStation(server, version, "http" if tls is None else "https")
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield station
    finally:
        station.go_on.set()
        server.shutdown()
        server.server_close()
