"""Every frame is in the message log, in order, with its reason and without its secrets; and the log holds up nobody."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from domain.models import Direction, Message, MessageKind, Station
from tests.waiting import wait_until

IN, OUT = Direction.IN, Direction.OUT
CALL, RESULT, ERROR, INVALID = MessageKind.CALL, MessageKind.RESULT, MessageKind.ERROR, MessageKind.INVALID


@pytest.fixture
def logged(transaction, station: Station) -> Callable[[int], list[tuple]]:
    """The station's messages in order, once there are so many."""

    def read() -> list[tuple]:
        columns = (Message.direction, Message.kind, Message.action, Message.unique_id, Message.frame, Message.reason)
        with transaction() as db:
            found = select(*columns).where(Message.station_id == station.id).order_by(Message.at, Message.id)
            return [tuple(row) for row in db.execute(found)]

    def wait(number: int) -> list[tuple]:
        wait_until(lambda: len(read()) >= number)
        return read()

    return wait


def test_a_call_and_its_answer(engine_server, station, logged):
    with engine_server.connect(station.charge_box_id) as wire:
        wire.exchange('[2,"one","Heartbeat", {}]')
    call, answer = logged(2)
    assert call == (IN, CALL, "Heartbeat", "one", '[2,"one","Heartbeat", {}]', None)
    assert answer[:4] == (OUT, RESULT, "Heartbeat", "one")
    assert answer[4].startswith('[3,"one",{"currentTime":"')
