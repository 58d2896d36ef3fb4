"""Every command over SOAP: what is asked, the answer of a station that obeys, and that of one that says no."""

from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.messages import wire_time

SOON = wire_time(datetime.now(UTC) + timedelta(hours=1))
NOWHERE = "ftp://127.0.0.1:1/"
TAG_LIST = [{"idTag": "A", "idTagInfo": {"status": "Accepted"}}]
PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6000.5}]},
}
Command = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]

IN_12: dict[str, Command] = {
    "ChangeAvailability": (
        {"connectorId": 1, "type": "Inoperative"},
        {"status": "Accepted"},
        {"status": "Rejected"},
    ),
    "ChangeConfiguration": (
        {"key": "HeartBeatInterval", "value": "60"},
        {"status": "Accepted"},
        {"status": "Rejected"},
    ),
    "ClearCache": ({}, {"status": "Accepted"}, {"status": "Rejected"}),
    # These two can only be agreed to.
    "GetDiagnostics": ({"location": NOWHERE}, {"fileName": "diagnostics-CB-1"}, {}),
    "UpdateFirmware": ({"location": NOWHERE, "retrieveDate": SOON}, {}, {}),
    "RemoteStartTransaction": ({"idTag": "A", "connectorId": 1}, {"status": "Accepted"}, {"status": "Rejected"}),
    "RemoteStopTransaction": ({"transactionId": 1}, {"status": "Accepted"}, {"status": "Rejected"}),
    "Reset": ({"type": "Soft"}, {"status": "Accepted"}, {"status": "Rejected"}),
    "UnlockConnector": ({"connectorId": 1}, {"status": "Accepted"}, {"status": "Rejected"}),
}
SINCE_15: dict[str, Command] = {
    "CancelReservation": ({"reservationId": 7}, {"status": "Accepted"}, {"status": "Rejected"}),
    "DataTransfer": (
        {"vendorId": "Simulated", "messageId": "Echo", "data": "ho"},
        {"status": "Accepted", "data": "ho"},
        {"status": "Rejected"},
    ),
    "GetConfiguration": (
        {"key": ["HeartBeatInterval", "SupportedFeatureProfiles"]},
        {
            "configurationKey": [{"key": "HeartBeatInterval", "readonly": False, "value": "300"}],
            "unknownKey": ["SupportedFeatureProfiles"],
        },
        {"unknownKey": ["HeartBeatInterval", "SupportedFeatureProfiles"]},
    ),
    "GetLocalListVersion": ({}, {"listVersion": 0}, {"listVersion": -1}),
    "ReserveNow": (
        {"connectorId": 1, "expiryDate": SOON, "idTag": "A", "reservationId": 8},
        {"status": "Accepted"},
        {"status": "Rejected"},
    ),
    "SendLocalList": (
        {"updateType": "Full", "listVersion": 3, "localAuthorisationList": TAG_LIST, "hash": "f00"},
        {"status": "Accepted"},
        {"status": "Failed"},
    ),
}
HEARTBEAT = ["HeartbeatInterval"]
IN_16: dict[str, Command] = {
    "ChangeConfiguration": ({"key": HEARTBEAT[0], "value": "60"}, {"status": "Accepted"}, {"status": "Rejected"}),
    "ClearChargingProfile": ({"id": 9}, {"status": "Unknown"}, {"status": "Unknown"}),
    "GetCompositeSchedule": (
        {"connectorId": 9, "duration": 60},
        {"status": "Rejected"},
        {"status": "Rejected"},
    ),
    "GetConfiguration": (
        {"key": HEARTBEAT},
        {"configurationKey": [{"key": HEARTBEAT[0], "readonly": False, "value": "300"}]},
        {"unknownKey": HEARTBEAT},
    ),
    "SendLocalList": (
        {"updateType": "Full", "listVersion": 3, "localAuthorizationList": TAG_LIST},
        {"status": "Accepted"},
        {"status": "Failed"},
    ),
    "SetChargingProfile": (
        {"connectorId": 1, "csChargingProfiles": PROFILE},
        {"status": "Accepted"},
        {"status": "Rejected"},
    ),
    "TriggerMessage": ({"requestedMessage": "Heartbeat"}, {"status": "Accepted"}, {"status": "Rejected"}),
    "UnlockConnector": ({"connectorId": 1}, {"status": "Unlocked"}, {"status": "UnlockFailed"}),
}
COMMANDS: dict[str, dict[str, Command]] = {
    "ocpp1.2": IN_12,
    "ocpp1.5": {**IN_12, **SINCE_15},
    "ocpp1.6-soap": {**IN_12, **SINCE_15, **IN_16},
}
