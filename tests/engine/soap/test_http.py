"""What real stations and strangers do with HTTP, and with which status and fault they are answered."""

import gzip
import http.client
import socket
import time

import pytest
import zeep
from lxml import etree
from sqlalchemy import select
from zeep.transports import Transport

from domain.messages import LONGEST_UNIQUE_ID
from domain.models import Message
from domain.models.message import Direction, MessageKind
from ocpp_soap.namespaces import ANONYMOUS
from ocpp_soap.v15 import V15
from tests.engine.soap.caller import NAMES, Caller, Fault, header_of
from tests.waiting import LONGEST_SECONDS, wait_until

SOAP = "application/soap+xml; charset=utf-8"


@pytest.fixture
def caller(engine_server, station):
    return Caller(engine_server, station.charge_box_id)


def fault_of(caller, answered):
    status, headers, body = answered
    assert headers["Content-Type"] == SOAP
    return caller.understood("Heartbeat", status, body)


def raw(caller, request: bytes) -> tuple[int, bytes]:
    """A request written by hand, over a connection that then is closed."""
    with socket.create_connection(("127.0.0.1", caller.server.port), timeout=LONGEST_SECONDS) as line:
        line.sendall(request)
        response = http.client.HTTPResponse(line)
        response.begin()
        return response.status, response.read()


def test_an_answer_names_what_it_answers(caller):
    body = caller.written("Heartbeat")
    body = (
        body[: body.index(b"<wsa:MessageID>")]
        + b"<wsa:MessageID>no-urn: 17</wsa:MessageID>"
        + body[body.index(b"</wsa:MessageID>") + len(b"</wsa:MessageID>") :]
    )
    status, headers, answer = caller.post(body)
    assert (status, headers["Content-Type"]) == (200, SOAP)
    assert header_of(answer, "Action") == "/HeartbeatResponse"
    assert header_of(answer, "RelatesTo") == "no-urn: 17"
    assert header_of(answer, "To") == ANONYMOUS


def test_a_fault_names_it_too(engine_server):
    stranger = Caller(engine_server, "nobody")
    body = stranger.written("Heartbeat")
    _, _, answer = stranger.post(body)
    assert header_of(answer, "RelatesTo") == header_of(body, "MessageID")
    subcode = etree.fromstring(answer).find("e:Body/e:Fault/e:Code/e:Subcode/e:Value", NAMES)
    prefix, _, word = subcode.text.partition(":")
    assert (subcode.nsmap[prefix], word) == (V15.central_system.namespace, "SecurityError")


def test_a_body_in_chunks(caller):
    body = caller.written("Heartbeat")
    pieces = [body[begin : begin + 100] for begin in range(0, len(body), 100)]
    connection = http.client.HTTPConnection("127.0.0.1", caller.server.port, timeout=LONGEST_SECONDS)
    connection.request("POST", caller.path, iter(pieces), {"Content-Type": SOAP}, encode_chunked=True)
    response = connection.getresponse()
    assert "currentTime" in caller.understood("Heartbeat", response.status, response.read())
    connection.close()


