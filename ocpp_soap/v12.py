"""OCPP 1.2 over SOAP: the types of its two services. No tag has a length in it, and nothing is reserved."""

from ocpp_soap import common
from ocpp_soap.kinds import INT, MOMENT, STRING, Service, Version, choice, many, operation, optional, record

ID_TAG_INFO = common.id_tag_info(STRING)
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
)
METER_VALUE = record("MeterValue", timestamp=MOMENT, value=INT)
"""Wh, and nothing else."""

CENTRAL_SYSTEM = Service(
    common.CENTRAL_SYSTEM_SERVICE,
    "urn://Ocpp/Cs/2010/08/",
    (
        operation("Authorize", {"idTag": STRING}, {"idTagInfo": ID_TAG_INFO}),
        operation(
            "StartTransaction",
            {"connectorId": INT, "idTag": STRING, "timestamp": MOMENT, "meterStart": INT},
            {"transactionId": INT, "idTagInfo": ID_TAG_INFO},
        ),
        operation(
            "StopTransaction",
            {"transactionId": INT, "idTag": optional(STRING), "timestamp": MOMENT, "meterStop": INT},
            {"idTagInfo": optional(ID_TAG_INFO)},
        ),
        common.HEARTBEAT,
        operation("MeterValues", {"connectorId": INT, "values": many(METER_VALUE)}, {}),
        operation(
            "BootNotification",
            {
                "chargePointVendor": STRING,
                "chargePointModel": STRING,
                "chargePointSerialNumber": optional(STRING),
                "chargeBoxSerialNumber": optional(STRING),
                "firmwareVersion": optional(STRING),
                "iccid": optional(STRING),
                "imsi": optional(STRING),
                "meterType": optional(STRING),
                "meterSerialNumber": optional(STRING),
            },
            {
                "status": common.REGISTRATION_STATUS,
                "currentTime": optional(MOMENT),
                "heartbeatInterval": optional(INT),
            },
        ),
        operation(
            "StatusNotification",
            {
                "connectorId": INT,
                "status": choice("ChargePointStatus", "Available", "Occupied", "Faulted", "Unavailable"),
                "errorCode": ERROR_CODE,
            },
            {},
        ),
        common.FIRMWARE_STATUS_NOTIFICATION,
        common.DIAGNOSTICS_STATUS_NOTIFICATION,
    ),
)

CHARGE_POINT = Service(
    common.CHARGE_POINT_SERVICE,
    "urn://Ocpp/Cp/2010/08/",
    (
        common.UNLOCK_CONNECTOR,
        common.RESET,
        common.CHANGE_AVAILABILITY,
        common.get_diagnostics(STRING),
        common.CLEAR_CACHE,
        common.UPDATE_FIRMWARE,
        common.CHANGE_CONFIGURATION,
        common.remote_start_transaction(STRING),
        common.REMOTE_STOP_TRANSACTION,
    ),
)

V12 = Version("ocpp1.2", CENTRAL_SYSTEM, CHARGE_POINT)
