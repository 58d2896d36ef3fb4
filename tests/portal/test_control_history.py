"""The history of commands: what stands in its cells, who sees which rows, and what can be done with one."""

import csv
import html
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from domain import clock
from domain.models import Action, Command, CommandReason, CommandState, FirmwareImage, Site, Station
from domain.roles import RoleName
from portal import command_words
from tests.portal.people import add_person, sign_in
from tests.portal.stations import add_station, commands_of
from tests.statements import recorded

CELL = re.compile(r'<td[^>]* data-column="(\w+)"[^>]*>(.*?)</td>', re.DOTALL)
ROW = re.compile(r'<tr data-key="\d+">.*?</tr>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def station(db: Session, portal: Flask) -> Station:
    return add_station(db, "Quay 7")


def asked(db: Session, station: Station, action: Action, **more: Any) -> Command:
    """A command in whatever state. Commits."""
    now = clock.now()
    usual: dict[str, Any] = {"parameters": {}, "state": CommandState.ACCEPTED, "created_at": now, "deadline_at": now}
    command = Command(site_id=station.site_id, station_id=station.id, action=action, **usual | more)
    db.add(command)
    db.commit()
    return command


def cells(page: str) -> list[dict[str, str]]:
    """The text of each cell, by column, row by row."""
    found = []
    for row in ROW.findall(page):
        found.append({name: html.unescape(TAG.sub("", text)).strip() for name, text in CELL.findall(row)})
    return found


WORDS: dict[str, tuple[Action, dict[str, Any], str, str]] = {
    "a restart": (Action.RESET, {"parameters": {"type": "hard"}}, "Restart: hard", "The station agreed"),
    "a trigger": (
        Action.TRIGGER_MESSAGE,
        {"parameters": {"message": "meter_values"}, "outcome": {"status": "not_implemented"}, "state": "rejected"},
        "Trigger: meter values",
        "The station cannot do this",
    ),
    "out of service later": (
        Action.CHANGE_AVAILABILITY,
        {"parameters": {"available": False}, "outcome": {"status": "scheduled"}},
        "Availability: out of service",
        "The station does it when the charge has ended",
    ),
    "a secret": (
        Action.CHANGE_CONFIGURATION,
        {"parameters": {"key": "AuthorizationKey", "value": "hunter2"}, "outcome": {"status": "reboot_required"}},
        "Change a parameter: AuthorizationKey = ••••••",
        "Changed; works after a restart",
    ),
    "parameters": (
        Action.GET_CONFIGURATION,
        {"parameters": {"keys": ["A", "B", "C", "D", "E"]}},
        "Read parameters: A, B, C and 2 more",
        "The station agreed",
    ),
    "the version of a list": (
        Action.GET_LOCAL_LIST_VERSION,
        {"outcome": {"version": 88}},
        "Version of the tag list",
        "The station's list has version 88",
    ),
    "diagnostics": (
        Action.GET_DIAGNOSTICS,
        {"outcome": {"file_name": "log.zip"}},
        "Diagnostics",
        "The station uploads log.zip",
    ),
    "an error": (
        Action.CLEAR_CACHE,
        {"state": "failed", "reason": CommandReason.REFUSED, "answer": {"errorCode": "NotSupported"}},
        "Clear cache",
        "The station answered with the error NotSupported",
    ),
    "no answer": (
        Action.UNLOCK,
        {"state": "timed_out", "reason": CommandReason.NO_ANSWER, "parameters": {"outlet": 1}},
        "Unlock",
        "No answer in time; the station may still obey",
    ),
    "what cannot be meant": (
        Action.UNLOCK,
        {
            "state": "failed",
            "reason": CommandReason.UNSUITABLE,
            "parameters": {"outlet": 7},
            "outcome": {
                "problems": {"outlet": [{"word": "no_such_outlet", "message": "No outlet 7", "values": {"outlet": 7}}]}
            },
        },
        "Unlock",
        "The station has no outlet 7.",
    ),
    "a profile": (
        Action.SET_CHARGING_PROFILE,
        {
            "parameters": {
                "profile": {"purpose": "default", "unit": "A", "periods": [{"start_seconds": 0, "limit": 16}]}
            }
        },
        "Set charging profile: 16 A for each charge",
        "The station agreed",
    ),
    "a message of the vendor's": (
        Action.DATA_TRANSFER,
        {"parameters": {"vendor_id": "<b>Acme</b>", "data": "x"}},
        "Data transfer: <b>Acme</b>",
        "The station agreed",
    ),
    "a word of a later version": (
        Action.CLEAR_CACHE,
        {"outcome": {"status": "brand_new"}},
        "Clear cache",
        "brand_new",
    ),
}


@pytest.mark.parametrize(("action", "more", "command", "answer"), WORDS.values(), ids=WORDS.keys())
def test_a_command_and_its_answer_are_told_in_words(db, administrator, station, action, more, command, answer):
    asked(db, station, action, **more)
    [row] = cells(administrator.get("/commands/").text)
    assert (row["command"], row["answer"], row["station"]) == (command, answer, "Quay 7")


def test_each_word_of_the_domain_has_words():
    assert command_words.ACTIONS.keys() == {action.value for action in Action}
    assert command_words.STATES.keys() == command_words.SIGNS.keys() == {state.value for state in CommandState}
    assert command_words.REASONS.keys() == {reason.value for reason in CommandReason}


def test_an_image_is_called_by_its_version(db, administrator, station):
    image = FirmwareImage(version="3.15.0", file_name="a.bin", size_bytes=1, sha256="s", uploaded_at=clock.now())
    db.add(image)
    db.flush()
    asked(db, station, Action.UPDATE_FIRMWARE, parameters={"firmware": image.id}, progress="downloading")
    [row] = cells(administrator.get("/commands/").text)
    assert (row["command"], row["progress"]) == ("Update software: 3.15.0", "Downloading")
    db.delete(image)
    db.commit()
    assert cells(administrator.get("/commands/").text)[0]["command"] == "Update software"


def test_who_asked_and_how_long_it_took(db, administrator, station):
    at = clock.now() - timedelta(hours=1)
    ida = add_person(db, RoleName.SUPPORT, "bo@example.com", first_name="Bo", last_name="Winther")
    asked(db, station, Action.CLEAR_CACHE, user_id=ida.id, created_at=at, answered_at=at + timedelta(seconds=2.25))
    asked(db, station, Action.GET_CONFIGURATION)
    by_the_portal, by_support = cells(administrator.get("/commands/").text)
    assert (by_support["by"], by_support["took"]) == ("Bo Winther", "2.2")
    assert (by_the_portal["by"], by_the_portal["took"]) == ("the portal itself", "")


FILTERS = {
    "command=reset": ["reset"],
    "command=Clear+cache": ["clear_cache"],
    "answer=no+answer": ["clear_cache"],
    "answer=agreed": ["reset"],
    "answer=empty": ["unlock"],
    "state=timed_out": ["clear_cache"],
    "took=2..3": ["reset"],
    "station=quay": ["clear_cache", "reset", "unlock"],
    "outlet=1": [],
}


@pytest.mark.parametrize(("query", "found"), FILTERS.items())
def test_every_column_filters(db, administrator, station, query, found):
    at = clock.now()
    asked(
        db, station, Action.RESET, parameters={"type": "soft"}, created_at=at, answered_at=at + timedelta(seconds=2.5)
    )
    asked(db, station, Action.CLEAR_CACHE, state="timed_out", reason=CommandReason.NO_ANSWER)
    asked(db, station, Action.UNLOCK, parameters={"outlet": 1}, state="queued", deadline_at=at + timedelta(hours=1))
    answer = administrator.get(f"/commands/export/csv?{query}")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert sorted(row["command"] for row in rows) == found


def test_a_file_holds_words_for_people_and_codes_for_programs_and_no_secret(db, administrator, station):
    asked(db, station, Action.CHANGE_CONFIGURATION, parameters={"key": "WifiPSK", "value": "hunter2"})
    told = administrator.get("/commands/export/csv").data.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(told))
    assert (row["command"], row["state"]) == ("change_configuration", "accepted")
    assert "hunter2" not in told
    assert administrator.get("/commands/export/xlsx").status_code == 200


