"""One outlet of a simulated station: its meter, its status and the charge that runs on it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus, Reason

from simulator.charger import AC_22, Charger

if TYPE_CHECKING:
    from simulator.reservations import Reservation

UNKNOWN_TRANSACTION = -1
"""Told as transactionId when the central system never said one."""


@dataclass
class Transaction:
    """A charge as the station knows it; `id` is the central system's, told when it answers the start."""

    id_token: str
    meter_start_wh: int
    id: int = UNKNOWN_TRANSACTION
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    reservation_id: int | None = None
    """The reservation that ended with it."""


@dataclass
class Outlet:
    number: int
    charger: Charger = AC_22
    register_wh: float = 0
    """Cumulative, as a calibrated meter counts: it never begins anew with a charge."""
    power_w: float = 0
    soc: float = 0
    status: ChargePointStatus = ChargePointStatus.available
    error_code: ChargePointErrorCode = ChargePointErrorCode.no_error
    reported: tuple[ChargePointStatus, ChargePointErrorCode] | None = None
    """What the central system was last told."""
    operative: bool = True
    transaction: Transaction | None = None
    reservation: "Reservation | None" = None
    remote_starts: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    """Id tokens for which the central system asked this outlet to start."""
    stop_requests: asyncio.Queue[Reason] = field(default_factory=asyncio.Queue)

    @property
    def is_free(self) -> bool:
        """Whether a car may come: not even one is on its way for a remote start."""
        idle = self.transaction is None and self.status == ChargePointStatus.available
        return idle and self.operative and self.remote_starts.empty() and self.reservation is None

    def is_open_to(self, id_token: str) -> bool:
        """Whether this driver may come: it is free, or kept for them."""
        if self.reservation is None or not self.reservation.is_for(id_token):
            return self.is_free
        idle = self.transaction is None and self.status in (ChargePointStatus.available, ChargePointStatus.reserved)
        return idle and self.operative and self.remote_starts.empty()

    @property
    def is_reported(self) -> bool:
        return self.reported == (self.status, self.error_code)

    @property
    def idle_status(self) -> ChargePointStatus:
        """What the outlet shows when no car is there."""
        if not self.operative:
            return ChargePointStatus.unavailable
        return ChargePointStatus.available if self.reservation is None else ChargePointStatus.reserved

    @property
    def meter_wh(self) -> int:
        return round(self.register_wh)

    def begin(self, id_token: str) -> Transaction:
        self.stop_requests = asyncio.Queue()
        self.transaction = Transaction(id_token, self.meter_wh)
        if self.reservation is not None and self.reservation.is_for(id_token):
            self.transaction.reservation_id = self.reservation.id
            self.reservation = None
        return self.transaction

    def end(self) -> None:
        self.transaction = None
        self.power_w = 0


def aged_register_wh(now: datetime) -> float:
    """A register that is higher at each later start of the simulator, as that of a real meter is.

    10 Wh a second since 2026 is more than an outlet in use gives, and stays below 2**31 for years.
    """
    return int((now - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()) * 10
