"""How each command is said in OCPP 1.6, and what its answers mean: whole frames, whole outcomes."""

from datetime import datetime

import pytest

from domain import clock
from domain.models import Action, CommandReason, CommandState
from domain.reports import CommandReport, Order
from engine.ocpp1.commands.translate import payload_of, report_of
from engine.ocpp16.commands.table import TABLE, question_for
from engine.rpc import CallError, Refusal, Result

NOW = clock.now()
A = Action
NUMBER = 17

PROFILE = {
    "id": 5,
    "purpose": "default",
    "stack_level": 2,
    "kind": "recurring",
    "recurs": "daily",
    "valid_from": "2026-11-22T00:00:00+01:00",
    "valid_to": "2026-12-22T00:00:00Z",
    "unit": "A",
    "start_at": "2026-11-22T00:00:00.123456Z",
    "duration_seconds": 86400,
    "lowest_rate": 6.04,
    "periods": [{"start_seconds": 0, "limit": 16.0, "phases": 3}, {"start_seconds": 3600, "limit": 6.25}],
}
ON_THE_WIRE = {
    "chargingProfileId": 5,
    "stackLevel": 2,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "validFrom": "2026-11-21T23:00:00Z",
    "validTo": "2026-12-22T00:00:00Z",
    "chargingSchedule": {
        "duration": 86400,
        "startSchedule": "2026-11-22T00:00:00Z",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 16.0, "numberPhases": 3},
            {"startPeriod": 3600, "limit": 6.2},
        ],
        "minChargingRate": 6.0,
    },
}
SMALL = {
    "purpose": "charge",
    "stack_level": 0,
    "kind": "relative",
    "unit": "W",
    "periods": [{"start_seconds": 0, "limit": 11000.1}],
}
SMALL_ON_THE_WIRE = {
    "chargingProfileId": NUMBER,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000.1}],
    },
}
WHERE = {"location": "ftp://files.example.com/a"}
TRIES = {"retries": 3, "retry_seconds": 60}
TRIED = {"retries": 3, "retryInterval": 60}
FROM_TO = {"since": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:00Z"}
TAG = {"id_token": "04123456"}
RETRIEVE = {"retrieve_at": "2026-11-22T22:00:00+01:00"}
SIGNED = {"signing_certificate": "-----BEGIN CERTIFICATE-----", "signature": "c2lnbmVk"}

FRAMES = [
    (A.REMOTE_START, {"outlet": 1, **TAG}, "RemoteStartTransaction", {"connectorId": 1, "idTag": "04123456"}),
    (A.REMOTE_START, TAG, "RemoteStartTransaction", {"idTag": "04123456"}),
    (
        A.REMOTE_START,
        {"outlet": 2, **TAG, "profile": SMALL},
        "RemoteStartTransaction",
        {"connectorId": 2, "idTag": "04123456", "chargingProfile": SMALL_ON_THE_WIRE},
    ),
    (
        A.REMOTE_START,
        {**TAG, "profile": PROFILE},
        "RemoteStartTransaction",
        {"idTag": "04123456", "chargingProfile": {**ON_THE_WIRE, "chargingProfilePurpose": "TxProfile"}},
    ),
    (A.REMOTE_STOP, {"outlet": 1, "charging_session": 4711}, "RemoteStopTransaction", {"transactionId": 4711}),
    (A.RESET, {"type": "soft"}, "Reset", {"type": "Soft"}),
    (A.RESET, {"type": "hard"}, "Reset", {"type": "Hard"}),
    (A.UNLOCK, {"outlet": 2}, "UnlockConnector", {"connectorId": 2}),
    (A.CHANGE_AVAILABILITY, {"available": False}, "ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}),
    (
        A.CHANGE_AVAILABILITY,
        {"outlet": 1, "available": True},
        "ChangeAvailability",
        {"connectorId": 1, "type": "Operative"},
    ),
    (
        A.UPDATE_FIRMWARE,
        {"firmware": 1, **WHERE, **RETRIEVE, **TRIES, "install_at": "2026-11-23T00:00:00Z"},
        "UpdateFirmware",
        {**WHERE, "retrieveDate": "2026-11-22T21:00:00Z", **TRIED},
    ),
    (
        A.UPDATE_FIRMWARE,
        {"firmware": 1, **WHERE, **RETRIEVE, **SIGNED, "install_at": "2026-11-23T00:00:00Z"},
        "SignedUpdateFirmware",
        {
            "requestId": NUMBER,
            "firmware": {
                **WHERE,
                "retrieveDateTime": "2026-11-22T21:00:00Z",
                "installDateTime": "2026-11-23T00:00:00Z",
                "signingCertificate": "-----BEGIN CERTIFICATE-----",
                "signature": "c2lnbmVk",
            },
        },
    ),
    (A.GET_DIAGNOSTICS, WHERE, "GetDiagnostics", WHERE),
    (
        A.GET_DIAGNOSTICS,
        {**WHERE, **FROM_TO, **TRIES},
        "GetDiagnostics",
        {**WHERE, "startTime": "2026-11-20T00:00:00Z", "stopTime": "2026-11-21T00:00:00Z", **TRIED},
    ),
    (
        A.GET_LOG,
        {**WHERE, **FROM_TO, **TRIES, "log": "security"},
        "GetLog",
        {
            "logType": "SecurityLog",
            "requestId": NUMBER,
            "log": {
                "remoteLocation": WHERE["location"],
                "oldestTimestamp": "2026-11-20T00:00:00Z",
                "latestTimestamp": "2026-11-21T00:00:00Z",
            },
            **TRIED,
        },
    ),
    (
        A.GET_LOG,
        {**WHERE, "log": "diagnostics"},
        "GetLog",
        {"logType": "DiagnosticsLog", "requestId": NUMBER, "log": {"remoteLocation": WHERE["location"]}},
    ),
    (
        A.SEND_LOCAL_LIST,
        {
            "update": "full",
            "version": 7,
            "entries": [
                TAG,
                {"id_token": "B", "status": "blocked", "parent_token": "P", "expires_at": "2027-01-01T00:00:00Z"},
            ],
        },
        "SendLocalList",
        {
            "listVersion": 7,
            "updateType": "Full",
            "localAuthorizationList": [
                {"idTag": "04123456", "idTagInfo": {"status": "Accepted"}},
                {
                    "idTag": "B",
                    "idTagInfo": {"status": "Blocked", "expiryDate": "2027-01-01T00:00:00Z", "parentIdTag": "P"},
                },
            ],
        },
    ),
    (
        A.SEND_LOCAL_LIST,
        {"update": "differential", "version": 8, "entries": [TAG, {"id_token": "B", "status": "expired"}]},
        "SendLocalList",
        {
            "listVersion": 8,
            "updateType": "Differential",
            "localAuthorizationList": [
                {"idTag": "04123456"},
                {"idTag": "B", "idTagInfo": {"status": "Expired"}},
            ],
        },
    ),
    (A.GET_LOCAL_LIST_VERSION, {}, "GetLocalListVersion", {}),
    (A.GET_CONFIGURATION, {"keys": []}, "GetConfiguration", {}),
    (A.GET_CONFIGURATION, {"keys": ["HeartbeatInterval"]}, "GetConfiguration", {"key": ["HeartbeatInterval"]}),
    (A.CHANGE_CONFIGURATION, {"key": "K", "value": "æ"}, "ChangeConfiguration", {"key": "K", "value": "æ"}),
    (A.CHANGE_CONFIGURATION, {"key": "K", "value": ""}, "ChangeConfiguration", {"key": "K", "value": ""}),
    (A.CLEAR_CACHE, {}, "ClearCache", {}),
    (A.TRIGGER_MESSAGE, {"message": "boot"}, "TriggerMessage", {"requestedMessage": "BootNotification"}),
    (
        A.TRIGGER_MESSAGE,
        {"message": "status", "outlet": 1, "extended": False},
        "TriggerMessage",
        {"requestedMessage": "StatusNotification", "connectorId": 1},
    ),
    (
        A.TRIGGER_MESSAGE,
        {"message": "meter_values", "outlet": 1, "extended": True},
        "ExtendedTriggerMessage",
        {"requestedMessage": "MeterValues", "connectorId": 1},
    ),
    (
        A.TRIGGER_MESSAGE,
        {"message": "sign_certificate"},
        "ExtendedTriggerMessage",
        {"requestedMessage": "SignChargePointCertificate"},
    ),
    (
        A.TRIGGER_MESSAGE,
        {"message": "diagnostics_status", "extended": True},
        "TriggerMessage",
        {"requestedMessage": "DiagnosticsStatusNotification"},
    ),
    (
        A.RESERVE,
        {**TAG, "expires_at": "2026-11-22T23:30:00+01:00"},
        "ReserveNow",
        {"connectorId": 0, "reservationId": NUMBER, "expiryDate": "2026-11-22T22:30:00Z", "idTag": "04123456"},
    ),
    (
        A.RESERVE,
        {"outlet": 2, **TAG, "parent_token": "P", "expires_at": "2026-11-22T22:30:00Z"},
        "ReserveNow",
        {
            "connectorId": 2,
            "reservationId": NUMBER,
            "expiryDate": "2026-11-22T22:30:00Z",
            "idTag": "04123456",
            "parentIdTag": "P",
        },
    ),
    (A.CANCEL_RESERVATION, {"reservation": 12}, "CancelReservation", {"reservationId": 12}),
    (
        A.SET_CHARGING_PROFILE,
        {"profile": PROFILE},
        "SetChargingProfile",
        {"connectorId": 0, "csChargingProfiles": ON_THE_WIRE},
    ),
    (
        A.SET_CHARGING_PROFILE,
        {"outlet": 1, "charging_session": 4711, "profile": SMALL},
        "SetChargingProfile",
        {"connectorId": 1, "csChargingProfiles": {**SMALL_ON_THE_WIRE, "transactionId": 4711}},
    ),
    (A.CLEAR_CHARGING_PROFILE, {}, "ClearChargingProfile", {}),
    (
        A.CLEAR_CHARGING_PROFILE,
        {"outlet": 0, "profile_id": 5, "purpose": "station", "stack_level": 0},
        "ClearChargingProfile",
        {"id": 5, "connectorId": 0, "chargingProfilePurpose": "ChargePointMaxProfile", "stackLevel": 0},
    ),
    (
        A.GET_COMPOSITE_SCHEDULE,
        {"duration_seconds": 3600},
        "GetCompositeSchedule",
        {"connectorId": 0, "duration": 3600},
    ),
    (
        A.GET_COMPOSITE_SCHEDULE,
        {"outlet": 1, "duration_seconds": 3600, "unit": "W"},
        "GetCompositeSchedule",
        {"connectorId": 1, "duration": 3600, "chargingRateUnit": "W"},
    ),
    (A.DATA_TRANSFER, {"vendor_id": "com.example"}, "DataTransfer", {"vendorId": "com.example"}),
    (
        A.DATA_TRANSFER,
        {"vendor_id": "com.example", "message_id": "m", "data": "d"},
        "DataTransfer",
        {"vendorId": "com.example", "messageId": "m", "data": "d"},
    ),
]


def said(action, parameters):
    """The name and the payload of a command on the wire."""
    order = Order(NUMBER, action, parameters)
    question = question_for(order)
    return question.action, payload_of(question, order)


@pytest.mark.parametrize(("action", "parameters", "name", "payload"), FRAMES)
def test_each_command_is_said_so(action, parameters, name, payload):
    assert said(action, parameters) == (name, payload)


def test_every_action_has_words():
    assert {action for action, *_ in FRAMES} == set(TABLE) == set(Action)


@pytest.mark.parametrize("extra", [{}, SIGNED])
def test_firmware_without_a_time_is_wanted_now(extra):
    _, payload = said(A.UPDATE_FIRMWARE, {**WHERE, **extra})
    wanted_at = payload.get("retrieveDate") or payload["firmware"]["retrieveDateTime"]
    assert abs((clock.now() - datetime.fromisoformat(wanted_at)).total_seconds()) < 60


UNSAYABLE = [
    (A.REMOTE_START, {"outlet": 1, "id_token": "x" * 21}),
    (A.REMOTE_STOP, {"outlet": 1}),
    (A.UPDATE_FIRMWARE, {"firmware": 1}),
    (A.UPDATE_FIRMWARE, {**WHERE, **RETRIEVE, **SIGNED, "signature": "x" * 801}),
    (A.GET_LOG, {"log": "diagnostics", "location": "x" * 513}),
    (A.SEND_LOCAL_LIST, {"update": "full"}),
    (A.SEND_LOCAL_LIST, {"update": "full", "version": 1, "entries": [{"id_token": "x" * 21}]}),
    (A.RESERVE, {**TAG, "expires_at": "some day"}),
]


@pytest.mark.parametrize(("action", "parameters"), UNSAYABLE)
def test_what_ocpp_has_no_words_for_is_not_said(action, parameters):
    with pytest.raises(CallError):
        said(action, parameters)


YES, NO = CommandState.ACCEPTED, CommandState.REJECTED
SIMPLE = {"Accepted": (YES, "accepted"), "Rejected": (NO, "rejected")}
UPDATED = {
    "Accepted": (YES, "accepted"),
    "AcceptedCanceled": (YES, "accepted_canceled"),
    "Rejected": (NO, "rejected"),
    "InvalidCertificate": (NO, "invalid_certificate"),
    "RevokedCertificate": (NO, "revoked_certificate"),
}
TRIGGERED = {**SIMPLE, "NotImplemented": (NO, "not_implemented")}
WORDS = [
    (A.REMOTE_START, {}, SIMPLE),
    (A.REMOTE_STOP, {}, SIMPLE),
    (A.RESET, {}, SIMPLE),
    (
        A.UNLOCK,
        {},
        {
            "Unlocked": (YES, "unlocked"),
            "UnlockFailed": (NO, "unlock_failed"),
            "NotSupported": (NO, "not_supported"),
        },
    ),
    (A.CHANGE_AVAILABILITY, {}, {**SIMPLE, "Scheduled": (YES, "scheduled")}),
    (A.UPDATE_FIRMWARE, SIGNED, UPDATED),
    (A.GET_LOG, {}, {**SIMPLE, "AcceptedCanceled": (YES, "accepted_canceled")}),
    (
        A.SEND_LOCAL_LIST,
        {},
        {
            "Accepted": (YES, "accepted"),
            "Failed": (NO, "failed"),
            "NotSupported": (NO, "not_supported"),
            "VersionMismatch": (NO, "version_mismatch"),
        },
    ),
    (
        A.CHANGE_CONFIGURATION,
        {},
        {**SIMPLE, "RebootRequired": (YES, "reboot_required"), "NotSupported": (NO, "not_supported")},
    ),
    (A.CLEAR_CACHE, {}, SIMPLE),
    (A.TRIGGER_MESSAGE, {"message": "boot"}, TRIGGERED),
    (A.TRIGGER_MESSAGE, {"message": "boot", "extended": True}, TRIGGERED),
    (
        A.RESERVE,
        {},
        {
            **SIMPLE,
            "Faulted": (NO, "faulted"),
            "Occupied": (NO, "occupied"),
            "Unavailable": (NO, "unavailable"),
        },
    ),
    (A.CANCEL_RESERVATION, {}, SIMPLE),
    (A.SET_CHARGING_PROFILE, {}, {**SIMPLE, "NotSupported": (NO, "not_supported")}),
    (A.CLEAR_CHARGING_PROFILE, {}, {"Accepted": (YES, "accepted"), "Unknown": (NO, "unknown")}),
    (A.GET_COMPOSITE_SCHEDULE, {}, SIMPLE),
    (
        A.DATA_TRANSFER,
        {},
        {
            **SIMPLE,
            "UnknownMessageId": (NO, "unknown_message_id"),
            "UnknownVendorId": (NO, "unknown_vendor_id"),
        },
    ),
]


def heard(action, answer, parameters=None):
    order = Order(NUMBER, action, parameters or {})
    report, _remark = report_of(question_for(order), order, Result("17", answer), NOW)
    return report


@pytest.mark.parametrize(
    ("action", "parameters", "word", "state", "status"),
    [(action, some, word, *meaning) for action, some, words in WORDS for word, meaning in words.items()],
)
def test_each_word_means_yes_or_no_and_is_told(action, parameters, word, state, status):
    answer = {"status": word}
    assert heard(action, answer, parameters) == CommandReport(NUMBER, state, None, answer, NOW, {"status": status})


@pytest.mark.parametrize(("action", "parameters"), [(action, some) for action, some, _ in WORDS])
@pytest.mark.parametrize(
    "answer", [{"status": "Perhaps"}, {"status": 1}, {"status": ["Accepted"]}, {}, None, [], "Accepted", 3, {"a": 1}]
)
def test_a_word_that_ocpp_has_not_is_not_understood(action, parameters, answer):
    report = CommandReport(NUMBER, CommandState.FAILED, CommandReason.NOT_UNDERSTOOD, answer, NOW)
    assert heard(action, answer, parameters) == report


@pytest.mark.parametrize("action", Action)
def test_an_error_is_kept_whole(action):
    whole = {"errorCode": "NotSupported", "errorDescription": "no", "errorDetails": {"a": 1}}
    order = Order(NUMBER, action, {"message": "boot"})
    report, remark = report_of(question_for(order), order, Refusal("17", "NotSupported", "no", {"a": 1}), NOW)
    assert remark is None
    assert report == CommandReport(NUMBER, CommandState.FAILED, CommandReason.REFUSED, whole, NOW)


OUTCOMES = {
    "firmware": (A.UPDATE_FIRMWARE, {}, {}),
    "firmware, nothing at all": (A.UPDATE_FIRMWARE, None, {}),
    "diagnostics": (A.GET_DIAGNOSTICS, {"fileName": "a.zip"}, {"file_name": "a.zip"}),
    "diagnostics, nothing to upload": (A.GET_DIAGNOSTICS, {}, {}),
    "diagnostics, null": (A.GET_DIAGNOSTICS, {"fileName": None}, {}),
    "log": (
        A.GET_LOG,
        {"status": "Accepted", "filename": "a.log"},
        {"status": "accepted", "file_name": "a.log"},
    ),
    "version": (A.GET_LOCAL_LIST_VERSION, {"listVersion": 7}, {"version": 7}),
    "version as a text": (A.GET_LOCAL_LIST_VERSION, {"listVersion": "7"}, {"version": 7}),
    "data": (
        A.DATA_TRANSFER,
        {"status": "Accepted", "data": "pong"},
        {"status": "accepted", "data": "pong"},
    ),
    "data that is no text": (
        A.DATA_TRANSFER,
        {"status": "Accepted", "data": {"pong": 1}},
        {"status": "accepted", "data": '{"pong":1}'},
    ),
    "a word in small letters": (A.RESET, {"status": "accepted"}, {"status": "accepted"}),
    "a field of the vendor's own": (A.RESET, {"status": "Accepted", "mood": "good"}, {"status": "accepted"}),
    "schedule": (
        A.GET_COMPOSITE_SCHEDULE,
        {
            "status": "Accepted",
            "connectorId": 1,
            "scheduleStart": "2026-11-22T10:00:00Z",
            "chargingSchedule": {
                "duration": 3600,
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 13.047, "numberPhases": 3}],
                "minChargingRate": 6.0,
            },
        },
        {
            "status": "accepted",
            "schedule": {
                "outlet": 1,
                "start_at": "2026-11-22T10:00:00Z",
                "duration_seconds": 3600,
                "unit": "A",
                "lowest_rate": 6.0,
                "periods": [{"start_seconds": 0, "limit": 13.047, "phases": 3}],
            },
        },
    ),
}


