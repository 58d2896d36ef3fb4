"""DataTransfer (OCPP 1.6, 4.3). No vendor's own messages are understood, and the answer says so."""

from datetime import datetime
from typing import Any

from domain.reports import DataTransferReport


def data_transfer_report(payload: dict[str, Any], station_id: int, received_at: datetime) -> DataTransferReport:
    return DataTransferReport(
        station_id, received_at, payload["vendorId"], payload.get("messageId"), payload.get("data")
    )


def data_transfer_answer(_outcome: None, _received_at: datetime) -> dict[str, Any]:
    return {"status": "UnknownVendorId"}