def test_an_absolute_address_in_the_request_line(caller):
    body = caller.written("Heartbeat")
    head = (
        f"POST http://127.0.0.1:{caller.server.port}{caller.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: {SOAP}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    assert "currentTime" in caller.understood("Heartbeat", *raw(caller, head.encode() + body))


def test_a_kept_connection_takes_many_messages(caller):
    connection = http.client.HTTPConnection("127.0.0.1", caller.server.port, timeout=LONGEST_SECONDS)
    for _ in range(20):
        connection.request("POST", caller.path, caller.written("Heartbeat"), {"Content-Type": SOAP})
        response = connection.getresponse()
        assert "currentTime" in caller.understood("Heartbeat", response.status, response.read())
    connection.close()


@pytest.mark.parametrize(
    "content_type",
    [
        'application/soap+xml; charset=utf-8; action="/Heartbeat"',
        "application/soap+xml",
        "text/xml; charset=utf-8",
        "application/xml",
        "APPLICATION/SOAP+XML",
    ],
)
def test_what_stations_call_it(caller, content_type):
    assert fault_of(caller, caller.post(caller.written("Heartbeat"), **{"Content-Type": content_type}))["currentTime"]


def test_a_slash_behind_the_address(caller):
    connection = http.client.HTTPConnection("127.0.0.1", caller.server.port, timeout=LONGEST_SECONDS)
    connection.request("POST", caller.path + "/", caller.written("Heartbeat"), {"Content-Type": SOAP})
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize("content_type", ["application/json", "multipart/related", "application/x-www-form-urlencoded"])
def test_a_wrong_content_type(caller, content_type):
    reason = f"a message has the content type application/soap+xml; this one {content_type}"
    fault = fault_of(caller, caller.post(caller.written("Heartbeat"), **{"Content-Type": content_type}))
    assert fault == Fault(415, "Sender", "ProtocolError", reason)


def test_a_message_that_is_too_large(caller):
    large = b" " * (1024 * 1024) + caller.written("Heartbeat")
    reason = "a message has at most 1048576 bytes"
    assert fault_of(caller, caller.post(large)) == Fault(413, "Sender", "ProtocolError", reason)


def test_chunks_without_an_end_are_cut_off(caller):
    """Nobody says beforehand how long it will be."""
    head = f"POST {caller.path} HTTP/1.1\r\nHost: x\r\nContent-Type: {SOAP}\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", caller.server.port), timeout=LONGEST_SECONDS) as line:
        line.sendall(head.encode() + piece * 17)
        response = http.client.HTTPResponse(line)
        response.begin()
        assert caller.understood("Heartbeat", response.status, response.read()).status == 413


@pytest.mark.parametrize("body", [b"", b"{}", b"<", b"\0" * 100, b"a" * 1000, gzip.compress(b"<a/>", mtime=0)])
def test_no_xml_at_all(caller, body):
    fault = fault_of(caller, caller.post(body))
    assert (fault.status, fault.code, fault.subcode) == (400, "Sender", "ProtocolError")
    assert fault.reason.startswith("the document is not well-formed XML: ")


def test_a_truncated_body(caller):
    fault = fault_of(caller, caller.post(caller.written("Heartbeat")[:-30]))
    assert (fault.status, fault.code, fault.subcode) == (400, "Sender", "ProtocolError")


def test_a_body_that_is_whole_before_its_time(caller):
    """A station that miscounts and ends."""
    body = caller.written("Heartbeat")
    head = f"POST {caller.path} HTTP/1.1\r\nHost: x\r\nContent-Type: {SOAP}\r\nContent-Length: {len(body) + 10}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", caller.server.port), timeout=LONGEST_SECONDS) as line:
        line.sendall(head.encode() + body)
        line.shutdown(socket.SHUT_WR)
        response = http.client.HTTPResponse(line)
        response.begin()
        assert "currentTime" in caller.understood("Heartbeat", response.status, response.read())


def test_soap_11(caller):
    old = b"http://schemas.xmlsoap.org/soap/envelope/"
    body = caller.written("Heartbeat").replace(b"http://www.w3.org/2003/05/soap-envelope", old)
    fault = fault_of(caller, caller.post(body))
    assert fault == Fault(500, "VersionMismatch", None, "this is SOAP 1.1; OCPP is spoken in SOAP 1.2")


def test_the_message_of_another_version(caller):
    body = caller.written("Heartbeat").replace(b"2012/06", b"2015/10")
    fault = fault_of(caller, caller.post(body))
    assert (fault.status, fault.subcode) == (400, "ProtocolError")


