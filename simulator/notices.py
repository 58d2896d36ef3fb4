"""What a station tells beside charging: of its software, logs and safety, and its vendor's own (OCPP 1.6, chapter 4).

SignedFirmwareStatusNotification, LogStatusNotification, SecurityEventNotification and SignCertificate are those of
"Improved security for OCPP 1.6-J".
"""

from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ocpp.v16 import call
from ocpp.v16.enums import DiagnosticsStatus, FirmwareStatus, UploadLogStatus

from simulator import messages
from simulator.errors import REFUSALS, LineLost


class Notices:
    charge_box_id: str

    if TYPE_CHECKING:

        def call(self, request: Any) -> Awaitable[Any]: ...

    async def tell(self, request: Any) -> None:
        """Send something that nobody waits for; without a line it is lost, and a refusal changes nothing."""
        with suppress(LineLost, *REFUSALS):
            await self.call(request)

    async def data_transfer(self, vendor_id: str, message_id: str | None = None, data: str | None = None) -> Any:
        return await self.call(call.DataTransfer(vendor_id, message_id, data))

    async def firmware_status(self, status: FirmwareStatus, request_id: int | None = None) -> Any:
        """Of a signed update, whose number is told, or of one without (security extension; OCPP 1.6, 4.5)."""
        if request_id is None:
            return await self.call(call.FirmwareStatusNotification(status))
        return await self.call(call.SignedFirmwareStatusNotification(status, request_id))

    async def diagnostics_status(self, status: DiagnosticsStatus) -> Any:
        return await self.call(call.DiagnosticsStatusNotification(status))

    async def log_status(self, status: UploadLogStatus, request_id: int | None = None) -> Any:
        return await self.call(call.LogStatusNotification(status, request_id))

    async def security_event(self, kind: str, tech_info: str | None = None, at: datetime | None = None) -> Any:
        return await self.call(
            call.SecurityEventNotification(kind, messages.wire_time(at or messages.now()), tech_info)
        )

    async def sign_certificate(self) -> Any:
        return await self.call(call.SignCertificate(messages.certificate_request(self.charge_box_id)))
