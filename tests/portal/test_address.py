"""The address tab of sites and of stations that stand on no floor."""

import html
import json
import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import get_settings
from domain.models import Floor, Site, Station
from portal import headers
from portal.pages import address
from tests.portal.browser_like import Visitor, errors, notes

SITE, STATION, ON_FLOOR = ("/address/?node=site-1", "/address/?node=station-1", "/address/?node=station-2")


@pytest.fixture(autouse=True)
def places(db: Session) -> None:
    site = Site(name="Harbour <b>", street="Quay 1", city="Aarhus", latitude=56.15, longitude=10.21)
    floor = Floor(site=site, name="Deck")
    db.add_all([site, floor])
    db.flush()
    db.add(Station(name="Gate", charge_box_id="A", site=site))
    db.flush()
    db.add(Station(name="Inside", charge_box_id="B", site=site, floor=floor))
    db.commit()


def save(visitor: Visitor, page: str, **fields: str) -> TestResponse:
    return visitor.send(page.replace("/?", "/edit?"), page, **fields)


def given(page: str) -> dict:
    found = re.search(r'data-map="([^"]*)"', page)
    assert found
    return json.loads(html.unescape(found[1]))


@pytest.mark.parametrize(("page", "model"), [(SITE, Site), (STATION, Station)])
def test_an_address_is_saved(administrator: Visitor, db: Session, page: str, model: type) -> None:
    written = {"street": " Kaj 7 ", "postal_code": "8000", "city": "Århus", "country": "Danmark"}
    answer = save(administrator, page, **written, latitude="-56,5", longitude="10.25")
    assert answer.status_code == 303
    [(kind, said)] = notes(administrator.get(answer.location))
    assert (kind, said.startswith("The address of ")) == ("good", True)
    db.expire_all()
    place = db.get_one(model, 1)
    assert (place.street, place.city, place.latitude, place.longitude) == ("Kaj 7", "Århus", -56.5, 10.25)
    emptied = dict.fromkeys((*written, "latitude", "longitude"), "")
    assert save(administrator, page, **emptied).status_code == 303
    db.expire_all()
    assert (place.street, place.latitude, place.longitude) == ("", None, None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"latitude": "90.1", "longitude": "0"}, ["Between -90 and 90."]),
        ({"latitude": "0", "longitude": "-181"}, ["Between -180 and 180."]),
        ({"latitude": "0", "longitude": "nan"}, ["Between -180 and 180."]),
        ({"latitude": "here", "longitude": "there"}, ["Not a valid float value.", "Not a valid float value."]),
        ({"latitude": "10"}, ["Latitude and longitude belong together."]),
        ({"longitude": "10"}, ["Latitude and longitude belong together."]),
        ({"street": "x" * 201}, ["At most 200 characters."]),
        ({"city": "a\0b"}, ["This contains characters that cannot be written."]),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    administrator: Visitor, db: Session, fields: dict[str, str], said: list[str]
) -> None:
    answer = save(administrator, SITE, country="Sverige", **fields)
    assert (answer.status_code, errors(answer)) == (422, said)
    assert 'value="Sverige"' in answer.text
    db.expire_all()
    assert db.get_one(Site, 1).country == ""


def test_a_station_on_a_floor_has_that_of_the_site_and_says_why(administrator: Visitor, db: Session) -> None:
    page = administrator.get(ON_FLOOR).text
    assert "Inside stands on a floor, so its address is that of the site Harbour &lt;b&gt;" in page
    assert "Quay 1, Aarhus" in page
    assert "data-address" not in page
    refused = save(administrator, ON_FLOOR, street="Elsewhere")
    assert refused.status_code == 409
    db.expire_all()
    assert db.get_one(Station, 2).street == ""


def test_a_station_without_one_of_its_own_names_that_which_holds(administrator: Visitor) -> None:
    assert "that of the site Harbour &lt;b&gt; holds: Quay 1, Aarhus" in administrator.get(STATION).text
    save(administrator, STATION, street="Kaj 7")
    assert "holds:" not in administrator.get(STATION).text
    assert "Kaj 7" in administrator.get("/stations/show/1?node=station-1").text


@pytest.mark.parametrize(
    ("key", "leads_to"),
    [("floor-1", "/address/?node=site-1"), ("system", "/map/"), ("outlet-99", "/map/")],
)
def test_other_nodes_lead_to_the_place_that_has_one(administrator: Visitor, key: str, leads_to: str) -> None:
    assert administrator.get(f"/address/?node={key}").location == leads_to


def test_who_writes_second_is_told_and_loses_nothing(administrator: Visitor, db: Session) -> None:
    opened = administrator.get(SITE).text
    seen = re.search(r'name="seen"[^>]* value="([^"]*)"', opened)
    assert seen
    save(administrator, SITE, street="Theirs 1", city="Aarhus", latitude="56.15", longitude="10.21")
    typed = {"street": "Mine 2", "city": "Aarhus", "latitude": "56.15", "longitude": "10.21"}
    told = save(administrator, SITE, **typed, seen=html.unescape(seen[1]))
    assert told.status_code == 409
    assert "Theirs 1" in told.text
    assert 'value="Mine 2"' in told.text
    db.expire_all()
    assert db.get_one(Site, 1).street == "Theirs 1"


def test_the_general_form_leaves_the_address_alone(administrator: Visitor, db: Session) -> None:
    assert "latitude" not in administrator.get("/sites/edit/1").text
    assert administrator.send("/sites/edit/1", name="Harbour", street="gone?").status_code == 302
    db.expire_all()
    site = db.get_one(Site, 1)
    assert (site.name, site.street, site.latitude) == ("Harbour", "Quay 1", 56.15)


def test_who_may_not_edit_reads_it(administrator: Visitor, portal: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    has_access = portal.appbuilder.sm.has_access
    closed = ("can_edit", "AddressView")
    monkeypatch.setattr(portal.appbuilder.sm, "has_access", lambda *asked: asked != closed and has_access(*asked))
    page = administrator.get(SITE).text
    assert "Quay 1" in page
    assert "Save</button>" not in page
    sent = {"csrf_token": administrator.token(SITE), "street": "x"}
    refused = administrator.http.post("/address/edit?node=site-1", data=sent, headers={"Accept": "application/json"})
    assert refused.status_code == 403


def test_maps_without_pictures_need_none(administrator: Visitor) -> None:
    page = administrator.get(SITE)
    assert given(page.text) == {"tiles": None, "attribution": "", "near": [56.15, 10.21], "site": None}
    assert given(administrator.get(STATION).text)["site"] == "Harbour <b>"
    assert "img-src 'self' data:;" in page.headers["Content-Security-Policy"]


def test_the_pictures_of_maps_may_come_from_their_host_alone(
    administrator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles = "https://tiles.example.com:8443/light/{z}/{x}/{y}.png"
    changed = get_settings().model_copy(update={"map_tile_url": tiles, "map_attribution": "© <b>us</b>"})
    for module in (headers, address):
        monkeypatch.setattr(module, "get_settings", lambda: changed)
    page = administrator.get(SITE)
    assert given(page.text)["tiles"] == tiles
    policy = page.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://tiles.example.com:8443;" in policy
    assert policy.count("tiles.example.com") == 1
