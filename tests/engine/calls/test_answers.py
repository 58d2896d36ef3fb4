"""Whatever a server may answer, the command ends, and says what was wrong."""

import gzip
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from domain.models import Action, CommandReason, CommandState, Direction, MessageKind
from engine.calls import asking
from engine.calls.exchange import LARGEST_ANSWER_BYTES
from ocpp_soap.namespaces import ENVELOPE, ENVELOPE_11
from tests.engine.calls.soap_station import Reply, agree, send, soap_station
from tests.waiting import wait_until

NAMESPACE = "urn://Ocpp/Cp/2012/06/"
NO_ANSWER = (CommandState.FAILED, CommandReason.NOT_UNDERSTOOD)
LOST = (CommandState.FAILED, CommandReason.LINE_LOST)
YES = (CommandState.ACCEPTED, None)


def envelope(
    body: str = "<status>Accepted</status>",
    name: str = "remoteStartTransactionResponse",
    namespace: str = NAMESPACE,
    soap: str = ENVELOPE,
    before: str = "",
) -> bytes:
    return (
        f'{before}<s:Envelope xmlns:s="{soap}"><s:Body>'
        f'<{name} xmlns="{namespace}">{body}</{name}></s:Body></s:Envelope>'
    ).encode()


RIGHT = envelope()
HUGE = b" " * (LARGEST_ANSWER_BYTES + 1)
MANY = f"<a>{'<b>' * 500}{'</b>' * 500}</a>"
ENTITY = '<!DOCTYPE a [<!ENTITY b "c">]>'

WRONG = {
    "a page": (send(b"<html><body>Welcome</body></html>", Content_Type="text/html"), "must be"),
    "404": (send(b"<h1>Not found</h1>", 404, Content_Type="text/html"), "HTTP 404: Not Found"),
    "401": (send(b"", 401, WWW_Authenticate="Basic"), "HTTP 401: Unauthorized"),
    "nothing, and a status of its own": (send(b"", 499), "HTTP 499: the document"),
    "nothing": (send(b""), "not well-formed"),
    "nothing, and told so": (send(b"", 204), "not well-formed"),
    "SOAP 1.1": (send(envelope(soap=ENVELOPE_11)), "SOAP 1.1"),
    "another namespace": (send(envelope(namespace="urn://Ocpp/Cp/2010/08/")), "urn://Ocpp/Cp/2012/06/"),
    "another answer": (send(envelope(name="resetResponse")), "remoteStartTransactionResponse"),
    "no envelope": (send(b"<status>Accepted</status>"), "Envelope"),
    "two answers": (send(RIGHT.replace(b"</s:Body>", b"<a/></s:Body>")), "one element"),
    "cut": (send(RIGHT[:-20]), "not well-formed"),
    "an entity": (send(envelope(before=ENTITY)), "document type"),
    "a deep one": (send(envelope(body=MANY)), "elements within each other"),
    "too large": (send(RIGHT + HUGE), "1048576 bytes"),
    "too large when unpacked": (send(gzip.compress(RIGHT + HUGE), Content_Encoding="gzip"), "1048576 bytes"),
    "badly packed": (send(b"\x1f\x8b nonsense", Content_Encoding="gzip"), "unpacked"),
    "not packed at all": (send(RIGHT, Content_Encoding="gzip"), "unpacked"),
    "packed and cut": (send(gzip.compress(RIGHT)[:-20], Content_Encoding="gzip"), "unpacked"),
    "packed otherwise": (send(RIGHT, Content_Encoding="br"), "'br'"),
    "right, and yet an error": (send(RIGHT, 500), "HTTP 500: an answer has the status 200"),
    "a word that OCPP has not": (send(envelope("<status>Perhaps</status>")), None),
    "no word": (send(envelope("")), None),
}


