"""Commands to many stations: which ones, the question before, and the page that counts."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import charging_sessions, clock
from domain.models import Action, AuditEntry, CommandBatch, CommandReason, CommandState, FirmwareImage, Site, Station
from domain.reports import StartReport
from domain.roles import RoleName
from tests.portal.browser_like import Visitor, errors
from tests.portal.jobs import queued
from tests.portal.people import add_person, sign_in
from tests.portal.stations import add_station, commands_of
from tests.statements import recorded


@pytest.fixture
def stations(db: Session, portal: Flask) -> list[Station]:
    """Two at the harbour, of which one is offline, and one abroad."""
    return [
        add_station(db, "H-1"),
        add_station(db, "H-2", online=False),
        add_station(db, "A-1", site="Abroad"),
    ]


@pytest.fixture
def lises(db: Session, portal: Flask, stations: list[Station]) -> Visitor:
    """The site administrator of the harbour."""
    site = db.get_one(Site, stations[0].site_id)
    return sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "lise@example.com", [site]))


def batches_of(db: Session) -> list[CommandBatch]:
    db.rollback()
    db.expire_all()
    return list(db.scalars(select(CommandBatch).order_by(CommandBatch.id)))


def restart(visitor: Visitor, where: str, confirmed: int, **fields: object):
    return visitor.send(
        f"/bulk/?action=reset{where}", type="soft", **{"if_offline": "fail", "confirmed": confirmed} | fields
    )


def asked_of(db: Session) -> list[str]:
    names = {station.id: station.name for station in db.scalars(select(Station))}
    return [names[command.station_id] for command in commands_of(db)]


CHOSEN = {
    "all of the system": ("", 3, ["H-1", "H-2", "A-1"]),
    "all of a site": ("&node=site-{harbour}", 2, ["H-1", "H-2"]),
    "what the filter finds": ("&name=H-&online=no", 1, ["H-2"]),
    "the marked ones": ("&marked=yes&station={first}&station={last}", 2, ["H-1", "A-1"]),
    "a marked one that is not there": ("&station={last}&station=999999&station=x", 1, ["A-1"]),
}


@pytest.mark.parametrize(("where", "number", "names"), CHOSEN.values(), ids=CHOSEN.keys())
def test_the_stations_are_those_of_the_address(db, administrator, stations, where, number, names):
    where = where.format(harbour=stations[0].site_id, first=stations[0].id, last=stations[2].id)
    assert f"<b>{number} station" in administrator.get(f"/bulk/?{where}").text
    assert restart(administrator, where, number).status_code == 303
    assert asked_of(db) == names


def test_marking_nothing_asks_nobody(db, administrator, stations):
    page = administrator.get("/bulk/?marked=yes")
    assert "No station is chosen" in page.text
    page = administrator.get("/bulk/?marked=yes&action=reset")
    assert "No station is chosen" in page.text
    assert 'name="type"' not in page.text


def test_a_filter_that_is_not_understood_asks_nobody(db, administrator, stations):
    assert administrator.get("/bulk/?action=reset&id=many").status_code == 400


def test_it_is_sent_only_after_the_number_was_seen(db, valkey: Redis, administrator, stations):
    asked = administrator.send("/bulk/?action=reset", type="hard", if_offline="wait")
    assert asked.status_code == 422
    assert "Really send this to 3 stations?" in asked.text
    assert "3 stations · 1 is offline" in asked.text
    assert 'name="confirmed" value="3"' in asked.text
    assert batches_of(db) == []
    # Another station came meanwhile: what was confirmed is not what would be done.
    add_station(db, "H-3")
    assert "Really send this to 4 stations?" in restart(administrator, "", 3).text
    assert batches_of(db) == []
    answer = restart(administrator, "", 4)
    [batch] = batches_of(db)
    assert (answer.status_code, answer.location) == (303, f"/batches/show/{batch.id}")
    assert [(job.func_name, job.args) for job in queued(valkey)] == [("engine.jobs.send_batch", (batch.id,))]


def test_a_choice_of_commands_keeps_the_stations(administrator, stations):
    page = administrator.get(f"/bulk/?node=site-{stations[0].site_id}&name=H-").text
    assert f'<input type="hidden" name="node" value="site-{stations[0].site_id}">' in page
    assert '<input type="hidden" name="name" value="H-">' in page
    assert "all stations of Harbour that the filter finds" in page
    assert 'value="remote_start"' not in page


def test_a_link_may_choose_the_command_and_the_image(db, administrator, stations):
    page = administrator.get("/bulk/?action=reset&type=hard").text
    assert re.search(r'<input checked[^>]* value="hard">', page)
    for word in ("remote_start", "change_configuration", "nonsense", ""):
        assert administrator.get(f"/bulk/?action={word}").status_code == 404


def test_what_is_wrong_is_said_at_its_field(db, administrator, stations):
    answer = administrator.send("/bulk/?action=get_diagnostics", retries="1000", if_offline="fail")
    assert (answer.status_code, errors(answer)) == (422, ["At most 100."])
    assert batches_of(db) == []


def test_a_site_administrator_reaches_the_own_stations_only(db, lises, stations):
    marked = f"&station={stations[0].id}&station={stations[2].id}"
    assert "<b>1 station</b>" in lises.get(f"/bulk/?{marked}").text
    assert restart(lises, marked, 1).status_code == 303
    assert restart(lises, "", 2).status_code == 303
    assert asked_of(db) == ["H-1", "H-1", "H-2"]


def test_the_page_counts_the_states_and_names_what_went_wrong(db, administrator, stations):
    restart(administrator, "", 3)
    [batch] = batches_of(db)
    page = administrator.get(f"/batches/show/{batch.id}").text
    assert 'aria-label="Failed: 1, Queued: 2"' in page
    assert "2 stations have not answered yet." in page
    assert "Cancel the rest" in page
    assert "Send again to the failed" not in page
    for command in commands_of(db):
        if command.state is CommandState.QUEUED:
            command.state = CommandState.ACCEPTED
    db.commit()
    page = administrator.get(f"/batches/now/{batch.id}").text
    assert 'aria-label="Accepted: 2, Failed: 1"' in page
    assert "All is over." in page
    assert "data-open" not in page
    assert "The station was not connected" in page
    assert "Send again to the failed" in page
    assert f"/commands/?batch={batch.id}" in page
    assert administrator.get(f"/commands/?batch={batch.id}").text.count("<tr data-key") == 3


def test_a_campaign_shows_how_far_each_station_is(db, administrator, stations):
    restart(administrator, "", 3)
    [batch] = batches_of(db)
    for command, progress in zip(commands_of(db), ("installing", None, "downloading"), strict=True):
        command.progress, command.progress_at = progress, clock.now()
    db.commit()
    page = administrator.get(f"/batches/show/{batch.id}").text
    assert "Installing: 1" in page
    assert "Downloading: 1" in page
    assert "<td>Installing</td>" in page


def test_a_campaign_of_software_shows_what_each_station_runs_now(db, administrator, stations):
    image = FirmwareImage(version="3.15", file_name="a.bin", size_bytes=1, sha256="s", uploaded_at=clock.now())
    db.add(image)
    stations[0].firmware_version = "3.14.2"
    db.commit()
    administrator.send("/bulk/?action=update_firmware&name=H-1", firmware=image.id, if_offline="fail", confirmed=1)
    [command] = commands_of(db)
    command.progress, command.progress_at = "installing", clock.now()
    db.commit()
    page = administrator.get(f"/batches/show/{command.batch_id}").text
    assert "<td>Installing</td><td>3.14.2</td>" in page
    listed = administrator.get(f"/commands/?batch={command.batch_id}&columns=station,progress,software").text
    assert "3.14.2" in listed


def test_an_image_of_another_model_fails_at_that_station_alone(db, administrator, stations):
    image = FirmwareImage(version="3.15", vendor="ACME", model="Duo", file_name="a.bin", size_bytes=1, sha256="s")
    image.uploaded_at = clock.now()
    db.add(image)
    stations[0].vendor, stations[0].model = "acme", "duo"
    stations[2].vendor, stations[2].model = "acme", "Uno"
    db.commit()
    administrator.send("/bulk/?action=update_firmware", firmware=image.id, if_offline="wait", confirmed=3)
    asked = commands_of(db)
    assert [(command.state, command.reason) for command in asked] == [
        (CommandState.QUEUED, None),
        (CommandState.FAILED, CommandReason.UNSUITABLE),
        (CommandState.FAILED, CommandReason.UNSUITABLE),
    ]
    page = administrator.get(f"/batches/show/{asked[0].batch_id}").text
    assert "The image is for ACME Duo, the station is acme Uno." in page
    assert "The image is for ACME Duo, and the station has not told what it is." in page


def test_the_rest_is_taken_back(db, administrator, stations):
    restart(administrator, "", 3)
    [batch] = batches_of(db)
    address = f"/batches/cancel/{batch.id}"
    assert "Take back what is not sent yet?" in administrator.get(address).text
    assert administrator.send(address).status_code == 303
    [batch] = batches_of(db)
    assert batch.cancelled_at is not None
    assert {command.reason for command in commands_of(db)} == {CommandReason.CANCELLED, CommandReason.OFFLINE}
    assert "2 commands were taken back." in administrator.get(f"/batches/show/{batch.id}").text


def test_the_failed_are_asked_again(db, administrator, stations):
    restart(administrator, "", 3)
    [batch] = batches_of(db)
    address = f"/batches/again/{batch.id}"
    assert "Ask 1 station again?" in administrator.get(address).text
    answer = administrator.send(address)
    following = batches_of(db)[-1]
    assert (answer.status_code, answer.location) == (303, f"/batches/show/{following.id}")
    assert (following.action, following.parameters, following.stations) == (Action.RESET, {"type": "soft"}, 1)
    assert asked_of(db) == ["H-1", "H-2", "A-1", "H-2"]


def test_where_nothing_failed_nobody_is_asked_again(db, administrator, stations):
    restart(administrator, f"&station={stations[0].id}", 1)
    [batch] = batches_of(db)
    assert administrator.send(f"/batches/again/{batch.id}").location == f"/batches/show/{batch.id}"
    assert len(batches_of(db)) == 1


def test_the_list_has_ones_own_for_site_administrators_and_all_for_support(db, portal, administrator, lises, stations):
    restart(administrator, "", 3)
    restart(lises, "", 2)
    of_ida, of_lise = batches_of(db)
    support = sign_in(portal, add_person(db, RoleName.SUPPORT, "bo@example.com"))
    for visitor, seen in ((administrator, 2), (support, 2), (lises, 1)):
        page = visitor.get("/batches/").text
        assert page.count("<tr data-key") == seen
        assert "Restart: soft" in page
    assert lises.get(f"/batches/show/{of_lise.id}").status_code == 200
    for page in ("show", "now", "cancel", "again"):
        assert lises.get(f"/batches/{page}/{of_ida.id}").status_code == 404


def test_what_is_not_ones_own_any_more_is_not_counted(db, portal, lises, stations):
    restart(lises, "", 2)
    [batch] = batches_of(db)
    lise = batch.user
    lise.sites = []
    db.commit()
    page = lises.get(f"/batches/show/{batch.id}").text
    assert "No command of it is yours to see." in page
    assert "H-2" not in page


@pytest.mark.parametrize("number", ["0", "99999", str(2**63), "9" * 30])
def test_guessed_numbers_are_not_there(administrator, stations, number):
    for page in ("show", "now", "cancel", "again"):
        assert administrator.get(f"/batches/{page}/{number}").status_code == 404


def test_the_audit_log_has_one_entry_for_all(db, administrator, stations):
    restart(administrator, "", 3)
    entries = db.scalars(select(AuditEntry).where(AuditEntry.object_kind.in_(("command", "command_batch")))).all()
    assert [(entry.object_kind, entry.action) for entry in entries] == [("command_batch", "created")]


def test_the_pages_cost_the_same_however_many_stations(db, administrator, stations):
    def ask() -> int:
        number = db.query(Station).count()
        restart(administrator, "", number)
        batch = batches_of(db)[-1]
        with recorded() as statements:
            administrator.get(f"/batches/now/{batch.id}")
            administrator.get("/bulk/?action=reset")
        return len(statements)

    administrator.get("/bulk/?action=reset")
    few = ask()
    for number in range(10):
        add_station(db, f"M-{number}", outlets=0)
    assert ask() == few


def test_stations_can_be_marked_by_those_who_may_command(db, administrator, stations):
    page = administrator.get(f"/stations/?node=site-{stations[0].site_id}&online=yes").text
    assert (
        f'<input type="checkbox" form="marked" name="station" value="{stations[0].id}" aria-label="Mark H-1">' in page
    )
    assert '<form id="marked" method="get" action="/bulk/">' in page
    assert f'href="/bulk/?node=site-{stations[0].site_id}&amp;online=yes"' in page
    assert "mark-col" not in administrator.get("/sites/").text


def test_the_page_of_a_node_offers_a_command_to_all_below(administrator, stations):
    site = f"/sites/show/{stations[0].site_id}"
    assert f'href="/bulk/?node=site-{stations[0].site_id}"' in administrator.get(site).text
    assert "/bulk/" not in administrator.get(f"/stations/show/{stations[0].id}").text


def test_cars_that_charge_are_counted_before(db, administrator, stations):
    at = clock.now() - timedelta(minutes=5)
    charging_sessions.start(db, StartReport(stations[0].id, at, 1, "A", 0, at))
    db.commit()
    asked = administrator.send("/bulk/?action=reset", type="hard", if_offline="fail")
    assert "3 stations · 1 is offline · 1 charges now" in asked.text
    assert "At 1 of them a car charges, which may be cut." in asked.text
    asked = administrator.send("/bulk/?action=reset", type="soft", if_offline="fail")
    assert "which may be cut" not in asked.text
    assert commands_of(db) == []
