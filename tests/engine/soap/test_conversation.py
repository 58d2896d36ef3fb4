"""Whole conversations over SOAP with the running engine, whole answers compared."""

import pytest
from sqlalchemy import select

from domain.models import ChargingSession, MeterValue, Outlet, Station
from domain.statuses import OutletStatus
from ocpp_soap.v12 import V12
from ocpp_soap.v15 import V15
from ocpp_soap.v16 import V16
from tests.engine.soap.caller import ADDRESS, Caller
from tests.engine.test_conversation import at, is_now

VERSIONS = (V12, V15, V16)
ACCEPTED = {"idTagInfo": {"status": "Accepted"}}
OCCUPIED = {V12: "Occupied", V15: "Occupied", V16: "Charging"}
INTERVAL = {V12: "heartbeatInterval", V15: "heartbeatInterval", V16: "interval"}


@pytest.fixture(params=VERSIONS, ids=lambda version: version.protocol)
def caller(request, engine_server, station) -> Caller:
    return Caller(engine_server, station.charge_box_id, request.param)


def test_a_charge_from_boot_to_the_end(caller, transaction, station, tag):
    version = caller.version
    booted = caller.tell("BootNotification", chargePointVendor="Vendor", chargePointModel="Model", firmwareVersion="1")
    assert is_now(booted.pop("currentTime"))
    assert booted == {"status": "Accepted", INTERVAL[version]: 300}
    beat = caller.tell("Heartbeat")
    assert (list(beat), is_now(beat["currentTime"])) == (["currentTime"], True)

    def status(word, connector=1):
        return caller.tell("StatusNotification", connectorId=connector, errorCode="NoError", status=word)

    assert status("Available", 0) == {}
    assert status("Available") == {}
    assert caller.tell("Authorize", idTag=tag) == ACCEPTED
    assert caller.tell("Authorize", idTag="no") == {"idTagInfo": {"status": "Invalid"}}

    start = {"connectorId": 1, "idTag": tag, "meterStart": 1000, "timestamp": at(1)}
    started = caller.tell("StartTransaction", **start)
    number = started["transactionId"]
    assert started == {**ACCEPTED, "transactionId": number}
    assert caller.tell("StartTransaction", **start) == started
    assert status(OCCUPIED[version]) == {}
    assert caller.tell("MeterValues", **readings(version, number)) == {}
    stop = {"transactionId": number, "meterStop": 3000, "timestamp": at(21), "idTag": tag}
    assert caller.tell("StopTransaction", **stop) == ACCEPTED
    assert caller.tell("StopTransaction", **stop) == ACCEPTED
    assert status("Available") == {}
    assert caller.tell("FirmwareStatusNotification", status="Installed") == {}
    assert caller.tell("DiagnosticsStatusNotification", status="Uploaded") == {}
    if version is not V12:
        vendor = {"vendorId": "vendor", "messageId": "m", "data": "d"}
        assert caller.tell("DataTransfer", **vendor) == {"status": "UnknownVendorId"}

    with transaction() as db:
        [charge] = db.scalars(select(ChargingSession).filter_by(node_id=station.id)).all()
        assert (charge.id, charge.energy_wh) == (number, 2000)
        [reading] = db.scalars(select(MeterValue).filter_by(charging_session_id=number)).all()
        assert reading.energy_wh == 1500
        known = db.get_one(Station, station.id)
        assert (known.protocol, known.online, known.told_endpoint_url) == (version.protocol, True, ADDRESS)
        assert (known.vendor, known.heartbeat_seconds) == ("Vendor", 300)
        assert db.scalars(select(Outlet.status).filter_by(station_id=station.id)).all() == [OutletStatus.AVAILABLE]


def readings(version, number):
    """1,500 Wh, in the words of each version."""
    if version is V12:
        return {"connectorId": 1, "values": [{"timestamp": at(11), "value": 1500}]}
    sample = {"value": "1.5", "unit": "kWh"}
    if version is V15:
        return {"connectorId": 1, "transactionId": number, "values": [{"timestamp": at(11), "value": [sample]}]}
    values = [{"timestamp": at(11), "sampledValue": [sample]}]
    return {"connectorId": 1, "transactionId": number, "meterValue": values}
