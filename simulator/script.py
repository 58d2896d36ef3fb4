"""One scripted charge, step by step, each answer told: `charge-portal simulate --once`.

The charge has the length a real one has: 5 kWh at 11 kW take 28 minutes. `speed` plays it so many
times faster, and as it must neither seem absurdly quick nor lie in the future, it is dated back so that
it ends now: start, samples and stop carry the times at which they would have happened had the car come
earlier. Statuses carry the real time. Energy is exactly what was asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ocpp.v16.enums import ChargePointStatus, Reason, RegistrationStatus

from simulator import messages
from simulator.charging_curve import ChargingCurve
from simulator.errors import REFUSALS, NoAnswer, SimulatorError, reason_of
from simulator.station import Station, is_accepted

SAMPLE_INTERVAL_SECONDS = 60
SMALLEST_BATTERY_WH = 60_000
LARGEST_PART = 0.9
"""Of the battery that the charge may fill."""
TAPERED_PART = 0.1
"""Of the energy that is taken with falling power."""


class NotAccepted(SimulatorError):
    """The central system answered, and the answer was no."""


@dataclass
class ScriptedCharge:
    station: Station
    id_token: str
    say: Callable[[str], None]
    outlet: int = 1
    energy_wh: int = 5000
    speed: float = 60

    async def play(self) -> None:
        """Raises SimulatorError with one sentence when a step was not accepted."""
        async with self.station:
            self.say(f"connected to {self.station.url} as {self.station.charge_box_id}")
            await self._boot()
            await self._show(ChargePointStatus.preparing)
            try:
                await self._authorise()
                await self._charge()
            except NotAccepted:
                await self._show(ChargePointStatus.available)
                raise
            await self._show(ChargePointStatus.available)

    async def _boot(self) -> None:
        reply = await self._step("BootNotification", self.station.boot())
        self._require(reply.status == RegistrationStatus.accepted, "the station", reply.status)
        for connector in self.station.connectors:
            await self._step(f"StatusNotification {connector} Available", self.station.report(connector))

    async def _authorise(self) -> None:
        reply = await self._step("Authorize", self.station.authorize(self.id_token))
        self._require(is_accepted(reply), f"the id token {self.id_token}", reply.id_tag_info["status"])

    async def _charge(self) -> None:
        curve = self._curve()
        whole_seconds = curve.seconds_until_full
        began_at = messages.now() - timedelta(seconds=whole_seconds * (1 - 1 / self.speed))
        reply = await self._step("StartTransaction", self.station.start(self.outlet, self.id_token, at=began_at))
        if not is_accepted(reply):
            await self._stop(began_at, Reason.de_authorized)
            self._require(False, f"the id token {self.id_token}", reply.id_tag_info["status"])
        await self._show(ChargePointStatus.charging)
        await self._draw(curve, began_at)
        await self._show(ChargePointStatus.suspended_ev)
        await self._stop(began_at + timedelta(seconds=whole_seconds), Reason.local)
        await self._show(ChargePointStatus.finishing)

    async def _draw(self, curve: ChargingCurve, began_at: datetime) -> None:
        outlet = self.station.outlets[self.outlet]
        register_at_start_wh = outlet.register_wh
        clock = asyncio.get_running_loop().time
        began = clock()
        for seconds in self._sample_seconds(curve.seconds_until_full):
            await asyncio.sleep(max(began + seconds / self.speed - clock(), 0))
            outlet.register_wh = register_at_start_wh + curve.energy_wh(seconds)
            outlet.power_w = curve.power_w(seconds)
            outlet.soc = curve.soc(seconds)
            sample = self.station.meter_values(self.outlet, at=began_at + timedelta(seconds=seconds))
            await self._step(f"MeterValues {outlet.meter_wh} Wh, {outlet.power_w:.0f} W", sample)

    async def _stop(self, at: datetime, reason: Reason) -> None:
        id_token = self.id_token if reason == Reason.local else None
        stop = self.station.stop(self.outlet, at=at, reason=reason, id_token=id_token)
        await self._step(f"StopTransaction {reason}", stop)

    async def _show(self, status: ChargePointStatus) -> None:
        await self._step(f"StatusNotification {self.outlet} {status}", self.station.report(self.outlet, status))

    async def _step(self, name: str, reply: Awaitable[Any]) -> Any:
        try:
            answered = await reply
        except NoAnswer:
            raise
        except REFUSALS as error:
            raise NotAccepted(f"The central system did not accept {name}: {reason_of(error)}") from error
        told = ", ".join(f"{field} {value}" for field, value in vars(answered).items() if value is not None)
        self.say(f"{name}: {told or 'answered'}")
        return answered

    def _require(self, accepted: bool, what: str, status: str) -> None:
        if not accepted:
            raise NotAccepted(f"The central system did not accept {what}: {status}.")

    def _curve(self) -> ChargingCurve:
        """A car that is full when it has taken exactly the energy asked for."""
        capacity_wh = max(SMALLEST_BATTERY_WH, self.energy_wh / LARGEST_PART)
        return ChargingCurve(
            max_power_w=min(self.station.charger.max_power_w, 11_000),
            capacity_wh=capacity_wh,
            soc_at_start=1 - self.energy_wh / capacity_wh,
            taper_from_soc=1 - TAPERED_PART * self.energy_wh / capacity_wh,
            final_power_fraction=0.3,
        )

    def _sample_seconds(self, whole_seconds: float) -> list[float]:
        regular = range(SAMPLE_INTERVAL_SECONDS, int(whole_seconds), SAMPLE_INTERVAL_SECONDS)
        return [*map(float, regular), whole_seconds]
