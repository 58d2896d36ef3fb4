"""Two hundred stations at the same moment, and a database that lets each process have five connections."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
import pytest
from sqlalchemy import func, select
from websockets.asyncio.client import ClientConnection, connect

from domain.models import ChargingSession, IdToken, Outlet, OutletMode, Site, Station
from tests.engine.conftest import ANSWER_SECONDS, PROTOCOL, running
from tests.engine.test_conversation import HOUR, at

STATIONS = 200
NAMES = [f"crowd-{number}" for number in range(STATIONS)]

Answer = list[object]


@pytest.fixture
def crowd(db, valkey):
    """As many stations, all of them new, with an outlet and a tag each."""
    site = Site(name="Stadium")
    db.add(site)
    db.flush()
    stations = [Station(site_id=site.id, name=name, charge_box_id=name) for name in NAMES]
    db.add_all([*stations, *(IdToken(token=name) for name in NAMES)])
    db.flush()
    db.add_all(Outlet(station_id=station.id, number=1, mode=OutletMode.RFID) for station in stations)
    db.commit()
    return db


async def answer_to(socket: ClientConnection, unique_id: str) -> Answer:
    """The answer to a call; what is asked of the station meanwhile is refused."""
    while True:
        message = orjson.loads(await socket.recv())
        if message[0] != 2:
            assert message[1] == unique_id
            return message
        await socket.send(orjson.dumps([4, message[1], "NotSupported", "", {}]).decode())


async def all_at_once(url: Callable[[str], str], *calls: Callable[[str], Answer]) -> list[list[Answer]]:
    """All connect; then all send the first call in the same moment, then all the second; the answers to each."""
    sockets = await gather(connect(url(name), subprotocols=[PROTOCOL], open_timeout=ANSWER_SECONDS) for name in NAMES)
    answers = []
    for call in calls:
        await gather(
            socket.send(orjson.dumps(call(name)).decode()) for socket, name in zip(sockets, NAMES, strict=True)
        )
        answers.append(
            await gather(answer_to(socket, str(call(name)[1])) for socket, name in zip(sockets, NAMES, strict=True))
        )
    await gather(socket.close() for socket in sockets)
    return answers


async def gather(awaitables) -> list:
    async def soon(awaitable: Awaitable):
        return await awaitable

    async with asyncio.timeout(60):
        return await asyncio.gather(*map(soon, awaitables))


def boot(name: str) -> Answer:
    return [2, f"boot {name}", "BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"}]


def start(name: str) -> Answer:
    told = {"connectorId": 1, "idTag": name, "meterStart": 0, "timestamp": at(0)}
    return [2, f"start {name}", "StartTransaction", told]


def test_two_hundred_boots_and_starts_at_once(crowd):
    with running(DATABASE_CONNECTIONS="5") as server:
        boots, starts, repeated = asyncio.run(all_at_once(server.url, boot, start, start))

    assert [(kind, told["status"]) for kind, _, told in boots] == [(3, "Accepted")] * STATIONS
    assert [(kind, told["idTagInfo"]) for kind, _, told in starts] == [(3, {"status": "Accepted"})] * STATIONS
    assert repeated == starts
    numbers = [told["transactionId"] for _, _, told in starts]
    rows = crowd.scalars(select(ChargingSession).where(ChargingSession.started_at == HOUR)).all()
    assert {row.id_token: row.id for row in rows} == dict(zip(NAMES, numbers, strict=True))
    assert crowd.scalar(select(func.count()).where(Station.booted_at.is_not(None))) == STATIONS


def test_boots_and_starts_at_once_at_one_site(crowd):
    """Half of them boot while the others start: neither waits for the other."""

    def half(name: str) -> Answer:
        return boot(name) if NAMES.index(name) % 2 else start(name)

    with running(DATABASE_CONNECTIONS="5") as server:
        [answers] = asyncio.run(all_at_once(server.url, half))
    assert [kind for kind, _, _ in answers] == [3] * STATIONS
    assert crowd.scalar(select(func.count(ChargingSession.id))) == STATIONS // 2
