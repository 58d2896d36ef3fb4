"""More than 20,000 frames at the real engine: each call is answered once, nothing fails, no line is lost, memory stays.

Most go through the conversation with the real group commit and the real database, some thousands over real sockets.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import gevent
import orjson
import psutil
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from domain import clock
from domain.db import session_factory
from domain.stations import Connection
from engine import dispatch, schemas
from engine.acting import Acting
from engine.conversation import Conversation
from engine.group_commit import GroupCommit
from engine.ocpp16.routes import ROUTES
from engine.rpc import ErrorCode
from tests.engine.conftest import ANSWER_SECONDS, EngineServer, Wire, make_station, running
from tests.engine.frames import SPOILING, Frame, calls, spoilt
from tests.engine.hand_made_frames import HAND_MADE

IN_PROCESS = 1300
OVER_SOCKETS = 250
"""So many calls; each is sent once as it is and once spoilt in each way."""
FAMILY = 1 + len(SPOILING)
ROUNDS = 2
"""Over the sockets: the second one may need no more memory."""
MOST_GROWTH_BYTES = 8 * 1024 * 1024

seeds = st.integers(0, 2**32)
CODES = {str(code) for code in ErrorCode} - {ErrorCode.INTERNAL_ERROR}


def generated(examples: int) -> Callable:
    """The same frames in each run."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@cache
def check_of_answer(action: str) -> Callable:
    return schemas.check("v16", f"{action}Response")


def is_answer(frame: Frame) -> bool:
    """Whether a frame that can be read answers something; then nobody answers it."""
    try:
        message = orjson.loads(frame)
    except orjson.JSONDecodeError:
        return False
    return isinstance(frame, str) and isinstance(message, list) and message != [] and message[0] in (3, 4)


def judge(frame: Frame, reply: str | None) -> None:
    """The reply is one that OCPP has, to this very call."""
    if is_answer(frame):
        assert reply is None
        return
    answer = json.loads(reply)
    if answer[0] == 3:
        _, unique_id, action, _ = json.loads(frame)
        assert [3, unique_id.rstrip("\0"), answer[2]] == answer
        check_of_answer(action.rstrip("\0"))(answer[2])
    else:
        assert answer == [4, answer[1], answer[2], answer[3], {}]
        assert answer[2] in CODES
        assert 0 < len(answer[3]) <= 255


@contextmanager
def quiet_log() -> Iterator[None]:
    """Fails for whatever is logged as worse than worth knowing; keeps nothing else."""
    worse = []

    def look(_logger: object, level: str, entry: dict[str, object]) -> dict[str, object]:
        if level not in ("debug", "info"):
            worse.append(entry)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[look])
    try:
        yield
    finally:
        structlog.configure(**before)
    assert worse == []


class Nobody:
    """Asks nothing of a station."""

    def hear(self, answer: object) -> tuple[None, None]:
        return None, None


@pytest.fixture
def conversations(db, transaction):
    """One for each frame of a family, so that they are stored together."""
    writer = GroupCommit(session_factory().begin, dispatch.apply)
    stations = [make_station(transaction, f"fuzz-{number}") for number in range(FAMILY)]
    return [Conversation(Acting(Connection(station.id, 1), ROUTES, writer.submit), Nobody()) for station in stations]


def test_no_frame_breaks_a_conversation(conversations):
    def take(conversation, frame):
        return conversation.take(frame, clock.now()).reply

    @generated(IN_PROCESS)
    @given(calls, seeds)
    def play(call, seed):
        frames = list(spoilt(call, seed))
        first = conversations[0].take(frames[0], clock.now())
        assert json.loads(first.reply)[:2] == [3, call[1]], first.reply
        taking = [gevent.spawn(take, *pair) for pair in zip(conversations, frames, strict=True)]
        gevent.joinall(taking, raise_error=True)
        for frame, taken in zip(frames, taking, strict=True):
            judge(frame, taken.value)

    with quiet_log():
        play()
        for frame in HAND_MADE:
            judge(frame, take(conversations[0], frame))


def frames_to_send() -> list[Frame]:
    frames: list[Frame] = []

    @generated(OVER_SOCKETS)
    @given(calls, seeds)
    def collect(call, seed):
        frames.extend(frame for frame in spoilt(call, seed) if is_sendable(frame))

    collect()
    return [*frames, *(frame for frame in HAND_MADE if is_sendable(frame))]


def is_sendable(frame: Frame) -> bool:
    """As text of a WebSocket, which has no lone surrogates."""
    return isinstance(frame, bytes) or "\ud800" not in frame


def send_all(wire: Wire, frames: list[Frame]) -> None:
    """One after the other, without a wait between; a call at the end tells that all were taken."""
    for begin in range(0, len(frames), 50):
        part = frames[begin : begin + 50]
        for frame in part:
            wire.socket.send(frame)
        for frame in part:
            if not is_answer(frame):
                judge(frame, wire.socket.recv(timeout=ANSWER_SECONDS))
    assert wire.ask(2, "end", "Heartbeat", {})[:2] == [3, "end"]


def resident_bytes(server: EngineServer) -> int:
    """Of all its processes; the shared pages are counted in each, which is the same each time."""
    arbiter = psutil.Process(server.pid)
    return sum(process.memory_info().rss for process in (arbiter, *arbiter.children(recursive=True)))


def test_no_frame_breaks_a_line(db, valkey, transaction, capfd):
    station = make_station(transaction, "fuzz-line")
    frames = frames_to_send()
    with running(LOG_LEVEL="INFO") as server, server.connect(station.charge_box_id) as wire:
        send_all(wire, frames)
        before = resident_bytes(server)
        send_all(wire, frames)
        assert resident_bytes(server) - before < MOST_GROWTH_BYTES

    logged = "".join(capfd.readouterr())
    assert "a message was refused" in logged
    assert "Traceback" not in logged
    assert [line for line in logged.splitlines() if "level='error'" in line or "level='warning'" in line] == []


def test_enough_frames_are_tried(conversations):
    assert (IN_PROCESS + OVER_SOCKETS * ROUNDS) * FAMILY + len(HAND_MADE) > 20_000


BROKEN = {
    "no UTF-8": (b'[2,"a","Heartbeat",{}]\xff', 1007),
    "a lone surrogate": (b'[2,"\xed\xa0\x80","Heartbeat",{}]', 1007),
    "a character cut off": (b'[2,"\xc3', 1007),
}


@pytest.mark.parametrize(("frame", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_text_ends_the_line_and_the_station_comes_back(engine_server, station, frame, code):
    with engine_server.connect(station.charge_box_id) as wire:
        wire.socket.send(frame, text=True)
        assert wire.closing()[0] == code
        with pytest.raises(ConnectionClosed):
            wire.socket.send("[]")
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "a", "Heartbeat", {})[:2] == [3, "a"]
