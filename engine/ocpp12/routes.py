"""Every action that a station of OCPP 1.2 may call, in one table."""

from engine.ocpp1 import authorization, boot, charging, firmware, over_soap, status
from engine.ocpp1.routes import Routes, Table, nothing
from engine.ocpp12 import NAME, meter_values
from ocpp_soap.v12 import V12

TABLE: Table = {
    "Authorize": (authorization.authorize_report, authorization.authorize_answer),
    "BootNotification": (boot.boot_report, boot.boot_answer_before_16),
    "DiagnosticsStatusNotification": (firmware.diagnostics_report, nothing),
    "FirmwareStatusNotification": (firmware.firmware_report, nothing),
    "Heartbeat": (None, boot.heartbeat_answer),
    "MeterValues": (meter_values.meter_report, nothing),
    "StartTransaction": (charging.start_report, charging.start_answer),
    "StatusNotification": (status.status_report_before_16, nothing),
    "StopTransaction": (charging.stop_report, charging.stop_answer),
}

ROUTES = Routes(NAME, TABLE, over_soap.reader(V12), over_soap.others(V12))
