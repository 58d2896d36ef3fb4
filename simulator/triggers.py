"""The messages that the central system may ask for (OCPP 1.6, 7.33; the last two are the security extension's)."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ocpp.v16.enums import MessageTrigger

from simulator.errors import REFUSALS, LineLost

if TYPE_CHECKING:
    from simulator.station import Station

Tell = Callable[["Station", int | None], Awaitable[Any]]


async def trigger(station: "Station", message: MessageTrigger, connector_id: int | None) -> None:
    """Send it, unless it is about a connector that is not there; nobody waits for the answer."""
    if not station.chosen(connector_id):
        return
    with suppress(LineLost, *REFUSALS):
        await TRIGGERED[message](station, connector_id)


async def _statuses(station: "Station", connector_id: int | None) -> None:
    """Those of all connectors, the station itself among them, where none is named."""
    for number in [connector_id] if connector_id is not None else station.connectors:
        await station.report(number)


async def _meter_values(station: "Station", connector_id: int | None) -> None:
    for outlet in station.chosen(connector_id):
        await station.meter_values(outlet.number, triggered=True)


TRIGGERED: Mapping[MessageTrigger, Tell] = {
    MessageTrigger.boot_notification: lambda station, _: station.boot(),
    MessageTrigger.heartbeat: lambda station, _: station.heartbeat(),
    MessageTrigger.status_notification: _statuses,
    MessageTrigger.meter_values: _meter_values,
    MessageTrigger.firmware_status_notification: lambda station, _: station.firmware_status(
        station.firmware.status, station.firmware.request_id
    ),
    MessageTrigger.diagnostics_status_notification: lambda station, _: station.diagnostics_status(
        station.logs.diagnostics_status
    ),
    MessageTrigger.log_status_notification: lambda station, _: station.log_status(
        station.logs.log_status, station.logs.request_id
    ),
    MessageTrigger.sign_charge_point_certificate: lambda station, _: station.sign_certificate(),
}
