"""The RemoteTrigger profile: the central system asks for a message (OCPP 1.6, 5.17)."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import after, on
from ocpp.v16 import call_result
from ocpp.v16.enums import Action, MessageTrigger, TriggerMessageStatus

if TYPE_CHECKING:
    from simulator.station import Station

TRIGGERED = (
    MessageTrigger.boot_notification,
    MessageTrigger.heartbeat,
    MessageTrigger.status_notification,
    MessageTrigger.meter_values,
)


class RemoteTriggerCommands:
    station: "Station"

    @on(Action.trigger_message)
    def on_trigger_message(
        self, requested_message: MessageTrigger, connector_id: int | None = None, **_: Any
    ) -> call_result.TriggerMessage:
        if requested_message not in TRIGGERED:
            return call_result.TriggerMessage(TriggerMessageStatus.not_implemented)
        if not self.station.chosen(connector_id):
            return call_result.TriggerMessage(TriggerMessageStatus.rejected)
        return call_result.TriggerMessage(TriggerMessageStatus.accepted)

    @after(Action.trigger_message)
    async def after_trigger_message(
        self, requested_message: MessageTrigger, connector_id: int | None = None, **_: Any
    ) -> None:
        if requested_message == MessageTrigger.boot_notification:
            await self.station.boot()
        elif requested_message == MessageTrigger.heartbeat:
            await self.station.heartbeat()
        elif requested_message == MessageTrigger.status_notification:
            for outlet in self.station.chosen(connector_id):
                await self.station.report(outlet.number)
        elif requested_message == MessageTrigger.meter_values:
            for outlet in self.station.chosen(connector_id):
                await self.station.meter_values(outlet.number, triggered=True)
