"""What drivers do at one outlet: come, plug in, show a tag, charge, leave."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Never, TypeVar

from ocpp.v16.enums import ChargePointStatus, ConfigurationKey, ReadingContext, Reason

from simulator import messages
from simulator.charging_curve import ChargingCurve
from simulator.life import Life
from simulator.outlet import Outlet, Transaction
from simulator.station import is_accepted
from simulator.visits import Breakdown, Fault, Visit

SHORTEST_SAMPLE_INTERVAL_SECONDS = 1
ANSWER_SECONDS = 10
"""How long a station that is online waits for an answer before it goes on without."""

Waited = TypeVar("Waited")


class OutletLife:
    """Simulated times are divided by the life's speed, and so are the batteries."""

    def __init__(self, life: Life, outlet: Outlet, happenings: Iterator[Visit | Breakdown]) -> None:
        self._life = life
        self._station = life.station
        self._outlet = outlet
        self._happenings = happenings

    async def run(self) -> Never:
        while True:
            happening = next(self._happenings)
            id_token = await self._first(self._outlet.remote_starts.get(), happening.wait_seconds)
            if not (self._outlet.is_free if id_token is None else self._outlet.is_open_to(id_token)):
                continue
            if id_token is not None:
                await self._serve(self._visit_from(happening), (id_token,), remote=True)
            elif isinstance(happening, Visit):
                await self._serve(happening, happening.id_tokens)
            else:
                await self._break_down(happening.fault)

    def _visit_from(self, happening: Visit | Breakdown) -> Visit:
        while not isinstance(happening, Visit):
            happening = next(self._happenings)
        return happening

    async def _serve(self, visit: Visit, id_tokens: tuple[str, ...], remote: bool = False) -> None:
        await self._show(ChargePointStatus.preparing)
        await self._pause(visit.handling_seconds)
        ended_by = None
        for id_token in id_tokens:
            if await self._authorise(id_token, remote):
                ended_by = await self._charge(visit, id_token)
                break
            await self._pause(visit.handling_seconds)
        if visit.fault and ended_by == visit.reason:
            await self._break_down(visit.fault)
        else:
            await self._show(self._outlet.idle_status)

    async def _authorise(self, id_token: str, remote: bool) -> bool:
        """A remote start may be trusted without asking again (OCPP 1.6, 5.11)."""
        asks = not remote or self._station.configuration.is_on(ConfigurationKey.authorize_remote_tx_requests)
        return not asks or await self._life.authorise(id_token)

    async def _break_down(self, fault: Fault) -> None:
        self._life.tally.fault()
        await self._life.show(self._outlet.number, ChargePointStatus.faulted, fault.error_code)
        await self._pause(fault.repair_seconds)
        await self._show(self._outlet.idle_status)

    async def _charge(self, visit: Visit, id_token: str) -> Reason:
        charge = Charge(self._outlet, visit.curve.shrunk(self._life.speed), self._limit_w)
        reason = Reason.power_loss
        transaction, started = self._begin(id_token)
        try:
            await self._heard(started)
            await self._show(ChargePointStatus.charging)
            reason = await self._draw(charge, visit)
        finally:
            # Also when the simulator ends: then the station's power goes.
            charge.meter()
            stopped = self._end(transaction, reason)
        await self._heard(stopped)
        if reason not in (Reason.ev_disconnected, Reason.other):
            await self._show(ChargePointStatus.finishing)
            await self._pause(visit.handling_seconds)
        return reason

    async def _draw(self, charge: "Charge", visit: Visit) -> Reason:
        """Let the car charge, and tell the meter, until somebody or something ends it."""
        leaves_after = visit.stay_seconds / self._life.speed
        sample_due = self._sample_interval_seconds()
        while True:
            due = min(sample_due, leaves_after)
            if self._outlet.status == ChargePointStatus.charging:
                due = min(due, charge.seconds + charge.seconds_until_full)
            reason = await _within(due - charge.seconds, self._outlet.stop_requests.get())
            charge.meter()
            if reason or charge.seconds >= leaves_after:
                return reason or visit.reason
            if (status := charge.status) != self._outlet.status:
                await self._show(status)
            if charge.seconds >= sample_due:
                self._sample()
                sample_due = charge.seconds + self._sample_interval_seconds()

    def _begin(self, id_token: str) -> tuple[Transaction, asyncio.Future[Any]]:
        transaction = self._outlet.begin(id_token)
        start = messages.start_transaction(self._outlet.number, transaction, messages.now())
        answered = self._life.queue.put(lambda: start, partial(self._started, transaction))
        self._life.tally.begun()
        return transaction, answered

    def _started(self, transaction: Transaction, reply: Any) -> None:
        transaction.id = reply.transaction_id
        self._station.remember(transaction.id_token, reply)
        stops = self._station.configuration.is_on(ConfigurationKey.stop_transaction_on_invalid_id)
        if stops and not is_accepted(reply) and self._outlet.transaction is transaction:
            self._outlet.stop_requests.put_nowait(Reason.de_authorized)

    def _sample(self) -> None:
        transaction = self._outlet.transaction
        value = messages.meter_value(self._outlet, messages.now(), ReadingContext.sample_periodic)
        self._life.queue.put(lambda: messages.meter_values(self._outlet.number, transaction, value))

    def _end(self, transaction: Transaction, reason: Reason) -> asyncio.Future[Any]:
        meter_wh, at = self._outlet.meter_wh, messages.now()
        # The driver who ends it at the station shows the tag again (OCPP 1.6, 4.10).
        id_token = transaction.id_token if reason == Reason.local else None
        self._station.end(self._outlet.number)
        self._life.tally.ended()
        return self._life.queue.put(lambda: messages.stop_transaction(transaction.id, meter_wh, at, reason, id_token))

    def _limit_w(self) -> float | None:
        return self._station.limit_w(self._outlet.number)

    def _sample_interval_seconds(self) -> float:
        told = self._station.configuration.number(ConfigurationKey.meter_value_sample_interval)
        if told == 0:
            return float("inf")
        return max(told / self._life.speed, SHORTEST_SAMPLE_INTERVAL_SECONDS)

    async def _heard(self, answered: asyncio.Future[Any]) -> None:
        """Let the answer come before the next status is told, but not when that may take long."""
        if self._life.is_online:
            await asyncio.wait({answered}, timeout=ANSWER_SECONDS)

    async def _show(self, status: ChargePointStatus) -> None:
        await self._life.show(self._outlet.number, status)

    async def _pause(self, simulated_seconds: float) -> None:
        await asyncio.sleep(simulated_seconds / self._life.speed)

    async def _first(self, awaited: Awaitable[Waited], simulated_seconds: float) -> Waited | None:
        return await _within(simulated_seconds / self._life.speed, awaited)


