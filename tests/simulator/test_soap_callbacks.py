"""The HTTP server at which stations that speak SOAP are called, and what strangers may send it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from ocpp_soap import client
from ocpp_soap.v15 import V15
from simulator.soap.callbacks import EVERYWHERE, Callbacks
from simulator.station import Station
from simulator.wire import wires
from tests.simulator.soap_central_system import SoapCentralSystem

CLEAR_CACHE = V15.charge_point.operation("ClearCache")
BODY = client.request(V15.charge_point, CLEAR_CACHE, {}, "CB-1", "http://a.invalid/", "http://b.invalid/").body
TYPE = b"Content-Type: application/soap+xml\r\n"
ACCEPTED = b"status>Accepted</"


class Caller:
    """A connection to the station CB-1, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))

    async def answer(self) -> tuple[int, bytes]:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().partition("content-length: ")[2].split("\r\n")[0])
        return int(head.split(" ")[1]), await self.reader.readexactly(length)

    async def said(self, *parts: bytes) -> tuple[int, bytes]:
        self.send(*parts)
        return await self.answer()

    async def is_closed(self) -> bool:
        return await self.reader.read() == b""


def with_caller(converse: Callable[[Caller], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with (
            asyncio.timeout(10),
            SoapCentralSystem() as central,
            Station("CB-1", central.url, speaks="ocpp1.5") as station,
        ):
            await station.heartbeat()
            caller = await called(central)
            try:
                return await converse(caller)
            finally:
                caller.writer.close()

    return asyncio.run(run())


async def called(central: SoapCentralSystem) -> Caller:
    port = urlsplit(central.addresses["CB-1"]).port
    return Caller(*await asyncio.open_connection("127.0.0.1", port))


def post(target: bytes = b"/CB-1", version: bytes = b"HTTP/1.1") -> bytes:
    return b"POST " + target + b" " + version + b"\r\nHost: x\r\n"


def measured(body: bytes = BODY) -> bytes:
    return TYPE + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


CHUNKED = TYPE + b"Transfer-Encoding: chunked\r\n\r\n"
HALVES = (BODY[:100], BODY[100:])
IN_CHUNKS = b"".join(f"{len(each):x};part\r\n".encode() + each + b"\r\n" for each in HALVES) + b"0\r\nSeen: all\r\n\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        post() + measured(),
        post(b"http://elsewhere.invalid:80/CB-1?at=once") + measured(),
        post() + CHUNKED + IN_CHUNKS,
        post() + measured(b"\n<!-- from a station's friend -->" + BODY.partition(b"\n")[2]),
        (post() + measured()).replace(b"Content-Type", b"content-TYPE"),
    ],
    ids=["plain", "absolute URI", "chunks", "comment", "small letters"],
)
def test_a_call_is_understood_in_each_of_its_forms_and_the_connection_is_kept(request_: bytes) -> None:
    async def converse(caller: Caller) -> list[tuple[int, bytes]]:
        return [await caller.said(request_), await caller.said(post() + measured())]

    for status, body in with_caller(converse):
        assert (status, ACCEPTED in body) == (200, True)


def test_who_asks_before_sending_is_told_to_go_on() -> None:
    async def converse(caller: Caller) -> tuple[int, bytes]:
        caller.send(post(), TYPE, f"Expect: 100-continue\r\nContent-Length: {len(BODY)}\r\n\r\n".encode())
        assert await caller.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        return await caller.said(BODY)

    status, body = with_caller(converse)
    assert (status, ACCEPTED in body) == (200, True)


def test_a_connection_is_closed_after_the_answer_where_that_is_wanted() -> None:
    async def converse(caller: Caller) -> bool:
        assert (await caller.said(post(version=b"HTTP/1.0"), measured()))[0] == 200
        return await caller.is_closed()

    assert with_caller(converse)


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, b"\r\n\r\n"),
        (400, b"nonsense\r\n\r\n"),
        (400, post() + b"no colon\r\n\r\n"),
        (400, post() + TYPE + b"Content-Length: many\r\n\r\n"),
        (400, post() + TYPE + b"Content-Length: -1\r\n\r\n"),
        (400, post() + CHUNKED + b"zz\r\n"),
        (404, post(b"/CB-2") + measured()),
        (404, post(b"/") + measured()),
        (405, b"GET /CB-1?wsdl HTTP/1.1\r\n\r\n"),
        (411, post() + TYPE + b"\r\n"),
        (413, post() + TYPE + b"Content-Length: 1000001\r\n\r\n"),
        (413, post() + CHUNKED + b"f4241\r\n"),
        (415, post() + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
        (431, post() + b"X: " + b"x" * 70_000 + b"\r\n\r\n"),
        (505, post(version=b"HTTP/2.0") + measured()),
    ],
)
def test_what_is_no_request_has_its_answer_and_the_connection_ends(status: int, request_: bytes) -> None:
    async def converse(caller: Caller) -> tuple[int, bool]:
        answered, _ = await caller.said(request_)
        return answered, await caller.is_closed()

    assert with_caller(converse) == (status, True)


