"""Many stations at once, each with one call under way, as cheap as Python can be: the load must not be the bottleneck.

    python -m bench.load URL STATIONS SECONDS [EVERY_SECONDS]

Each station begins a charge, reports its meter as often as it is answered, or no oftener than every so many seconds,
and ends the charge. One line of JSON is printed: how many readings were answered, how many a second, and the
percentiles of the wait. The start and the end of the charges are not in it.
"""

import asyncio
import base64
import json
import os
import random
import struct
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

NO_MASK = bytes(4)
"""A client must mask its frames (RFC 6455, 5.3); masking with zeros changes nothing and costs nothing."""

SAMPLES = [
    {"value": "1234567", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
    {"value": "11040.5", "measurand": "Power.Active.Import", "unit": "W"},
    {"value": "16.0", "measurand": "Current.Import", "unit": "A", "phase": "L1"},
    {"value": "54", "measurand": "SoC", "unit": "Percent", "location": "EV"},
]
METER_START_WH, METER_STOP_WH = 1_230_000, 1_234_567
ID = "0f8d3a52-5c1e-4a9e-8f0c-2b7a64c1d9e3"
ANSWER = b'[3,"%s",{}]' % ID.encode()


def text_frame(text: str) -> bytes:
    """A masked text frame of up to 65,535 bytes."""
    data = text.encode()
    if len(data) < 126:
        return struct.pack("!BB", 0x81, 0x80 | len(data)) + NO_MASK + data
    return struct.pack("!BBH", 0x81, 0x80 | 126, len(data)) + NO_MASK + data


def handshake(path: str, host: str) -> bytes:
    """The request that opens a station's line."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
    ).encode()


def call(action: str, **payload: object) -> bytes:
    return text_frame(json.dumps([2, ID, action, payload]))


def now() -> str:
    return datetime.now(UTC).isoformat()


class Station(asyncio.Protocol):
    """Connects and begins a charge; then sends the next reading as soon as the last is answered."""

    def __init__(self, path: str, host: str) -> None:
        self._request = handshake(path, host)
        loop = asyncio.get_running_loop()
        self.connected: asyncio.Future[None] = loop.create_future()
        self.finished: asyncio.Future[None] = loop.create_future()
        self._answer: asyncio.Future[dict[str, Any]] | None = None
        self.waits: list[float] = []
        self._received = b""
        self._sent_at = 0.0
        self._until = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        transport.write(self._request)

    async def start_charge(self) -> None:
        start = call("StartTransaction", connectorId=1, idTag="BENCH", meterStart=METER_START_WH, timestamp=now())
        self._transaction_id = (await self._ask(start))["transactionId"]
        reading = {"timestamp": now(), "sampledValue": SAMPLES}
        self._reading = call("MeterValues", connectorId=1, transactionId=self._transaction_id, meterValue=[reading])

    async def stop_charge(self) -> None:
        stop = {"transactionId": self._transaction_id, "meterStop": METER_STOP_WH, "timestamp": now()}
        await self._ask(call("StopTransaction", **stop))

    async def _ask(self, frame: bytes) -> dict[str, Any]:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(frame)
        return await self._answer

    def begin(self, until: float, every_seconds: float) -> None:
        """Those that wait between two readings begin at different moments."""
        self._until, self._every_seconds = until, every_seconds
        asyncio.get_running_loop().call_later(random.random() * every_seconds, self._send)

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._reading)

    def data_received(self, data: bytes) -> None:
        if not self.connected.done():
            self._shake_hands(data)
            return
        self._received += data
        # What comes is short: one byte tells the length (RFC 6455, 5.2).
        if len(self._received) < 2 or len(self._received) < 2 + self._received[1]:
            return
        if self._received[0] == 0x89:  # A ping: not within a run this short.
            raise SystemExit("pinged")
        answer, self._received = self._received[2:], b""
        if self._answer is not None:
            self._take(answer)
        elif answer != ANSWER:
            raise SystemExit(f"unexpected answer: {answer!r}")
        else:
            self._go_on()

    def _take(self, answer: bytes) -> None:
        waiting, self._answer = self._answer, None
        kind, _id, payload = json.loads(answer)
        if waiting is None or kind != 3:
            raise SystemExit(f"unexpected answer: {answer!r}")
        waiting.set_result(payload)

    def _go_on(self) -> None:
        answered_at = time.perf_counter()
        self.waits.append(answered_at - self._sent_at)
        pause = max(0.0, self._sent_at + self._every_seconds - answered_at)
        if answered_at + pause >= self._until:
            self.finished.set_result(None)
        elif pause:
            asyncio.get_running_loop().call_later(pause, self._send)
        else:
            self._send()

    def _shake_hands(self, data: bytes) -> None:
        if not data.startswith(b"HTTP/1.1 101") or not data.endswith(b"\r\n\r\n"):
            raise SystemExit(f"no handshake: {data!r}")
        self.connected.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        for waiting in (self.connected, self._answer, self.finished):
            if waiting is not None and not waiting.done():
                waiting.set_exception(ConnectionError("the line was lost"))

    def close(self) -> None:
        self._transport.abort()


async def run(url: str, stations: int, seconds: float, every_seconds: float = 0) -> dict[str, float]:
    """Let the stations talk for a while."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    lines = []
    for number in range(stations):
        _, line = await loop.create_connection(
            lambda number=number: Station(f"{parts.path}/BENCH-{number}", parts.netloc), parts.hostname, parts.port
        )
        await line.connected
        lines.append(line)
    await asyncio.gather(*(line.start_charge() for line in lines))
    began = time.perf_counter()
    for line in lines:
        line.begin(began + seconds, every_seconds)
    await asyncio.gather(*(line.finished for line in lines))
    took = time.perf_counter() - began
    await asyncio.gather(*(line.stop_charge() for line in lines))
    for line in lines:
        line.close()
    return figures((wait for line in lines for wait in line.waits), took)


def figures(all_waits: Iterable[float], took: float) -> dict[str, float]:
    """What is printed of a run, from what each answer was waited for and how long all took, in seconds."""
    waits = sorted(all_waits)
    return {
        "answered": len(waits),
        "rate": len(waits) / took,
        "p50_ms": waits[len(waits) // 2] * 1000,
        "p99_ms": waits[len(waits) * 99 // 100] * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:5])))))