@pytest.mark.parametrize(("action", "answer", "outcome"), OUTCOMES.values(), ids=OUTCOMES.keys())
def test_what_an_answer_brings_is_told_in_the_domains_words(action, answer, outcome):
    assert heard(action, answer) == CommandReport(NUMBER, YES, None, answer, NOW, outcome)


def test_a_station_that_keeps_no_list_says_no():
    outcome = {"status": "not_supported", "version": -1}
    assert heard(A.GET_LOCAL_LIST_VERSION, {"listVersion": -1}).state is NO
    assert heard(A.GET_LOCAL_LIST_VERSION, {"listVersion": -1}).outcome == outcome


CONFIGURATION = {
    "nothing": ({}, [], []),
    "as it should be": (
        {
            "configurationKey": [{"key": "A", "readonly": True, "value": "1"}, {"key": "B", "readonly": False}],
            "unknownKey": ["C"],
        },
        [("A", "1", True), ("B", None, False)],
        ["C"],
    ),
    "one key among two hundred": (
        {"configurationKey": [{"key": f"K{n}", "readonly": False, "value": "v"} for n in range(200)] + [{"value": 1}]},
        [(f"K{n}", "v", False) for n in range(200)],
        [],
    ),
    "a long value": (
        {"configurationKey": [{"key": "A", "readonly": False, "value": "x" * 2000}]},
        [("A", "x" * 2000, False)],
        [],
    ),
    "no readonly": ({"configurationKey": [{"key": "A", "value": "1"}]}, [("A", "1", False)], []),
    "readonly as a text": (
        {"configurationKey": [{"key": "A", "readonly": "True"}, {"key": "B", "readonly": "false"}]},
        [("A", None, True), ("B", None, False)],
        [],
    ),
    "readonly as a number": (
        {"configurationKey": [{"key": "A", "readonly": 1}, {"key": "B", "readonly": 0}]},
        [("A", None, True), ("B", None, False)],
        [],
    ),
    "no texts": (
        {
            "configurationKey": [
                {"key": "A", "readonly": None, "value": 300},
                {"key": "B", "readonly": False, "value": True},
                {"key": "C", "readonly": False, "value": 0.5},
                {"key": "D", "readonly": False, "value": None},
                {"key": "E", "readonly": False, "value": [1, "a"]},
                {"key": 7, "readonly": False, "value": "v"},
            ],
        },
        [
            ("A", "300", False),
            ("B", "true", False),
            ("C", "0.5", False),
            ("D", None, False),
            ("E", '[1,"a"]', False),
            ("7", "v", False),
        ],
        [],
    ),
    "a field of the vendor's own": (
        {"configurationKey": [{"key": "A", "readonly": False, "value": "1", "type": "int"}], "more": 1},
        [("A", "1", False)],
        [],
    ),
    "null": ({"configurationKey": None, "unknownKey": None}, [], []),
    "entries that are none": (
        {
            "configurationKey": [None, "A", {"key": ""}, {"key": "x" * 256}, {"key": "B", "readonly": False}],
            "unknownKey": [None, "", "C", 5],
        },
        [("B", None, False)],
        ["C", "5"],
    ),
}


@pytest.mark.parametrize(("answer", "keys", "unknown"), CONFIGURATION.values(), ids=CONFIGURATION.keys())
def test_one_bad_key_does_not_spoil_the_others(answer, keys, unknown):
    told = [{"key": key, "value": value, "is_readonly": is_readonly} for key, value, is_readonly in keys]
    outcome = {"parameters": told, "unknown_keys": unknown}
    assert heard(A.GET_CONFIGURATION, answer) == CommandReport(NUMBER, YES, None, answer, NOW, outcome)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        "all",
        {"configurationKey": {"key": "A"}},
        {"unknownKey": "A"},
        {"configurationKey": [1, {"value": "a"}]},
    ],
)
def test_a_configuration_of_which_nothing_can_be_read_is_not_understood(answer):
    report = CommandReport(NUMBER, CommandState.FAILED, CommandReason.NOT_UNDERSTOOD, answer, NOW)
    assert heard(A.GET_CONFIGURATION, answer) == report
