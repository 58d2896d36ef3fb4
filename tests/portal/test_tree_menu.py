"""What the navigator's menu offers, and doing it: by right, within scope, with refusals in words."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import AuditEntry, ChargingSession, Floor, Outlet, Site, Station
from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.people import add_person, sign_in


@pytest.fixture
def branch(db: Session) -> None:
    """Two sites with a floor each; on the first floor a station with an outlet."""
    here, there = Site(name="Here"), Site(name="There")
    db.add_all([here, there])
    db.flush()
    first, second = Floor(name="P1", site=here), Floor(name="P2", site=there)
    db.add_all([first, second])
    db.flush()
    station = Station(name="CC-1", charge_box_id="CC-1", site=here, floor=first, online=True, protocol="ocpp1.6")
    db.add_all([station, Outlet(station=station, number=1)])
    db.commit()


@pytest.fixture
def of_one_site(portal: Flask, db: Session, branch: None) -> Visitor:
    """A site administrator of the first site."""
    sites = [db.get_one(Site, 1)]
    person = add_person(db, RoleName.SITE_ADMINISTRATOR, "one.site@example.com", sites=sites)
    return sign_in(portal, person)


def offered(visitor: Visitor, key: str) -> dict[str, str]:
    entries = visitor.get(f"/tree/menu?node={key}").json
    return {entry["label"]: entry["why_not"] for entry in entries}


def test_each_level_offers_what_fits_it(administrator: Visitor, branch: None, db: Session) -> None:
    full = "{} cannot be deleted, because it contains {}. Delete these first."
    assert offered(administrator, "system") == {"Add site …": "", "Rename": "", "Command …": ""}
    assert offered(administrator, "site-1") == {
        "Add floor …": "",
        "Add station …": "",
        "Rename": "",
        "Command …": "",
        "Remove …": full.format("Here", "P1"),
    }
    assert offered(administrator, "floor-1") == {
        "Add station …": "",
        "Rename": "",
        "Move to …": "",
        "Command …": "",
        "Remove …": full.format("P1", "CC-1"),
    }
    assert offered(administrator, "station-1") == {
        "Add outlet …": "",
        "Rename": "",
        "Move to …": "",
        "Restart …": "",
        "Remove …": full.format("CC-1", "CC-1 / 1"),
    }
    idle = {"Start …": "", "Stop …": "Nothing is charging here", "Remove …": ""}
    assert offered(administrator, "outlet-1") == idle
    charge = ChargingSession(
        started_at=now(), logged_at=now(), node_id=1, site_id=1, outlet_id=1, site_name="Here", station_name="CC-1",
        outlet_number=1, authorization=1, id_token="A1", meter_start_wh=0,
    )  # fmt: skip
    db.add(charge)
    db.commit()
    assert offered(administrator, "outlet-1") == idle | {"Start …": "A charge runs here already", "Stop …": ""}
    db.get_one(Station, 1).online = False
    db.commit()
    assert set(offered(administrator, "outlet-1").values()) == {"The station is not connected", ""}


def test_only_what_the_role_may_do_is_offered_and_done(of_one_site: Visitor, db: Session) -> None:
    """A site administrator looks after sites and makes none."""
    assert "Add site …" not in offered(of_one_site, "system")
    assert "Rename" not in offered(of_one_site, "system")
    assert "Remove …" not in offered(of_one_site, "site-1")
    for act, said in (("remove", {"node": "site-1"}), ("rename", {"node": "system", "name": "Mine"})):
        assert of_one_site.send(f"/tree/{act}", **said).status_code == 403
    assert db.get_one(Site, 1).name == "Here"


def test_nothing_reaches_another_site(of_one_site: Visitor, db: Session) -> None:
    """Neither what is moved nor where to; a place abroad is as one that is not there."""
    for act, said in (
        ("move", {"node": "station-1", "place": "floor-2"}),
        ("move", {"node": "station-1", "place": "site-2"}),
        ("move", {"node": "floor-2", "place": "site-1"}),
        ("rename", {"node": "floor-2", "name": "Mine"}),
        ("remove", {"node": "floor-2"}),
    ):
        assert of_one_site.send(f"/tree/{act}", **said).status_code == 404, (act, said)
    for key in ("site-2", "floor-2"):
        assert of_one_site.get(f"/tree/menu?node={key}").status_code == 404
    places = of_one_site.get("/tree/places?node=station-1").json
    assert places == [{"label": "Here", "places": [["site-1", "Here, on no floor"], ["floor-1", "P1"]]}]
    assert of_one_site.get("/tree/places?node=floor-1").json == [{"label": "", "places": [["site-1", "Here"]]}]
    assert db.scalars(select(Station.site_id)).all() == [1]
    assert sorted(db.scalars(select(Floor.name))) == ["P1", "P2"]


@pytest.mark.usefixtures("branch")
def test_a_station_is_moved_and_the_audit_log_knows_it(administrator: Visitor, db: Session) -> None:
    answer = administrator.send("/tree/move", node="station-1", place="floor-2")
    assert (answer.status_code, answer.json) == (200, {"parent": "floor-2"})
    db.expire_all()
    station = db.get_one(Station, 1)
    assert (station.site_id, station.floor_id) == (2, 2)
    entry = db.scalars(select(AuditEntry).where(AuditEntry.object_kind == "station")).all()[-1]
    assert (entry.action, entry.before, entry.after) == (
        "changed",
        {"site_id": 1, "floor_id": 1},
        {"site_id": 2, "floor_id": 2},
    )


@pytest.mark.usefixtures("branch")
@pytest.mark.parametrize(
    ("act", "said", "refusal"),
    [
        ("rename", {"node": "site-1", "name": " "}, "This is needed."),
        ("rename", {"node": "site-1", "name": "there"}, "Another site has this name."),
        ("rename", {"node": "site-1", "name": "x" * 101}, "At most 100 characters."),
        ("rename", {"node": "site-1", "name": "a\x07b"}, "This contains characters that cannot be written."),
        ("rename", {"node": "site-1", "name": "New", "was": "Old"}, "Somebody else renamed it to Here meanwhile."),
        ("remove", {"node": "site-1"}, "Here cannot be deleted, because it contains P1. Delete these first."),
        (
            "move",
            {"node": "floor-1", "place": "floor-2"},
            "P1 cannot stand there: stations stand on sites and floors, floors on sites.",
        ),
    ],
)  # fmt: skip
def test_refusals_are_said_in_words(
    administrator: Visitor, db: Session, act: str, said: dict[str, str], refusal: str
) -> None:
    answer = administrator.send(f"/tree/{act}", **said)
    assert (answer.status_code, answer.json) == (422, {"message": refusal})
    assert [site.name for site in db.scalars(select(Site).order_by(Site.id))] == ["Here", "There"]


@pytest.mark.usefixtures("branch")
def test_names_are_any_text(administrator: Visitor, db: Session) -> None:
    name = "<b>Grønt</b> 充電 🔌"
    for key in ("system", "site-1", "floor-1", "station-1"):
        assert administrator.send("/tree/rename", node=key, name=f" {name} ").json == {"name": name}
    assert db.scalars(select(Station.name)).all() == [name]
    assert administrator.get("/tree/children?node=floor-1").json["floor-1"][0]["label"] == name


@pytest.mark.usefixtures("branch")
def test_what_has_nothing_below_it_goes(administrator: Visitor, db: Session) -> None:
    for key, parent in (
        ("outlet-1", "station-1"),
        ("station-1", "floor-1"),
        ("floor-1", "site-1"),
        ("site-1", "system"),
    ):
        assert administrator.send("/tree/remove", node=key).json == {"parent": parent}
    assert db.scalars(select(Site.name)).all() == ["There"]
    assert administrator.send("/tree/remove", node="system").status_code == 403


@pytest.mark.usefixtures("branch")
def test_an_outlet_has_no_name_to_change(administrator: Visitor) -> None:
    assert administrator.send("/tree/rename", node="outlet-1", name="x").status_code == 404
    assert administrator.get("/tree/places?node=outlet-1").status_code == 404
    assert administrator.send("/tree/move", node="station-1").status_code == 404
    assert administrator.send("/tree/move").status_code == 400
