"""Every action that a station of OCPP 1.6 may call, in one table."""

from engine import schemas
from engine.ocpp1 import authorization, boot, charging, data_transfer, firmware
from engine.ocpp1.routes import Routes, Table, nothing
from engine.ocpp16 import VERSION, meter_values, security, status
from engine.ocpp16.charging import stop_report
from engine.ocpp16.reading import reader

TABLE: Table = {
    "Authorize": (authorization.authorize_report, authorization.authorize_answer),
    "BootNotification": (boot.boot_report, boot.boot_answer),
    "DataTransfer": (data_transfer.data_transfer_report, data_transfer.data_transfer_answer),
    "DiagnosticsStatusNotification": (firmware.diagnostics_report, nothing),
    "FirmwareStatusNotification": (firmware.firmware_report, nothing),
    "Heartbeat": (None, boot.heartbeat_answer),
    "LogStatusNotification": (security.log_report, nothing),
    "MeterValues": (meter_values.meter_report, nothing),
    "SecurityEventNotification": (security.security_report, nothing),
    "SignCertificate": (None, security.sign_certificate_answer),
    "SignedFirmwareStatusNotification": (firmware.firmware_report, nothing),
    "StartTransaction": (charging.start_report, charging.start_answer),
    "StatusNotification": (status.status_report, nothing),
    "StopTransaction": (stop_report, charging.stop_answer),
}

ROUTES = Routes("OCPP 1.6", TABLE, reader, schemas.actions(VERSION))
