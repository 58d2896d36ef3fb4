"""What is entered in a station: addresses to copy and as QR codes, and the charge box id, of which a change asks."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import Outlet, Site, Station
from domain.roles import RoleName
from portal import codes
from tests.portal.browser_like import Visitor, errors
from tests.portal.forms_on_pages import form_on
from tests.portal.people import add_person, sign_in

EDIT = "/stations/edit/1"
CODE = re.compile(r'<code>(.*?)</code><button[^>]*data-copy="(.*?)".*?href="(/address_code/[^"]+)"')


@pytest.fixture
def station(db: Session) -> Station:
    station = Station(site=Site(name="S"), name="N", charge_box_id="CB 1/ø?")
    db.add(station)
    db.flush()
    db.add(Outlet(station=station, number=1))
    db.commit()
    return station


def shown(visitor: Visitor, path: str) -> dict[str, str]:
    """Each address with a code, by where that is."""
    found = CODE.findall(visitor.get(path).text)
    assert found and all(text == copied for text, copied, _ in found)
    return {unescape(url): unescape(text) for text, _, url in found}


def test_the_system_shows_every_address_with_a_code(administrator: Visitor) -> None:
    addresses = shown(administrator, "/system/show/1")
    endings = {url.rpartition("/")[2]: text.partition("/Ocpp/")[2] for url, text in addresses.items()}
    assert endings == {
        "ocpp1.6": "websocket",
        "ocpp1.6-soap": "CentralSystemService16",
        "ocpp1.5": "CentralSystemService15",
        "ocpp1.2": "CentralSystemService12",
        "files": "files",
        "ftp": "",
    }


def test_a_stations_address_is_complete_as_it_needs_it(administrator: Visitor, station: Station, db: Session) -> None:
    addresses = shown(administrator, "/stations/show/1?node=station-1")
    whole = addresses["/address_code/ocpp1.6?node=station-1"]
    assert whole.endswith("/Ocpp/websocket/CB%201%2F%C3%B8%3F")
    page = administrator.get("/address_code/ocpp1.6?node=station-1").text
    assert whole in page and "CB 1/ø?" in page
    assert str(codes.svg(whole)) in page
    assert "style=" not in page.partition("<main")[2].partition("</main")[0]
    station.protocol = "ocpp1.5"
    db.commit()
    assert list(shown(administrator, "/stations/show/1?node=station-1")) == ["/address_code/ocpp1.5?node=station-1"]


def test_no_other_text_becomes_a_code(administrator: Visitor, portal: Flask, station: Station, db: Session) -> None:
    for key in ("ocpp2.0.1", "x", "https:"):
        assert administrator.get(f"/address_code/{key}").status_code == 404
    there = Site(name="T")
    db.add(there)
    db.commit()
    other = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "site@example.com", [there]))
    assert "CB%201" not in other.get("/address_code/ocpp1.6?node=station-1").text


def test_a_station_that_never_called_is_renamed_without_a_question(
    administrator: Visitor, station: Station, db: Session
) -> None:
    form = form_on(administrator.get(EDIT).text)
    assert administrator.http.post(EDIT, data=form | {"charge_box_id": "CB-2"}).status_code == 302


@pytest.mark.parametrize(("online", "said"), [(True, "is online now, and calls as"), (False, "called as")])
def test_a_change_of_a_name_that_is_in_use_asks_again(
    administrator: Visitor, station: Station, db: Session, online: bool, said: str
) -> None:
    station.online, station.last_seen_at = online, now()
    db.commit()
    form = form_on(administrator.get(EDIT).text)
    assert administrator.http.post(EDIT, data=form | {"name": "New"}).status_code == 302
    form = form_on(administrator.get(EDIT).text)
    asked = administrator.http.post(EDIT, data=form | {"charge_box_id": "CB-2"})
    assert asked.status_code == 409
    text = unescape(asked.text)
    assert f"{said} CB 1/ø?" in text and "it is turned away under that name until it is set to CB-2" in text
    db.expire_all()
    assert db.scalar(select(Station.charge_box_id)) == "CB 1/ø?"
    again = form_on(asked.text)
    assert again["charge_box_id"] == "CB-2" and "sure" not in again
    for_another = again | {"charge_box_id": "CB-3", "sure": "charge_box_id:CB-2"}
    assert administrator.http.post(EDIT, data=for_another).status_code == 409
    assert administrator.http.post(EDIT, data=again | {"sure": "charge_box_id:CB-2"}).status_code == 302
    db.expire_all()
    assert db.scalar(select(Station.charge_box_id)) == "CB-2"


def test_an_outlet_has_a_usual_connector_or_any_other_and_a_current(
    administrator: Visitor, station: Station, db: Session
) -> None:
    page = administrator.get("/outlets/edit/1")
    assert '<option value="CCS2, cable"></option>' in page.text
    form = form_on(page.text)
    kept = form | {"connector_type": "<b>own</b>", "max_current_a": "32"}
    assert administrator.http.post("/outlets/edit/1", data=kept).status_code == 302
    shown_now = administrator.get("/outlets/show/1").text
    assert "&lt;b&gt;own&lt;/b&gt;" in shown_now and "32 A" in shown_now
    for wrong, said in (("0", "Between 1 and 1000."), ("1.5", "Not a valid integer value.")):
        assert errors(administrator.http.post("/outlets/edit/1", data=kept | {"max_current_a": wrong})) == [said]
