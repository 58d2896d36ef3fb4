"""The Core profile's commands (OCPP 1.6, chapter 5)."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import after, on
from ocpp.v16 import call_result
from ocpp.v16.enums import (
    Action,
    AvailabilityStatus,
    AvailabilityType,
    ClearCacheStatus,
    DataTransferStatus,
    Reason,
    RemoteStartStopStatus,
    ResetStatus,
    ResetType,
    UnlockStatus,
)

from simulator.charging_profiles import TX, Profile
from simulator.messages import VENDOR

if TYPE_CHECKING:
    from simulator.station import Station

ECHO = "Echo"


class CoreCommands:
    station: "Station"

    @on(Action.remote_start_transaction)
    def on_remote_start(
        self,
        id_tag: str,
        connector_id: int | None = None,
        charging_profile: Profile | None = None,
        **_: Any,
    ) -> call_result.RemoteStartTransaction:
        free = [outlet for outlet in self.station.chosen(connector_id) if outlet.is_open_to(id_tag)]
        # What comes along is for this charge alone (OCPP 1.6, 3.13.1 and 5.11).
        is_foreign = charging_profile is not None and charging_profile["charging_profile_purpose"] != TX
        if not free or is_foreign:
            return call_result.RemoteStartTransaction(RemoteStartStopStatus.rejected)
        if charging_profile is not None:
            self.station.charging_profiles.set(free[0].number, charging_profile)
        free[0].remote_starts.put_nowait(id_tag)
        return call_result.RemoteStartTransaction(RemoteStartStopStatus.accepted)

    @on(Action.remote_stop_transaction)
    def on_remote_stop(self, transaction_id: int, **_: Any) -> call_result.RemoteStopTransaction:
        for outlet in self.station.outlets.values():
            if outlet.transaction is not None and outlet.transaction.id == transaction_id:
                outlet.stop_requests.put_nowait(Reason.remote)
                return call_result.RemoteStopTransaction(RemoteStartStopStatus.accepted)
        return call_result.RemoteStopTransaction(RemoteStartStopStatus.rejected)

    @on(Action.reset)
    def on_reset(self, type: ResetType, **_: Any) -> call_result.Reset:
        return call_result.Reset(ResetStatus.accepted)

    @after(Action.reset)
    def after_reset(self, type: ResetType, **_: Any) -> None:
        self.station.resets.put_nowait(ResetType(type))

    @on(Action.unlock_connector)
    def on_unlock_connector(self, connector_id: int, **_: Any) -> call_result.UnlockConnector:
        outlet = self.station.outlets.get(connector_id)
        if outlet is None:
            return call_result.UnlockConnector(UnlockStatus.not_supported)
        if outlet.transaction is not None:
            # The transaction is stopped first (OCPP 1.6, 5.18).
            outlet.stop_requests.put_nowait(Reason.unlock_command)
        return call_result.UnlockConnector(UnlockStatus.unlocked)

    @on(Action.change_availability)
    def on_change_availability(
        self, connector_id: int, type: AvailabilityType, **_: Any
    ) -> call_result.ChangeAvailability:
        outlets = self.station.chosen(connector_id)
        if not outlets:
            return call_result.ChangeAvailability(AvailabilityStatus.rejected)
        for outlet in outlets:
            outlet.operative = type == AvailabilityType.operative
        charging = any(outlet.transaction for outlet in outlets)
        return call_result.ChangeAvailability(AvailabilityStatus.scheduled if charging else AvailabilityStatus.accepted)

    @after(Action.change_availability)
    async def after_change_availability(self, connector_id: int, **_: Any) -> None:
        await self.station.tell_idle()

    @on(Action.get_configuration)
    def on_get_configuration(self, key: list[str] | None = None, **_: Any) -> call_result.GetConfiguration:
        known, unknown = self.station.configuration.lookup(key or [])
        return call_result.GetConfiguration(configuration_key=known, unknown_key=unknown)

    @on(Action.change_configuration)
    def on_change_configuration(self, key: str, value: str, **_: Any) -> call_result.ChangeConfiguration:
        return call_result.ChangeConfiguration(self.station.configuration.change(key, value))

    @after(Action.change_configuration)
    async def after_change_configuration(self, key: str, value: str, **_: Any) -> None:
        if self.station.configuration.value(key) == value:
            await self.station.configured(key, value)

    @on(Action.clear_cache)
    def on_clear_cache(self, **_: Any) -> call_result.ClearCache:
        self.station.authorization_cache.clear()
        return call_result.ClearCache(ClearCacheStatus.accepted)

    @on(Action.data_transfer)
    def on_data_transfer(
        self, vendor_id: str, message_id: str | None = None, data: str | None = None, **_: Any
    ) -> call_result.DataTransfer:
        """Of its own vendor it understands one message, and says back what it was told."""
        if vendor_id != VENDOR:
            return call_result.DataTransfer(DataTransferStatus.unknown_vendor_id)
        if message_id not in (None, ECHO):
            return call_result.DataTransfer(DataTransferStatus.unknown_message_id)
        return call_result.DataTransfer(DataTransferStatus.accepted, data)
