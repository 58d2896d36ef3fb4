"""What a driver finds, sees and takes away: their own, and of others no more than that an outlet is taken."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import charging_sessions, clock, own_data
from domain.meter_values import store
from domain.models import AuditEntry, Command, CommandState, IdToken, Outlet
from domain.reports import MeterReport, Reading, StartReport, StopReport
from domain.statuses import OutletStatus
from domain.stops import StopReason
from tests.portal.browser_like import Visitor, notes
from tests.portal.people import PASSWORD, add_driver, sign_in
from tests.statements import recorded


@pytest.fixture
def charge(db, station, eva):
    """Eva's; it runs since an hour."""
    began_at = clock.now() - timedelta(hours=1)
    started = charging_sessions.start(db, StartReport(station.id, began_at, 1, "11223344", 1000, began_at))
    at = began_at + timedelta(minutes=59)
    store(db, [MeterReport(station.id, at, 1, None, (Reading(at, 6900, 7380.0, None, None, []),))])
    db.execute(Outlet.__table__.update().where(Outlet.number == 1).values(status=OutletStatus.CHARGING))
    db.commit()
    return started.charging_session_id


def stop(db, station, charge):
    at = clock.now()
    charging_sessions.stop(db, StopReport(station.id, at, charge, None, 7000, at, StopReason.LOCAL, ()))
    db.commit()


def page_of(outlet):
    return f"/charging/outlets/{outlet.uuid}"


def state(db, outlet, status):
    outlet.status = status
    db.commit()


# --- The code ---


def test_the_code_leads_a_driver_to_the_outlet(evas, outlet):
    answer = evas.get(f"/o/{outlet.uuid}")
    assert (answer.status_code, answer.location) == (302, page_of(outlet))
    assert evas.get(f"/o/{str(outlet.uuid).upper()}").location == page_of(outlet)


def test_the_code_leads_an_operator_to_the_record(administrator, station, outlet):
    assert administrator.get(f"/o/{outlet.uuid}").location == f"/outlets/show/{outlet.id}?node=outlet-{outlet.id}"


@pytest.mark.parametrize("code", ["3f0c2a8e-1b7d-4c55-9a60-2f4c9d1e7b11", "nonsense", "%F0%9F%94%8C", "0"])
@pytest.mark.parametrize("path", ["/o/", "/charging/outlets/"])
def test_a_code_of_no_outlet_says_so(evas, path, code):
    answer = evas.get(path + code)
    assert answer.status_code == 404
    assert "No outlet has this code." in answer.text


def test_who_is_not_signed_in_comes_back_to_the_outlet(portal, db, eva, outlet):
    visitor = Visitor(portal.test_client())
    asked = visitor.get(f"/o/{outlet.uuid}")
    assert asked.location == f"/login/?next=/o/{outlet.uuid}"
    answer = visitor.send(asked.location, page=asked.location, username=eva.email, password=PASSWORD)
    assert answer.location == f"/o/{outlet.uuid}"


def test_an_outlet_has_a_sticker_to_print(administrator, outlet):
    page = administrator.get(f"/outlets/sticker/{outlet.id}")
    assert f"/o/{outlet.uuid}" in page.text
    assert "Scan to charge" in page.text
    svg, png = (administrator.get(f"/outlets/sticker/{outlet.id}/{kind}") for kind in ("svg", "png"))
    assert (svg.mimetype, png.mimetype) == ("image/svg+xml", "image/png")
    assert png.data[:8] == b"\x89PNG\r\n\x1a\n"
    assert "Q7-1.png" in png.headers["Content-Disposition"]
    assert administrator.get(f"/outlets/sticker/{outlet.id}/exe").status_code == 404


# --- The outlet's page ---


def test_a_free_outlet_can_be_started_and_then_is_kept(db, valkey, evas, eva, outlet):
    page = evas.get(page_of(outlet))
    assert "Start charging" in page.text
    tag = db.scalars(select(IdToken.id).filter_by(user_id=eva.id)).one()
    form = {"outlet": outlet.id, "id_token": tag, "at": outlet.uuid}
    for _ in range(2):  # A finger that trembles.
        answer = evas.send("/charging/start", page=page_of(outlet), **form)
        assert (answer.status_code, answer.location) == (303, page_of(outlet))
    [command] = db.scalars(select(Command)).all()
    page = evas.get(page_of(outlet))
    assert "Start charging" not in page.text
    assert "Kept for you" in page.text
    for step in ("Asked for", "Sent to the station", "The station agreed", "Waiting for the cable"):
        assert step in page.text
    command.state, command.sent_at, command.answered_at = CommandState.ACCEPTED, clock.now(), clock.now()
    db.commit()
    assert evas.send("/charging/start", page=page_of(outlet), **form).status_code == 303
    assert notes(evas.get(page_of(outlet))) == []
    assert db.query(Command).count() == 1


