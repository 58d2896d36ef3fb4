"""The forms and pages of sites, floors, stations and outlets."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.models import Alarm, AuditEntry, Floor, Outlet, Site, Station, UnknownStation
from tests.portal.browser_like import Visitor, errors, notes

SITE = {"name": "Copenhagen Central"}
STATION = {"name": "CC-101", "charge_box_id": "CB-101", "kind": "charging_station"}
OUTLET = {"number": "1", "mode": "rfid"}


@pytest.fixture
def places(db: Session) -> None:
    """Two sites, each with a floor; ids 1 and 2."""
    for name, floor_name in (("Copenhagen Central", "Level -1"), ("Aarhus Harbour", "Quay")):
        db.add(Floor(name=floor_name, site=Site(name=name)))
        db.flush()
    db.commit()


def row(db: Session, model: type, *columns: str) -> Any:
    db.expire_all()
    found = db.scalars(select(model).order_by(model.id.desc())).first()  # type: ignore[attr-defined]
    return tuple(getattr(found, column) for column in columns)


def test_a_branch_is_built_from_the_top_and_removed_from_the_bottom(administrator: Visitor, db: Session) -> None:
    made = administrator.send("/sites/add", **SITE, city="København", latitude="55.672", longitude="12.565")
    assert made.location == "/sites/show/1?node=site-1"
    assert notes(administrator.get(made.location)) == [("good", "Copenhagen Central was created.")]
    assert row(db, Site, "name", "city", "latitude", "longitude") == ("Copenhagen Central", "København", 55.672, 12.565)
    made = administrator.send("/floors/add?node=site-1", name="Level -1", site_id="1")
    assert made.location == "/floors/show/1?node=floor-1"
    made = administrator.send("/stations/add?node=floor-1", **STATION, site_id="1", floor_id="1")
    assert made.location == "/stations/show/1?node=station-1"
    made = administrator.send("/outlets/add?node=station-1", **OUTLET, station_id=STATION["charge_box_id"])
    assert made.location == "/outlets/show/1?node=outlet-1"
    for path, above in (
        ("/outlets/delete/1", "station-1"),
        ("/stations/delete/1", "floor-1"),
        ("/floors/delete/1", "site-1"),
        ("/sites/delete/1", "system"),
    ):
        gone = administrator.send(path)
        assert gone.location == f"/configuration/?node={above}"
    last = notes(administrator.get(gone.location, follow_redirects=True))
    assert last == [("good", "Copenhagen Central was deleted.")]


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/sites/add", {"name": ""}, ["This is needed."]),
        ("/sites/add", {"name": "   "}, ["This is needed."]),
        ("/sites/add", {"name": "copenhagen CENTRAL "}, ["Another site has this name."]),
        ("/sites/add", {"name": "x" * 101}, ["At most 100 characters."]),
        ("/sites/add", {"name": "a\0b"}, ["This contains characters that cannot be written."]),
        ("/sites/add", {"name": "New", "latitude": "91", "longitude": "9"}, ["Between -90 and 90."]),
        ("/sites/add", {"name": "New", "latitude": "nan", "longitude": "9"}, ["Between -90 and 90."]),
        ("/sites/add", {"name": "New", "latitude": "9"}, ["Latitude and longitude belong together."]),
        ("/sites/add", {"name": "New", "latitude": "north"}, ["Not a valid float value."]),
        ("/sites/add", {"name": "New", "time_zone": "Mars/Olympus"}, ["Not a valid choice."]),
        ("/floors/add", {"name": "New"}, ["Choose one."]),
        ("/floors/add", {"name": "level -1", "site_id": "1"}, ["Another floor of this site has this name."]),
        ("/floors/add", {"name": "New", "site_id": "99"}, ["Not a valid choice."]),
        ("/floors/add", {"name": "New", "site_id": "x"}, ["Invalid Choice: could not coerce."]),
        ("/stations/add", STATION, ["Choose one."]),
        ("/stations/add", STATION | {"site_id": "1", "floor_id": "2"}, ["This floor is on another site."]),
        ("/stations/add", STATION | {"site_id": "1", "kind": "tank"}, ["Not a valid choice."]),
        ("/outlets/add", OUTLET | {"number": "0"}, ["Choose one.", "Between 1 and 99."]),
        (
            "/outlets/add",
            OUTLET | {"station_id": "CB-101"},
            ["There is no station with this charge box id."],
        ),
    ],
)
@pytest.mark.usefixtures("places")
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    administrator: Visitor, db: Session, path: str, fields: dict[str, str], said: list[str]
) -> None:
    answer = administrator.send(path, **fields)
    assert (answer.status_code, errors(answer)) == (422, said)
    typed = fields.get("charge_box_id") or fields.get("station_id") or fields.get("name", "").strip()
    if typed.isprintable() and typed:
        assert f'value="{typed}"' in answer.text
    assert row(db, Site, "id") == row(db, Floor, "id") == (2,)
    assert db.scalars(select(Station)).all() == []


@pytest.mark.usefixtures("places")
def test_a_floor_sets_the_site_of_a_station(administrator: Visitor, db: Session) -> None:
    assert administrator.send("/stations/add", **STATION, floor_id="2").status_code == 302
    assert row(db, Station, "site_id", "floor_id") == (2, 2)
    moved = administrator.send("/stations/edit/1", **STATION, floor_id="", site_id="1")
    assert moved.status_code == 302
    assert row(db, Station, "site_id", "floor_id") == (1, None)


@pytest.mark.usefixtures("places")
def test_a_charge_box_id_belongs_to_one_station(administrator: Visitor, db: Session) -> None:
    assert administrator.send("/stations/add", **STATION, site_id="1").status_code == 302
    again = administrator.send("/stations/add", **STATION | {"name": "Other"}, site_id="1")
    assert errors(again) == ["Another station has this charge box id."]
    same = administrator.send("/stations/edit/1", **STATION | {"name": "Renamed"}, site_id="1")
    assert same.status_code == 302
    assert row(db, Station, "name", "charge_box_id") == ("Renamed", "CB-101")


@pytest.mark.usefixtures("places")
def test_a_floor_takes_its_stations_to_another_site(administrator: Visitor, db: Session) -> None:
    administrator.send("/stations/add", **STATION, floor_id="1")
    assert administrator.send("/floors/edit/1", name="Level -9", site_id="2").status_code == 302
    assert row(db, Station, "site_id", "floor_id") == (2, 1)


@pytest.mark.usefixtures("places")
def test_forms_begin_with_the_selected_node(administrator: Visitor) -> None:
    page = administrator.get("/stations/add?node=floor-2").text
    assert '<option selected value="2">Aarhus Harbour</option>' in page
    assert '<option selected value="2">Quay</option>' in page
    administrator.send("/stations/add?node=floor-2", **STATION, site_id="2")
    page = administrator.get("/outlets/add?node=station-1").text
    assert 'value="CB-101"' in page
    assert 'name="number" required type="number" value="1"' in page


@pytest.mark.usefixtures("places")
def test_a_refused_deletion_names_the_children_and_how_many_more(administrator: Visitor, db: Session) -> None:
    db.add_all(Station(name=f"S{n}", charge_box_id=f"S{n}", site_id=1) for n in range(1, 8))
    db.commit()
    answer = administrator.send("/sites/delete/1")
    said = (
        "Copenhagen Central cannot be deleted, because it contains Level -1, S1, S2, S3, S4 and 3 more. "
        "Delete these first."
    )
    page = administrator.get(answer.location)
    assert answer.location == "/sites/show/1?node=site-1"
    assert notes(page) == [("bad", said)]
    assert said in page.text


@pytest.mark.usefixtures("places")
def test_html_in_a_name_is_text_everywhere(administrator: Visitor, db: Session) -> None:
    name = "<script>alert(1)</script>\"'"
    administrator.send("/sites/edit/1", name=name)
    administrator.send("/floors/edit/1", name=name, site_id="1")
    administrator.send("/stations/add", name=name, charge_box_id=name, kind="charging_station", site_id="1")
    administrator.send("/outlets/add", **OUTLET, station_id=name, parking=name, connector_type=name)
    administrator.send("/id_tokens/add", token=name, description=name)
    db.add(UnknownStation(charge_box_id=name + "2"))
    db.execute(update(Alarm).values(due_at=None))
    db.commit()
    pages = [f"/{kind}/" for kind in ("sites", "floors", "stations", "outlets", "id_tokens", "unknown_stations")]
    pages += [f"/{kind}/{page}/1" for kind in ("sites", "floors", "stations", "outlets") for page in ("show", "edit")]
    pages += [
        "/",
        "/alarms/",
        "/stations/add",
        "/outlets/add?node=station-1",
        "/search/?q=script",
        "/unknown_stations/adopt/1",
        "/id_tokens/show/1",
    ]
    for path in pages:
        answer = administrator.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text, path
        assert "&lt;script&gt;" in answer.text, path


SILENCE = {"silence_seconds": "120", "unregistered_seconds": "86400"}


def test_there_is_always_exactly_one_system(administrator: Visitor) -> None:
    renamed = administrator.send("/system/edit/1", name="FastCars", co2_avoided_g_per_kwh="500", **SILENCE)
    assert renamed.location == "/system/show/1?node=system"
    assert "FastCars" in administrator.get("/login/", follow_redirects=True).text
    for path in ("/system/add", "/system/delete/1", "/system/", "/system/show/2"):
        assert administrator.get(path).status_code == 404


@pytest.mark.parametrize("kind", ["sites", "floors", "stations", "outlets", "id_tokens"])
@pytest.mark.parametrize("page", ["show/99", "edit/99", "delete/99", "show/x", "edit/0"])
def test_what_is_not_there_is_not_found(administrator: Visitor, kind: str, page: str) -> None:
    assert administrator.get(f"/{kind}/{page}").status_code == 404


@pytest.mark.usefixtures("places")
def test_a_search_leads_to_the_node(administrator: Visitor, db: Session) -> None:
    db.add_all(Station(name=f"CC-{n}", charge_box_id=f"BOX_{n}", site_id=1, floor_id=1) for n in (101, 102))
    db.commit()
    assert administrator.get("/search/?q=box_101").location == "/configuration/?node=station-1"
    assert administrator.get("/search/?q=aarhus").location == "/configuration/?node=site-2"
    both = administrator.get("/search/?q=CC-").text
    assert "CC-101" in both
    assert "Copenhagen Central / Level -1 / BOX_102" in both
    for words in ("%", "%5C", "nothing", "%00", ""):
        assert administrator.get(f"/search/?q={words}").status_code == 200


@pytest.mark.usefixtures("places")
def test_lists_keep_to_the_selected_node(administrator: Visitor, db: Session) -> None:
    db.add_all(
        [
            Station(name="CC-101", charge_box_id="A", site_id=1, floor_id=1),
            Station(name="CC-102", charge_box_id="B", site_id=1),
            Station(name="AH-201", charge_box_id="C", site_id=2),
        ]
    )
    db.flush()
    db.add_all(Outlet(station_id=station_id, number=7) for station_id in (1, 3))
    db.commit()
    for node, found in (("system", 3), ("site-1", 2), ("floor-1", 1), ("station-3", 1), ("site-2", 1)):
        page = administrator.get(f"/stations/?node={node}").text
        assert f"{found} station{'s' if found > 1 else ''}\n" in page.replace("·", "\n").replace("    ", ""), node


def test_a_station_whose_clock_is_wrong_says_so_on_its_page(administrator: Visitor, places: None, db: Session) -> None:
    station = Station(**STATION, site_id=1)
    db.add(station)
    db.commit()
    page = f"/stations/show/{station.id}"
    assert "Behind by" not in administrator.get(page).text
    station.clock_offset_seconds = -7200
    db.commit()
    assert "Behind by 2 hours" in administrator.get(page).text


# Stations over SOAP


def soap_station(db: Session, **more: Any) -> Station:
    station = Station(site_id=1, name="Quay", charge_box_id="quay", protocol="ocpp1.5", **more)
    db.add(station)
    db.commit()
    return station


FORBIDDEN = "This address is never called: only this machine, its neighbours or its cloud answer to it."


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("quay.example.com/ocpp", "The address must begin with http:// or https:// and name a host."),
        (
            "http://a:b@quay.example.com/",
            "The address must not hold a user name or a password: the portal never signs in at a station.",
        ),
        ("http://quay/" + "x" * 500, "At most 500 characters."),
        (
            "http://kaj ø/",
            "The address must be made of letters without accents, digits and signs, without blanks.",
        ),
        ("http://localhost:8080/", FORBIDDEN),
        ("http://169.254.169.254/latest/meta-data", FORBIDDEN),
    ],
)
def test_an_address_for_commands_that_cannot_be_is_refused(
    administrator: Visitor, db: Session, url: str, said: str
) -> None:
    answer = administrator.send("/stations/add", **STATION, site_id="1", endpoint_url=url)
    assert (answer.status_code, errors(answer)) == (422, [said])
    assert db.scalars(select(Station)).all() == []


@pytest.mark.usefixtures("places")
def test_an_address_for_commands_is_set_and_taken_away(administrator: Visitor, db: Session) -> None:
    url = "http://10.0.0.7:8080/ocpp"
    administrator.send("/stations/add", **STATION, site_id="1", endpoint_url=f" {url} ")
    assert row(db, Station, "endpoint_url") == (url,)
    audited = db.scalars(select(AuditEntry.after).where(AuditEntry.object_kind == "station")).one()
    assert audited["endpoint_url"] == url
    administrator.send("/stations/edit/1", **STATION, site_id="1", endpoint_url="")
    assert row(db, Station, "endpoint_url") == (None,)


@pytest.mark.usefixtures("places")
def test_the_page_tells_where_a_station_is_called(administrator: Visitor, db: Session) -> None:
    station = soap_station(db)
    path = f"/stations/show/{station.id}"
    assert "It cannot be asked anything." in administrator.get(path).text
    station.told_endpoint_url, station.heartbeat_seconds = "http://10.0.0.7/", 300
    db.commit()
    page = administrator.get(path).text
    assert "<code>http://10.0.0.7/</code>" in page and "told by the station" in page and "every 300 s" in page
    station.endpoint_url = "http://10.0.0.8/"
    db.commit()
    page = administrator.get(path).text
    assert "<code>http://10.0.0.8/</code>" in page and "set here" in page and "http://10.0.0.7/" in page
    station.endpoint_url, station.told_endpoint_url = None, "http://127.0.0.1/"
    db.commit()
    assert FORBIDDEN in administrator.get(path).text
    station.protocol = "ocpp1.6"
    db.commit()
    assert "Address for commands" not in administrator.get(path).text


@pytest.mark.usefixtures("places")
def test_people_find_the_address_that_belongs_in_a_station(administrator: Visitor, db: Session) -> None:
    ways = {
        "ocpp1.6": "ws://localhost:8080/Ocpp/websocket",
        "ocpp1.6-soap": "http://localhost:8080/Ocpp/CentralSystemService16",
        "ocpp1.5": "http://localhost:8080/Ocpp/CentralSystemService15",
        "ocpp1.2": "http://localhost:8080/Ocpp/CentralSystemService12",
    }
    station = soap_station(db)
    pages = {
        None: f"/stations/show/{station.id}",
        "ocpp1.5": f"/stations/show/{station.id}",
        "system": "/system/show/1",
    }
    for protocol, path in pages.items():
        if protocol != "system":
            station.protocol = protocol
            db.commit()
        page = administrator.get(path).text
        # A station's own ends with its own name.
        shown = {way for way, url in ways.items() if f"<code>{url}</code>" in page or f"<code>{url}/" in page}
        assert shown == ({protocol} if protocol == "ocpp1.5" else set(ways))


@pytest.mark.usefixtures("places")
def test_stations_are_found_by_the_version_in_words(administrator: Visitor, db: Session) -> None:
    soap_station(db)
    db.add(Station(site_id=1, name="New one", charge_box_id="new-one", protocol="ocpp1.6"))
    db.commit()
    for written in ("ocpp1.5", "OCPP 1.5 (SOAP)"):
        page = administrator.get("/stations/", query_string={"protocol": written}).text
        assert "quay" in page and "new-one" not in page and "OCPP 1.5 (SOAP)" in page
