"""Every action that a station may call, in one table.

To serve one more action, write its two translations and add its line. An action of the version that stands in no line
is the central system's and refused as NotSupported, any other as NotImplemented (OCPP-J 1.6, table 7).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.reports import Report
from engine import schemas
from engine.ocpp16 import (
    VERSION,
    authorization,
    boot,
    charging,
    data_transfer,
    firmware,
    meter_values,
    security,
    status,
)
from engine.ocpp16.tolerance import Read, reader
from engine.rpc import CallError, ErrorCode

ToReport = Callable[[dict[str, Any], int, datetime], Report]
"""From the payload, the station and the time of arrival."""
ToAnswer = Callable[[Any, datetime], dict[str, Any]]
"""From what the domain's function returned and the time of arrival."""


@dataclass(frozen=True, slots=True)
class Route:
    """What becomes of one action: `report` is None where there is nothing to store."""

    read: Read
    report: ToReport | None
    answer: ToAnswer


def nothing(_outcome: None, _received_at: datetime) -> dict[str, Any]:
    return {}


TABLE: dict[str, tuple[ToReport | None, ToAnswer]] = {
    "Authorize": (authorization.authorize_report, authorization.authorize_answer),
    "BootNotification": (boot.boot_report, boot.boot_answer),
    "DataTransfer": (data_transfer.data_transfer_report, data_transfer.data_transfer_answer),
    "DiagnosticsStatusNotification": (firmware.diagnostics_report, nothing),
    "FirmwareStatusNotification": (firmware.firmware_report, nothing),
    "Heartbeat": (None, boot.heartbeat_answer),
    "LogStatusNotification": (firmware.log_report, nothing),
    "MeterValues": (meter_values.meter_report, nothing),
    "SecurityEventNotification": (security.security_report, nothing),
    "SignCertificate": (None, security.sign_certificate_answer),
    "SignedFirmwareStatusNotification": (firmware.firmware_report, nothing),
    "StartTransaction": (charging.start_report, charging.start_answer),
    "StatusNotification": (status.status_report, nothing),
    "StopTransaction": (charging.stop_report, charging.stop_answer),
}

ROUTES = {action: Route(reader(action), *translations) for action, translations in TABLE.items()}


def find(action: str) -> Route:
    """The route of an action. Raises CallError."""
    route = ROUTES.get(action)
    if route is not None:
        return route
    if action in schemas.actions(VERSION):
        raise CallError(ErrorCode.NOT_SUPPORTED, f"{action} is for the central system to call")
    raise CallError(ErrorCode.NOT_IMPLEMENTED, f"{action[:50]} is no action of OCPP 1.6")