@pytest.mark.parametrize("part", [b"", b"POST /CB", post() + measured()[:-40], post() + CHUNKED + b"40\r\nxx"])
def test_a_caller_that_breaks_off_harms_nobody(part: bytes) -> None:
    async def converse(caller: Caller) -> bytes:
        caller.send(part)
        caller.writer.write_eof()
        return await caller.reader.read()

    answered = with_caller(converse)
    assert answered == b"" if not part else answered.startswith(b"HTTP/1.1 400 ")


ENTITY = b'<!DOCTYPE a [<!ENTITY b "c">]>'


@pytest.mark.parametrize(
    ("status", "reason", "body"),
    [
        (400, b"well-formed", b""),
        (400, b"well-formed", BODY[:-20]),
        (400, b"document type", ENTITY + BODY.partition(b"\n")[2]),
        (400, b"namespace", BODY.replace(b'ns0="urn://Ocpp/Cp/2012', b'ns0="urn://Ocpp/Cp/2010')),
        (400, b"holds 0", BODY.partition(b"<ns0:")[0] + b"</soap-env:Body></soap-env:Envelope>"),
        (500, b"SOAP 1.1", BODY.replace(b"www.w3.org/2003/05/soap-envelope", b"schemas.xmlsoap.org/soap/envelope/")),
        (500, b"not understood", BODY.replace(b"chargeBoxIdentity", b"chargingBoxName")),
        (501, b"has no message", BODY.replace(b"clearCacheRequest", b"clearStreetRequest")),
    ],
)
def test_what_is_no_message_is_refused_with_a_fault_and_the_connection_goes_on(
    status: int, reason: bytes, body: bytes
) -> None:
    async def converse(caller: Caller) -> tuple[int, bytes]:
        answered = await caller.said(post(), measured(body))
        assert (await caller.said(post(), measured()))[0] == 200
        return answered

    answered, fault = with_caller(converse)
    assert answered == status
    assert b":Fault>" in fault and reason in fault


def test_one_server_is_enough_for_all_stations_and_one_that_is_away_is_not_answered_for() -> None:
    async def converse() -> None:
        async with SoapCentralSystem("ocpp1.5") as central:
            speaks = wires(["ocpp1.5", "ocpp1.2"])
            stations = [Station(f"CB-{number}", central.url, speaks=speaks["ocpp1.5"]) for number in (1, 2)]
            for station in stations:
                await station.connect()
                await station.heartbeat()
            assert len({address.rpartition("/")[0] for address in central.addresses.values()}) == 1
            for station in stations:
                assert await central.ask(station.charge_box_id, "ClearCache") == {"status": "Accepted"}
            caller = await called(central)
            assert (await caller.said(post(b"/CB-1"), measured()))[0] == 200
            stations[0].kill()
            assert await caller.is_closed()
            assert await central.ask("CB-2", "ClearCache") == {"status": "Accepted"}
            caller = await called(central)
            caller.send(post(b"/CB-1"), measured())
            assert await caller.is_closed()
            stations[1].kill()
            with pytest.raises(ConnectionRefusedError):
                await called(central)

    asyncio.run(converse())


@pytest.mark.parametrize("host", EVERYWHERE)
def test_a_server_that_listens_everywhere_names_the_machine(host: str) -> None:
    async def converse() -> str:
        async with SoapCentralSystem() as central:
            speaks = wires(["ocpp1.5"], (host, 0))["ocpp1.5"]
            async with Station("CB-1", central.url, speaks=speaks) as station:
                await station.heartbeat()
                return central.addresses["CB-1"]

    assert asyncio.run(converse()).startswith("http://127.0.0.1:")


def test_an_address_of_version_6_is_written_in_brackets() -> None:
    assert Callbacks("::1", 9000).address("CB 1", "127.0.0.1") == "http://[::1]:9000/CB%201"
