"""A station that speaks OCPP: one method per message, whole replies back.

    station = Station("CB-1", "ws://localhost:8080/Ocpp/websocket")
    async with station:
        await station.boot()
        reply = await station.start(outlet=1, id_token="12345678")
        station.outlets[1].register_wh += 5000
        await station.stop(outlet=1)

A method returns the `ocpp` package's `call_result` dataclass, and raises LineLost, NoAnswer, or the
exception of `ocpp.exceptions` that stands for a CALLERROR. Outlets, meters and configuration outlive a
line: connect again after `close` or `kill`.

It thinks in OCPP 1.6, whatever protocol it speaks (wire.py).
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any, Never, Self

from ocpp.v16 import call
from ocpp.v16.enums import (
    ChargePointErrorCode,
    ChargePointStatus,
    ConfigurationKey,
    MessageTrigger,
    ReadingContext,
    Reason,
    RegistrationStatus,
    ResetType,
)

from simulator import messages
from simulator.behaviour import Behaviour
from simulator.charger import AC_22, Charger
from simulator.charging_profiles import ChargingProfiles
from simulator.configuration import ADDRESS_KEY, APN_KEY, KNOWN_APNS, Configuration
from simulator.errors import REFUSALS, LineLost, NoLine
from simulator.firmware import Firmware
from simulator.line import Line
from simulator.local_list import LocalList
from simulator.logs import Logs
from simulator.notices import Notices
from simulator.outlet import UNKNOWN_TRANSACTION, Outlet, aged_register_wh
from simulator.reservations import Reservation
from simulator.triggers import trigger
from simulator.wire import WEBSOCKET, Wire, wire

IDLE = (ChargePointStatus.available, ChargePointStatus.unavailable, ChargePointStatus.reserved)
"""Of an outlet without a car."""


class Station(Notices):
    def __init__(
        self,
        charge_box_id: str,
        url: str,
        *,
        outlets: int = 2,
        charger: Charger = AC_22,
        password: str | None = None,
        register_wh: float | None = None,
        answer_timeout_seconds: float = 30,
        behaviour: Behaviour | str = "",
        pace_seconds: float = 0,
        speaks: Wire | str = WEBSOCKET,
    ) -> None:
        """`url` is the address without the charge box id, such as ws://localhost:8080/Ocpp/websocket.

        `speaks` is its protocol (wire.py).
        `behaviour` makes it answer wrongly (behaviour.py); `pace_seconds` is how long each step with a file takes.
        """
        self.charge_box_id = charge_box_id
        self.url = url
        self.charger = charger
        self.password = password
        self.answer_timeout_seconds = answer_timeout_seconds
        if register_wh is None:
            register_wh = aged_register_wh(messages.now())
        self.connectors = {number: Outlet(number, charger, register_wh) for number in range(outlets + 1)}
        """All that have a status: the outlets, and 0 for the station itself (OCPP 1.6, 3.8)."""
        self.outlets = {number: outlet for number, outlet in self.connectors.items() if number > 0}
        self.behaviour = Behaviour.of(behaviour) if isinstance(behaviour, str) else behaviour
        self._wire = wire(speaks) if isinstance(speaks, str) else speaks
        self.behaviour.check(self._wire.manners)
        self.configuration = Configuration(outlets, url, charger.model, self._wire.unknown_keys)
        self.local_list = LocalList()
        self.charging_profiles = ChargingProfiles()
        self.logs = Logs(self)
        self.firmware = Firmware(self)
        self.authorization_cache: set[str] = set()
        """Id tokens the central system accepted; they may charge while it cannot be asked."""
        self.registered = False
        """Whether the last BootNotification was accepted (OCPP 1.6, 4.2)."""
        self.resets: asyncio.Queue[ResetType] = asyncio.Queue()
        self._pace_seconds = pace_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._line: Line | None = None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self) -> None:
        """Raises NoLine when the central system refuses or cannot be reached."""
        if self.configuration.value(APN_KEY) not in KNOWN_APNS:
            raise NoLine(f"{self.charge_box_id} has no line: its SIM card does not know the access point.")
        self._line = await self._wire.open(self)

    @property
    def is_connected(self) -> bool:
        return self._line is not None and not self._line.is_lost

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.hang_up()

    async def hang_up(self) -> None:
        """End the line, as a station does that connects anew at once."""
        if self._line is not None:
            await self._line.close()
            self._line = None

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside everything else; it outlives the line."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def pause(self) -> None:
        await asyncio.sleep(self._pace_seconds)

    def kill(self) -> None:
        """Lose the line without a word to the other side."""
        self._open_line.kill()

    def power_cycle(self) -> None:
        """Lose the line and what only the running station knew: that it is registered, what it told."""
        self.registered = False
        self.url = self.configuration.value(ADDRESS_KEY) or self.url
        for connector in self.connectors.values():
            connector.reported = None
        self.kill()

    async def lost(self) -> Never:
        """Wait until the line is gone, then raise LineLost."""
        await self._open_line.lost()

    async def call(self, request: Any) -> Any:
        """Send any request of `ocpp.v16.call`."""
        return await self._open_line.ask(request)

    async def exchange(self, frame: str | bytes) -> str | bytes:
        """Send a frame as it is, valid or not, and return the answer as it is."""
        return await self._open_line.exchange(frame)

    def chosen(self, connector_id: int | None) -> list[Outlet]:
        """The outlets that a command means: one, all for 0 or none given, an empty list if unknown."""
        if not connector_id:
            return list(self.outlets.values())
        return [self.outlets[connector_id]] if connector_id in self.outlets else []

    async def boot(self) -> Any:
        reply = await self.call(messages.boot_notification(self.charge_box_id, self.charger, self.firmware.version))
        self.registered = reply.status == RegistrationStatus.accepted
        if self.registered:
            self.begin(self.firmware.started())
        if self.registered and reply.interval > 0:
            self.configuration.set(ConfigurationKey.heartbeat_interval, reply.interval)
        return reply

    async def heartbeat(self) -> Any:
        return await self.call(call.Heartbeat())

    async def authorize(self, id_token: str) -> Any:
        reply = await self.call(call.Authorize(id_tag=id_token))
        self.remember(id_token, reply)
        return reply

    def remember(self, id_token: str, reply: Any) -> None:
        """Keep the authorization cache as the reply says (OCPP 1.6, 3.5.1)."""
        if is_accepted(reply):
            self.authorization_cache.add(id_token)
        else:
            self.authorization_cache.discard(id_token)

    async def report(
        self,
        connector: int,
        status: ChargePointStatus | None = None,
        error_code: ChargePointErrorCode = ChargePointErrorCode.no_error,
    ) -> Any:
        """Tell the status of an outlet, or of the station (0): the one it has, or a new one."""
        teller = self.connectors[connector]
        if status is not None:
            teller.status, teller.error_code = status, error_code
        told = (teller.status, teller.error_code)
        reply = await self.call(messages.status_notification(connector, *told, messages.now()))
        teller.reported = told
        return reply

    async def trigger(self, message: MessageTrigger, connector_id: int | None = None) -> None:
        await trigger(self, message, connector_id)

    async def tell_idle(self) -> None:
        """Tell the status of each outlet without a car whose status is another now."""
        with suppress(LineLost, *REFUSALS):
            for outlet in self.outlets.values():
                if outlet.status in IDLE and outlet.status != outlet.idle_status:
                    await self.report(outlet.number, outlet.idle_status)

    async def keep_reservation(self, outlet: Outlet, reservation: Reservation) -> None:
        """Give the outlet free when the time is over (OCPP 1.6, 5.13)."""
        await asyncio.sleep(max((reservation.expires_at - messages.now()).total_seconds(), 0))
        if outlet.reservation is reservation:
            outlet.reservation = None
            await self.tell_idle()

    async def configured(self, key: str, value: str) -> None:
        """What a change of a key brings about at once: the line ends and comes back in the new way, or not at all."""
        if key == ConfigurationKey.authorization_key:
            self.password = value
            await self.hang_up()
        elif key == APN_KEY and value not in KNOWN_APNS:
            self.kill()

    def limit_w(self, outlet: int) -> float | None:
        """What charging profiles let an outlet draw now; None if there is none."""
        if not self.charging_profiles.installed:
            return None
        transaction = self.outlets[outlet].transaction
        began_at = transaction.began_at if transaction else None
        return self.charging_profiles.limit_w(outlet, self.charger, messages.now(), began_at)

    def end(self, outlet: int) -> None:
        """The outlet's charge is over."""
        self.outlets[outlet].end()
        self.charging_profiles.end_of_charge(outlet)

    async def start(
        self, outlet: int, id_token: str, *, meter_wh: int | None = None, at: datetime | None = None
    ) -> Any:
        transaction = self.outlets[outlet].begin(id_token)
        if meter_wh is not None:
            transaction.meter_start_wh = meter_wh
        reply = await self.call(messages.start_transaction(outlet, transaction, at or messages.now()))
        transaction.id = reply.transaction_id
        return reply

    async def meter_values(self, outlet: int, *, at: datetime | None = None, triggered: bool = False) -> Any:
        """Tell what the outlet's meter shows now."""
        metered = self.outlets[outlet]
        context = ReadingContext.trigger if triggered else ReadingContext.sample_periodic
        value = messages.meter_value(metered, at or messages.now(), context)
        return await self.call(messages.meter_values(outlet, metered.transaction, value))

    async def stop(
        self,
        outlet: int,
        *,
        transaction_id: int | None = None,
        meter_wh: int | None = None,
        at: datetime | None = None,
        reason: Reason = Reason.local,
        id_token: str | None = None,
    ) -> Any:
        """Stop the outlet's running transaction, or the one given."""
        stopped = self.outlets[outlet]
        meter = stopped.meter_wh if meter_wh is None else meter_wh
        if transaction_id is None and stopped.transaction is not None:
            transaction_id = stopped.transaction.id
            self.end(outlet)
        return await self.call(
            messages.stop_transaction(
                UNKNOWN_TRANSACTION if transaction_id is None else transaction_id,
                meter,
                at or messages.now(),
                reason,
                id_token,
            )
        )

    @property
    def _open_line(self) -> Line:
        if self._line is None:
            raise LineLost
        return self._line


def is_accepted(reply: Any) -> bool:
    """Whether an answer to Authorize or StartTransaction lets the id token charge."""
    return bool(reply.id_tag_info["status"] == "Accepted")
