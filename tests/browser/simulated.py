"""A simulated station that lives beside a browser test, with a car at each outlet that waits to be allowed."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus

from simulator.station import Station

_loops: dict[str, asyncio.AbstractEventLoop] = {}


def report(station: Station, number: int, status: ChargePointStatus, error: ChargePointErrorCode) -> None:
    """Have a living station tell of something that happened to it."""
    told = station.report(number, status, error)
    asyncio.run_coroutine_threadsafe(told, _loops[station.charge_box_id]).result(30)


@contextmanager
def living(station: Station) -> Iterator[Station]:
    """Connected, booted and free; it starts and stops charges as it is told from afar."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    _loops[station.charge_box_id] = loop
    asyncio.run_coroutine_threadsafe(_open(station), loop).result(30)
    charging = [asyncio.run_coroutine_threadsafe(_charge(station, number), loop) for number in station.outlets]
    try:
        yield station
    finally:
        del _loops[station.charge_box_id]
        died = [task.exception() for task in charging if task.done()]
        for task in charging:
            task.cancel()
        with suppress(Exception):
            asyncio.run_coroutine_threadsafe(station.close(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
        if died:  # Else a test would only wait in vain for what it should have done.
            raise RuntimeError("the car at an outlet was gone before its time") from died[0]


async def _open(station: Station) -> None:
    await station.connect()
    await station.boot()
    for number in station.outlets:
        await station.report(number, ChargePointStatus.available)


async def _charge(station: Station, number: int) -> None:
    outlet = station.outlets[number]
    while True:
        id_token = await outlet.remote_starts.get()
        await station.report(number, ChargePointStatus.preparing)
        await station.start(number, id_token)
        await station.report(number, ChargePointStatus.charging)
        await station.meter_values(number)
        reason = await outlet.stop_requests.get()
        outlet.register_wh += 1500
        await station.stop(number, reason=reason)
        await station.report(number, ChargePointStatus.available)
