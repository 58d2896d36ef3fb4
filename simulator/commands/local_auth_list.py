"""The LocalAuthListManagement profile's commands (OCPP 1.6, 5.10 and 5.15)."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import on
from ocpp.v16 import call_result
from ocpp.v16.enums import Action, ConfigurationKey, UpdateStatus, UpdateType

if TYPE_CHECKING:
    from simulator.station import Station

SWITCHED_OFF = -1
"""The version of a list that the station does not keep (5.10)."""


class LocalAuthListCommands:
    station: "Station"

    @on(Action.get_local_list_version)
    def on_get_local_list_version(self, **_: Any) -> call_result.GetLocalListVersion:
        return call_result.GetLocalListVersion(self.station.local_list.version if self._keeps_list else SWITCHED_OFF)

    @on(Action.send_local_list)
    def on_send_local_list(
        self,
        list_version: int,
        update_type: UpdateType,
        local_authorization_list: list[dict[str, Any]] | None = None,
        **_: Any,
    ) -> call_result.SendLocalList:
        if not self._keeps_list:
            return call_result.SendLocalList(UpdateStatus.not_supported)
        configuration, entries = self.station.configuration, local_authorization_list or []
        if len(entries) > configuration.number(ConfigurationKey.send_local_list_max_length):
            return call_result.SendLocalList(UpdateStatus.failed)
        longest = configuration.number(ConfigurationKey.local_auth_list_max_length)
        return call_result.SendLocalList(
            self.station.local_list.update(list_version, UpdateType(update_type), entries, longest)
        )

    @property
    def _keeps_list(self) -> bool:
        return self.station.configuration.is_on(ConfigurationKey.local_auth_list_enabled)
