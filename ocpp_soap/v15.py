"""OCPP 1.5 over SOAP: the types of its two services."""

from ocpp_soap.kinds import (
    BOOLEAN,
    INT,
    MOMENT,
    STRING,
    URI,
    Service,
    Text,
    Version,
    attribute,
    choice,
    content,
    many,
    operation,
    optional,
    record,
    some,
)

ID_TOKEN = Text("IdToken", 20)
ID_TAG_INFO = record(
    "IdTagInfo",
    status=choice("AuthorizationStatus", "Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"),
    expiryDate=optional(MOMENT),
    parentIdTag=optional(ID_TOKEN),
)
DATA_TRANSFER = operation(
    "DataTransfer",
    {"vendorId": STRING, "messageId": optional(STRING), "data": optional(STRING)},
    {
        "status": choice("DataTransferStatus", "Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"),
        "data": optional(STRING),
    },
)

# --- From the station to the portal ----------------------------------------------------------------------------

ERROR_CODE = choice(
    "ChargePointErrorCode",
    "ConnectorLockFailure",
    "HighTemperature",
    "Mode3Error",
    "NoError",
    "PowerMeterFailure",
    "PowerSwitchFailure",
    "ReaderFailure",
    "ResetFailure",
    "GroundFailure",
    "OverCurrentFailure",
    "UnderVoltage",
    "WeakSignal",
    "OtherError",
)
MEASURAND = choice(
    "Measurand",
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Active.Export.Interval",
    "Energy.Active.Import.Interval",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "Current.Export",
    "Current.Import",
    "Voltage",
    "Temperature",
)
CONTEXT = choice(
    "ReadingContext",
    "Interruption.Begin",
    "Interruption.End",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
)
UNIT = choice("UnitOfMeasure", "Wh", "kWh", "varh", "kvarh", "W", "kW", "var", "kvar", "Amp", "Volt", "Celsius")
SAMPLE = record(
    "MeterValueSample",
    value=content(STRING),
    context=attribute(CONTEXT),
    format=attribute(choice("ValueFormat", "Raw", "SignedData")),
    measurand=attribute(MEASURAND),
    location=attribute(choice("Location", "Inlet", "Outlet", "Body")),
    unit=attribute(UNIT),
)
METER_VALUE = record("MeterValue", timestamp=MOMENT, value=some(SAMPLE))

CENTRAL_SYSTEM = Service(
    "CentralSystemService",
    "urn://Ocpp/Cs/2012/06/",
    (
        operation("Authorize", {"idTag": ID_TOKEN}, {"idTagInfo": ID_TAG_INFO}),
        operation(
            "StartTransaction",
            {
                "connectorId": INT,
                "idTag": ID_TOKEN,
                "timestamp": MOMENT,
                "meterStart": INT,
                "reservationId": optional(INT),
            },
            {"transactionId": INT, "idTagInfo": ID_TAG_INFO},
        ),
        operation(
            "StopTransaction",
            {
                "transactionId": INT,
                "idTag": optional(ID_TOKEN),
                "timestamp": MOMENT,
                "meterStop": INT,
                "transactionData": many(record("TransactionData", values=many(METER_VALUE))),
            },
            {"idTagInfo": optional(ID_TAG_INFO)},
        ),
        operation("Heartbeat", {}, {"currentTime": MOMENT}),
        operation("MeterValues", {"connectorId": INT, "transactionId": optional(INT), "values": many(METER_VALUE)}, {}),
        operation(
            "BootNotification",
            {
                "chargePointVendor": Text("ChargePointVendor", 20),
                "chargePointModel": Text("ChargePointModel", 20),
                "chargePointSerialNumber": optional(Text("ChargePointSerialNumber", 25)),
                "chargeBoxSerialNumber": optional(Text("ChargeBoxSerialNumber", 25)),
                "firmwareVersion": optional(Text("FirmwareVersion", 50)),
                "iccid": optional(Text("IccidString", 20)),
                "imsi": optional(Text("ImsiString", 20)),
                "meterType": optional(Text("MeterType", 25)),
                "meterSerialNumber": optional(Text("MeterSerialNumber", 25)),
            },
            {
                "status": choice("RegistrationStatus", "Accepted", "Rejected"),
                "currentTime": MOMENT,
                "heartbeatInterval": INT,
            },
        ),
        operation(
            "StatusNotification",
            {
                "connectorId": INT,
                "status": choice("ChargePointStatus", "Available", "Occupied", "Faulted", "Unavailable", "Reserved"),
                "errorCode": ERROR_CODE,
                "info": optional(STRING),
                "timestamp": optional(MOMENT),
                "vendorId": optional(STRING),
                "vendorErrorCode": optional(STRING),
            },
            {},
        ),
        operation(
            "FirmwareStatusNotification",
            {"status": choice("FirmwareStatus", "Downloaded", "DownloadFailed", "InstallationFailed", "Installed")},
            {},
        ),
        operation(
            "DiagnosticsStatusNotification", {"status": choice("DiagnosticsStatus", "Uploaded", "UploadFailed")}, {}
        ),
        DATA_TRANSFER,
    ),
)

