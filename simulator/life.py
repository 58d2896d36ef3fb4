"""A station's life: it connects, boots, beats, delivers, loses its line and comes back."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any, Never

from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus, ConfigurationKey, Reason, ResetType

from simulator.errors import REFUSALS, LineLost, NoLine
from simulator.station import Station, is_accepted
from simulator.tally import Tally
from simulator.transaction_queue import TransactionQueue
from simulator.visits import DAY

FIRST_RETRY_SECONDS = 1
LONGEST_RETRY_SECONDS = 60
BOOT_RETRY_SECONDS = 30
"""When the central system does not say when to boot again."""
SHUTDOWN_SECONDS = 1
"""How long a station that is told to reset softly goes on, to end its transactions."""
FAREWELL_SECONDS = 1
"""How long a station whose power goes may still deliver what it has to say."""
OUTAGE_SECONDS = (30, 1800)
"""Shortest and longest time without a line, simulated."""


class Life:
    """Times marked simulated are divided by `speed`; those of the line are real."""

    def __init__(self, station: Station, random: Random, tally: Tally, *, speed: float, outages_per_day: float) -> None:
        self.station = station
        self.tally = tally
        self.speed = speed
        self._random = random
        self._outages_per_day = outages_per_day
        self._outage_seconds = 0.0
        self._failed_attempts = 0
        self._in_service = asyncio.Event()
        self._is_over = False
        self.queue = TransactionQueue(station.call, station.configuration, partial(tally.error, station.charge_box_id))

    @property
    def is_online(self) -> bool:
        return self.station.is_connected and self.station.registered

    async def run(self, drivers: Iterable[Callable[[], Coroutine[Any, Any, Never]]]) -> None:
        """Until cancelled; running charges are then stopped, and told if the line still carries it.

        Drivers find the station in service once it was accepted for the first time (OCPP 1.6, 4.2.1).
        """
        async with asyncio.TaskGroup() as group:
            line = group.create_task(self._stay_connected())
            try:
                await self._in_service.wait()
                async with asyncio.TaskGroup() as outlets:
                    for come_and_go in drivers:
                        outlets.create_task(come_and_go())
            finally:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.queue.emptied(), FAREWELL_SECONDS if self.is_online else 0)
                # A group of tasks that is cancelled while one of them fails forgets that it was (Python before 3.13):
                # when the line is lost in this moment, the flag alone ends it.
                self._is_over = True
                line.cancel()

    async def attempt(self, reply: Awaitable[Any]) -> Any | None:
        """The reply, or None when it did not come; the reason is counted."""
        try:
            return await reply
        except LineLost:
            return None
        except REFUSALS as error:
            self.tally.error(self.station.charge_box_id, error)
            return None

    async def show(
        self,
        outlet: int,
        status: ChargePointStatus,
        error_code: ChargePointErrorCode = ChargePointErrorCode.no_error,
    ) -> None:
        """Change an outlet's status and tell it; what cannot be told now is told with the next line."""
        changed = self.station.outlets[outlet]
        changed.status, changed.error_code = status, error_code
        if self.is_online:
            await self.attempt(self.station.report(outlet))

    async def authorise(self, id_token: str) -> bool:
        """Ask the central system; or the station itself, before where it may and while nobody can be asked (3.5)."""
        known = self.station.local_list.accepts(id_token)
        if known and self.station.configuration.is_on(ConfigurationKey.local_pre_authorize):
            return True
        if self.is_online:
            reply = await self.attempt(self.station.authorize(id_token))
            if reply is not None:
                return is_accepted(reply)
        # The list goes before the cache (3.5.3).
        if known is not None:
            return known and self.station.configuration.is_on(ConfigurationKey.local_authorize_offline)
        return id_token in self.station.authorization_cache

    async def _stay_connected(self) -> None:
        try:
            while not self._is_over:
                await asyncio.sleep(self._retry_seconds())
                try:
                    await self.station.connect()
                except NoLine as error:
                    self._failed_attempts += 1
                    self.tally.error(self.station.charge_box_id, error)
                else:
                    await self._use_line()
        finally:
            await self.station.close()

    def _retry_seconds(self) -> float:
        """At once after an outage of its own; else half a second to a second, doubled after each failure
        up to a minute, of which half is chance, so that stations that lost the line together do not come
        back together."""
        if self._outage_seconds:
            seconds, self._outage_seconds = self._outage_seconds, 0.0
            return seconds
        if self._failed_attempts == 0:
            return 0
        doubled = FIRST_RETRY_SECONDS << (self._failed_attempts - 1)
        longest = min(doubled, LONGEST_RETRY_SECONDS)
        return longest * self._random.uniform(0.5, 1)

    async def _use_line(self) -> None:
        self.tally.line_up()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.station.lost())
                group.create_task(self._speak())
        except* LineLost:
            self._failed_attempts += 1
        finally:
            self.tally.line_down()

    async def _speak(self) -> None:
        await self._register()
        self._failed_attempts = 0
        for connector in self.station.connectors.values():
            if not connector.is_reported:
                await self.attempt(self.station.report(connector.number))
        self._in_service.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.queue.deliver())
            group.create_task(self._beat())
            group.create_task(self._obey_resets())
            group.create_task(self._lose_line())

    async def _register(self) -> None:
        """Boot until accepted, and say nothing else before (OCPP 1.6, 4.2 and 4.2.1).

        A station that only lost its line does not boot again; it tells what changed meanwhile (4.9).
        """
        while not self.station.registered:
            reply = await self.attempt(self.station.boot())
            if not self.station.registered:
                await asyncio.sleep(reply.interval if reply and reply.interval > 0 else BOOT_RETRY_SECONDS)

    async def _beat(self) -> Never:
        while True:
            await asyncio.sleep(self.station.configuration.number(ConfigurationKey.heartbeat_interval) or DAY)
            await self.attempt(self.station.heartbeat())

    async def _obey_resets(self) -> None:
        """Stop what runs, then boot anew (OCPP 1.6, 5.14); after a hard reset the stops are told when it is back."""
        kind = await self.station.resets.get()
        reason = Reason.soft_reset if kind == ResetType.soft else Reason.hard_reset
        for outlet in self.station.outlets.values():
            outlet.stop_requests.put_nowait(reason)
        if kind == ResetType.soft:
            await asyncio.sleep(SHUTDOWN_SECONDS)
        self.station.power_cycle()

    async def _lose_line(self) -> None:
        if self._outages_per_day <= 0:
            return
        await asyncio.sleep(self._random.expovariate(self._outages_per_day) * DAY / self.speed)
        self._outage_seconds = self._random.uniform(*OUTAGE_SECONDS) / self.speed
        self.station.kill()
