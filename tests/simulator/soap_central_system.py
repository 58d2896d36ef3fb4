"""A tiny central system for stations that speak SOAP: the standard library's HTTP server, our envelopes."""

import asyncio
import socket
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import requests

from ocpp_soap import client
from ocpp_soap.endpoint import CONTENT_TYPE, SoapCall, endpoint
from ocpp_soap.faults import Code, SoapFault, Subcode
from ocpp_soap.versions import VERSIONS
from tests.simulator.hearing import NOW, Heard, Hearing

PATH = "/Ocpp/CentralSystemService"


@dataclass(frozen=True)
class Answered:
    """What a station answered, whatever it was."""

    status: int
    body: bytes


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "HttpServer"

    def do_POST(self) -> None:
        central = self.server.central
        data = self.rfile.read(int(self.headers["Content-Length"]))
        _, _, credentials = self.headers.get("Authorization", "").partition("Basic ")
        central.password = b64decode(credentials).decode()
        status, body = central.answer(data)
        if body is None:
            self.rfile.read(1)
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests say what is wrong by themselves."""


class HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    central: "SoapCentralSystem"

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.central.connections.append(connection)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that the test or the station cut."""


class SoapCentralSystem(Hearing):
    def __init__(self, protocol: str = "ocpp1.5") -> None:
        super().__init__()
        self.protocol = protocol
        self.version = next(each for each in VERSIONS.values() if each.protocol == protocol)
        self.addresses: dict[str, str] = {}
        """Where each station said that it can be called."""
        self.connections: list[socket.socket] = []
        """All that were ever opened."""
        self.garbage: bytes | None = None
        """Said in place of any answer."""
        self._endpoint = endpoint(self.version.central_system)
        self._http: HttpServer | None = None
        self._port = 0

    async def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._http = HttpServer(("127.0.0.1", self._port), Handler)
        self._http.central = self
        self._port = self._http.server_port
        Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    async def close(self) -> None:
        assert self._http is not None
        self.cut()
        await asyncio.to_thread(self._http.shutdown)
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}{PATH}"

    def cut(self) -> None:
        """Close every connection that is open."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def answer(self, data: bytes) -> tuple[int, bytes | None]:
        """In a thread of the server; no body where it is to say nothing."""
        try:
            call = self._endpoint.read(data)
            station, action = str(call.header.identity), call.operation.name
            self.addresses[station] = str(call.header.from_address)
            self.heard.append(Heard(station, action, call.payload, datetime.now(UTC)))
            self._loop.call_soon_threadsafe(self.news.set)
            if action in self.deaf_to:
                return 200, None
            if self.garbage is not None:
                return 200, self.garbage
            self._refuse_if_told(station, action)
            return 200, self._endpoint.answer(call, self._said(call))
        except SoapFault as fault:
            return fault.status, self._endpoint.refusal(fault)

    async def ask(self, charge_box_id: str, action: str, **payload: Any) -> dict[str, Any]:
        """Call a station; its answer. Raises RefusedError for a fault, SoapFault for garbage."""
        operation = self.version.charge_point.operation(action)
        answered = await self.post(charge_box_id, action, **payload)
        return client.answer(self.version.charge_point, operation, answered.body)

    async def post(
        self, charge_box_id: str, action: str, timeout_seconds: float = 10, identity: str | None = None, **payload: Any
    ) -> Answered:
        service = self.version.charge_point
        address = self.addresses[charge_box_id]
        operation = service.operation(action)
        request = client.request(service, operation, payload, identity or charge_box_id, address, self.url)
        headers = {"Content-Type": request.content_type}
        got = await asyncio.to_thread(requests.post, address, request.body, headers=headers, timeout=timeout_seconds)
        return Answered(got.status_code, got.content)

    def _refuse_if_told(self, station: str, action: str) -> None:
        if station in self.strangers:
            raise SoapFault(Code.SENDER, Subcode.SECURITY_ERROR, "unknown station")
        if action in ("StartTransaction", "StopTransaction") and self.fails_now():
            raise SoapFault(Code.RECEIVER, Subcode.INTERNAL_ERROR, "out of order")

    def _said(self, call: SoapCall) -> Mapping[str, Any]:
        id_tag = str(call.payload.get("idTag"))
        match call.operation.name:
            case "BootNotification":
                interval = self.interval_seconds
                told = {"heartbeatInterval": interval, "interval": interval}
                return {"status": self.boot_status(), "currentTime": NOW, **told}
            case "Heartbeat":
                return {"currentTime": NOW}
            case "Authorize":
                return {"idTagInfo": self.id_tag_info(id_tag, self.refused_tags)}
            case "StartTransaction":
                info = self.id_tag_info(id_tag, self.refused_at_start)
                return {"transactionId": self.next_transaction_id(), "idTagInfo": info}
            case "DataTransfer":
                return {"status": "Accepted"}
            case _:
                return {}