STATES = {
    OutletStatus.FAULTED: "The outlet reports a fault.",
    OutletStatus.UNAVAILABLE: "The outlet is out of service.",
    OutletStatus.RESERVED: "The outlet is reserved for somebody.",
    OutletStatus.FINISHING: "A car stands at this outlet.",
    None: "The outlet has not told its state yet.",
}


@pytest.mark.parametrize(("status", "words"), STATES.items())
def test_why_nothing_can_be_started_is_said(db, evas, outlet, status, words):
    state(db, outlet, status)
    page = evas.get(page_of(outlet)).text
    assert words in page
    assert "Start charging" not in page


def test_a_station_without_a_line_is_said(db, evas, station, outlet):
    station.online = False
    db.commit()
    page = evas.get(page_of(outlet)).text
    assert "The station is not connected at the moment." in page
    assert "Not connected" in page


def test_without_a_tag_one_is_told_how_to_get_one(db, portal, station, outlet):
    page = sign_in(portal, add_driver(db, "new@example.com")).get(page_of(outlet)).text
    assert "Ask your administrator to register one for you" in page
    assert "Start charging" not in page


def test_with_several_tags_one_is_chosen(db, evas, eva, outlet):
    assert "<select" not in evas.get(page_of(outlet)).text
    db.add(IdToken(token="99AABBCC", user_id=eva.id))
    db.commit()
    assert evas.get(page_of(outlet)).text.count("<option") == 2


def test_ones_own_charge_is_shown_with_its_figures(evas, outlet, charge):
    page = evas.get(page_of(outlet)).text
    for text in ("You are charging here", "Stop charging", ">7.4<", ">5.90<"):
        assert text in page
    [running] = evas.get(f"{page_of(outlet)}/now").json["running"]
    assert (running["id"], running["power"]) == (charge, "7.4")
    assert running["seconds"] == pytest.approx(3600, abs=60)


def test_of_somebody_elses_charge_nothing_is_told_but_that_it_is_taken(ottos, outlet, charge):
    page, now = ottos.get(page_of(outlet)).text, ottos.get(f"{page_of(outlet)}/now")
    assert "A car stands at this outlet." in page
    for text in ("Stop charging", "eva@example.com", "11223344", ">7.4<", ">5.90<"):
        assert text not in page
    assert now.json["running"] == []


def test_the_page_is_made_anew_when_the_outlet_changes(db, evas, outlet):
    before = evas.get(f"{page_of(outlet)}/now").json["shape"]
    assert f'data-shape="{before}"' in evas.get(page_of(outlet)).text
    state(db, outlet, OutletStatus.FAULTED)
    assert evas.get(f"{page_of(outlet)}/now").json["shape"] != before


def test_an_outlet_at_another_station_has_no_part_in_it(evas, db, outlet, charge):
    other = db.scalars(select(Outlet).filter_by(number=2)).one()
    assert evas.get(f"{page_of(other)}/now").json["running"] == []
    assert "Stop charging" not in evas.get(page_of(other)).text


# --- The map ---


def test_the_list_leads_from_sites_to_outlets(evas, station, outlet):
    page = evas.get("/charging/map/")
    assert "2 free of 2 outlets" in page.text
    assert 'data-at="56.16,10.2"' in page.text
    site = evas.get(f"/charging/map/sites/{station.site_id}")
    assert page_of(outlet) in site.text
    assert evas.get("/charging/map/sites/99999999999999").status_code == 404


def test_what_is_looked_for_may_be_a_place_a_station_or_a_code(evas, outlet):
    assert "Harbour" in evas.get("/charging/map/?find=aarhus").text
    assert page_of(outlet) in evas.get("/charging/map/?find=quay").text
    for asked in (str(outlet.uuid), f"https://charge.example.com/o/{outlet.uuid}"):
        assert evas.get(f"/charging/map/?find={asked}").location == page_of(outlet)
    assert "No site or station has this in its name." in evas.get("/charging/map/?find=nowhere").text


