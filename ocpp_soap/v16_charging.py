"""OCPP 1.6 over SOAP: charging profiles, and the messages that are about them alone."""

from ocpp_soap.kinds import INT, MOMENT, Decimal, choice, operation, optional, record, some

LIMIT = Decimal("DecimalOne", 1)
RATE_UNIT = choice("ChargingRateUnitType", "W", "A")
PURPOSE = choice("ChargingProfilePurposeType", "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile")

SCHEDULE = record(
    "ChargingSchedule",
    duration=optional(INT),
    startSchedule=optional(MOMENT),
    chargingRateUnit=RATE_UNIT,
    chargingSchedulePeriod=some(
        record("ChargingSchedulePeriod", startPeriod=INT, limit=LIMIT, numberPhases=optional(INT))
    ),
    minChargingRate=optional(LIMIT),
)
CHARGING_PROFILE = record(
    "ChargingProfile",
    chargingProfileId=INT,
    transactionId=optional(INT),
    stackLevel=INT,
    chargingProfilePurpose=PURPOSE,
    chargingProfileKind=choice("ChargingProfileKindType", "Absolute", "Recurring", "Relative"),
    recurrencyKind=optional(choice("RecurrencyKindType", "Daily", "Weekly")),
    validFrom=optional(MOMENT),
    validTo=optional(MOMENT),
    chargingSchedule=SCHEDULE,
)

CLEAR_CHARGING_PROFILE = operation(
    "ClearChargingProfile",
    {
        "id": optional(INT),
        "connectorId": optional(INT),
        "chargingProfilePurpose": optional(PURPOSE),
        "stackLevel": optional(INT),
    },
    {"status": choice("ClearChargingProfileStatus", "Accepted", "Unknown")},
)
GET_COMPOSITE_SCHEDULE = operation(
    "GetCompositeSchedule",
    {"connectorId": INT, "duration": INT, "chargingRateUnit": optional(RATE_UNIT)},
    {
        "status": choice("GetCompositeScheduleStatus", "Accepted", "Rejected"),
        "connectorId": optional(INT),
        "scheduleStart": optional(MOMENT),
        "chargingSchedule": optional(SCHEDULE),
    },
)
SET_CHARGING_PROFILE = operation(
    "SetChargingProfile",
    {"connectorId": INT, "csChargingProfiles": CHARGING_PROFILE},
    {"status": choice("ChargingProfileStatus", "Accepted", "Rejected", "NotSupported")},
)
