"""What can be asked of a station, and what is wrong with what cannot."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from domain import commands, orders
from domain.asking import NEVER_WAITING, IfOffline, ParametersError, ask, checked, checked_json
from domain.command_parameters import MODELS
from domain.db import session_factory
from domain.models import (
    Action,
    ChargingSession,
    Command,
    CommandReason,
    CommandState,
    FirmwareImage,
    IdToken,
    Outlet,
    OutletMode,
    Site,
    Station,
    StationKind,
)
from domain.reports import ConnectReport, Order, TakeCommandReport
from domain.stations import connect
from tests.domain.conftest import NINE, after

TAG = "04123456AB"
PERIODS = [{"start_seconds": 0, "limit": 16}]
STORED_PERIODS = [{"start_seconds": 0, "limit": 16.0}]
STORED_PROFILE = {"stack_level": 0, "kind": "relative", "unit": "A", "periods": STORED_PERIODS}


@pytest.fixture
def online(db, station, outlet):
    """It has outlet 1, which is open: whose tags are refused is asked in tests/engine/test_outlet_modes.py."""
    outlet.mode = OutletMode.OPEN
    station.online, station.protocol = True, "ocpp1.6"
    db.flush()
    return station


@pytest.fixture
def elsewhere(db):
    site = Site(name="Elsewhere")
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name="Far", charge_box_id="far", online=True, protocol="ocpp1.6")
    db.add(station)
    db.flush()
    return station


@pytest.fixture
def charge(db, station, outlet):
    """Makes one that runs at outlet 1."""

    def charge(outlet=outlet, **more):
        made = ChargingSession(
            **{"started_at": NINE, "logged_at": NINE, "node_id": station.id, "site_id": station.site_id,
               "outlet_id": outlet.id, "site_name": "-", "station_name": "-", "outlet_number": outlet.number,
               "authorization": 1, "id_token": "T", "meter_start_wh": 0} | more
        )  # fmt: skip
        db.add(made)
        db.flush()
        return made

    return charge


@pytest.fixture
def refused(db, online):
    """What is wrong: the word and the sentence by parameter."""

    def refused(action, station=online, if_offline=IfOffline.FAIL, **parameters):
        with pytest.raises(ParametersError) as caught:
            ask(db, station, action, parameters, None, NINE, if_offline)
        assert db.query(Command).count() == 0
        return {name: [(each.word, each.message) for each in some] for name, some in caught.value.problems.items()}

    return refused


@pytest.fixture
def asked(db, online):
    """What is kept: parameters, outlet, charge."""

    def asked(action, station=online, **parameters):
        command = ask(db, station, action, parameters, None, NINE)
        assert (command.action, command.state, command.station_id) == (action, CommandState.QUEUED, station.id)
        return command.parameters, command.outlet_id, command.charging_session_id

    return asked


# By themselves


def test_each_action_has_its_parameters():
    assert MODELS.keys() == set(Action)


def test_what_is_wrong_is_told_by_name():
    with pytest.raises(ParametersError) as caught:
        checked(
            Action.SET_CHARGING_PROFILE,
            {"outlet": 0, "volume": 11, "profile": {"periods": [*PERIODS, {"start_seconds": 60, "limit": -1}]}},
        )
    assert {name: [each.word for each in some] for name, some in caught.value.problems.items()} == {
        "outlet": ["greater_than_equal"],
        "profile.periods.1.limit": ["greater_than_equal"],
        "volume": ["extra_forbidden"],
    }
    assert str(caught.value).startswith("outlet: Input should be greater than or equal to 1; ")


def test_a_form_sends_texts_and_a_program_does_not():
    assert checked(Action.UNLOCK, {"outlet": "2"}).outlet == 2
    for wrong in ("2", 2.5, True, None, 10**400, [2], {}):
        with pytest.raises(ParametersError) as caught:
            checked_json(Action.UNLOCK, {"outlet": wrong})
        assert list(caught.value.problems) == ["outlet"]
    assert checked_json(Action.UNLOCK, {"outlet": 2}).outlet == 2


@pytest.mark.parametrize("written", ["\ud800", "a\0b"])
def test_a_text_that_cannot_be_kept(written):
    with pytest.raises(ParametersError):
        checked_json(Action.DATA_TRANSFER, {"vendor_id": written})


def test_what_is_nested_too_deep():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ParametersError):
        checked_json(Action.DATA_TRANSFER, {"vendor_id": deep})


@pytest.mark.parametrize("moment", ["2026-11-22T10:00:00", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59Z", 5, "x"])
def test_a_time_that_is_none(moment):
    for check in (checked, checked_json):
        with pytest.raises(ParametersError) as caught:
            check(
                Action.RESERVE, {"id_token": TAG, "expires_at": moment if moment != 5 or check is checked_json else "x"}
            )
        assert list(caught.value.problems) == ["expires_at"]


def test_a_time_is_kept_in_utc(asked):
    parameters, _, _ = asked(Action.GET_DIAGNOSTICS, since="2026-11-22T10:00:00+01:00")
    assert parameters == {"since": "2026-11-22T09:00:00Z"}


# Of any station


@pytest.mark.parametrize(
    ("action", "given", "kept"),
    [
        (Action.RESET, {}, {"type": "soft"}),
        (Action.CHANGE_AVAILABILITY, {"available": False}, {"available": False}),
        (Action.GET_LOCAL_LIST_VERSION, {}, {}),
        (Action.GET_CONFIGURATION, {"keys": ["A"]}, {"keys": ["A"]}),
        (Action.CHANGE_CONFIGURATION, {"key": "A", "value": ""}, {"key": "A", "value": ""}),
        (Action.CLEAR_CACHE, {}, {}),
        (Action.TRIGGER_MESSAGE, {"message": "boot"}, {"message": "boot", "extended": False}),
        (Action.CLEAR_CHARGING_PROFILE, {"outlet": 0}, {"outlet": 0}),
        (Action.GET_COMPOSITE_SCHEDULE, {}, {"duration_seconds": 86400}),
        (Action.DATA_TRANSFER, {"vendor_id": "v", "data": "d"}, {"vendor_id": "v", "data": "d"}),
        (Action.GET_LOG, {}, {"log": "diagnostics"}),
        (Action.REMOTE_START, {"id_token": TAG}, {"id_token": TAG}),
        (
            Action.SET_CHARGING_PROFILE,
            {"profile": {"purpose": "station", "periods": PERIODS}},
            {"profile": STORED_PROFILE | {"purpose": "station"}},
        ),
    ],
)
def test_what_is_about_the_whole_station(asked, action, given, kept):
    assert asked(action, **given) == (kept, None, None)


ABOUT_AN_OUTLET = [
    (Action.REMOTE_START, {"id_token": TAG}),
    (Action.UNLOCK, {}),
    (Action.CHANGE_AVAILABILITY, {"available": True}),
    (Action.TRIGGER_MESSAGE, {"message": "status", "extended": False}),
    (Action.RESERVE, {"id_token": TAG, "expires_at": "2026-11-22T10:00:00Z"}),
    (Action.SET_CHARGING_PROFILE, {"profile": STORED_PROFILE | {"purpose": "default"}}),
    (Action.CLEAR_CHARGING_PROFILE, {}),
    (Action.GET_COMPOSITE_SCHEDULE, {"duration_seconds": 60}),
]


@pytest.mark.parametrize(("action", "given"), ABOUT_AN_OUTLET)
def test_what_is_about_an_outlet(asked, outlet, action, given):
    assert asked(action, outlet=1, **given) == ({**given, "outlet": 1}, outlet.id, None)


@pytest.mark.parametrize(("action", "given"), ABOUT_AN_OUTLET)
def test_an_outlet_that_the_station_lacks(refused, db, elsewhere, action, given):
    db.add(Outlet(station_id=elsewhere.id, number=2))
    db.flush()
    assert refused(action, outlet=2, **given) == {"outlet": [("no_such_outlet", "The station has no outlet 2")]}


# Starting


def test_a_start_says_the_tag_as_the_station_would(db, online, asked):
    db.add(IdToken(token="DE AD BE EF"))
    online.tag_byte_order = "reversed"
    db.flush()
    for written in ("3735928559", "de:ad:be:ef", "EFBEADDE"):
        assert asked(Action.REMOTE_START, outlet=1, id_token=written)[0] == {"outlet": 1, "id_token": "EFBEADDE"}
        reserved, _, _ = asked(Action.RESERVE, id_token=written, expires_at="2026-11-22T10:00:00Z")
        assert reserved["id_token"] == "EFBEADDE"
    assert asked(Action.REMOTE_START, outlet=1, id_token="04:12")[0]["id_token"] == "04:12"


def test_a_tag_that_has_no_room_on_the_wire_otherwise_is_said_as_it_is(db, asked):
    ten_bytes = "12345678901234567890"
    db.add(IdToken(token=f"0x{ten_bytes}"))
    db.flush()
    assert asked(Action.REMOTE_START, id_token=ten_bytes)[0] == {"id_token": ten_bytes}


def test_a_start_with_a_profile_of_its_own(asked, refused):
    profile = {"periods": PERIODS}
    kept = {"id_token": TAG, "profile": STORED_PROFILE | {"purpose": "charge"}}
    assert refused(Action.REMOTE_START, id_token=TAG, profile=profile | {"purpose": "station"}) == {
        "profile.purpose": [("of_this_charge", "A charge begins with a profile of its own")]
    }
    assert asked(Action.REMOTE_START, id_token=TAG, profile=profile)[0] == kept
    assert asked(Action.REMOTE_START, id_token=TAG, profile=profile | {"purpose": "charge"})[0] == kept


# Stopping


def test_a_stop_is_of_the_charge_that_runs(asked, charge, outlet, db, station):
    charge(started_at=after(-90), ended_at=after(-60), id_token="old")
    charge(started_at=after(-50), id_token="never ended")
    running = charge()
    other = Outlet(station_id=station.id, number=2)
    db.add(other)
    db.flush()
    charge(other, started_at=after(1))
    wanted = ({"charging_session": running.id, "outlet": 1}, outlet.id, running.id)
    assert asked(Action.REMOTE_STOP, outlet=1) == wanted
    assert asked(Action.REMOTE_STOP, charging_session=running.id) == wanted
    assert asked(Action.REMOTE_STOP, charging_session=running.id, outlet=1) == wanted


def test_what_cannot_be_stopped(refused, charge, db, elsewhere):
    ended = charge(ended_at=after(1), stopped_at=after(1), id_token="ended")
    foreign = charge(started_at=after(2), node_id=elsewhere.id, outlet_id=4711)
    assert refused(Action.REMOTE_STOP) == {
        "charging_session": [("needed", "Either charging_session or outlet is needed")]
    }
    assert refused(Action.REMOTE_STOP, outlet=1) == {"outlet": [("nothing_charges", "Nothing charges at outlet 1")]}
    assert refused(Action.REMOTE_STOP, outlet=9) == {"outlet": [("no_such_outlet", "The station has no outlet 9")]}
    assert refused(Action.REMOTE_STOP, charging_session=ended.id) == {
        "charging_session": [("charge_ended", "The charge has ended")]
    }
    for guessed in (foreign.id, 2**63 - 1):
        message = f"The station has no charging session {guessed}"
        assert refused(Action.REMOTE_STOP, charging_session=guessed) == {
            "charging_session": [("no_such_charge", message)]
        }
    running = charge()
    assert refused(Action.REMOTE_STOP, charging_session=running.id, outlet=2) == {
        "outlet": [("at_another_outlet", "The charge runs at outlet 1")]
    }


# Charging profiles


def test_the_profile_of_a_charge_is_set_where_it_runs(asked, refused, charge, outlet):
    profile = {"purpose": "charge", "periods": PERIODS}
    assert refused(Action.SET_CHARGING_PROFILE, outlet=1, profile=profile) == {
        "outlet": [("nothing_charges", "Nothing charges at outlet 1")]
    }
    assert list(refused(Action.SET_CHARGING_PROFILE, profile=profile)) == ["charging_session"]
    running = charge()
    kept = {"outlet": 1, "charging_session": running.id, "profile": STORED_PROFILE | {"purpose": "charge"}}
    assert asked(Action.SET_CHARGING_PROFILE, outlet=1, profile=profile) == (kept, outlet.id, running.id)
    assert asked(Action.SET_CHARGING_PROFILE, charging_session=running.id, profile=profile)[0] == kept


def test_a_profile_belongs_where_its_purpose_says(refused, charge):
    running = charge()
    of_station = {"purpose": "station", "periods": PERIODS}
    assert refused(Action.SET_CHARGING_PROFILE, outlet=1, profile=of_station) == {
        "outlet": [("of_the_whole_station", "A profile with the purpose station is the whole station's")]
    }
    for purpose in ("station", "default"):
        profile = {"purpose": purpose, "periods": PERIODS}
        assert refused(Action.SET_CHARGING_PROFILE, charging_session=running.id, profile=profile) == {
            "charging_session": [("not_of_a_charge", "Only a profile with the purpose charge is one charge's")]
        }


# Files


def test_firmware_that_there_is(db, asked, refused):
    image = FirmwareImage(file_name="f", version="1", size_bytes=1, sha256="0" * 64, uploaded_at=NINE)
    assert refused(Action.UPDATE_FIRMWARE, firmware=1) == {
        "firmware": [("no_such_firmware", "There is no firmware image 1")]
    }
    db.add(image)
    db.flush()
    assert asked(Action.UPDATE_FIRMWARE, firmware=image.id) == ({"firmware": image.id}, None, None)


@pytest.mark.parametrize(
    ("vendor", "model", "fits"),
    [("", "", True), ("ctek", "", True), ("CTEK", "cc2", True), ("CTEK", "CC3", False), ("Other", "CC2", False)],
)
def test_firmware_is_for_the_stations_own_model(db, asked, refused, online, vendor, model, fits):
    online.vendor, online.model = "CTEK", "CC2"
    image = FirmwareImage(
        vendor=vendor, model=model, file_name="f", version="1", size_bytes=1, sha256="0" * 64, uploaded_at=NINE
    )
    db.add(image)
    db.flush()
    if fits:
        assert asked(Action.UPDATE_FIRMWARE, firmware=image.id)[0] == {"firmware": image.id}
    else:
        told = f"The image is for {vendor} {model}, the station is CTEK CC2"
        assert refused(Action.UPDATE_FIRMWARE, firmware=image.id) == {"firmware": [("not_for_this_model", told)]}


@pytest.mark.parametrize("action", [Action.GET_DIAGNOSTICS, Action.GET_LOG])
def test_logs_of_a_time_that_ends_before_it_begins(refused, action):
    noon = "2026-11-22T12:00:00Z"
    assert refused(action, since=noon, until=noon) == {"until": [("before_since", "Must be after `since`")]}


# Reservations


@pytest.fixture
def reserved(db, online):
    def reserved(state=CommandState.ACCEPTED, station=online, expires_at="2026-11-22T10:00:00Z"):
        command = ask(db, station, Action.RESERVE, {"id_token": TAG, "expires_at": expires_at}, None, after(-60))
        command.state = state
        db.flush()
        return command

    return reserved


def cancelling(db, station, reservation, now=NINE):
    return ask(db, station, Action.CANCEL_RESERVATION, {"reservation": reservation}, None, now)


def test_a_reservation_is_for_later(refused):
    assert refused(Action.RESERVE, id_token=TAG, expires_at="2026-11-22T09:00:00Z") == {
        "expires_at": [("in_the_past", "Must be in the future")]
    }


def test_a_reservation_is_cancelled_once(db, online, outlet, reserved):
    reservation = reserved()
    reservation.outlet_id = outlet.id
    first = cancelling(db, online, reservation.id)
    assert (first.parameters, first.outlet_id) == ({"reservation": reservation.id}, outlet.id)
    first.state = CommandState.REJECTED
    second = cancelling(db, online, reservation.id)
    second.state = CommandState.ACCEPTED
    db.flush()
    with pytest.raises(ParametersError, match=r"^reservation: The reservation is cancelled already$"):
        cancelling(db, online, reservation.id)
    # Another of the same station is not.
    assert cancelling(db, online, reserved().id).state is CommandState.QUEUED


def test_what_is_no_reservation(db, online, elsewhere, reserved):
    no_such = r"^reservation: The station has no reservation"
    for state in CommandState:
        if state is not CommandState.ACCEPTED:
            with pytest.raises(ParametersError, match=r"^reservation: The station did not agree to this reservation$"):
                cancelling(db, online, reserved(state).id)
    with pytest.raises(ParametersError, match=r"^reservation: The reservation is over$"):
        cancelling(db, online, reserved().id, after(60))
    with pytest.raises(ParametersError, match=no_such):
        cancelling(db, online, reserved(station=elsewhere).id)
    other = ask(db, online, Action.RESET, {}, None, NINE)
    other.state = CommandState.ACCEPTED
    db.flush()
    for guessed in (other.id, 2**31 - 1):
        with pytest.raises(ParametersError, match=no_such):
            cancelling(db, online, guessed)


# Kinds, versions, and stations that are away


@pytest.mark.parametrize("action", [Action.REMOTE_START, Action.REMOTE_STOP, Action.UNLOCK, Action.RESERVE])
def test_a_supply_controller_has_no_outlets(db, online, refused, action):
    online.kind = StationKind.SUPPLY_CONTROLLER
    needed = {
        Action.REMOTE_START: {"id_token": TAG},
        Action.REMOTE_STOP: {"outlet": 1},
        Action.UNLOCK: {"outlet": 1},
        Action.RESERVE: {"id_token": TAG, "expires_at": "2026-11-22T10:00:00Z"},
    }
    assert refused(action, **needed[action]) == {"action": [("no_outlets", "A supply controller has no outlets")]}


def test_a_supply_controller_can_be_asked_the_rest(online, asked):
    online.kind = StationKind.SUPPLY_CONTROLLER
    assert asked(Action.RESET) == ({"type": "soft"}, None, None)


NEW_IN_16 = {
    Action.TRIGGER_MESSAGE: {"message": "boot"},
    Action.SET_CHARGING_PROFILE: {"profile": {"periods": PERIODS}},
    Action.CLEAR_CHARGING_PROFILE: {},
    Action.GET_COMPOSITE_SCHEDULE: {},
    Action.GET_LOG: {},
}


@pytest.mark.parametrize("action", NEW_IN_16)
def test_what_an_older_version_has_no_words_for(online, refused, asked, action):
    online.protocol = "ocpp1.5"
    message = "The station speaks OCPP 1.5 (SOAP), which has no such command"
    assert refused(action, **NEW_IN_16[action]) == {"action": [("unknown_to_protocol", message)]}
    for protocol in ("ocpp1.6", None):
        online.protocol = protocol
        asked(action, **NEW_IN_16[action])


NEW_IN_15 = {
    Action.GET_CONFIGURATION: {},
    Action.GET_LOCAL_LIST_VERSION: {},
    Action.SEND_LOCAL_LIST: {},
    Action.RESERVE: {"id_token": TAG, "expires_at": "2026-11-22T10:00:00Z"},
    Action.CANCEL_RESERVATION: {"reservation": 1},
    Action.DATA_TRANSFER: {"vendor_id": "v"},
}


@pytest.mark.parametrize("action", NEW_IN_16 | NEW_IN_15)
def test_what_the_oldest_version_has_no_words_for(online, refused, action):
    online.protocol = "ocpp1.2"
    message = "The station speaks OCPP 1.2 (SOAP), which has no such command"
    asked = (NEW_IN_16 | NEW_IN_15)[action]
    assert refused(action, **asked) == {"action": [("unknown_to_protocol", message)]}


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"message": "boot", "extended": True}, "extended"),
        ({"message": "log_status"}, "message"),
        ({"message": "sign_certificate", "extended": True}, "message"),
    ],
)
def test_the_security_extension_is_not_spoken_over_soap(online, refused, asked, parameters, name):
    online.protocol = "ocpp1.6-soap"
    message = "The station speaks OCPP 1.6 (SOAP), which cannot say this"
    assert refused(Action.TRIGGER_MESSAGE, **parameters) == {name: [("unsayable", message)]}
    no_log = [("unknown_to_protocol", "The station speaks OCPP 1.6 (SOAP), which has no such command")]
    assert refused(Action.GET_LOG) == {"action": no_log}
    asked(Action.TRIGGER_MESSAGE, message="firmware_status")
    online.protocol = "ocpp1.6"
    asked(Action.TRIGGER_MESSAGE, **parameters)


@pytest.mark.parametrize("protocol", ["ocpp1.5", "ocpp1.2"])
def test_a_charge_begins_without_a_profile_before_1_6(online, refused, asked, protocol):
    online.protocol = protocol
    profile = {"outlet": 1, "id_token": TAG, "profile": {"periods": PERIODS}}
    assert list(refused(Action.REMOTE_START, **profile)) == ["profile"]
    online.protocol = "ocpp1.6-soap"
    asked(Action.REMOTE_START, **profile)


def test_a_signed_image_needs_the_security_extension(db, online, refused, asked):
    image = FirmwareImage(file_name="f", version="1", size_bytes=1, sha256="0" * 64, uploaded_at=NINE)
    image.signing_certificate, image.signature = "c", "s"
    db.add(image)
    db.flush()
    asked(Action.UPDATE_FIRMWARE, firmware=image.id)
    db.query(Command).delete()
    for protocol in ("ocpp1.6-soap", "ocpp1.5", "ocpp1.2"):
        online.protocol = protocol
        [[(word, _message)]] = refused(Action.UPDATE_FIRMWARE, firmware=image.id).values()
        assert word == "signed_unknown_to_protocol"
    image.signature = None
    asked(Action.UPDATE_FIRMWARE, firmware=image.id)


def test_a_station_that_is_away(db, station):
    failed = ask(db, station, Action.RESET, {}, None, NINE)
    waits = ask(db, station, Action.RESET, {}, None, NINE, IfOffline.WAIT)
    assert (failed.state, failed.reason, failed.waits) == (CommandState.FAILED, CommandReason.OFFLINE, False)
    assert (waits.state, waits.reason, waits.waits) == (CommandState.QUEUED, None, True)
    assert waits.deadline_at == NINE + commands.WAIT_WITHIN


@pytest.mark.parametrize("action", sorted(NEVER_WAITING))
def test_nobody_waits_at_an_outlet_for_days(refused, action):
    given = {"id_token": TAG} if action is Action.REMOTE_START else {"outlet": 1}
    assert refused(action, if_offline=IfOffline.WAIT, **given) == {
        "if_offline": [("never_waits", "Must be fail: somebody stands at the outlet now")]
    }


def test_a_reservation_waits_until_it_is_over(db, station):
    for expires_at, if_offline, deadline_at in (
        ("2026-11-22T10:00:00Z", IfOffline.WAIT, after(60)),
        ("2026-12-22T10:00:00Z", IfOffline.WAIT, NINE + timedelta(days=7)),
        ("2026-11-22T09:00:30Z", IfOffline.FAIL, after(0.5)),
    ):
        parameters = {"id_token": TAG, "expires_at": expires_at}
        assert ask(db, station, Action.RESERVE, parameters, None, NINE, if_offline).deadline_at == deadline_at


def test_what_waits_goes_out_when_the_station_is_back(db, station):
    command = ask(db, station, Action.RESET, {}, None, NINE, IfOffline.WAIT)
    assert commands.station_to_tell(db, command.id) is None
    assert commands.sweep(db, after(60)) == []
    back = connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(120)))
    assert back.commands_wait
    [order] = orders.take(db, [TakeCommandReport(station.id, back.number, after(120))])
    assert order == Order(command.id, Action.RESET, {"type": "soft"})


def test_what_waits_in_vain_was_never_sent(db, station):
    command = ask(db, station, Action.RESET, {}, None, NINE, IfOffline.WAIT)
    commands.sweep(db, NINE + commands.WAIT_WITHIN)
    assert command.state is CommandState.QUEUED
    commands.sweep(db, NINE + commands.WAIT_WITHIN + timedelta(seconds=1))
    db.refresh(command)
    assert (command.state, command.reason) == (CommandState.TIMED_OUT, CommandReason.NOT_SENT)


def test_two_lists_for_one_station_are_asked_one_after_the_other(db, station):
    db.commit()
    ask(db, station, Action.SEND_LOCAL_LIST, {}, None, NINE)
    with session_factory()() as other:
        same = other.get(Station, station.id)
        other.execute(text("SET LOCAL lock_timeout = '50ms'"))
        ask(other, same, Action.RESET, {}, None, NINE)
        with pytest.raises(OperationalError, match="lock timeout"):
            ask(other, same, Action.SEND_LOCAL_LIST, {}, None, NINE)
