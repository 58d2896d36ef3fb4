"""The RemoteTrigger profile: the central system asks for a message (OCPP 1.6, 5.17)."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import after, on
from ocpp.v16 import call_result
from ocpp.v16.enums import Action, MessageTrigger, TriggerMessageStatus

if TYPE_CHECKING:
    from simulator.station import Station


class RemoteTriggerCommands:
    station: "Station"

    @on(Action.trigger_message)
    def on_trigger_message(
        self, requested_message: MessageTrigger, connector_id: int | None = None, **_: Any
    ) -> call_result.TriggerMessage:
        if not self.station.chosen(connector_id):
            return call_result.TriggerMessage(TriggerMessageStatus.rejected)
        return call_result.TriggerMessage(TriggerMessageStatus.accepted)

    @after(Action.trigger_message)
    async def after_trigger_message(
        self, requested_message: MessageTrigger, connector_id: int | None = None, **_: Any
    ) -> None:
        await self.station.trigger(MessageTrigger(requested_message), connector_id)
