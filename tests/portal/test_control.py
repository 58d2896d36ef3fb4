"""The tab Control: what it shows of a station, and what its forms ask."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import charging_sessions, clock, commands
from domain.meter_values import store
from domain.models import (
    Action,
    Command,
    CommandState,
    FirmwareImage,
    IdToken,
    LocalList,
    Outlet,
    OutletMode,
    Site,
    Station,
)
from domain.reports import MeterReport, Reading, StartReport
from domain.roles import RoleName
from domain.statuses import OutletStatus
from portal.pages.control.explained import EXPLAINED
from tests.portal.browser_like import Visitor, errors
from tests.portal.jobs import queued
from tests.portal.people import add_person, sign_in
from tests.portal.stations import add_station, commands_of
from tests.statements import recorded

FORM = re.compile(r'name="(\w[\w-]*)"')
NO_IMAGE = "There is no image that fits yet. It is added under Configuration, Firmware."
OFFERED = re.compile(r"/control/ask/(\w+)\?")


@pytest.fixture
def station(db: Session, portal: Flask) -> Station:
    return add_station(db, "Quay 7", firmware_version="1.0", vendor="Acme", model="Duo")


def ask(visitor: Visitor, station: Station, action: str, **fields: object):
    return visitor.send(f"/control/ask/{action}?node=station-{station.id}", **fields)


def charge(db: Session, station: Station, token: str = "11223344") -> int:
    """Runs since an hour, and its meter told something a minute ago."""
    began_at = clock.now() - timedelta(hours=1)
    started = charging_sessions.start(db, StartReport(station.id, began_at, 1, token, 1000, began_at))
    for minutes, power_w in ((10, 5000.0), (59, 7380.0)):
        at = began_at + timedelta(minutes=minutes)
        store(db, [MeterReport(station.id, at, 1, None, (Reading(at, 1000 + 100 * minutes, power_w, None, None, []),))])
    db.scalars(select(Outlet).filter_by(station_id=station.id, number=1)).one().status = OutletStatus.CHARGING
    db.commit()
    return started.charging_session_id


def test_on_another_node_it_says_to_choose_a_station_and_offers_all_of_them(administrator, station):
    page = administrator.get("/control/")
    assert page.status_code == 200
    assert "Choose a station in the navigator" in page.text
    assert 'href="/bulk/"' in page.text
    assert administrator.get("/control/now").status_code == 404
    assert administrator.get("/control/ask/reset").location == "/bulk/?action=reset"


def test_a_free_outlet_can_be_started_and_not_stopped(administrator, station):
    page = administrator.get(f"/control/?node=station-{station.id}").text
    assert page.count("Ready for a tag") == 2
    assert page.count('title="Nothing is charging here"') == 2
    assert f"/control/ask/remote_start?node=station-{station.id}&amp;outlet=1" in page
    assert "Nobody yet" in page
    assert "This station has not been asked for anything yet." in page


def test_a_running_charge_is_shown_with_its_figures_and_its_driver(db, administrator, station):
    mads = add_person(db, RoleName.EV_USER, "mads@example.com", first_name="Mads", last_name="Krogh")
    db.add(IdToken(token="11223344", user_id=mads.id))
    db.commit()
    charge(db, station)
    page = administrator.get(f"/control/?node=station-{station.id}").text
    for text in (
        "<b>7.4</b> kW",
        "5.90 kWh in 1:0",
        "Mads Krogh · tag 11223344",
        "<polyline",
        'title="A charge runs here already"',
        f"/control/ask/remote_stop?node=station-{station.id}&amp;outlet=1",
    ):
        assert text in page


def test_support_sees_no_name_and_no_email_of_the_driver(db, portal, station):
    mads = add_person(db, RoleName.EV_USER, "mads@example.com", first_name="Mads", last_name="Krogh")
    db.add(IdToken(token="11223344", user_id=mads.id))
    db.commit()
    charge(db, station)
    page = sign_in(portal, add_person(db, RoleName.SUPPORT, "bo@example.com")).get(
        f"/control/?node=station-{station.id}"
    )
    assert "m•••@example.com · tag 11223344" in page.text
    assert "Krogh" not in page.text
    assert "mads@" not in page.text


def test_an_outlet_node_shows_its_station_with_the_outlet_marked(db, administrator, station):
    outlet = db.scalars(select(Outlet).filter_by(station_id=station.id, number=2)).one()
    page = administrator.get(f"/control/?node=outlet-{outlet.id}").text
    assert page.count("outlet marked") == 1
    assert re.search(r'outlet marked"[^>]* aria-label="Outlet 2"', page)


@pytest.mark.parametrize(
    ("outlet", "reason"),
    [
        ({"status": OutletStatus.FAULTED, "error_code": "GroundFailure"}, "There is a fault"),
        ({"status": OutletStatus.UNAVAILABLE}, "It is out of service"),
        ({"status": OutletStatus.FINISHING}, "The cable of the charge before is still in"),
    ],
)
def test_a_button_that_makes_no_sense_says_why(db, administrator, station, outlet, reason):
    first = db.scalars(select(Outlet).filter_by(station_id=station.id, number=1)).one()
    for name, value in outlet.items():
        setattr(first, name, value)
    db.commit()
    page = administrator.get(f"/control/?node=station-{station.id}").text
    assert page.count(f'aria-disabled="true" tabindex="0" title="{reason}"') == 1


def test_an_offline_station_takes_no_start(db, administrator, portal):
    away = add_station(db, "Away", online=False)
    page = administrator.get(f"/control/?node=station-{away.id}").text
    assert page.count('title="The station is not connected"') == 6
    assert "The station is offline now." in administrator.get(f"/control/ask/reset?node=station-{away.id}").text


def test_what_the_protocol_does_not_know_is_not_offered(db, administrator, portal, station):
    old = add_station(db, "Old", protocol="ocpp1.5")
    old_page = set(OFFERED.findall(administrator.get(f"/control/?node=station-{old.id}").text))
    page = set(OFFERED.findall(administrator.get(f"/control/?node=station-{station.id}").text))
    assert page - old_page == {
        "trigger_message",
        "set_charging_profile",
        "clear_charging_profile",
        "get_composite_schedule",
        "get_log",
    }
    assert administrator.get(f"/control/ask/trigger_message?node=station-{old.id}").status_code == 404
    assert administrator.get(f"/control/ask/trigger_message?node=station-{station.id}").status_code == 200


def test_the_oldest_version_is_offered_what_it_knows(db, administrator, portal):
    old = add_station(db, "Oldest", protocol="ocpp1.2")
    page = administrator.get(f"/control/?node=station-{old.id}").text
    assert set(OFFERED.findall(page)) == {
        *("reset", "update_firmware", "get_diagnostics", "clear_cache", "change_availability"),
        *("remote_start", "unlock"),
    }
    assert "OCPP 1.2 (SOAP)" in page and "list is not known" not in page


def test_the_security_extension_is_not_offered_over_soap(db, administrator, portal, station):
    old = add_station(db, "Soap", protocol="ocpp1.6-soap")
    image = {"file_name": "duo.bin", "size_bytes": 1, "sha256": "s", "uploaded_at": clock.now()}
    signed = {"signing_certificate": "c", "signature": "s"}
    db.add_all([FirmwareImage(version="plain", **image), FirmwareImage(version="signed", **image, **signed)])
    db.commit()
    for node, is_offered in ((old.id, False), (station.id, True)):
        trigger = administrator.get(f"/control/ask/trigger_message?node=station-{node}").text
        update = administrator.get(f"/control/ask/update_firmware?node=station-{node}").text
        assert 'value="boot"' in trigger and "plain" in update
        for page, part in (
            (trigger, 'value="log_status"'),
            (trigger, 'value="sign_certificate"'),
            (trigger, 'name="extended"'),
            (update, "signed"),
            (update, 'name="install_at"'),
        ):
            assert (part in page) is is_offered


def test_the_panels_tell_how_things_are(db, administrator, station):
    tags = LocalList(digest="d", entries={"A": {}, "B": {}}, used_at=clock.now())
    image = {"file_name": "duo.bin", "size_bytes": 1, "sha256": "s", "uploaded_at": clock.now()}
    db.add_all(
        [
            tags,
            FirmwareImage(version="1.1", vendor="acme", model="Duo", **image),
            FirmwareImage(version="9.9", vendor="Other", **image),
        ]
    )
    db.flush()
    station.local_list_id, station.local_list_version = tags.id, 88
    db.commit()
    page = administrator.get(f"/control/?node=station-{station.id}").text
    assert "Runs 1.0, 1.1 is ready" in page
    assert "2 tags, list 88" in page
    assert "Nothing is reserved" in page
    form = administrator.get(f"/control/ask/update_firmware?node=station-{station.id}").text
    assert "duo.bin" in form
    assert "9.9" not in form
    assert NO_IMAGE not in form


def test_where_no_image_fits_the_form_says_where_to_add_one(administrator, station):
    assert NO_IMAGE in administrator.get(f"/control/ask/update_firmware?node=station-{station.id}").text


def test_the_page_costs_the_same_however_many_outlets(db, administrator, station):
    many = add_station(db, "Many", outlets=20)
    administrator.get(f"/control/now?node=station-{station.id}")
    with recorded() as few:
        administrator.get(f"/control/now?node=station-{station.id}")
    with recorded() as more:
        administrator.get(f"/control/now?node=station-{many.id}")
    assert len(few) == len(more)


def test_a_restart_is_written_down_and_queued_for_the_worker(db, valkey: Redis, administrator, station):
    answer = ask(administrator, station, "reset", type="soft", if_offline="fail")
    assert (answer.status_code, answer.location) == (303, f"/control/?node=station-{station.id}")
    [command] = commands_of(db)
    assert (command.action, command.parameters, command.state) == (Action.RESET, {"type": "soft"}, CommandState.QUEUED)
    assert [(job.func_name, job.args) for job in queued(valkey)] == [("engine.jobs.send_command", (command.id,))]
    page = administrator.get(f"/control/?node=station-{station.id}").text
    assert "Restart: soft" in page
    assert "◷</span> Queued" in page
    assert "On its way" in page


def test_what_is_dangerous_asks_again(db, administrator, station):
    charge(db, station)
    asked = ask(administrator, station, "reset", type="hard", if_offline="fail")
    assert asked.status_code == 422
    assert "1 charge runs and is cut. Restart the station at once?" in asked.text
    assert 'name="confirmed" value="yes"' in asked.text
    assert commands_of(db) == []
    assert ask(administrator, station, "reset", type="hard", if_offline="fail", confirmed="yes").status_code == 303
    assert [command.parameters for command in commands_of(db)] == [{"type": "hard"}]


@pytest.mark.parametrize(("outlet", "is_asked"), [("1", True), ("1.0", True), ("2", False)])
def test_unlocking_asks_again_only_where_a_charge_runs(db, administrator, station, outlet, is_asked):
    charge(db, station)
    answer = ask(administrator, station, "unlock", outlet=outlet)
    assert answer.status_code == (422 if is_asked else 303)
    assert ("A charge runs at this outlet" in answer.text) is is_asked
    assert len(commands_of(db)) == (0 if is_asked else 1)


def test_a_stop_is_asked_of_the_station_and_ends_nothing_itself(db, administrator, station):
    number = charge(db, station)
    ask(administrator, station, "remote_stop", outlet="1", confirmed="yes")
    [command] = commands_of(db)
    assert (command.action, command.charging_session_id) == (Action.REMOTE_STOP, number)
    assert command.parameters["charging_session"] == number
    page = administrator.get(f"/control/?node=station-{station.id}").text
    assert f"/statistics/show/{number}" in page
    assert "A charge runs here already" in page


@pytest.mark.parametrize(
    ("typed", "sent"), [("DE AD BE EF", "DEADBEEF"), ("3735928559", "DEADBEEF"), ("APP-user/7", "APP-user/7")]
)
def test_a_start_writes_the_tag_as_the_station_reads_it(db, administrator, station, typed, sent):
    db.add(IdToken(token="3735928559"))
    db.execute(update(Outlet).values(mode=OutletMode.OPEN))
    db.commit()
    answer = ask(administrator, station, "remote_start", outlet="1", id_token=typed)
    assert answer.status_code == 303
    [command] = commands_of(db)
    assert (command.parameters, command.waits) == ({"outlet": 1, "id_token": sent}, False)


BAD = {
    "no outlet of that number": ("unlock", {"outlet": "7"}, "The station has no outlet 7."),
    "a tag that nobody registered": (
        "remote_start",
        {"outlet": "1", "id_token": "nobody's"},
        "The outlet asks for a tag that is registered; this one is not.",
    ),
    "an outlet that is no number": ("unlock", {"outlet": "x"}, "Enter a whole number."),
    "no outlet": ("unlock", {}, "This is needed."),
    "no kind of restart": ("reset", {"type": "gentle"}, "Choose one."),
    "no availability": ("change_availability", {}, "This is needed."),
    "no message": ("trigger_message", {"message": "gossip"}, "Choose one."),
    "no image": ("update_firmware", {"firmware": ""}, "This is needed."),
    "an image that is gone": ("update_firmware", {"firmware": "99", "confirmed": "yes"}, "This image is gone."),
    "too many tries": ("get_diagnostics", {"retries": "101"}, "At most 100."),
    "no time": ("get_diagnostics", {"since": "yesterday"}, "Enter a day and a time."),
    "the end before the beginning": (
        "get_diagnostics",
        {"since": "2026-11-02T10:00", "until": "2026-11-01T10:00"},
        "This must be after the beginning.",
    ),
    "no reservation": ("cancel_reservation", {"reservation": ""}, "This is needed."),
    "no step": ("set_charging_profile", {"kind": "relative", "unit": "A"}, "Enter at least one."),
    "a step without a limit": (
        "set_charging_profile",
        {"kind": "relative", "unit": "A", "periods-0-start": "0:00", "periods-1-start": "1:00", "periods-1-limit": "6"},
        "This is needed.",
    ),
    "a limit below zero": (
        "set_charging_profile",
        {"kind": "relative", "unit": "A", "periods-0-limit": "-1"},
        "At least 0.",
    ),
    "a time that is none": (
        "set_charging_profile",
        {"kind": "relative", "unit": "A", "periods-0-start": "noon", "periods-0-limit": "6"},
        "Enter a whole number.",
    ),
    "no tag": ("remote_start", {"outlet": "1"}, "This is needed."),
    "a tag that is too long": ("remote_start", {"outlet": "1", "id_token": "x" * 21}, "At most 20 characters."),
    "a time that is over": (
        "reserve",
        {"id_token": "A", "expires_at": "2026-11-01T10:00"},
        "This must be in the future.",
    ),
    "nothing charges": ("remote_stop", {"outlet": "1", "confirmed": "yes"}, "Nothing charges at outlet 1."),
    "what cannot be written": (
        "data_transfer",
        {"vendor_id": "a\0b"},
        "This contains characters that cannot be written.",
    ),
    "no vendor": ("data_transfer", {"vendor_id": ""}, "This is needed."),
}


@pytest.mark.parametrize(("action", "fields", "said"), BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_said_at_its_field(db, administrator, station, action, fields, said):
    answer = ask(administrator, station, action, if_offline="fail", **fields)
    assert answer.status_code == 422
    assert said in errors(answer)
    assert commands_of(db) == []


@pytest.mark.parametrize("action", EXPLAINED)
def test_each_form_opens_explains_itself_and_survives_nonsense(db, administrator, station, action):
    address = f"/control/ask/{action.value}?node=station-{station.id}"
    form = administrator.get(address)
    assert form.status_code == 200
    assert 'class="about"' in form.text
    names = {name: "\u0001<b>" for name in FORM.findall(form.text) if name != "csrf_token"}
    answer = administrator.send(address, **names)
    assert answer.status_code in (303, 422)


def test_a_parameter_is_changed_where_it_is_known_what_it_may_do(administrator, station):
    assert set(Action) - set(EXPLAINED) == {Action.CHANGE_CONFIGURATION}
    assert ask(administrator, station, "change_configuration", key="A", value="1").status_code == 404


def test_a_profile_is_asked_step_by_step(db, administrator, station):
    answer = ask(
        administrator,
        station,
        "set_charging_profile",
        outlet="1",
        purpose="default",
        kind="daily",
        unit="A",
        stack_level="2",
        start_at="2026-11-22T00:00",
        if_offline="wait",
        **{"periods-0-start": "0:00", "periods-0-limit": "32", "periods-0-phases": ""},
        **{"periods-1-start": "", "periods-1-limit": "", "periods-1-phases": ""},
        **{"periods-2-start": "7:30", "periods-2-limit": "6.5", "periods-2-phases": "3"},
    )
    assert answer.status_code == 303
    [command] = commands_of(db)
    profile = command.parameters["profile"]
    assert profile["periods"] == [
        {"start_seconds": 0, "limit": 32.0},
        {"start_seconds": 27000, "limit": 6.5, "phases": 3},
    ]
    assert (profile["kind"], profile["recurs"], profile["stack_level"]) == ("recurring", "daily", 2)
    assert profile["start_at"] == "2026-11-21T23:00:00Z"
    assert command.waits
    again = administrator.get(f"/control/ask/set_charging_profile?node=station-{station.id}&again={command.id}").text
    for value in ('value="7:30"', 'value="6.5"', 'value="2026-11-22T00:00"', 'value="32"'):
        assert value in again


def test_an_offline_station_is_waited_for_as_chosen(db, administrator, portal):
    away = add_station(db, "Away", online=False)
    for choice in ("fail", "wait"):
        ask(administrator, away, "reset", type="soft", if_offline=choice)
    states = [(command.state, command.waits) for command in commands_of(db)]
    assert states == [(CommandState.FAILED, False), (CommandState.QUEUED, True)]
    page = administrator.get(f"/control/?node=station-{away.id}").text
    assert "Waits until the station is back" in page
    assert "The station was not connected" in page


def test_open_reservations_are_shown_and_can_be_cancelled(db, administrator, station):
    until = (clock.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert ask(administrator, station, "reserve", outlet="1", id_token="APP1", expires_at=until).status_code == 303
    [reserved] = commands_of(db)
    reserved.state = CommandState.ACCEPTED
    db.commit()
    assert "Outlet 1: tag APP1 until" in administrator.get(f"/control/?node=station-{station.id}").text
    cancelled = ask(administrator, station, "cancel_reservation", reservation=reserved.id, if_offline="fail")
    assert cancelled.status_code == 303
    command = commands_of(db)[-1]
    assert command.parameters["reservation"] == reserved.id
    command.state = CommandState.ACCEPTED
    db.commit()
    assert "Nothing is reserved" in administrator.get(f"/control/?node=station-{station.id}").text


@pytest.mark.parametrize("text", ["nonsense", "RESET", ""])
def test_there_is_no_form_of_what_is_no_command(administrator, station, text):
    assert administrator.get(f"/control/ask/{text}?node=station-{station.id}").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "99999", str(2**63), "9" * 30])
def test_a_command_that_is_not_there_is_not_sent_again(administrator, station, number):
    address = f"/control/ask/reset?node=station-{station.id}&again={number}"
    assert administrator.get(address).status_code == 404


def test_a_site_administrator_commands_the_own_sites_only(db, portal, station):
    elsewhere = add_station(db, "Elsewhere", site="Abroad")
    lise = add_person(db, RoleName.SITE_ADMINISTRATOR, "lise@example.com", [db.get_one(Site, station.site_id)])
    visitor = sign_in(portal, lise)
    assert ask(visitor, station, "reset", type="soft", if_offline="fail").status_code == 303
    assert "Choose a station" in visitor.get(f"/control/?node=station-{elsewhere.id}").text
    assert visitor.get(f"/control/ask/reset?node=station-{elsewhere.id}").location == "/bulk/?action=reset"
    assert [command.station_id for command in commands_of(db)] == [station.id]


def test_only_who_may_know_them_is_suggested_tags(db, portal, administrator, station):
    mads = add_person(db, RoleName.EV_USER, "mads@example.com", first_name="Mads", last_name="Krogh")
    db.add_all([IdToken(token="DE AD BE EF", user_id=mads.id), IdToken(token="77")])
    db.commit()
    for written in ("krogh", "mads k", "deadbeef", "3735928559"):
        answer = administrator.get("/choices/tags", query_string={"q": written})
        assert answer.json == [{"value": "DE AD BE EF", "label": "Mads Krogh"}]
    assert administrator.get("/choices/tags?q=77").json == [{"value": "77", "label": "Nobody's"}]
    assert administrator.get("/choices/tags?q=").json == []
    form = f"/control/ask/remote_start?node=station-{station.id}"
    assert "/choices/tags" in administrator.get(form).text
    support = sign_in(portal, add_person(db, RoleName.SUPPORT, "bo@example.com"))
    assert "/choices/tags" not in support.get(form).text
    assert support.get("/choices/tags?q=krogh").status_code in (302, 403)


def test_what_an_administrator_asked_does_not_break_my_charging(db, administrator, station):
    ask(administrator, station, "reset", type="soft", if_offline="fail")
    assert administrator.get("/charging/").status_code == 200


def test_a_second_command_waits_for_the_first(db, administrator, station):
    for _ in range(2):
        ask(administrator, station, "clear_cache", if_offline="fail")
    page = administrator.get(f"/control/now?node=station-{station.id}").text
    assert (page.count("On its way"), page.count("Waits for the command before it")) == (1, 1)
    assert "data-open" in page
    first = commands_of(db)[0]
    commands._move(db, first.id, CommandState.SENT, sent_at=clock.now())
    db.commit()
    assert "Waits for the answer, " in administrator.get(f"/control/now?node=station-{station.id}").text


def test_the_charge_that_a_start_led_to_is_named(db, administrator, station):
    outlet = db.scalars(select(Outlet).filter_by(station_id=station.id, number=1)).one()
    asked_at = clock.now() - timedelta(seconds=30)
    db.add(
        Command(
            site_id=station.site_id, station_id=station.id, outlet_id=outlet.id, action=Action.REMOTE_START,
            parameters={"outlet": 1, "id_token": "11223344"}, state=CommandState.ACCEPTED, created_at=asked_at,
            answered_at=asked_at + timedelta(seconds=0.4), deadline_at=asked_at,
        )
    )  # fmt: skip
    db.commit()
    assert "The station agreed" in administrator.get(f"/control/?node=station-{station.id}").text
    began_at = clock.now()
    number = charging_sessions.start(
        db, StartReport(station.id, began_at, 1, "11223344", 0, began_at)
    ).charging_session_id
    db.commit()
    page = administrator.get(f"/control/?node=station-{station.id}").text
    assert f'<a href="/statistics/show/{number}">Session {number} began</a>' in page
    assert ">0.4<" in page