@pytest.mark.parametrize("near", ["", "55", "a,b", "91,0", "0,181", "nan,0", "inf,0", "1,2,3"])
def test_what_is_no_place_on_the_earth_is_not_taken_for_one(evas, near):
    page = evas.get(f"/charging/map/?near={near}")
    assert page.status_code == 200
    assert "the nearest first" not in page.text


def test_near_a_place_the_distance_is_told(evas, station):
    page = evas.get("/charging/map/?near=56.17,10.2").text
    assert "Sites, the nearest first" in page
    assert "1.1 km" in page


@pytest.mark.parametrize(
    ("path", "allowed"), [("/charging/map/", "geolocation=(self)"), ("/charging/scan", "camera=(self)")]
)
def test_a_page_may_ask_the_phone_for_what_it_is_made_for(evas, path, allowed):
    permissions = evas.get(path).headers["Permissions-Policy"]
    assert [each for each in permissions.split(", ") if each.endswith("(self)")] == [allowed]


# --- What is one's own ---


def test_sessions_of_ones_own_with_the_sum_of_the_month(db, evas, ottos, station, charge):
    stop(db, station, charge)
    page = evas.get("/charging/sessions/").text
    for text in ("6.00 kWh", "Quay 7", "RFID (1)", "1 session"):
        assert text in page
    assert "You have not charged yet." in ottos.get("/charging/sessions/").text


def test_earlier_sessions_stand_on_further_pages(db, evas, station, eva):
    now = clock.now()
    for minute in range(45):
        at = now - timedelta(minutes=minute)
        charging_sessions.start(db, StartReport(station.id, at, 1, "11223344", minute, at))
    db.commit()
    seen, address = [], "/charging/sessions/"
    while address:
        page = evas.get(address).text
        found = [part.split('"')[0] for part in page.split("/statistics/show/")[1:]]
        seen += found
        address = f"/charging/sessions/?before={found[-1]}" if "Earlier ones" in page else ""
    assert len(seen) == len(set(seen)) == 45


def test_sessions_are_exported_through_the_one_table(evas, db, station, charge):
    stop(db, station, charge)
    lines = list(csv.DictReader(io.StringIO(evas.get("/statistics/export/csv").text)))
    assert [line["authorization"] for line in lines] == ["1"]
    assert evas.get("/statistics/export/jsonl").mimetype == "application/jsonl"


def test_tags_of_ones_own_with_whether_they_hold(db, evas, ottos, eva):
    db.add(IdToken(token="99AABBCC", user_id=eva.id, blocked=True))
    db.commit()
    page = evas.get("/charging/tags/").text
    assert ("11223344" in page, "99AABBCC" in page, "blocked" in page) == (True, True, True)
    assert "11223344" not in ottos.get("/charging/tags/").text


def test_all_ones_data_is_one_file_and_nobody_elses_is_in_it(db, evas, eva, ottos, station, charge):
    stop(db, station, charge)
    answer = evas.get("/charging/more/data")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=my-data-")
    data = answer.json
    assert data["account"]["email"] == "eva@example.com"
    assert [tag["token"] for tag in data["id_tokens"]] == ["11223344"]
    [session] = data["charging_sessions"]
    assert (session["authorization"], session["energy_wh"]) == ("rfid", 6000)
    assert [reading["power_w"] for reading in session["meter_values"]] == [7380.0]
    assert "password" not in answer.text
    others = ottos.get("/charging/more/data")
    assert "11223344" not in others.text
    assert others.json["account"]["email"] == "otto@example.com"
    entries = db.scalars(select(AuditEntry).filter_by(user_id=eva.id, action="exported")).all()
    assert [(entry.object_kind, entry.object_id) for entry in entries] == [("user", str(eva.id))]


def test_what_is_kept_of_a_driver_is_read_in_portions(db, station, eva):
    now = clock.now()
    for minute in range(own_data.PORTION + 5):
        at = now - timedelta(minutes=minute)
        charging_sessions.start(db, StartReport(station.id, at, 1, "11223344", minute, at))
    db.commit()
    with recorded() as statements:
        things = [name for name, _thing in own_data.of_user(db, eva)]
    assert things.count("charging_sessions") == own_data.PORTION + 5
    assert sum("FROM charging_session" in each for each in statements) <= 2
