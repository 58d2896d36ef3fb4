"""Clients that zeep makes of a description, ours and the published one, talk with the running engine.

All ten operations of OCPP 1.5, whole answers, headers included.
"""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import zeep
from lxml import etree
from zeep.helpers import serialize_object
from zeep.plugins import HistoryPlugin
from zeep.transports import Transport

from domain import clock
from ocpp_soap.namespaces import ANONYMOUS
from ocpp_soap.v15 import V15
from tests.engine.soap.caller import NAMES, PATHS
from tests.ocpp_soap.published import FOLDER, PUBLISHED
from tests.waiting import LONGEST_SECONDS

DESCRIPTIONS = ("ours",) if FOLDER is None else ("ours", "published")
SERVICE = f"{{{V15.central_system.namespace}}}CentralSystemServiceSoap"
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
ACCEPTED = {"status": "Accepted", "expiryDate": None, "parentIdTag": None}


class Client:
    """What zeep makes of a description."""

    def __init__(self, description: str, url: str, charge_box_id: str) -> None:
        self._sent = HistoryPlugin()
        transport = Transport(timeout=LONGEST_SECONDS, operation_timeout=LONGEST_SECONDS)
        source = f"{url}?wsdl"
        if description == "published":
            assert FOLDER is not None
            source = BytesIO((FOLDER / PUBLISHED[V15.central_system]).read_bytes())
        client = zeep.Client(source, transport=transport, plugins=[self._sent], settings=zeep.Settings(strict=True))
        self._proxy = client.create_service(SERVICE, url)
        self._charge_box_id = charge_box_id

    def tell(self, action: str, **message: Any) -> Any:
        answer = self._proxy[action](**message, _soapheaders={"ChargeBoxIdentity": self._charge_box_id})
        self._check_headers(action)
        return serialize_object(answer, dict)

    def _check_headers(self, action: str) -> None:
        sent, received = self._sent.last_sent["envelope"], self._sent.last_received["envelope"]
        header = received.find("e:Header", NAMES)
        told = {etree.QName(each).localname: each.text for each in header}
        number = sent.findtext("e:Header/a:MessageID", None, NAMES)
        assert told == {"Action": f"/{action}Response", "To": ANONYMOUS, "RelatesTo": number}


@pytest.fixture(params=DESCRIPTIONS)
def client(request, engine_server, station):
    url = f"http://127.0.0.1:{engine_server.port}{PATHS[V15.protocol]}"
    return Client(request.param, url, station.charge_box_id)


def is_now(moment):
    return abs(clock.now() - moment) < timedelta(minutes=1) and moment.microsecond == 0


def test_all_ten_operations(client, tag):
    booted = client.tell("BootNotification", chargePointVendor="Vendor", chargePointModel="Model")
    assert is_now(booted.pop("currentTime"))
    assert booted == {"status": "Accepted", "heartbeatInterval": 300}
    assert is_now(client.tell("Heartbeat"))
    assert client.tell("StatusNotification", connectorId=1, status="Occupied", errorCode="NoError") in (None, {})
    assert client.tell("Authorize", idTag=tag) == ACCEPTED
    start = {"connectorId": 1, "idTag": tag, "timestamp": AT, "meterStart": 1000}
    started = client.tell("StartTransaction", **start)
    number = started["transactionId"]
    assert started == {"transactionId": number, "idTagInfo": ACCEPTED}
    samples = [{"_value_1": "1500", "unit": "Wh", "measurand": "Energy.Active.Import.Register"}, {"_value_1": "1500"}]
    reading = [{"timestamp": AT + timedelta(minutes=5), "value": samples}]
    assert client.tell("MeterValues", connectorId=1, transactionId=number, values=reading) in (None, {})
    stop = {"transactionId": number, "idTag": tag, "timestamp": AT + timedelta(minutes=9), "meterStop": 2000}
    assert client.tell("StopTransaction", **stop, transactionData=[{"values": reading}]) == ACCEPTED
    assert client.tell("FirmwareStatusNotification", status="Installed") in (None, {})
    assert client.tell("DiagnosticsStatusNotification", status="Uploaded") in (None, {})
    told = client.tell("DataTransfer", vendorId="vendor", messageId="m", data="d")
    assert told == {"status": "UnknownVendorId", "data": None}


def test_a_fault_is_understood(client, engine_server):
    stranger = Client("ours", f"http://127.0.0.1:{engine_server.port}{PATHS[V15.protocol]}", "nobody of ours")
    with pytest.raises(zeep.exceptions.Fault) as fault:
        stranger.tell("Heartbeat")
    assert fault.value.message == "No station with the charge box id 'nobody of ours' is known here."
    assert [each.localname for each in fault.value.subcodes] == ["SecurityError"]
    assert fault.value.subcodes[0].namespace == V15.central_system.namespace