@pytest.mark.parametrize(
    ("node", "found"), [("station-{0}", 1), ("site-{1}", 1), ("system", 2), ("outlet-{2}", 1), ("floor-99", 2)]
)
def test_the_history_is_that_of_all_below_the_node(db, administrator, station, node, found):
    elsewhere = add_station(db, "Elsewhere", site="Abroad")
    asked(db, station, Action.CLEAR_CACHE)
    asked(db, elsewhere, Action.CLEAR_CACHE)
    key = node.format(station.id, station.site_id, station.outlets[0].id)
    assert len(cells(administrator.get(f"/commands/?node={key}").text)) == found


def test_a_site_administrator_sees_the_own_sites_only(db, portal, station):
    own = asked(db, station, Action.CLEAR_CACHE)
    foreign = asked(db, add_station(db, "Elsewhere", site="Abroad"), Action.CLEAR_CACHE, state="queued")
    lise = add_person(db, RoleName.SITE_ADMINISTRATOR, "lise@example.com", [db.get_one(Site, station.site_id)])
    visitor = sign_in(portal, lise)
    assert [row["station"] for row in cells(visitor.get("/commands/").text)] == ["Quay 7"]
    assert visitor.get(f"/commands/show/{own.id}").status_code == 200
    for page in ("show", "cancel"):
        assert visitor.get(f"/commands/{page}/{foreign.id}").status_code == 404


