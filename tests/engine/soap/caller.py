"""A station of OCPP over SOAP, as its own HTTP client sees the engine: message by message."""

import http.client
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from ocpp_soap import client
from ocpp_soap.kinds import Version
from ocpp_soap.namespaces import ENVELOPE, WSA
from ocpp_soap.v15 import V15
from ocpp_soap.versions import VERSIONS
from tests.engine.conftest import EngineServer
from tests.waiting import LONGEST_SECONDS

ADDRESS = "http://192.0.2.7:9000/station"
NAMES = {"e": ENVELOPE, "a": WSA}
PATHS = {version.protocol: f"/Ocpp/{word}" for word, version in VERSIONS.items()}


@dataclass(frozen=True)
class Fault:
    status: int
    code: str
    subcode: str | None
    reason: str


@dataclass
class Caller:
    """One station."""

    server: EngineServer
    charge_box_id: str
    version: Version = V15
    password: str | None = None
    address: str = ADDRESS
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return PATHS[self.version.protocol]

    def tell(self, action: str, **payload: Any) -> dict[str, Any] | Fault:
        """Send a message; the payload of the answer, or the fault."""
        status, _, body = self.post(self.written(action, **payload))
        return self.understood(action, status, body)

    def written(self, action: str, **payload: Any) -> bytes:
        service = self.version.central_system
        to = f"http://127.0.0.1:{self.server.port}{self.path}"
        return client.request(service, service.operation(action), payload, self.charge_box_id, to, self.address).body

    def understood(self, action: str, status: int, body: bytes) -> dict[str, Any] | Fault:
        service = self.version.central_system
        try:
            payload = client.answer(service, service.operation(action), body)
        except client.RefusedError as refused:
            return Fault(status, refused.code, refused.subcode, refused.reason)
        assert status == 200
        return payload

    def post(self, body: bytes, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Bytes as they are, over a connection of their own: status, headers and body of the answer."""
        told = {"Content-Type": "application/soap+xml; charset=utf-8", **self.headers, **headers}
        if self.password is not None:
            pair = f"{self.charge_box_id}:{self.password}".encode()
            told["Authorization"] = f"Basic {b64encode(pair).decode()}"
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=LONGEST_SECONDS)
        connection.request("POST", self.path, body, told)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, response.headers, answer


def header_of(answer: bytes, name: str) -> str | None:
    """One of WS-Addressing's in an answer."""
    return etree.fromstring(answer).findtext(f"e:Header/a:{name}", None, NAMES)
