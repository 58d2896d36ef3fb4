"""OCPP 1.6 over SOAP: the types of its two services.

Its payloads are those of OCPP 1.6 over JSON, name by name, and whoever reads the one can read the other. They differ
in this:

- `meterValue` of MeterValues may be missing; over JSON there is at least one. `sampledValue` of `transactionData` and
  `chargingSchedulePeriod` may be empty lists over JSON; here there is at least one.
- A list without an element cannot be told from none at all, so none comes out.
- Among the units of JSON are Celcius, as it was once misspelt, and Hertz; not here.
- The messages of the security whitepaper are JSON's alone.
"""

from ocpp_soap import common
from ocpp_soap.kinds import BOOLEAN, INT, MOMENT, Service, Text, Version, choice, many, operation, optional, record
from ocpp_soap.v16_charging import (
    CHARGING_PROFILE,
    CLEAR_CHARGING_PROFILE,
    GET_COMPOSITE_SCHEDULE,
    SET_CHARGING_PROFILE,
)
from ocpp_soap.v16_meter_values import METER_VALUE

CI_20 = Text("CiString20Type", 20)
CI_25 = Text("CiString25Type", 25)
CI_50 = Text("CiString50Type", 50)
CI_255 = Text("CiString255Type", 255)
CI_500 = Text("CiString500Type", 500)
DATA_TRANSFER = common.data_transfer(CI_255, CI_50)

# --- From the station to the portal ----------------------------------------------------------------------------

ERROR_CODE = choice(
    "ChargePointErrorCode",
    "ConnectorLockFailure",
    "EVCommunicationError",
    "GroundFailure",
    "HighTemperature",
    "InternalError",
    "LocalListConflict",
    "NoError",
    "OtherError",
    "OverCurrentFailure",
    "OverVoltage",
    "PowerMeterFailure",
    "PowerSwitchFailure",
    "ReaderFailure",
    "ResetFailure",
    "UnderVoltage",
    "WeakSignal",
)
STATUS = choice(
    "ChargePointStatus",
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEV",
    "SuspendedEVSE",
    "Finishing",
    "Reserved",
    "Faulted",
    "Unavailable",
)
REASON = choice(
    "Reason",
    "EmergencyStop",
    "EVDisconnected",
    "HardReset",
    "Local",
    "Other",
    "PowerLoss",
    "Reboot",
    "Remote",
    "SoftReset",
    "UnlockCommand",
    "DeAuthorized",
)
FIRMWARE_STATUS = choice(
    "FirmwareStatus",
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "Idle",
    "InstallationFailed",
    "Installed",
    "Installing",
)
DIAGNOSTICS_STATUS = choice("DiagnosticsStatus", "Idle", "Uploaded", "UploadFailed", "Uploading")

CENTRAL_SYSTEM = Service(
    common.CENTRAL_SYSTEM_SERVICE,
    "urn://Ocpp/Cs/2015/10/",
    (
        common.AUTHORIZE,
        operation(
            "BootNotification",
            {
                "chargePointVendor": CI_20,
                "chargePointModel": CI_20,
                "chargePointSerialNumber": optional(CI_25),
                "chargeBoxSerialNumber": optional(CI_25),
                "firmwareVersion": optional(CI_50),
                "iccid": optional(CI_20),
                "imsi": optional(CI_20),
                "meterType": optional(CI_25),
                "meterSerialNumber": optional(CI_25),
            },
            {
                "status": choice("RegistrationStatus", "Accepted", "Pending", "Rejected"),
                "currentTime": MOMENT,
                "interval": INT,
            },
        ),
        DATA_TRANSFER,
        operation("DiagnosticsStatusNotification", {"status": DIAGNOSTICS_STATUS}, {}),
        operation("FirmwareStatusNotification", {"status": FIRMWARE_STATUS}, {}),
        common.HEARTBEAT,
        operation(
            "MeterValues", {"connectorId": INT, "transactionId": optional(INT), "meterValue": many(METER_VALUE)}, {}
        ),
        common.START_TRANSACTION,
        operation(
            "StatusNotification",
            {
                "connectorId": INT,
                "status": STATUS,
                "errorCode": ERROR_CODE,
                "info": optional(CI_50),
                "timestamp": optional(MOMENT),
                "vendorId": optional(CI_255),
                "vendorErrorCode": optional(CI_50),
            },
            {},
        ),
        operation(
            "StopTransaction",
            {
                "transactionId": INT,
                "idTag": optional(common.ID_TOKEN),
                "timestamp": MOMENT,
                "meterStop": INT,
                "reason": optional(REASON),
                "transactionData": many(METER_VALUE),
            },
            {"idTagInfo": optional(common.ID_TAG_INFO)},
        ),
    ),
)

# --- From the portal to the station ----------------------------------------------------------------------------

MESSAGE_TRIGGER = choice(
    "MessageTrigger",
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "StatusNotification",
)

CHARGE_POINT = Service(
    common.CHARGE_POINT_SERVICE,
    "urn://Ocpp/Cp/2015/10/",
    (
        common.CANCEL_RESERVATION,
        common.CHANGE_AVAILABILITY,
        operation(
            "ChangeConfiguration",
            {"key": CI_50, "value": CI_500},
            {"status": choice("ConfigurationStatus", "Accepted", "NotSupported", "RebootRequired", "Rejected")},
        ),
        common.CLEAR_CACHE,
        CLEAR_CHARGING_PROFILE,
        DATA_TRANSFER,
        GET_COMPOSITE_SCHEDULE,
        operation(
            "GetConfiguration",
            {"key": many(CI_50)},
            {
                "configurationKey": many(record("KeyValue", key=CI_50, readonly=BOOLEAN, value=optional(CI_500))),
                "unknownKey": many(CI_50),
            },
        ),
        common.get_diagnostics(CI_255),
        common.GET_LOCAL_LIST_VERSION,
        operation(
            "RemoteStartTransaction",
            {
                "connectorId": optional(INT),
                "idTag": common.ID_TOKEN,
                "chargingProfile": optional(CHARGING_PROFILE),
            },
            {"status": common.REMOTE_STATUS},
        ),
        common.REMOTE_STOP_TRANSACTION,
        common.RESERVE_NOW,
        common.RESET,
        operation(
            "SendLocalList",
            {
                "listVersion": INT,
                "localAuthorizationList": many(
                    record("AuthorizationData", idTag=common.ID_TOKEN, idTagInfo=optional(common.ID_TAG_INFO))
                ),
                "updateType": common.UPDATE_TYPE,
            },
            {"status": choice("UpdateStatus", "Accepted", "Failed", "NotSupported", "VersionMismatch")},
        ),
        SET_CHARGING_PROFILE,
        operation(
            "TriggerMessage",
            {"requestedMessage": MESSAGE_TRIGGER, "connectorId": optional(INT)},
            {"status": choice("TriggerMessageStatus", "Accepted", "Rejected", "NotImplemented")},
        ),
        operation(
            "UnlockConnector",
            {"connectorId": INT},
            {"status": choice("UnlockStatus", "Unlocked", "UnlockFailed", "NotSupported")},
        ),
        common.UPDATE_FIRMWARE,
    ),
)

V16 = Version("ocpp1.6-soap", CENTRAL_SYSTEM, CHARGE_POINT)
