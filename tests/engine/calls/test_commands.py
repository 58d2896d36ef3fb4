"""Commands over SOAP: each that OCPP 1.5 knows goes to a real server, and what becomes of it is written down."""

import pytest

from domain import clock
from domain.models import Action as A
from domain.models import CommandReason, CommandState, Direction, FirmwareImage, LocalList, MessageKind
from domain.repeats import SAFE
from engine.ocpp15.commands.table import TABLE
from tests.engine.calls.conftest import START
from tests.engine.calls.soap_station import agree, agree_late, hang_up, once, refuse, say, send
from tests.waiting import wait_until

YES = {"status": "accepted"}
UNTIL = "2030-01-01T00:00:00Z"
ACCEPTED, REJECTED, FAILED, TIMED_OUT = (
    CommandState.ACCEPTED,
    CommandState.REJECTED,
    CommandState.FAILED,
    CommandState.TIMED_OUT,
)

COMMANDS = {
    A.REMOTE_START: (START, "RemoteStartTransaction", {"connectorId": 1, "idTag": "04123456"}, YES),
    A.REMOTE_STOP: ({"charging_session": 4711}, "RemoteStopTransaction", {"transactionId": 4711}, YES),
    A.RESET: ({"type": "soft"}, "Reset", {"type": "Soft"}, YES),
    A.UNLOCK: ({"outlet": 1}, "UnlockConnector", {"connectorId": 1}, YES),
    A.CHANGE_AVAILABILITY: (
        {"available": False},
        "ChangeAvailability",
        {"connectorId": 0, "type": "Inoperative"},
        YES,
    ),
    A.UPDATE_FIRMWARE: (
        {"retrieve_at": "2026-11-22T22:00:00+01:00", "retries": 2, "retry_seconds": 60},
        "UpdateFirmware",
        {"retrieveDate": "2026-11-22T21:00:00Z", "retries": 2, "retryInterval": 60},
        {},
    ),
    A.GET_DIAGNOSTICS: (
        {"since": "2026-11-20T00:00:00Z"},
        "GetDiagnostics",
        {"startTime": "2026-11-20T00:00:00Z"},
        {"file_name": "log.zip"},
    ),
    A.SEND_LOCAL_LIST: (
        {"update": "full", "part": 1, "parts": 1, "tags": 2},
        "SendLocalList",
        {
            "updateType": "Full",
            "listVersion": 1,
            "localAuthorisationList": [
                {"idTag": "A", "idTagInfo": {"status": "Accepted", "expiryDate": UNTIL, "parentIdTag": "P"}},
                {"idTag": "B", "idTagInfo": {"status": "Accepted"}},
            ],
        },
        YES,
    ),
    A.GET_LOCAL_LIST_VERSION: ({}, "GetLocalListVersion", {}, {"version": 3}),
    A.GET_CONFIGURATION: (
        {"keys": ["HeartBeatInterval", "Mood"]},
        "GetConfiguration",
        {"key": ["HeartBeatInterval", "Mood"]},
        {
            "parameters": [{"key": "HeartBeatInterval", "value": "300", "is_readonly": False}],
            "unknown_keys": ["Mood"],
        },
    ),
    A.CHANGE_CONFIGURATION: ({"key": "K", "value": "V"}, "ChangeConfiguration", {"key": "K", "value": "V"}, YES),
    A.CLEAR_CACHE: ({}, "ClearCache", {}, YES),
    A.RESERVE: (
        {"outlet": 1, "id_token": "A", "expires_at": UNTIL},
        "ReserveNow",
        {"connectorId": 1, "idTag": "A", "expiryDate": UNTIL},
        YES,
    ),
    A.CANCEL_RESERVATION: ({"reservation": 12}, "CancelReservation", {"reservationId": 12}, YES),
    A.DATA_TRANSFER: (
        {"vendor_id": "v", "message_id": "m", "data": "d"},
        "DataTransfer",
        {"vendorId": "v", "messageId": "m", "data": "d"},
        YES,
    ),
}
"""By action: the parameters, and the message, its payload and the outcome of a yes."""

ADDED = ("location", "reservationId")
"""What a payload has besides: what is only known when it is sent."""


