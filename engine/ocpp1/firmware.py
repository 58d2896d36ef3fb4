"""FirmwareStatusNotification and DiagnosticsStatusNotification (OCPP 1.6, 4.5 and 4.4), and their successors in the
security extension, SignedFirmwareStatusNotification and LogStatusNotification. These may say which command they are
about, by the number that we gave it."""

from datetime import datetime
from typing import Any

from domain.models import Action, Progress
from domain.reports import FirmwareReport, LogReport

FIRMWARE = {
    "Downloaded": Progress.DOWNLOADED,
    "DownloadFailed": Progress.DOWNLOAD_FAILED,
    "Downloading": Progress.DOWNLOADING,
    "DownloadPaused": Progress.DOWNLOAD_PAUSED,
    "DownloadScheduled": Progress.DOWNLOAD_SCHEDULED,
    "Idle": Progress.IDLE,
    "InstallationFailed": Progress.INSTALLATION_FAILED,
    "Installed": Progress.INSTALLED,
    "Installing": Progress.INSTALLING,
    "InstallRebooting": Progress.INSTALL_REBOOTING,
    "InstallScheduled": Progress.INSTALL_SCHEDULED,
    "InstallVerificationFailed": Progress.INSTALL_VERIFICATION_FAILED,
    "InvalidSignature": Progress.INVALID_SIGNATURE,
    "SignatureVerified": Progress.SIGNATURE_VERIFIED,
}

LOGS = {
    "BadMessage": Progress.BAD_MESSAGE,
    "Idle": Progress.IDLE,
    "NotSupportedOperation": Progress.NOT_SUPPORTED_OPERATION,
    "PermissionDenied": Progress.PERMISSION_DENIED,
    "Uploaded": Progress.UPLOADED,
    "UploadFailed": Progress.UPLOAD_FAILED,
    "UploadFailure": Progress.UPLOAD_FAILED,
    "Uploading": Progress.UPLOADING,
}


def firmware_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> FirmwareReport:
    return FirmwareReport(station_id, received_at, FIRMWARE[payload["status"]], payload.get("requestId"))


def diagnostics_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> LogReport:
    return LogReport(station_id, received_at, LOGS[payload["status"]], None, Action.GET_DIAGNOSTICS)