def test_a_message_that_there_is_not(caller, transaction, station):
    body = caller.written("Heartbeat").replace(b"heartbeatRequest", b"heartfeltRequest")
    fault = fault_of(caller, caller.post(body))
    assert fault == Fault(501, "Receiver", "NotSupported", "CentralSystemService has no message 'heartfeltRequest'")
    [taken, answered] = logged(transaction, station, 2)
    assert (taken.kind, taken.reason) == (MessageKind.INVALID, fault.reason)
    assert (answered.kind, answered.direction) == (MessageKind.ERROR, Direction.OUT)


def test_a_value_that_cannot_be_meant(caller, tag):
    fault = caller.tell("StartTransaction", connectorId=1, idTag=tag, meterStart=0, timestamp="yesterday")
    reason = "timestamp: 'yesterday' is not a time such as 2026-11-22T10:00:00Z"
    assert fault == Fault(400, "Sender", "ProtocolError", reason)


def test_billion_laughs(caller):
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "ha">{entities}]>'.encode()
    body = caller.written("Heartbeat").replace(b"<?xml version='1.0' encoding='UTF-8'?>", bomb)
    began = time.monotonic()
    fault = fault_of(caller, caller.post(body))
    assert (fault.status, fault.code, fault.subcode) == (400, "Sender", "ProtocolError")
    assert time.monotonic() - began < LONGEST_SECONDS / 2


def logged(transaction, station, count):
    def rows():
        with transaction() as db:
            return db.scalars(select(Message).filter_by(station_id=station.id).order_by(Message.at, Message.id)).all()

    wait_until(lambda: len(rows()) >= count)
    return rows()


def test_messages_stand_in_the_log_as_they_were_sent(caller, transaction, station):
    body = caller.written("Heartbeat")
    _, _, answer = caller.post(body)
    [taken, answered] = logged(transaction, station, 2)
    number = header_of(body, "MessageID").removeprefix("urn:uuid:")
    assert (taken.direction, taken.kind, taken.action, taken.unique_id) == (
        Direction.IN,
        MessageKind.CALL,
        "Heartbeat",
        number,
    )
    assert (taken.frame, taken.reason) == (body.decode(), None)
    assert (answered.direction, answered.kind, answered.frame) == (Direction.OUT, MessageKind.RESULT, answer.decode())


def test_a_long_number_of_a_message_does_not_lose_the_log(caller, transaction, station):
    body = caller.written("Heartbeat").replace(b"<wsa:MessageID>", b"<wsa:MessageID>" + b"9" * 1000)
    assert caller.post(body)[0] == 200
    [taken, _] = logged(transaction, station, 2)
    assert taken.unique_id == "9" * LONGEST_UNIQUE_ID


def test_what_was_mended_is_noted(caller, transaction, station):
    body = caller.written("Authorize", idTag="x").replace(b"<ns0:idTag>x", b"<ns0:more>1</ns0:more><ns0:idTag>x")
    assert "idTagInfo" in caller.understood("Authorize", *caller.post(body)[::2])
    [taken, _] = logged(transaction, station, 2)
    assert taken.reason == "more '1': left out: there is no such field"


def test_a_look_with_a_browser(caller):
    connection = http.client.HTTPConnection("127.0.0.1", caller.server.port, timeout=LONGEST_SECONDS)
    connection.request("GET", caller.path)
    response = connection.getresponse()
    assert (response.status, response.headers["Allow"]) == (405, "POST, GET, OPTIONS")
    assert b"?wsdl" in response.read()
    connection.close()


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "wsdl="])
def test_a_client_made_from_our_own_description(caller, query):
    """It calls the address under which it asked."""
    url = f"http://127.0.0.1:{caller.server.port}{caller.path}"
    client = zeep.Client(f"{url}?{query}", transport=Transport(timeout=LONGEST_SECONDS))
    assert client.service._binding_options["address"] == url
    with client.settings(strict=True):
        answer = client.service.Heartbeat(_soapheaders={"ChargeBoxIdentity": caller.charge_box_id})
    assert answer.body.currentTime.tzinfo is not None if hasattr(answer, "body") else answer.tzinfo is not None
