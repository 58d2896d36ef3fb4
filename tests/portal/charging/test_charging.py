"""My charging: one's own, and nobody else's through whatever door."""

from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select

from domain import charging_sessions, clock
from domain.meter_values import store
from domain.models import AuditEntry, Command, CommandReason, CommandState, IdToken, Outlet, PortalUser
from domain.reports import MeterReport, Reading, StartReport
from domain.roles import RoleName
from domain.scope import Viewer, visible
from domain.statuses import OutletStatus
from tests.portal.browser_like import notes
from tests.portal.jobs import queued, work
from tests.portal.people import add_driver, add_person, sign_in
from tests.statements import recorded


def tag_of(db, user):
    return db.scalars(select(IdToken.id).filter_by(user_id=user.id)).first()


def start(visitor, outlet_id, tag_id):
    return visitor.send("/charging/start", page="/charging/", outlet=outlet_id, id_token=tag_id)


def commands_of(db):
    db.expire_all()
    return db.scalars(select(Command).order_by(Command.id)).all()


@pytest.fixture
def charge(db, station, eva):
    """Runs since an hour, and its meter told something a minute ago."""
    began_at = clock.now() - timedelta(hours=1)
    started = charging_sessions.start(db, StartReport(station.id, began_at, 1, "11223344", 1000, began_at))
    for minutes, power_w in ((10, 5000.0), (59, 7380.0)):
        at = began_at + timedelta(minutes=minutes)
        store(db, [MeterReport(station.id, at, 1, None, (Reading(at, 1000 + 100 * minutes, power_w, None, None, []),))])
    db.commit()
    return started.charging_session_id


def test_nothing_to_see_yet_says_what_to_do(portal, db, station):
    page = sign_in(portal, add_driver(db, "new@example.com")).get("/charging/")
    assert page.status_code == 200
    assert "Nothing is charging for you now." in page.text
    assert "Ask your administrator to register one for you" in page.text
    assert 'name="outlet"' not in page.text


def test_a_start_is_written_down_and_queued_for_the_worker(db, valkey, evas, eva, outlet):
    answer = start(evas, outlet.id, tag_of(db, eva))
    assert (answer.status_code, answer.location) == (303, "/charging/")
    [command] = commands_of(db)
    assert (command.state, command.user_id, command.outlet_id) == (CommandState.QUEUED, eva.id, outlet.id)
    assert [(job.func_name, job.args) for job in queued(valkey)] == [("engine.jobs.send_command", (command.id,))]
    assert "The request is on its way to the station." in evas.get("/charging/").text
    assert evas.get(f"/charging/commands/{command.id}").json == {
        "id": command.id,
        "action": "remote_start",
        "state": "queued",
        "reason": None,
        "is_over": False,
        "text": "The request is on its way to the station.",
    }


def test_the_audit_log_knows_who_asked_for_it_and_not_the_tag(db, evas, eva, outlet):
    start(evas, outlet.id, tag_of(db, eva))
    [entry] = db.scalars(select(AuditEntry).filter_by(object_kind="command")).all()
    [command] = commands_of(db)
    assert (entry.user_id, entry.action, entry.object_id) == (eva.id, "created", str(command.id))
    assert (entry.after["action"], entry.after["outlet_id"]) == ("remote_start", outlet.id)
    assert "11223344" not in str(entry.after)


def test_the_worker_ends_a_command_for_a_station_that_has_left(db, valkey: Redis, evas, eva, outlet, station):
    start(evas, outlet.id, tag_of(db, eva))
    station.online = False
    db.commit()
    work(valkey)
    [command] = commands_of(db)
    assert (command.state, command.reason) == (CommandState.FAILED, CommandReason.OFFLINE)
    assert evas.get(f"/charging/commands/{command.id}").json["text"] == (
        "The station is not connected at the moment. Nothing was started."
    )


def test_a_running_charge_is_shown_with_its_figures(evas, charge):
    live = evas.get("/charging/now").json
    [running] = live["running"]
    assert (running["id"], running["status"], running["power"], running["energy"]) == (
        charge,
        "Charging",
        "7.4",
        "5.90",
    )
    assert running["as_of"].startswith("as of ")
    assert running["line"].count(",") == 2
    page = evas.get("/charging/")
    for text in (
        "Quay 7",
        "Harbour",
        ">7.4<",
        ">5.90<",
        running["as_of"],
        "Stop charging",
        f'data-shape="{live["shape"]}"',
    ):
        assert text in page.text


def test_a_reading_from_before_the_charge_is_not_shown_as_its_own(db, evas, station, charge):
    began_at = clock.now()
    charging_sessions.start(db, StartReport(station.id, began_at, 1, "11223344", 9000, began_at))
    db.commit()
    [running] = evas.get("/charging/now").json["running"]
    assert (running["power"], running["energy"], running["as_of"], running["line"]) == (
        "–",
        "–",
        "The meter has not told anything yet",
        "",
    )


def test_a_charge_is_stopped_once(db, valkey, evas, charge):
    for _ in range(2):
        assert evas.send(f"/charging/stop/{charge}", page="/charging/").status_code == 303
    [command] = commands_of(db)
    assert (command.charging_session_id, command.parameters) == (charge, {"charging_session": charge})
    assert {job.args for job in queued(valkey)} == {(command.id,)}