class Charge:
    """A car that draws power from an outlet since now, in real seconds, and no more than the outlet may give."""

    def __init__(self, outlet: Outlet, curve: ChargingCurve, limit_w: Callable[[], float | None]) -> None:
        self._curve = curve
        self._outlet = outlet
        self._limit_w = limit_w
        self._register_at_start_wh = outlet.register_wh
        self._clock = asyncio.get_running_loop().time
        self._began = self._metered = self._clock()
        self._on_curve = 0.0
        """How far along its curve the car is: while it is held back it stays behind."""

    @property
    def seconds(self) -> float:
        return self._clock() - self._began

    @property
    def seconds_until_full(self) -> float:
        """At least; a car that is held back takes longer, and is asked again now and then."""
        left = self._curve.seconds_until_full - self._on_curve
        return left if self._limit_w() is None else max(left, SHORTEST_SAMPLE_INTERVAL_SECONDS)

    @property
    def status(self) -> ChargePointStatus:
        if self._on_curve >= self._curve.seconds_until_full:
            return ChargePointStatus.suspended_ev
        return ChargePointStatus.suspended_evse if self._limit_w() == 0 else ChargePointStatus.charging

    def meter(self) -> None:
        """Let the outlet's meter show what the car took until now."""
        limit_w, now = self._limit_w(), self._clock()
        self._on_curve = self._curve.after(self._on_curve, now - self._metered, limit_w)
        self._metered = now
        power_w = self._curve.power_w(self._on_curve)
        self._outlet.register_wh = self._register_at_start_wh + self._curve.energy_wh(self._on_curve)
        self._outlet.power_w = power_w if limit_w is None else min(power_w, limit_w)
        self._outlet.soc = self._curve.soc(self._on_curve)


async def _within(seconds: float, awaited: Awaitable[Waited]) -> Waited | None:
    try:
        async with asyncio.timeout(seconds):
            return await awaited
    except TimeoutError:
        return None