# --- From the portal to the station ----------------------------------------------------------------------------

REMOTE_STATUS = choice("RemoteStartStopStatus", "Accepted", "Rejected")
TRIES = {"retries": optional(INT), "retryInterval": optional(INT)}

CHARGE_POINT = Service(
    "ChargePointService",
    "urn://Ocpp/Cp/2012/06/",
    (
        operation("UnlockConnector", {"connectorId": INT}, {"status": choice("UnlockStatus", "Accepted", "Rejected")}),
        operation(
            "Reset",
            {"type": choice("ResetType", "Hard", "Soft")},
            {"status": choice("ResetStatus", "Accepted", "Rejected")},
        ),
        operation(
            "ChangeAvailability",
            {"connectorId": INT, "type": choice("AvailabilityType", "Inoperative", "Operative")},
            {"status": choice("AvailabilityStatus", "Accepted", "Rejected", "Scheduled")},
        ),
        operation(
            "GetDiagnostics",
            {"location": URI, "startTime": optional(MOMENT), "stopTime": optional(MOMENT), **TRIES},
            {"fileName": optional(STRING)},
        ),
        operation("ClearCache", {}, {"status": choice("ClearCacheStatus", "Accepted", "Rejected")}),
        operation("UpdateFirmware", {"retrieveDate": MOMENT, "location": URI, **TRIES}, {}),
        operation(
            "ChangeConfiguration",
            {"key": STRING, "value": STRING},
            {"status": choice("ConfigurationStatus", "Accepted", "Rejected", "NotSupported")},
        ),
        operation(
            "RemoteStartTransaction", {"idTag": ID_TOKEN, "connectorId": optional(INT)}, {"status": REMOTE_STATUS}
        ),
        operation("RemoteStopTransaction", {"transactionId": INT}, {"status": REMOTE_STATUS}),
        operation(
            "CancelReservation",
            {"reservationId": INT},
            {"status": choice("CancelReservationStatus", "Accepted", "Rejected")},
        ),
        DATA_TRANSFER,
        operation(
            "GetConfiguration",
            {"key": many(STRING)},
            {
                "configurationKey": many(record("KeyValue", key=STRING, readonly=BOOLEAN, value=optional(STRING))),
                "unknownKey": many(STRING),
            },
        ),
        operation("GetLocalListVersion", {}, {"listVersion": INT}),
        operation(
            "ReserveNow",
            {
                "connectorId": INT,
                "expiryDate": MOMENT,
                "idTag": ID_TOKEN,
                "parentIdTag": optional(ID_TOKEN),
                "reservationId": INT,
            },
            {"status": choice("ReservationStatus", "Accepted", "Faulted", "Occupied", "Rejected", "Unavailable")},
        ),
        operation(
            "SendLocalList",
            {
                "updateType": choice("UpdateType", "Differential", "Full"),
                "listVersion": INT,
                "localAuthorisationList": many(
                    record("AuthorisationData", idTag=ID_TOKEN, idTagInfo=optional(ID_TAG_INFO))
                ),
                "hash": optional(STRING),
            },
            {
                "status": choice("UpdateStatus", "Accepted", "Failed", "HashError", "NotSupported", "VersionMismatch"),
                "hash": optional(STRING),
            },
        ),
    ),
)

V15 = Version("ocpp1.5", CENTRAL_SYSTEM, CHARGE_POINT)
