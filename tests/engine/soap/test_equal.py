"""The same charge told in every version is the same session in the database, field by field."""

from sqlalchemy import inspect, select

from domain.models import ChargingSession, MeterValue
from ocpp_soap.v15 import V15
from ocpp_soap.v16 import V16
from tests.engine.conftest import make_station, numbers
from tests.engine.soap.caller import Caller
from tests.engine.test_conversation import at

OWN = {"id", "site_id", "site_name", "node_id", "station_name", "outlet_id", "charging_session_id", "change_number"} | {
    "received_at",
    "logged_at",
}
"""What tells one charge from another, or when it was told."""


START = {"connectorId": 1, "meterStart": 1000, "timestamp": at(1)}
SAMPLES = [
    {"value": "1.5", "unit": "kWh", "measurand": "Energy.Active.Import.Register", "context": "Sample.Periodic"},
    {"value": "7200", "unit": "W", "measurand": "Power.Active.Import"},
    {"value": "31,5", "unit": "A", "measurand": "Current.Import"},
    {"value": "230", "unit": "V", "measurand": "Voltage"},
]
IN_15 = {"A": "Amp", "V": "Volt"}
READING, LAST = (
    {"timestamp": at(11), "sampledValue": SAMPLES},
    {"timestamp": at(20), "sampledValue": [{"value": "2900"}]},
)
STOP = {"meterStop": 3000, "timestamp": at(21)}


def over_websocket(server, charge_box_id):
    with server.connect(charge_box_id) as wire:
        yield lambda action, **payload: wire.ask(2, action, action, payload)[2]


def over_soap(version):
    def tell(server, charge_box_id):
        yield Caller(server, charge_box_id, version).tell

    return tell


def in_16(tell, number):
    tell("MeterValues", connectorId=1, transactionId=number, meterValue=[READING])
    return [LAST]


def in_15(tell, number):
    tell("MeterValues", connectorId=1, transactionId=number, values=[as_15(READING)])
    return [{"values": [as_15(LAST)]}]


def as_15(reading):
    samples = [
        {**sample, **({"unit": IN_15.get(sample["unit"], sample["unit"])} if "unit" in sample else {})}
        for sample in reading["sampledValue"]
    ]
    return {"timestamp": reading["timestamp"], "value": samples}


def charge(tell, tag, report):
    """`report` tells what the meter shows, and returns what is told with the stop."""
    tell("BootNotification", chargePointVendor="V", chargePointModel="M")
    number = tell("StartTransaction", **START, idTag=tag)["transactionId"]
    told_last = report(tell, number)
    tell("StopTransaction", **STOP, idTag=tag, transactionId=number, transactionData=told_last)


def told(transaction, station):
    """The session and its readings, by column, without what is its own."""
    with transaction() as db:
        [charge] = db.scalars(select(ChargingSession).filter_by(node_id=station.id)).all()
        readings = db.scalars(
            select(MeterValue).filter_by(charging_session_id=charge.id).order_by(MeterValue.measured_at)
        ).all()
        return [fields(each) for each in (charge, *readings)]


def fields(row):
    return {each.key: getattr(row, each.key) for each in inspect(type(row)).column_attrs if each.key not in OWN}


def test_a_charge_is_the_same_in_each_version(engine_server, transaction, tag):
    found = []
    for way, report in ((over_websocket, in_16), (over_soap(V15), in_15), (over_soap(V16), in_16)):
        station = make_station(transaction, f"equal-{next(numbers)}")
        for tell in way(engine_server, station.charge_box_id):
            charge(tell, tag, report)
        found.append(told(transaction, station))
    over_a_line, *the_others = found
    assert len(over_a_line) == 3
    assert over_a_line[0]["energy_wh"] == 2000
    for each in the_others:
        assert each == over_a_line
