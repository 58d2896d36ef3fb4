"""The same charge told in every version is the same session in the database, field by field."""

from sqlalchemy import inspect, select

from domain.models import ChargingSession, MeterValue
from ocpp_soap.v15 import V15
from ocpp_soap.v16 import V16
from tests.engine.conftest import make_station, numbers
from tests.engine.soap.caller import Caller
from tests.engine.test_conversation import at

OWN = {"id", "site_id", "site_name", "node_id", "station_name", "outlet_id", "charging_session_id"} | {
    "received_at",
    "logged_at",
}
"""What tells one charge from another, or when it was told."""


def charge_over_websocket(server, charge_box_id, tag):
    with server.connect(charge_box_id) as wire:
        wire.ask(2, "boot", "BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
        start = {"connectorId": 1, "idTag": tag, "meterStart": 1000, "timestamp": at(1)}
        number = wire.ask(2, "start", "StartTransaction", start)[2]["transactionId"]
        sampled = [
            {"value": "1.5", "unit": "kWh", "measurand": "Energy.Active.Import.Register", "context": "Sample.Periodic"},
            {"value": "7200", "unit": "W", "measurand": "Power.Active.Import"},
            {"value": "31,5", "unit": "A", "measurand": "Current.Import"},
            {"value": "230", "unit": "V", "measurand": "Voltage"},
        ]
        values = [{"timestamp": at(11), "sampledValue": sampled}]
        wire.ask(2, "meter", "MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": values})
        last = [{"timestamp": at(20), "sampledValue": [{"value": "2900"}]}]
        stop = {"transactionId": number, "meterStop": 3000, "timestamp": at(21), "idTag": tag, "transactionData": last}
        wire.ask(2, "stop", "StopTransaction", stop)


def charge_over_soap15(server, charge_box_id, tag):
    caller = Caller(server, charge_box_id, V15)
    caller.tell("BootNotification", chargePointVendor="V", chargePointModel="M")
    start = {"connectorId": 1, "idTag": tag, "meterStart": 1000, "timestamp": at(1)}
    number = caller.tell("StartTransaction", **start)["transactionId"]
    value = [
        {"value": "1.5", "unit": "kWh", "measurand": "Energy.Active.Import.Register", "context": "Sample.Periodic"},
        {"value": "7200", "unit": "W", "measurand": "Power.Active.Import"},
        {"value": "31,5", "unit": "Amp", "measurand": "Current.Import"},
        {"value": "230", "unit": "Volt", "measurand": "Voltage"},
    ]
    values = [{"timestamp": at(11), "value": value}]
    caller.tell("MeterValues", connectorId=1, transactionId=number, values=values)
    last = [{"values": [{"timestamp": at(20), "value": [{"value": "2900"}]}]}]
    stop = {"transactionId": number, "meterStop": 3000, "timestamp": at(21), "idTag": tag, "transactionData": last}
    caller.tell("StopTransaction", **stop)


def charge_over_soap16(server, charge_box_id, tag):
    caller = Caller(server, charge_box_id, V16)
    caller.tell("BootNotification", chargePointVendor="V", chargePointModel="M")
    start = {"connectorId": 1, "idTag": tag, "meterStart": 1000, "timestamp": at(1)}
    number = caller.tell("StartTransaction", **start)["transactionId"]
    sampled = [
        {"value": "1.5", "unit": "kWh", "measurand": "Energy.Active.Import.Register", "context": "Sample.Periodic"},
        {"value": "7200", "unit": "W", "measurand": "Power.Active.Import"},
        {"value": "31,5", "unit": "A", "measurand": "Current.Import"},
        {"value": "230", "unit": "V", "measurand": "Voltage"},
    ]
    values = [{"timestamp": at(11), "sampledValue": sampled}]
    caller.tell("MeterValues", connectorId=1, transactionId=number, meterValue=values)
    last = [{"timestamp": at(20), "sampledValue": [{"value": "2900"}]}]
    stop = {"transactionId": number, "meterStop": 3000, "timestamp": at(21), "idTag": tag, "transactionData": last}
    caller.tell("StopTransaction", **stop)


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
    for charge in (charge_over_websocket, charge_over_soap15, charge_over_soap16):
        station = make_station(transaction, f"equal-{next(numbers)}")
        charge(engine_server, station.charge_box_id, tag)
        found.append(told(transaction, station))
    over_websocket, *over_soap = found
    assert len(over_websocket) == 3
    assert over_websocket[0]["energy_wh"] == 2000
    for each in over_soap:
        assert each == over_websocket
