"""Bad input at the running engine: a CALLERROR, and the line lives; or the end that RFC 6455 asks for."""

import pytest

from tests.engine.conftest import ANSWER_SECONDS
from tests.engine.test_routes import INVALID
from tests.engine.test_rpc import MALFORMED

MEGABYTE = 1024 * 1024


def lives(wire) -> bool:
    return wire.ask(2, "alive", "Heartbeat", {})[:2] == [3, "alive"]


@pytest.mark.parametrize(("frame", "unique_id"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_frame_is_answered_and_the_line_lives(engine_server, station, frame, unique_id):
    with engine_server.connect(station.charge_box_id) as wire:
        answer = wire.exchange(frame)
        assert answer == [4, unique_id, "FormationViolation", answer[3], {}]
        assert 0 < len(answer[3]) <= 255
        assert lives(wire)


@pytest.mark.parametrize(("action", "payload", "code", "description"), INVALID.values(), ids=INVALID.keys())
def test_an_invalid_payload_is_answered_and_the_line_lives(engine_server, station, action, payload, code, description):
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "bad", action, payload) == [4, "bad", code, description, {}]
        assert lives(wire)


OTHERS = {
    "an unknown action": (
        "StartCharging", {}, "NotImplemented", "StartCharging is no action of OCPP 1.6",
    ),
    "an action that is the other side's": (
        "Reset", {"type": "Soft"}, "NotSupported", "Reset is for the central system to call",
    ),
    "NUL in a text": (
        "Authorize", {"idTag": "a\0b"}, "PropertyConstraintViolation", "idTag: must not contain the character U+0000",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("action", "payload", "code", "description"), OTHERS.values(), ids=OTHERS.keys())
def test_what_else_is_refused(engine_server, station, action, payload, code, description):
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "bad", action, payload) == [4, "bad", code, description, {}]
        assert lives(wire)


def test_answers_to_no_question_are_ignored(engine_server, station):
    with engine_server.connect(station.charge_box_id) as wire:
        for frame in ('[3,"a",{}]', '[4,"a","GenericError","",{}]', "[3]"):
            wire.socket.send(frame)
        assert lives(wire)


def frame_of(size: int) -> str:
    """A call of so many bytes."""
    head, tail = '[2,"big","DataTransfer",{"vendorId":"v","data":"', '"}]'
    return head + "x" * (size - len(head) - len(tail)) + tail


def test_a_megabyte_passes_and_one_byte_more_ends_the_line(engine_server, station):
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.exchange(frame_of(MEGABYTE)) == [3, "big", {"status": "UnknownVendorId"}]
        wire.socket.send(frame_of(MEGABYTE + 1))
        assert wire.closing() == (1009, "a message has at most 1048576 bytes")


def test_a_message_in_fragments_is_one_message(engine_server, station):
    frame = '[2,"ø","DataTransfer",{"vendorId":"æøå"}]'
    with engine_server.connect(station.charge_box_id) as wire:
        wire.socket.send(iter([frame[:5], frame[5:30], frame[30:]]))
        assert wire.receive() == [3, "ø", {"status": "UnknownVendorId"}]


def test_fragments_that_are_too_large_together_end_the_line(engine_server, station):
    frame = frame_of(MEGABYTE + 1)
    with engine_server.connect(station.charge_box_id) as wire:
        wire.socket.send(frame[begin : begin + 100_000] for begin in range(0, len(frame), 100_000))
        assert wire.closing() == (1009, "a message has at most 1048576 bytes")


def test_invalid_utf_8_ends_the_line_as_the_websocket_protocol_asks(engine_server, station):
    with engine_server.connect(station.charge_box_id) as wire:
        wire.socket.send(b'[2,"a","Heartbeat",{}]\xff', text=True)
        code, _ = wire.closing()
        assert code == 1007


def test_a_ping_is_answered(engine_server, station):
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.socket.ping().wait(ANSWER_SECONDS)


def test_calls_sent_without_waiting_are_answered_in_order(engine_server, station):
    with engine_server.connect(station.charge_box_id) as wire:
        for number in range(100):
            wire.send(
                2, str(number), "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
            )
        assert [wire.receive() for _ in range(100)] == [[3, str(number), {}] for number in range(100)]
