"""The SmartCharging profile's commands (OCPP 1.6, 5.5, 5.7 and 5.16)."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import on
from ocpp.v16 import call_result
from ocpp.v16.enums import (
    Action,
    ChargingProfileStatus,
    ChargingRateUnitType,
    ClearChargingProfileStatus,
    ConfigurationKey,
    GetCompositeScheduleStatus,
)

from simulator import messages
from simulator.charging_profiles import MAX, TX, WHOLE_STATION, Profile

if TYPE_CHECKING:
    from simulator.station import Station


class SmartChargingCommands:
    station: "Station"

    @on(Action.set_charging_profile)
    def on_set_charging_profile(
        self, connector_id: int, cs_charging_profiles: Profile, **_: Any
    ) -> call_result.SetChargingProfile:
        if not self._can_install(connector_id, cs_charging_profiles):
            return call_result.SetChargingProfile(ChargingProfileStatus.rejected)
        self.station.charging_profiles.set(connector_id, cs_charging_profiles)
        return call_result.SetChargingProfile(ChargingProfileStatus.accepted)

    @on(Action.clear_charging_profile)
    def on_clear_charging_profile(
        self,
        id: int | None = None,
        connector_id: int | None = None,
        charging_profile_purpose: str | None = None,
        stack_level: int | None = None,
        **_: Any,
    ) -> call_result.ClearChargingProfile:
        found = self.station.charging_profiles.clear(id, connector_id, charging_profile_purpose, stack_level)
        status = ClearChargingProfileStatus.accepted if found else ClearChargingProfileStatus.unknown
        return call_result.ClearChargingProfile(status)

    @on(Action.get_composite_schedule)
    def on_get_composite_schedule(
        self, connector_id: int, duration: int, charging_rate_unit: str | None = None, **_: Any
    ) -> call_result.GetCompositeSchedule:
        if connector_id not in self.station.connectors:
            return call_result.GetCompositeSchedule(GetCompositeScheduleStatus.rejected)
        unit = charging_rate_unit or ChargingRateUnitType.watts.value
        now, transaction = messages.now(), self.station.connectors[connector_id].transaction
        began_at = transaction.began_at if transaction else None
        steps = self.station.charging_profiles.composite(
            connector_id, self.station.charger, now, duration, unit, began_at
        )
        start = messages.wire_time(now)
        schedule = {
            "duration": duration,
            "start_schedule": start,
            "charging_rate_unit": unit,
            "charging_schedule_period": steps,
        }
        return call_result.GetCompositeSchedule(GetCompositeScheduleStatus.accepted, connector_id, start, schedule)

    def _can_install(self, connector_id: int, profile: Profile) -> bool:
        """A profile of a charge needs its charge, one of the station the connector 0 (5.16)."""
        configuration, purpose = self.station.configuration, profile["charging_profile_purpose"]
        connector = self.station.connectors.get(connector_id)
        periods = len(profile["charging_schedule"]["charging_schedule_period"])
        fits = (
            connector is not None
            and profile["stack_level"] <= configuration.number(ConfigurationKey.charge_profile_max_stack_level)
            and periods <= configuration.number(ConfigurationKey.charging_schedule_max_periods)
        )
        if not fits or connector is None:
            return False
        if purpose == MAX:
            return connector_id == WHOLE_STATION
        if purpose != TX:
            return True
        running = connector.transaction
        return running is not None and profile.get("transaction_id") in (None, running.id)