def test_a_command_is_shown_whole_with_its_secrets_masked(db, administrator, station):
    answer = {"configurationKey": [{"key": "WifiPSK", "readonly": False, "value": "hunter2"}], "unknownKey": ["X"]}
    command = asked(db, station, Action.GET_CONFIGURATION, parameters={"keys": ["WifiPSK"]}, answer=answer)
    page = administrator.get(f"/commands/show/{command.id}").text
    assert "hunter2" not in page
    assert "&#34;value&#34;: &#34;••••••&#34;" in page
    assert f"/control/ask/get_configuration?again={command.id}&amp;node=station-{station.id}" in page
    form = administrator.get(f"/control/ask/get_configuration?again={command.id}&node=station-{station.id}").text
    assert ">\nWifiPSK</textarea>" in form or "WifiPSK</textarea>" in form


def test_a_schedule_is_a_table_and_a_drawing(db, administrator, station):
    schedule = {
        "start_at": "2026-11-22T00:00:00+00:00",
        "duration_seconds": 7200,
        "unit": "A",
        "periods": [{"start_seconds": 0, "limit": 32.0, "phases": 3}, {"start_seconds": 3600, "limit": 8.0}],
    }
    outcome = {"status": "accepted", "schedule": schedule}
    command = asked(db, station, Action.GET_COMPOSITE_SCHEDULE, parameters={"duration_seconds": 7200}, outcome=outcome)
    page = administrator.get(f"/commands/show/{command.id}").text
    assert 'points="0.0,0.0 360.0,0.0 360.0,120.0 720.0,120.0"' in page
    for text in ("2026-11-22 02:00:00.0", ">1:00:00<", ">8.0<", "highest 32.0 A"):
        assert text in page


def test_what_is_queued_is_taken_back_once(db, administrator, station):
    command = asked(db, station, Action.CLEAR_CACHE, state="queued", deadline_at=clock.now() + timedelta(hours=1))
    address = f"/commands/cancel/{command.id}"
    assert "The station will never see it." in administrator.get(address).text
    assert f'href="{address}" data-form-dialog' in administrator.get("/commands/").text
    assert administrator.send(address).status_code == 303
    [command] = commands_of(db)
    assert (command.state, command.reason) == (CommandState.FAILED, CommandReason.CANCELLED)
    page = administrator.get("/commands/").text
    assert "Taken back before it was sent" in page
    assert "was taken back." in page
    administrator.send(address)
    assert "had been sent already." in administrator.get("/commands/").text


def test_what_is_over_can_be_sent_again_and_what_is_under_way_not(db, administrator, station):
    asked(db, station, Action.CLEAR_CACHE)
    assert "Send again" in administrator.get("/commands/").text
    for command in commands_of(db):
        command.state = CommandState.SENT
    db.commit()
    assert "Send again" not in administrator.get("/commands/").text


def test_a_parameter_is_sent_again_from_its_own_page_only(db, administrator, station):
    command = asked(db, station, Action.CHANGE_CONFIGURATION, parameters={"key": "WifiPSK", "value": "hunter2"})
    for page in ("/commands/", f"/commands/show/{command.id}"):
        assert "Send again" not in administrator.get(page).text


def test_the_history_of_a_station_that_is_gone_stays(db, administrator, portal):
    now = clock.now()
    db.add(
        Command(
            site_id=99, station_id=99, action=Action.RESET, parameters={"type": "soft"}, state=CommandState.ACCEPTED,
            created_at=now, deadline_at=now,
        )
    )  # fmt: skip
    db.commit()
    page = administrator.get("/commands/").text
    [row] = cells(page)
    assert (row["command"], row["station"]) == ("Restart: soft", "")
    assert "Send again" not in page
    assert "gone" in administrator.get(f"/commands/show/{commands_of(db)[0].id}").text


def test_the_page_costs_the_same_however_many_rows(db, administrator, station):
    def fill(number: int) -> None:
        for _ in range(number):
            asked(db, station, Action.REMOTE_START, parameters={"id_token": "A"}, outlet_id=station.outlets[0].id)
            asked(db, station, Action.CLEAR_CACHE, state="queued", deadline_at=clock.now() + timedelta(hours=1))

    fill(1)
    administrator.get("/commands/")
    with recorded() as few:
        administrator.get("/commands/")
    fill(8)
    with recorded() as many:
        administrator.get("/commands/")
    assert len(few) == len(many)


@pytest.mark.parametrize("number", ["0", "99999", str(2**63), "9" * 30])
def test_guessed_numbers_are_not_there(administrator, station, number):
    for page in ("show", "cancel"):
        assert administrator.get(f"/commands/{page}/{number}").status_code == 404


def test_without_any_command_it_says_where_to_begin(administrator, portal):
    assert "The tab Control of a station does that." in administrator.get("/commands/").text
