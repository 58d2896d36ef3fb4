"""A provider of parking payment as the portal meets one: it asks for charges, and is told how they go.

It has the code of its own that a real provider would have, the check of the signature too, after docs/services.md.
"""

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

OLDEST_SECONDS = 300
"""A message that was signed longer ago may be one that somebody sends once more."""
ASK_SECONDS = 30.0
FINAL, CORRECTED = "parking.final", "parking.corrected"
BODY_BYTES = 1_000_000

Body = dict[str, Any]
Answer = tuple[int, Body]


@dataclass
class Told:
    """What the provider was told, each message once, in the order in which it came."""

    messages: list[Body] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    """The status of each answer that was none of thanks."""
    repeated: int = 0
    """How many came more than once."""


class ParkingProvider:
    """Listens from the beginning; `close` it."""

    def __init__(
        self,
        portal_url: str,
        token: str,
        secret: str,
        listen: tuple[str, int] = ("127.0.0.1", 0),
        heard: Callable[[Body], None] = lambda _message: None,
    ) -> None:
        self.portal_url, self.token, self.secret = portal_url.rstrip("/"), token, secret
        self.told = Told()
        self.unwilling = 0
        """To so many messages it says 503 before it takes any."""
        self._heard = heard
        self._news = Condition()
        self._server = ThreadingHTTPServer(listen, _handler(self))
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, name="parking provider", daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is told things."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/charging"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # What it asks

    def start(self, reference: str, outlet: str) -> Answer:
        return self._ask("start", {"reference": reference, "outlet": outlet})

    def stop(self, reference: str) -> Answer:
        return self._ask("stop", {"reference": reference})

    def status(self, **which: str) -> Answer:
        return self._ask(f"status?{urlencode(which)}", None)

    def _ask(self, what: str, body: Body | None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = Request(f"{self.portal_url}/api/v1/parking/{what}", data, headers)  # noqa: S310 - as it was told
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=ASK_SECONDS) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    # What it is told

    def hear(self, headers: Any, body: bytes) -> int:
        """The status with which a message is answered."""
        with self._news:
            status = self._judge(headers, body)
            if status != 200:
                self.told.refused.append(status)
                return status
            message: Body = json.loads(body)
            if any(known["id"] == message["id"] for known in self.told.messages):
                self.told.repeated += 1
                return status
            self.told.messages.append(message)
            self._news.notify_all()
        self._heard(message)
        return status

    def _judge(self, headers: Any, body: bytes) -> int:
        if not self._is_signed(headers, body):
            return 401
        if self.unwilling > 0:
            self.unwilling -= 1
            return 503
        return 200

    def _is_signed(self, headers: Any, body: bytes) -> bool:
        number, at = headers.get("Webhook-Id", ""), headers.get("Webhook-Timestamp", "")
        if not at.isdecimal() or abs(time.time() - int(at)) > OLDEST_SECONDS:
            return False
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.digest(key, f"{number}.{at}.".encode() + body, "sha256")
        expected = "v1," + base64.b64encode(digest).decode()
        # Several signatures stand beside each other while a secret is renewed.
        return any(hmac.compare_digest(expected, one) for one in headers.get("Webhook-Signature", "").split())

    def messages(self, reference: str, kind: str | None = None) -> list[Body]:
        """What it was told of one charge."""
        return [
            message
            for message in self.told.messages
            if message["data"].get("reference") == reference and kind in (None, message["type"])
        ]

    def wait_for(self, reference: str, kind: str, seconds: float) -> Body:
        """The first message of this kind about a charge; TimeoutError if none comes in time."""
        with self._news:
            if not self._news.wait_for(lambda: self.messages(reference, kind), seconds):
                raise TimeoutError(f"{kind} of {reference} did not come within {seconds} s")
            return self.messages(reference, kind)[0]


def _handler(provider: ParkingProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), BODY_BYTES)
            status = provider.hear(self.headers, self.rfile.read(length))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"thanks" if status == 200 else b"not now")

        def log_message(self, *_arguments: Any) -> None:
            """What it was told is kept elsewhere."""

    return Handler