@pytest.fixture
def parameters_of(transaction):
    """Those of a command, with the rows that they speak of."""

    def parameters_of(action):
        parameters = dict(COMMANDS[action][0])
        with transaction() as db:
            if action is A.UPDATE_FIRMWARE:
                now = clock.now()
                image = FirmwareImage(file_name="f", version=f"{now}", size_bytes=1, sha256="0" * 64, uploaded_at=now)
                db.add(image)
                db.flush()
                parameters["firmware"] = image.id
            if action is A.SEND_LOCAL_LIST:
                entries = {"A": {"expires_at": UNTIL, "parent_token": "P"}, "B": {}}
                made = LocalList(digest=f"{clock.now()}", entries=entries, used_at=clock.now())
                db.add(made)
                db.flush()
                parameters |= {"list": made.id, "target": made.id}
        return parameters

    return parameters_of


def test_all_fifteen_are_here():
    assert len(COMMANDS) == 15
    assert set(COMMANDS) == set(TABLE)


@pytest.mark.parametrize("action", COMMANDS)
def test_each_command_is_asked_and_its_answer_written_down(world, caller, box, parameters_of, action):
    _, name, payload, outcome = COMMANDS[action]
    station = world.add(box.url)

    number = world.make(station, action, parameters_of(action))
    caller.call([station.id])
    asked = box.receive()
    assert (asked.identity, asked.action) == (station.charge_box_id, name)
    told = {key: value for key, value in asked.payload.items() if key not in ADDED or key in payload}
    assert told == payload
    assert world.ends(number) == (ACCEPTED, None, outcome)
    done = world.read(number)
    assert done.created_at < done.sent_at < done.answered_at < done.deadline_at

    box.answer = refuse
    number = world.make(station, action, parameters_of(action))
    caller.call([station.id])
    assert world.ends(number) == (FAILED, CommandReason.REFUSED, None)
    assert world.read(number).answer == {
        "errorCode": "NotSupported",
        "errorDescription": "not here",
        "errorDetails": {"code": "Receiver", "subcode": "NotSupported"},
    }

    box.answer = send(b"<html>no</html>", Content_Type="text/html")
    number = world.make(station, action, parameters_of(action))
    caller.call([station.id])
    state, reason, wrong = world.ends(number)
    assert (state, reason) == (FAILED, CommandReason.NOT_UNDERSTOOD)
    assert "Envelope" in wrong["detail"]


def test_each_command_times_out_and_counts_when_its_answer_comes_late(world, caller, box, parameters_of, settings):
    settings(COMMAND_ANSWER_SECONDS="1")
    box.answer = agree_late
    asked = {action: (world.add(box.url), parameters_of(action)) for action in COMMANDS}
    made = {action: world.make(station, action, given) for action, (station, given) in asked.items()}
    caller.call([station.id for station, _ in asked.values()])
    for action, number in made.items():
        assert world.ends(number) == (TIMED_OUT, CommandReason.NO_ANSWER, None), action
    # What is safe to repeat was asked twice, under the same number; and the rest once.
    heard = [box.receive() for _ in range(len(COMMANDS) + len(SAFE & set(COMMANDS)))]
    assert box.heard.empty()
    for action in COMMANDS:
        of_action = [each for each in heard if each.action == COMMANDS[action][1]]
        assert len(of_action) == (2 if action in SAFE else 1), action
        assert len({each.message_id for each in of_action}) == 1

    box.go_on.set()
    for action, number in made.items():
        wait_until(lambda number=number: world.read(number).state is ACCEPTED)
        late = world.read(number)
        assert (late.reason, late.outcome) == (None, COMMANDS[action][3]), action
        assert late.answered_at > late.deadline_at


NO = {
    A.REMOTE_START: ["Rejected"],
    A.REMOTE_STOP: ["Rejected"],
    A.RESET: ["Rejected"],
    A.UNLOCK: ["Rejected"],
    A.CHANGE_AVAILABILITY: ["Rejected"],
    A.SEND_LOCAL_LIST: ["Failed", "HashError", "NotSupported", "VersionMismatch"],
    A.CHANGE_CONFIGURATION: ["Rejected", "NotSupported"],
    A.CLEAR_CACHE: ["Rejected"],
    A.RESERVE: ["Faulted", "Occupied", "Rejected", "Unavailable"],
    A.CANCEL_RESERVATION: ["Rejected"],
    A.DATA_TRANSFER: ["Rejected", "UnknownMessageId", "UnknownVendorId"],
}


def test_each_word_that_means_no_is_told(world, caller, box, parameters_of):
    station = world.add(box.url)
    for action, words in NO.items():
        for word in words:
            box.answer = say({"status": word})
            number = world.make(station, action, parameters_of(action))
            caller.call([station.id])
            state, reason, outcome = world.ends(number)
            snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in word).lstrip("_")
            assert (state, reason, outcome) == (REJECTED, None, {"status": snake})