def test_somebody_elses_charge_tag_and_command_are_not_there(db, valkey, eva, evas, ottos, outlet, charge):
    start(evas, outlet.id + 1, tag_of(db, eva))
    [command] = commands_of(db)
    assert ottos.get(f"/charging/commands/{command.id}").status_code == 404
    assert ottos.send(f"/charging/stop/{charge}", page="/charging/").status_code == 404
    assert start(ottos, outlet.id + 1, tag_of(db, eva)).status_code == 404
    assert ottos.get("/charging/now").json["running"] == []
    for text in ("Stop charging", "11223344", "eva@example.com", "The request is on its way"):
        assert text not in ottos.get("/charging/").text
    assert len(commands_of(db)) == len(queued(valkey)) == 1


@pytest.mark.parametrize("number", ["0", "-1", "99999", str(2**31), str(2**63), "9" * 30, "x", ""])
def test_guessed_numbers_are_not_there(db, eva, evas, outlet, number):
    own = str(tag_of(db, eva))
    for fields in ({"outlet": number, "id_token": own}, {"outlet": str(outlet.id), "id_token": number}, {}):
        assert evas.send("/charging/start", page="/charging/", **fields).status_code == 404
    if number.isdecimal():
        assert evas.get(f"/charging/commands/{number}").status_code == 404
        assert evas.send(f"/charging/stop/{number}", page="/charging/").status_code == 404
    assert evas.get(f"/charging/?after={number}").status_code == 200
    assert commands_of(db) == []


def test_who_comes_second_reads_why_not(db, eva, evas, ottos, outlet):
    ottos_tag = db.scalars(select(IdToken.id).filter_by(token="55667788")).one()
    start(evas, outlet.id, tag_of(db, eva))
    assert start(ottos, outlet.id, ottos_tag).status_code == 303
    page = ottos.get("/charging/")
    assert notes(page) == [("bad", "Somebody else was faster: this outlet is taken. Choose another one.")]
    assert "Quay 7</b> · Outlet 1" not in page.text
    assert len(commands_of(db)) == 1


def test_with_several_tags_one_is_chosen(db, portal, station):
    page = sign_in(portal, add_driver(db, "two@example.com", "01020304", "05060708")).get("/charging/")
    assert page.text.count("<option value=") == 2


def test_outlets_are_searched_and_shown_page_by_page(db, evas, station):
    db.add_all(Outlet(station_id=station.id, number=number, status=OutletStatus.AVAILABLE) for number in range(3, 31))
    db.commit()
    first = evas.get("/charging/?find=quay").text
    assert first.count('name="outlet"') == 20
    assert "More outlets" in first
    last = db.scalars(select(Outlet.id).order_by(Outlet.id).limit(20)).all()[-1]
    second = evas.get(f"/charging/?find=quay&after={last}").text
    assert second.count('name="outlet"') == 10
    assert "More outlets" not in second
    for words in ("nowhere", "%", "_", "a\0b", "x" * 5000):
        assert "No free outlet was found" in evas.get("/charging/", query_string={"find": words}).text


@pytest.mark.parametrize("role", [RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT])
def test_other_roles_have_no_such_page(db, portal, station, role):
    visitor = sign_in(portal, add_person(db, role, "other@example.com", [station.site]))
    for path in ("/charging/", "/charging/now", "/charging/commands/1"):
        assert visitor.get(path).status_code in (302, 403, 404)
    assert 'href="/charging/' not in visitor.get("/").text


def test_an_administrator_with_a_tag_may_charge_too(db, administrator, station):
    assert 'href="/charging/' not in administrator.get("/").text
    page = administrator.get("/charging/")
    assert "Ask your administrator" in page.text
    db.add(IdToken(token="0A0A0A0A", user_id=db.scalars(select(PortalUser.id)).one()))
    db.commit()
    assert 'name="outlet"' in administrator.get("/charging/").text


def test_it_is_the_first_function_of_a_driver(evas):
    page = evas.get("/charging/").text
    functions = page[page.index('<nav class="fn"') :]
    assert functions.index("My charging") < functions.index("Statistics")


def test_a_stranger_learns_nothing(visitor):
    answer = visitor.get("/charging/now", headers={"Accept": "application/json"})
    assert answer.status_code == 401


def test_whose_commands_are_whose(db, eva, evas, outlet, station):
    start(evas, outlet.id, tag_of(db, eva))

    def seen(role, user_id=0, sites=()):
        return len(db.scalars(select(Command).where(visible(Command, Viewer(user_id, role, frozenset(sites))))).all())

    assert [
        seen(RoleName.ADMINISTRATOR),
        seen(RoleName.SUPPORT),
        seen(RoleName.SITE_ADMINISTRATOR, sites=[station.site_id]),
        seen(RoleName.SITE_ADMINISTRATOR, sites=[station.site_id + 1]),
        seen(RoleName.EV_USER, eva.id),
        seen(RoleName.EV_USER, eva.id + 1),
        seen(None, eva.id),
    ] == [1, 1, 1, 0, 1, 0, 0]


def test_many_charges_cost_as_many_queries_as_one(db, evas, station, charge):
    def asked() -> int:
        with recorded() as statements:
            assert evas.get("/charging/").status_code == 200
        return len(statements)

    one = asked()
    began_at = clock.now()
    for number in range(2, 8):
        charging_sessions.start(db, StartReport(station.id, began_at, number, "11223344", 1000, began_at))
    db.commit()
    assert len(evas.get("/charging/now").json["running"]) == 7
    assert asked() == one
