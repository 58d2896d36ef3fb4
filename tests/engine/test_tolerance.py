"""What stations write otherwise than the schemas have it: what is taken for what, and where that ends."""

import pytest

from engine.ocpp16.reading import reader
from engine.rpc import CallError, ErrorCode

AT = "2026-11-22T09:00:00Z"
START = {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": AT}
STOP = {"transactionId": 7, "meterStop": 5, "timestamp": AT}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
BOOT = {"chargePointVendor": "V", "chargePointModel": "M"}


def meter(*samples, **fields):
    return {"connectorId": 1, "meterValue": [{"timestamp": AT, "sampledValue": list(samples)}], **fields}


def nested(depth):
    return [nested(depth - 1)] if depth else 1


MENDED = {
    "a whole number as text": (
        "StartTransaction", START | {"connectorId": "1", "meterStart": " 12 "}, START | {"meterStart": 12},
        "connectorId '1': taken as 1; meterStart ' 12 ': taken as 12",
    ),
    "a whole number with a point": (
        "StartTransaction", START | {"meterStart": 12.0}, START | {"meterStart": 12}, "meterStart 12.0: taken as 12",
    ),
    "a meter with a fraction": (
        "StopTransaction", STOP | {"meterStop": "1234,5"}, STOP | {"meterStop": 1234},
        "meterStop '1234,5': taken as 1234",
    ),
    "a negative number as text": (
        "StopTransaction", STOP | {"transactionId": "-1"}, STOP | {"transactionId": -1},
        "transactionId '-1': taken as -1",
    ),
    "a tag as a number": ("Authorize", {"idTag": 4711}, {"idTag": "4711"}, "idTag 4711: taken as '4711'"),
    "a tag of a later version": ("Authorize", {"idTag": "x" * 36}, {"idTag": "x" * 36}, None),
    "nothing where nothing is needed": (
        "StopTransaction", STOP | {"idTag": None, "reason": "", "transactionData": None}, STOP,
        "idTag None: left out; reason '': left out; transactionData None: left out",
    ),
    "fields of the vendor's own": (
        "StatusNotification", STATUS | {"color": {"r": 1}}, STATUS, "color dict: left out: there is no such field",
    ),
    "fields in a message that has none": (
        "Heartbeat", {"a": 1}, {}, "a 1: left out: there is no such field",
    ),
    "words in other letters": (
        "StatusNotification", STATUS | {"status": "suspended_EV", "errorCode": "no error"},
        STATUS | {"status": "SuspendedEV"},
        "errorCode 'no error': taken as 'NoError'; status 'suspended_EV': taken as 'SuspendedEV'",
    ),
    "words of the security extension in other letters": (
        "LogStatusNotification", {"status": "uploading", "requestId": "7"}, {"status": "Uploading", "requestId": 7},
        "status 'uploading': taken as 'Uploading'; requestId '7': taken as 7",
    ),
    "a reason of the vendor's own": (
        "StopTransaction", STOP | {"reason": "CableStolen"}, STOP | {"reason": "Other"},
        "reason 'CableStolen': taken as 'Other'",
    ),
    "an error of the vendor's own": (
        "StatusNotification", STATUS | {"errorCode": "E-17", "vendorErrorCode": 17},
        STATUS | {"errorCode": "OtherError", "vendorErrorCode": "17"},
        "errorCode 'E-17': taken as 'OtherError'; vendorErrorCode 17: taken as '17'",
    ),
    "texts for people that are too long": (
        "BootNotification", BOOT | {"chargePointModel": "m" * 21, "iccid": 8945}, BOOT
        | {"chargePointModel": "m" * 20, "iccid": "8945"},
        f"chargePointModel '{'m' * 21}': taken as '{'m' * 20}'; iccid 8945: taken as '8945'",
    ),
    "data that is no text": (
        "DataTransfer", {"vendorId": "v", "data": {"a": [1, None]}}, {"vendorId": "v", "data": '{"a":[1,null]}'},
        "data dict: taken as '{\"a\":[1,null]}'",
    ),
    "data with many levels": (
        "DataTransfer", {"vendorId": "v", "data": nested(18)}, {"vendorId": "v", "data": "[" * 18 + "1" + "]" * 18},
        f"data list: taken as '{'[' * 18}1{']' * 18}'",
    ),
    "a value as a number": (
        "MeterValues", meter({"value": 12.5}, {"value": 3}), meter({"value": "12.5"}, {"value": "3"}),
        "value 12.5: taken as '12.5'; value 3: taken as '3'",
    ),
    "a sample without a value": (
        "MeterValues", meter({"value": "1"}, {"unit": "Wh"}, {"value": None}), meter({"value": "1"}),
        "sampledValue None: left out where it has no value",
    ),
    "no sample at all": ("MeterValues", meter(), meter(), None),
    "words that nobody knows in a sample": (
        "StopTransaction", STOP | {"transactionData": meter({"value": "50", "unit": "Hertz"})["meterValue"]},
        STOP | {"transactionData": meter({"value": "50", "unit": "Hertz"})["meterValue"]}, None,
    ),
    "words in other letters in a sample": (
        "MeterValues", meter({"value": "1", "unit": "KWH", "phase": "l1n", "format": "signed data"}),
        meter({"value": "1", "unit": "kWh", "phase": "L1-N", "format": "SignedData"}),
        "unit 'KWH': taken as 'kWh'; phase 'l1n': taken as 'L1-N'; format 'signed data': taken as 'SignedData'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("action", "payload", "taken", "remark"), MENDED.values(), ids=MENDED.keys())
def test_what_can_only_be_meant_in_one_way_is_taken_and_noted(action, payload, taken, remark):
    assert reader(action)(payload) == (taken, remark)


def test_a_payload_that_is_right_is_not_touched():
    payload = dict(START)
    taken, remark = reader("StartTransaction")(payload)
    assert (taken is payload, remark) == (True, None)


def test_what_is_noted_of_much_that_is_wrong_has_an_end():
    taken, remark = reader("Heartbeat")({f"field {number}": "x" * 1000 for number in range(10_000)})
    assert (taken, len(remark)) == ({}, 1000)


VIOLATION = ErrorCode.TYPE_CONSTRAINT_VIOLATION
REFUSED = {
    "a needed field that is missing": ("Authorize", {"IDTAG": "T"}, ErrorCode.PROTOCOL_ERROR),
    "a needed field that is null": ("StartTransaction", START | {"meterStart": None}, VIOLATION),
    "a needed field that is empty": ("StartTransaction", START | {"connectorId": ""}, VIOLATION),
    "half an outlet": ("StatusNotification", STATUS | {"connectorId": "1.5"}, VIOLATION),
    "a truth": ("StartTransaction", START | {"connectorId": True}, VIOLATION),
    "a number in words": ("StartTransaction", START | {"meterStart": "twelve"}, VIOLATION),
    "a number with a unit": ("StartTransaction", START | {"meterStart": "12 Wh"}, VIOLATION),
    "digits without end": ("StartTransaction", START | {"meterStart": "1" * 5000}, VIOLATION),
    "other digits": ("StartTransaction", START | {"meterStart": "\u0661"}, VIOLATION),
    "a tag with a fraction": ("Authorize", {"idTag": 47.11}, VIOLATION),
    "a tag in a list": ("Authorize", {"idTag": ["T"]}, VIOLATION),
    "a tag that is too long": ("Authorize", {"idTag": "x" * 37}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION),
    "a state that nobody knows": (
        "StatusNotification", STATUS | {"status": "Occupied"}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
    ),
    "no reading": ("MeterValues", meter() | {"meterValue": []}, ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION),
    "a reading that is none": ("MeterValues", meter("1"), VIOLATION),
    "a payload that is none": ("ResetResponse", ["Accepted"], VIOLATION),
    "samples that are no list": (
        "MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": AT, "sampledValue": {"value": "1"}}]}, VIOLATION,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("action", "payload", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_could_be_meant_in_two_ways_is_refused(action, payload, code):
    with pytest.raises(CallError) as refused:
        reader(action)(payload)
    assert refused.value.code == code