@pytest.mark.parametrize(("answer", "wrong"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_answer_is_not_understood(world, caller, box, answer, wrong):
    station = world.add(box.url)
    box.answer = answer
    number = world.make(station)
    caller.call([station.id])
    state, reason, outcome = world.ends(number)
    assert (state, reason) == NO_ANSWER
    assert wrong is None or wrong in outcome["detail"]
    assert world.read(number).answered_at is not None
    wait_until(lambda: len(world.messages(station)) == 2)
    told = world.messages(station)[1]
    assert told.reason
    assert told.direction is Direction.IN
    # The next one goes out as if nothing had been.
    box.answer = agree
    following = world.make(station)
    caller.call([station.id])
    assert world.ends(following)[:2] == YES


RIGHT_ENOUGH = {
    "packed": send(gzip.compress(RIGHT), Content_Encoding="gzip"),
    "of another type": send(RIGHT, Content_Type="text/html"),
    "202": send(RIGHT, 202),
    "with a field of the vendor's own": send(envelope("<status>Accepted</status><mood>good</mood>")),
    "in small letters": send(envelope("<status>accepted</status>")),
    "without a namespace within": send(envelope('<status xmlns="">Accepted</status>')),
    "with a cookie": send(RIGHT, Set_Cookie="a=b"),
}


@pytest.mark.parametrize("answer", RIGHT_ENOUGH.values(), ids=RIGHT_ENOUGH.keys())
def test_what_can_only_be_meant_in_one_way_is_taken(world, caller, box, answer):
    station = world.add(box.url)
    box.answer = answer
    numbers = [world.make(station) for _ in range(2)]
    caller.call([station.id])
    for number in numbers:
        assert world.ends(number)[:2] == YES
    assert not any("Cookie" in box.receive().headers for _ in numbers)


def test_nothing_leads_elsewhere(world, caller, box):
    with soap_station() as other:
        for status in (301, 302, 303, 307, 308):
            station = world.add(box.url)
            box.answer = send(b"", status, Location=other.url)
            number = world.make(station)
            caller.call([station.id])
            assert world.ends(number) == (*NO_ANSWER, {"detail": f"HTTP {status}: it leads elsewhere"})
        assert other.heard.empty()


def test_a_fault_of_a_server_that_knows_no_codes_is_kept_all_the_same(world, caller, box):
    station = world.add(box.url)
    box.answer = send(
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><s:Fault><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault></s:Body>'
        "</s:Envelope>".encode(),
        500,
    )
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[:2] == (CommandState.FAILED, CommandReason.REFUSED)
    assert world.read(number).answer["errorDescription"] == "no"


@contextmanager
def raw_server(*pieces: bytes) -> Iterator[str]:
    """Takes one call after the other and sends these bytes back, whatever they are."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    _take_request(line)
                    for piece in pieces:
                        line.sendall(piece)

        Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)


def _take_request(line: socket.socket) -> None:
    """The whole of it: what is left unread would end the line before its answer was heard."""
    with line.makefile("rb") as request:
        length = 0
        while (head := request.readline()).strip():
            name, _, value = head.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        request.read(length)


LENGTH = f"Content-Length: {len(RIGHT)}\r\n\r\n".encode()
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
RAW = {
    "no HTTP": ([b"220 FTP here\r\n"], NO_ANSWER),
    "endless lines": ([b"HTTP/1.1 200 OK\r\na: " + b"b" * 70_000 + b"\r\n\r\n"], NO_ANSWER),
    "endless headers": ([b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n"], NO_ANSWER),
    "not a word": ([], LOST),
    "half of a header": ([b"HTTP/1.1 200 OK\r\nConten"], NO_ANSWER),
    "half of an answer": ([b"HTTP/1.1 200 OK\r\n", LENGTH, RIGHT[:50]], LOST),
    "half of a chunk": ([CHUNKED, b"1000\r\n", RIGHT], LOST),
    "chunks": ([CHUNKED, f"{len(RIGHT):x}\r\n".encode(), RIGHT, b"\r\n0\r\n\r\n"], YES),
    "no length": ([b"HTTP/1.0 200 OK\r\n\r\n", RIGHT], YES),
    "wait a moment": ([b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n", LENGTH, RIGHT], YES),
}


@pytest.mark.parametrize(("pieces", "end"), RAW.values(), ids=RAW.keys())
def test_whatever_http_a_station_speaks_the_command_ends(world, caller, pieces, end):
    with raw_server(*pieces) as url:
        station = world.add(url)
        number = world.make(station)
        caller.call([station.id])
        assert world.ends(number)[:2] == end


def test_who_sends_one_letter_at_a_time_is_not_listened_to_for_ever(world, caller, settings, monkeypatch):
    monkeypatch.setattr(asking, "LISTEN_SECONDS", 1.0)
    settings(COMMAND_ANSWER_SECONDS="1")
    with socket.create_server(("127.0.0.1", 0)) as server:
        station = world.add(f"http://127.0.0.1:{server.getsockname()[1]}/")
        number = world.make(station, Action.RESET, {"type": "soft"})
        caller.call([station.id])
        line, _ = server.accept()
        line.settimeout(0.05)
        with line:

            def is_cut() -> bool:
                try:
                    line.sendall(b"H")
                except OSError:
                    return True
                return False

            wait_until(is_cut)
    assert world.ends(number)[:2] == (CommandState.TIMED_OUT, CommandReason.NO_ANSWER)


def test_a_large_answer_is_kept_in_part(world, caller, box):
    station = world.add(box.url)
    keys = "".join(
        f"<configurationKey><key>K{n}</key><readonly>false</readonly><value>{'v' * 500}</value></configurationKey>"
        for n in range(500)
    )
    whole = envelope(keys, "getConfigurationResponse")
    box.answer = lambda _station, _call: Reply(whole)
    number = world.make(station, Action.GET_CONFIGURATION, {"keys": []})
    caller.call([station.id])
    assert world.ends(number)[:2] == YES
    assert len(world.read(number).outcome["parameters"]) == 500
    wait_until(lambda: len(world.messages(station)) == 2)
    told = world.messages(station)[1]
    assert (told.kind, "only its beginning is kept" in told.reason) == (MessageKind.RESULT, True)
