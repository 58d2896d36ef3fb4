"""OCPP 1.5 over SOAP: the types of its two services."""

from ocpp_soap import common
from ocpp_soap.kinds import (
    BOOLEAN,
    INT,
    MOMENT,
    STRING,
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

DATA_TRANSFER = common.data_transfer(STRING, STRING)

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
    format=attribute(common.VALUE_FORMAT),
    measurand=attribute(MEASURAND),
    location=attribute(choice("Location", "Inlet", "Outlet", "Body")),
    unit=attribute(UNIT),
)
METER_VALUE = record("MeterValue", timestamp=MOMENT, value=some(SAMPLE))

CENTRAL_SYSTEM = Service(
    common.CENTRAL_SYSTEM_SERVICE,
    "urn://Ocpp/Cs/2012/06/",
    (
        common.AUTHORIZE,
        common.START_TRANSACTION,
        operation(
            "StopTransaction",
            {
                "transactionId": INT,
                "idTag": optional(common.ID_TOKEN),
                "timestamp": MOMENT,
                "meterStop": INT,
                "transactionData": many(record("TransactionData", values=many(METER_VALUE))),
            },
            {"idTagInfo": optional(common.ID_TAG_INFO)},
        ),
        common.HEARTBEAT,
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
                "status": common.REGISTRATION_STATUS,
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
        common.FIRMWARE_STATUS_NOTIFICATION,
        common.DIAGNOSTICS_STATUS_NOTIFICATION,
        DATA_TRANSFER,
    ),
)

# --- From the portal to the station ----------------------------------------------------------------------------

CHARGE_POINT = Service(
    common.CHARGE_POINT_SERVICE,
    "urn://Ocpp/Cp/2012/06/",
    (
        common.UNLOCK_CONNECTOR,
        common.RESET,
        common.CHANGE_AVAILABILITY,
        common.get_diagnostics(STRING),
        common.CLEAR_CACHE,
        common.UPDATE_FIRMWARE,
        common.CHANGE_CONFIGURATION,
        common.remote_start_transaction(common.ID_TOKEN),
        common.REMOTE_STOP_TRANSACTION,
        common.CANCEL_RESERVATION,
        DATA_TRANSFER,
        operation(
            "GetConfiguration",
            {"key": many(STRING)},
            {
                "configurationKey": many(record("KeyValue", key=STRING, readonly=BOOLEAN, value=optional(STRING))),
                "unknownKey": many(STRING),
            },
        ),
        common.GET_LOCAL_LIST_VERSION,
        common.RESERVE_NOW,
        operation(
            "SendLocalList",
            {
                "updateType": common.UPDATE_TYPE,
                "listVersion": INT,
                "localAuthorisationList": many(
                    record("AuthorisationData", idTag=common.ID_TOKEN, idTagInfo=optional(common.ID_TAG_INFO))
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
