"""A station's log: kept, and uploaded when the central system asks (OCPP 1.6, 4.4 and 5.9; GetLog of its extension)."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ocpp.v16 import call
from ocpp.v16.enums import DiagnosticsStatus, UploadLogStatus

from simulator import messages, transfer

if TYPE_CHECKING:
    from simulator.station import Station

LINES_KEPT = 500


class Logs:
    def __init__(self, station: "Station") -> None:
        self.diagnostics_status = DiagnosticsStatus.idle
        self.log_status = UploadLogStatus.idle
        self.request_id: int | None = None
        """Of the latest GetLog."""
        self._station = station
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._name = ""

    def note(self, line: str) -> None:
        self._lines.append(f"{messages.wire_time(messages.now())} {line}")

    def name_next(self, kind: str) -> str:
        """Say what the next file will be called."""
        safe = "".join(letter if letter.isalnum() else "-" for letter in self._station.charge_box_id)
        self._name = f"{kind}-{safe}-{messages.now():%Y%m%d-%H%M%S}.log"
        return self._name

    async def upload_diagnostics(self, location: str, retries: int, interval_seconds: float) -> None:
        async def tell(status: DiagnosticsStatus) -> None:
            self.diagnostics_status = status
            await self._station.tell(call.DiagnosticsStatusNotification(status))

        await tell(DiagnosticsStatus.uploading)
        arrived = await self._upload(location, retries, interval_seconds)
        await tell(DiagnosticsStatus.uploaded if arrived else DiagnosticsStatus.upload_failed)

    async def upload_log(self, request_id: int, location: str, retries: int, interval_seconds: float) -> None:
        async def tell(status: UploadLogStatus) -> None:
            self.log_status, self.request_id = status, request_id
            await self._station.tell(call.LogStatusNotification(status, request_id))

        await tell(UploadLogStatus.uploading)
        arrived = await self._upload(location, retries, interval_seconds)
        await tell(UploadLogStatus.uploaded if arrived else UploadLogStatus.upload_failure)

    async def _upload(self, location: str, retries: int, interval_seconds: float) -> bool:
        name = self._name
        text = "".join(f"{line}\n" for line in self._lines).encode()
        await self._station.pause()

        async def send() -> None:
            await asyncio.to_thread(transfer.upload, location, name, text)

        return await tried(send, retries, interval_seconds, self.note)


async def tried(
    work: Callable[[], Awaitable[object]], retries: int, interval_seconds: float, note: Callable[[str], None]
) -> bool:
    """Whether a transfer succeeded at last."""
    for attempt in range(retries + 1):
        if attempt:
            await asyncio.sleep(interval_seconds)
        try:
            await work()
        except transfer.TransferError as error:
            note(f"a transfer failed: {error}")
        else:
            return True
    return False
