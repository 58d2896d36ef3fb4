"""What the security extension adds (Improved security for OCPP 1.6-J, chapter 5), as far as the portal asks for it."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import after, on
from ocpp.v16 import call_result
from ocpp.v16.enums import Action, LogStatus, MessageTrigger, TriggerMessageStatus, UpdateFirmwareStatus

from simulator.commands.firmware_management import RETRY_SECONDS
from simulator.firmware import certificate_of

if TYPE_CHECKING:
    from simulator.station import Station

KINDS = {"DiagnosticsLog": "diagnostics", "SecurityLog": "security"}


class SecurityCommands:
    station: "Station"

    @on(Action.get_log)
    def on_get_log(self, log_type: str, **_: Any) -> call_result.GetLog:
        return call_result.GetLog(LogStatus.accepted, self.station.logs.name_next(KINDS[log_type]))

    @after(Action.get_log)
    def after_get_log(
        self,
        log: dict[str, Any],
        request_id: int,
        retries: int | None = None,
        retry_interval: int | None = None,
        **_: Any,
    ) -> None:
        pause = RETRY_SECONDS if retry_interval is None else retry_interval
        self.station.begin(self.station.logs.upload_log(request_id, log["remote_location"], retries or 0, pause))

    @on(Action.signed_update_firmware)
    def on_signed_update_firmware(self, firmware: dict[str, Any], **_: Any) -> call_result.SignedUpdateFirmware:
        if certificate_of(firmware["signing_certificate"]) is None:
            return call_result.SignedUpdateFirmware(UpdateFirmwareStatus.invalid_certificate)
        return call_result.SignedUpdateFirmware(UpdateFirmwareStatus.accepted)

    @after(Action.signed_update_firmware)
    def after_signed_update_firmware(
        self,
        request_id: int,
        firmware: dict[str, Any],
        retries: int | None = None,
        retry_interval: int | None = None,
        **_: Any,
    ) -> None:
        if certificate_of(firmware["signing_certificate"]) is None:
            return
        pause = RETRY_SECONDS if retry_interval is None else retry_interval
        self.station.begin(self.station.firmware.signed_update(request_id, firmware, retries or 0, pause))

    @on(Action.extended_trigger_message)
    def on_extended_trigger_message(
        self, requested_message: MessageTrigger, connector_id: int | None = None, **_: Any
    ) -> call_result.ExtendedTriggerMessage:
        if not self.station.chosen(connector_id):
            return call_result.ExtendedTriggerMessage(TriggerMessageStatus.rejected)
        return call_result.ExtendedTriggerMessage(TriggerMessageStatus.accepted)

    @after(Action.extended_trigger_message)
    async def after_extended_trigger_message(
        self, requested_message: MessageTrigger, connector_id: int | None = None, **_: Any
    ) -> None:
        await self.station.trigger(MessageTrigger(requested_message), connector_id)
