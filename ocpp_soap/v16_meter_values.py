"""OCPP 1.6 over SOAP: what meters tell. Each sample is told in elements; in 1.5 it was told in attributes."""

from ocpp_soap.common import VALUE_FORMAT
from ocpp_soap.kinds import MOMENT, STRING, choice, optional, record, some

CONTEXT = choice(
    "ReadingContext",
    "Interruption.Begin",
    "Interruption.End",
    "Other",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
    "Trigger",
)
MEASURAND = choice(
    "Measurand",
    "Current.Export",
    "Current.Import",
    "Current.Offered",
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Active.Export.Interval",
    "Energy.Active.Import.Interval",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Frequency",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Factor",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "RPM",
    "SoC",
    "Temperature",
    "Voltage",
)
UNIT = choice(
    "UnitOfMeasure",
    "Celsius",
    "Fahrenheit",
    "Wh",
    "kWh",
    "varh",
    "kvarh",
    "W",
    "kW",
    "VA",
    "kVA",
    "var",
    "kvar",
    "A",
    "V",
    "K",
    "Percent",
)
PHASE = choice("Phase", "L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1")
LOCATION = choice("Location", "Body", "Cable", "EV", "Inlet", "Outlet")

METER_VALUE = record(
    "MeterValue",
    timestamp=MOMENT,
    sampledValue=some(
        record(
            "SampledValue",
            value=STRING,
            context=optional(CONTEXT),
            format=optional(VALUE_FORMAT),
            measurand=optional(MEASURAND),
            phase=optional(PHASE),
            location=optional(LOCATION),
            unit=optional(UNIT),
        )
    ),
)
