"""Some thousand messages at the running engine, right ones and spoilt ones: each gets an envelope, nothing fails."""

import http.client
import random
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.transports.soap import FAILED
from ocpp_soap import client
from ocpp_soap.kinds import Operation, Version
from ocpp_soap.versions import VERSIONS
from tests.engine.conftest import make_station, running
from tests.engine.soap.caller import PATHS
from tests.engine.test_fuzz import MOST_GROWTH_BYTES, resident_bytes
from tests.ocpp_soap.messages import generated, payloads
from tests.waiting import LONGEST_SECONDS

MESSAGES = 250
"""Each is sent as it is and once spoilt in each way."""
STATUSES = {200, 400, 500, 501}
ANSWERED = {200, 400}
"""What a message gets that is as the version has it; a time or a number may still be none that can be meant."""

Message = tuple[Version, Operation, bytes]


def cut(body: bytes, rng: random.Random) -> bytes:
    return body[: rng.randrange(len(body))]


def leave_out(body: bytes, rng: random.Random) -> bytes:
    begin = rng.randrange(len(body))
    return body[:begin] + body[begin + rng.randrange(1, 40) :]


def change_byte(body: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(body))
    return body[:place] + bytes([rng.randrange(256)]) + body[place + 1 :]


def repeat(body: bytes, rng: random.Random) -> bytes:
    begin = rng.randrange(len(body))
    end = min(len(body), begin + rng.randrange(1, 200))
    return body[:end] + body[begin:end] + body[end:]


def put_in(body: bytes, rng: random.Random) -> bytes:
    """Something at the end of a random tag."""
    place = rng.choice([at for at, byte in enumerate(body) if byte == ord(">")]) + 1
    return body[:place] + rng.choice(PIECES) + body[place:]


PIECES = (
    b"&#0;",
    b"&nothing;",
    b"<![CDATA[ ]]>",
    b"<!-- -->",
    b"<?go on?>",
    b"<x:y/>",
    b"<y xmlns='urn:y'>" + b"z" * 5000 + b"</y>",
    b"<a>" * 300 + b"</a>" * 300,
    b"\xff\xfe",
    b"99999999999999999999999999",
    "\u202e😀".encode(),
)
SPOILING = (cut, leave_out, change_byte, repeat, put_in)


@cache
def messages(identity: str) -> list[Message]:
    """Of every action of every version, as its types allow."""
    found: list[Message] = []
    actions = [(version, each) for version in VERSIONS.values() for each in version.central_system.operations]

    @generated(MESSAGES)
    @given(st.data(), st.sampled_from(actions))
    def collect(data, action):
        version, operation = action
        payload = data.draw(payloads(operation.request))
        written = client.request(version.central_system, operation, payload, identity, "http://to", "http://192.0.2.1/")
        found.append((version, operation, written.body))

    collect()
    return found


def post(connection: http.client.HTTPConnection, version: Version, body: bytes) -> tuple[int, bytes]:
    connection.request("POST", PATHS[version.protocol], body, {"Content-Type": "application/soap+xml"})
    response = connection.getresponse()
    return response.status, response.read()


def judge(version: Version, operation: Operation, status: int, answer: bytes) -> None:
    """It is the answer to this message, or a fault that is not ours."""
    service = version.central_system
    if status == 200:
        assert b"Envelope" in answer
        return
    with pytest.raises(client.RefusedError) as refused:
        client.answer(service, operation, answer)
    assert refused.value.reason != FAILED


def test_no_message_breaks_the_engine(db, valkey, transaction, capfd):
    station = make_station(transaction, "fuzz-soap")
    rng = random.Random(15)
    right = messages(station.charge_box_id)
    spoilt = [(version, each, spoil(body, rng)) for version, each, body in right for spoil in SPOILING]
    with running(LOG_LEVEL="INFO") as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONGEST_SECONDS)

        def send(some: list[Message], allowed: set[int]) -> None:
            for version, operation, body in some:
                status, answer = post(connection, version, body)
                assert status in allowed, (operation.name, body, answer)
                judge(version, operation, status, answer)

        send(right, ANSWERED)
        send(spoilt, STATUSES)
        before = resident_bytes(server)
        send(spoilt, STATUSES)
        assert resident_bytes(server) - before < MOST_GROWTH_BYTES
        connection.close()

    logged = "".join(capfd.readouterr())
    assert "a message was refused" in logged
    assert "Traceback" not in logged
    assert [line for line in logged.splitlines() if "level='error'" in line or "level='warning'" in line] == []