def test_an_availability_that_is_scheduled_is_a_yes(world, caller, box):
    box.answer = say({"status": "Scheduled"})
    station = world.add(box.url)
    number = world.make(station, A.CHANGE_AVAILABILITY, {"available": True})
    caller.call([station.id])
    assert world.ends(number) == (ACCEPTED, None, {"status": "scheduled"})


def test_a_call_says_who_asks_and_whom(world, caller, box):
    station = world.add(box.url + "?a=b")
    number = world.make(station)
    caller.call([station.id])
    asked = box.receive()
    assert world.ends(number)[0] is ACCEPTED
    assert asked.from_address.endswith("/Ocpp/CentralSystemService15")
    assert asked.message_id.startswith("urn:uuid:")
    assert asked.path == "/cp?a=b"
    assert asked.headers["Host"] == f"127.0.0.1:{box.port}"
    assert asked.headers["Content-Type"] == ('application/soap+xml; charset=utf-8; action="/RemoteStartTransaction"')
    assert asked.headers.keys() == {"Host", "Accept-Encoding", "Content-Length", "Content-Type", "Connection"}


def test_question_and_answer_stand_in_the_message_log_without_secrets(world, caller, box):
    station = world.add(box.url)
    number = world.make(station, A.CHANGE_CONFIGURATION, {"key": "AuthorizationKey", "value": "s3cr3t-0123456"})
    caller.call([station.id])
    assert box.receive().payload["value"] == "s3cr3t-0123456"
    world.ends(number)
    box.answer = refuse
    refused = world.make(station)
    caller.call([station.id])
    world.ends(refused)
    wait_until(lambda: len(world.messages(station)) == 4)
    out, back, _, fault = world.messages(station)
    assert [(each.direction, each.kind, each.action, each.unique_id, each.reason) for each in (out, back)] == [
        (Direction.OUT, MessageKind.CALL, "ChangeConfiguration", str(number), None),
        (Direction.IN, MessageKind.RESULT, "ChangeConfiguration", str(number), None),
    ]
    assert (fault.direction, fault.kind, fault.unique_id) == (Direction.IN, MessageKind.ERROR, str(refused))
    assert "<ns0:key>AuthorizationKey</ns0:key>" in out.frame
    assert "s3cr3t" not in out.frame
    assert "changeConfigurationResponse" in back.frame
    assert out.at < back.at


def test_a_command_that_the_version_cannot_say_fails_and_the_next_one_goes_out(world, caller, box):
    station = world.add(box.url)
    unknown = world.make(station, A.TRIGGER_MESSAGE, {"message": "boot"})
    too_long = world.make(station, parameters={"outlet": 1, "id_token": "x" * 21})
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[0] is ACCEPTED
    for unsaid in (unknown, too_long):
        assert world.ends(unsaid) == (FAILED, CommandReason.NOT_SENDABLE, None)


def test_what_hangs_up_is_asked_again_where_that_is_safe(world, caller, box):
    station = world.add(box.url)
    box.answer = once(hang_up)
    number = world.make(station, A.GET_LOCAL_LIST_VERSION, {})
    caller.call([station.id])
    assert world.ends(number) == (ACCEPTED, None, {"version": 3})

    box.answer = once(hang_up)
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number) == (FAILED, CommandReason.LINE_LOST, None)
    assert [box.receive().action for _ in range(box.heard.qsize())] == [
        "GetLocalListVersion",
        "GetLocalListVersion",
        "RemoteStartTransaction",
    ]


def test_a_station_that_is_silent_once_is_asked_again_and_its_answer_counts(world, caller, box, settings):
    settings(COMMAND_ANSWER_SECONDS="1")
    station = world.add(box.url)
    box.answer = once(agree_late)
    number = world.make(station, A.GET_LOCAL_LIST_VERSION, {})
    caller.call([station.id])
    assert world.ends(number) == (ACCEPTED, None, {"version": 3})


def test_the_next_command_goes_out_while_a_late_answer_is_waited_for(world, caller, box, settings):
    settings(COMMAND_ANSWER_SECONDS="1")
    station = world.add(box.url)
    box.answer = once(agree_late, say({"status": "Rejected"}))
    late, following = world.make(station), world.make(station)
    caller.call([station.id])
    assert world.ends(late)[0] is TIMED_OUT
    assert world.ends(following)[0] is REJECTED
    # A further one may follow from it, and nobody is about to look.
    box.answer = agree
    after = world.make(station)
    box.go_on.set()
    wait_until(lambda: world.read(late).state is ACCEPTED)
    assert world.ends(after)[0] is ACCEPTED
