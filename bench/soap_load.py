"""Many stations of OCPP 1.5 at once, each over a connection that it keeps, as cheap as Python can be.

    python -m bench.soap_load URL STATIONS SECONDS [bare]

Each station begins a charge, reports its meter as often as it is answered, and ends the charge; to a `bare` service,
which knows no charges, it only reports. One line of JSON is printed, as `bench.load` does.
"""

import asyncio
import json
import re
import sys
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bench.load import figures

ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:cs="urn://Ocpp/Cs/2012/06/"
 xmlns:wsa="http://www.w3.org/2005/08/addressing"><soap:Header>
<cs:chargeBoxIdentity soap:mustUnderstand="true">BENCH-{number}</cs:chargeBoxIdentity>
<wsa:From><wsa:Address>http://192.0.2.1:9000/</wsa:Address></wsa:From>
<wsa:Action soap:mustUnderstand="true">/{action}</wsa:Action>
<wsa:MessageID>urn:uuid:0f8d3a52-5c1e-4a9e-8f0c-2b7a64c1d9e3</wsa:MessageID>
</soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"""

START = """<cs:startTransactionRequest><cs:connectorId>1</cs:connectorId><cs:idTag>BENCH</cs:idTag>
<cs:timestamp>{at}</cs:timestamp><cs:meterStart>1230000</cs:meterStart></cs:startTransactionRequest>"""
STOP = """<cs:stopTransactionRequest><cs:transactionId>{charge}</cs:transactionId><cs:timestamp>{at}</cs:timestamp>
<cs:meterStop>1234567</cs:meterStop></cs:stopTransactionRequest>"""
READING = """<cs:meterValuesRequest><cs:connectorId>1</cs:connectorId><cs:transactionId>{charge}</cs:transactionId>
<cs:values><cs:timestamp>{at}</cs:timestamp>
<cs:value measurand="Energy.Active.Import.Register" unit="Wh">1234567</cs:value>
<cs:value measurand="Power.Active.Import" unit="W">11040.5</cs:value>
<cs:value measurand="Current.Import" unit="Amp">16.0</cs:value>
<cs:value measurand="Voltage" unit="Volt">230</cs:value></cs:values></cs:meterValuesRequest>"""

CHARGE = re.compile(rb"transactionId>(\d+)<")
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Station:
    """One connection, with one request under way."""

    def __init__(self, url: str, number: int) -> None:
        self._parts = urlsplit(url)
        self._number = number
        self.waits: list[float] = []
        self._charge = 1

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)

    async def start_charge(self) -> None:
        answer = await self._ask(self._request("StartTransaction", START))
        found = CHARGE.search(answer)
        if found is None:
            raise SystemExit(f"unexpected answer: {answer!r}")
        self._charge = int(found[1])

    async def stop_charge(self) -> None:
        await self._ask(self._request("StopTransaction", STOP))

    async def report(self, until: float) -> None:
        """Say the same reading as often as it is answered."""
        request = self._request("MeterValues", READING)
        answered_at = time.perf_counter()
        while answered_at < until:
            sent_at = answered_at
            answer = await self._ask(request)
            if b"meterValuesResponse" not in answer:
                raise SystemExit(f"unexpected answer: {answer!r}")
            answered_at = time.perf_counter()
            self.waits.append(answered_at - sent_at)

    def close(self) -> None:
        self._writer.close()

    def _request(self, action: str, template: str) -> bytes:
        text = template.format(charge=self._charge, at=now())
        body = ENVELOPE.format(number=self._number, action=action, body=text).encode()
        head = (
            f"POST {self._parts.path} HTTP/1.1\r\nHost: {self._parts.netloc}\r\n"
            f'Content-Type: application/soap+xml; charset=utf-8; action="/{action}"\r\n'
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def _ask(self, request: bytes) -> bytes:
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 200") or found is None:
            raise SystemExit(f"unexpected answer: {head!r}")
        return await self._reader.readexactly(int(found[1]))


async def run(url: str, count: int, seconds: float, *, is_bare: bool) -> dict[str, float]:
    """Let the stations talk for a while."""
    stations = [Station(url, number) for number in range(count)]
    await asyncio.gather(*(station.connect() for station in stations))
    if not is_bare:
        await asyncio.gather(*(station.start_charge() for station in stations))
    began = time.perf_counter()
    await asyncio.gather(*(station.report(began + seconds) for station in stations))
    took = time.perf_counter() - began
    if not is_bare:
        await asyncio.gather(*(station.stop_charge() for station in stations))
    for station in stations:
        station.close()
    return figures((wait for station in stations for wait in station.waits), took)


if __name__ == "__main__":
    measured = run(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), is_bare="bare" in sys.argv[4:])
    print(json.dumps(asyncio.run(measured)))
