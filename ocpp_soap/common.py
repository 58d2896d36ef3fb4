"""What versions of OCPP over SOAP say word for word alike.

A message that one version alone has, or tells otherwise, stands in that version's own file. Where two differ in how a
field is limited alone, the message is a function of that kind.
"""

from collections.abc import Mapping

from ocpp_soap.kinds import INT, MOMENT, STRING, URI, Field, Kind, Operation, Record, Text, choice, optional, record
from ocpp_soap.kinds import operation as op

CENTRAL_SYSTEM_SERVICE = "CentralSystemService"
CHARGE_POINT_SERVICE = "ChargePointService"


# --- Tags ------------------------------------------------------------------------------------------------------

AUTHORIZATION_STATUS = choice("AuthorizationStatus", "Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx")
ID_TOKEN = Text("IdToken", 20)
"""Since 1.5."""


def id_tag_info(id_token: Kind) -> Record:
    return record(
        "IdTagInfo",
        status=AUTHORIZATION_STATUS,
        expiryDate=optional(MOMENT),
        parentIdTag=optional(id_token),
    )


ID_TAG_INFO = id_tag_info(ID_TOKEN)
AUTHORIZE = op("Authorize", {"idTag": ID_TOKEN}, {"idTagInfo": ID_TAG_INFO})
START_TRANSACTION = op(
    "StartTransaction",
    {"connectorId": INT, "idTag": ID_TOKEN, "timestamp": MOMENT, "meterStart": INT, "reservationId": optional(INT)},
    {"transactionId": INT, "idTagInfo": ID_TAG_INFO},
)

# --- From the station to the portal ----------------------------------------------------------------------------

HEARTBEAT = op("Heartbeat", {}, {"currentTime": MOMENT})
FIRMWARE_STATUS = choice("FirmwareStatus", "Downloaded", "DownloadFailed", "InstallationFailed", "Installed")
"""Until 1.5, as those of diagnostics."""
FIRMWARE_STATUS_NOTIFICATION = op("FirmwareStatusNotification", {"status": FIRMWARE_STATUS}, {})
DIAGNOSTICS_STATUS = choice("DiagnosticsStatus", "Uploaded", "UploadFailed")
DIAGNOSTICS_STATUS_NOTIFICATION = op("DiagnosticsStatusNotification", {"status": DIAGNOSTICS_STATUS}, {})
REGISTRATION_STATUS = choice("RegistrationStatus", "Accepted", "Rejected")
VALUE_FORMAT = choice("ValueFormat", "Raw", "SignedData")

# --- Both ways -------------------------------------------------------------------------------------------------


def data_transfer(vendor_id: Kind, message_id: Kind) -> Operation:
    status = choice("DataTransferStatus", "Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId")
    return op(
        "DataTransfer",
        {"vendorId": vendor_id, "messageId": optional(message_id), "data": optional(STRING)},
        {"status": status, "data": optional(STRING)},
    )


# --- From the portal to the station ----------------------------------------------------------------------------

TRIES: Mapping[str, Field] = {"retries": optional(INT), "retryInterval": optional(INT)}
REMOTE_STATUS = choice("RemoteStartStopStatus", "Accepted", "Rejected")

UNLOCK_CONNECTOR = op(
    "UnlockConnector", {"connectorId": INT}, {"status": choice("UnlockStatus", "Accepted", "Rejected")}
)
"""Until 1.5."""
RESET = op(
    "Reset",
    {"type": choice("ResetType", "Hard", "Soft")},
    {"status": choice("ResetStatus", "Accepted", "Rejected")},
)
CHANGE_AVAILABILITY = op(
    "ChangeAvailability",
    {"connectorId": INT, "type": choice("AvailabilityType", "Inoperative", "Operative")},
    {"status": choice("AvailabilityStatus", "Accepted", "Rejected", "Scheduled")},
)
CHANGE_CONFIGURATION = op(
    "ChangeConfiguration",
    {"key": STRING, "value": STRING},
    {"status": choice("ConfigurationStatus", "Accepted", "Rejected", "NotSupported")},
)
"""Until 1.5."""
CLEAR_CACHE = op("ClearCache", {}, {"status": choice("ClearCacheStatus", "Accepted", "Rejected")})
UPDATE_FIRMWARE = op("UpdateFirmware", {"retrieveDate": MOMENT, "location": URI, **TRIES}, {})
REMOTE_STOP_TRANSACTION = op("RemoteStopTransaction", {"transactionId": INT}, {"status": REMOTE_STATUS})


def get_diagnostics(file_name: Kind) -> Operation:
    return op(
        "GetDiagnostics",
        {"location": URI, "startTime": optional(MOMENT), "stopTime": optional(MOMENT), **TRIES},
        {"fileName": optional(file_name)},
    )


def remote_start_transaction(id_token: Kind) -> Operation:
    """Until 1.5."""
    return op("RemoteStartTransaction", {"idTag": id_token, "connectorId": optional(INT)}, {"status": REMOTE_STATUS})


# Since 1.5.

CANCEL_RESERVATION = op(
    "CancelReservation",
    {"reservationId": INT},
    {"status": choice("CancelReservationStatus", "Accepted", "Rejected")},
)
GET_LOCAL_LIST_VERSION = op("GetLocalListVersion", {}, {"listVersion": INT})
RESERVE_NOW = op(
    "ReserveNow",
    {
        "connectorId": INT,
        "expiryDate": MOMENT,
        "idTag": ID_TOKEN,
        "parentIdTag": optional(ID_TOKEN),
        "reservationId": INT,
    },
    {"status": choice("ReservationStatus", "Accepted", "Faulted", "Occupied", "Rejected", "Unavailable")},
)
UPDATE_TYPE = choice("UpdateType", "Differential", "Full")
