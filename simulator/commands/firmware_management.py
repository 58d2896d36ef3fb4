"""The FirmwareManagement profile's commands (OCPP 1.6, 5.9 and 5.19)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ocpp.routing import after, on
from ocpp.v16 import call_result
from ocpp.v16.enums import Action

if TYPE_CHECKING:
    from simulator.station import Station

RETRY_SECONDS = 60
"""Between two tries, when the central system does not say."""


class FirmwareManagementCommands:
    station: "Station"

    @on(Action.get_diagnostics)
    def on_get_diagnostics(self, **_: Any) -> call_result.GetDiagnostics:
        return call_result.GetDiagnostics(self.station.logs.name_next("diagnostics"))

    @after(Action.get_diagnostics)
    def after_get_diagnostics(
        self, location: str, retries: int | None = None, retry_interval: int | None = None, **_: Any
    ) -> None:
        pause = RETRY_SECONDS if retry_interval is None else retry_interval
        self.station.begin(self.station.logs.upload_diagnostics(location, retries or 0, pause))

    @on(Action.update_firmware)
    def on_update_firmware(self, **_: Any) -> call_result.UpdateFirmware:
        return call_result.UpdateFirmware()

    @after(Action.update_firmware)
    def after_update_firmware(
        self,
        location: str,
        retrieve_date: str,
        retries: int | None = None,
        retry_interval: int | None = None,
        **_: Any,
    ) -> None:
        pause = RETRY_SECONDS if retry_interval is None else retry_interval
        at = datetime.fromisoformat(retrieve_date)
        self.station.begin(self.station.firmware.update(location, at, retries or 0, pause))
