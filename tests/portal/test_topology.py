"""The tab Topology: the outline, what can be created where, and what can be removed."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.models import AuditEntry, Floor, Outlet, Site, Station
from domain.roles import RoleName
from tests.portal.browser_like import Visitor, notes
from tests.portal.people import add_person, sign_in
from tests.statements import recorded

LINE = re.compile(r'<th scope="row" class="depth-(\d)"><a href="([^"]+)"[^>]*><span[^>]*>(.?)</span>(.*?)</a>')
CREATION = re.compile(r'<(a|span) role="menuitem"[^>]*(?:data-form-dialog|class="item off")>(\w+)')


@pytest.fixture
def places(db: Session) -> None:
    """Two sites, one with a floor, a station of two outlets on it, and another directly on the site."""
    one, two = Site(name="One"), Site(name="Two")
    station = Station(site=one, floor=Floor(site=one, name="P1"), name="North", charge_box_id="CB-1")
    db.add_all([station, Station(site=one, name="South", charge_box_id="CB-2"), two])
    db.flush()
    db.add_all(Outlet(station=station, number=number) for number in (1, 2))
    db.commit()


def outline(visitor: Visitor, node: str) -> list[str]:
    page = visitor.get(f"/topology/?node={node}")
    assert page.status_code == 200
    return [f"{depth}{fold or '.'}{name}" for depth, _, fold, name in LINE.findall(page.text)]


@pytest.mark.usefixtures("places")
def test_the_outline_is_open_down_to_the_selected_node(administrator: Visitor) -> None:
    assert outline(administrator, "system")[1:] == ["1▸One", "1.Two"]
    assert outline(administrator, "site-1")[1:] == ["1▾One", "2▸P1", "2.South", "1.Two"]
    on_floor = ["1▾One", "2▾P1", "3▾North", "4.Outlet 1", "4.Outlet 2", "2.South", "1.Two"]
    assert outline(administrator, "station-1")[1:] == on_floor
    assert outline(administrator, "outlet-2")[1:] == on_floor
    assert outline(administrator, "site-99")[1:] == ["1▸One", "1.Two"]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("node", "open_to"),
    [
        ("system", ["Site"]),
        ("site-1", ["Site", "Floor", "Station"]),
        ("floor-1", ["Site", "Floor", "Station"]),
        ("station-1", ["Site", "Floor", "Station", "Outlet"]),
    ],
)
def test_what_can_be_created_follows_from_what_is_selected(
    administrator: Visitor, node: str, open_to: list[str]
) -> None:
    offered = CREATION.findall(administrator.get(f"/topology/?node={node}").text)
    assert [word for _, word in offered] == ["Site", "Floor", "Station", "Outlet"]
    assert [word for tag, word in offered if tag == "a"] == open_to


@pytest.mark.usefixtures("places")
def test_a_node_is_removed_from_the_bottom_and_one_stays_in_the_outline(administrator: Visitor, db: Session) -> None:
    refused = administrator.get("/topology/?node=floor-1").text
    assert "P1 cannot be deleted, because it contains North. Delete these first." in refused
    for path, above in (
        ("/outlets/delete/1", "station-1"),
        ("/outlets/delete/2", "station-1"),
        ("/stations/delete/1", "floor-1"),
        ("/floors/delete/1", "site-1"),
    ):
        gone = administrator.send(path, page=f"/topology/?node={above}", back="topology")
        assert gone.location == f"/topology/?node={above}"
    assert notes(administrator.get(gone.location)) == [("good", "P1 was deleted.")]
    assert db.scalar(select(func.count(Station.id))) == 1


@pytest.mark.usefixtures("places")
def test_a_site_administrator_sees_and_creates_what_is_theirs(portal: Flask, db: Session) -> None:
    own = db.scalars(select(Site).where(Site.name == "Two")).one()
    visitor = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "site@example.com", [own]))
    assert outline(visitor, "site-2")[1:] == ["1.Two"]
    assert outline(visitor, "site-1")[1:] == ["1.Two"]
    page = visitor.get("/topology/?node=site-2").text
    assert [word for _, word in CREATION.findall(page)] == ["Floor", "Station", "Outlet"]
    assert "/sites/delete/" not in page


def test_an_export_is_told_in_the_audit_log(administrator: Visitor, db: Session) -> None:
    assert administrator.get("/topology/export/csv").status_code == 200
    assert administrator.get("/topology/export/pdf").status_code == 404
    entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.object_id, entry.user_id) == ("exported", "station", 1)


def test_the_outline_of_many_costs_no_more(administrator: Visitor, db: Session) -> None:
    counts = []
    for number in (3, 300):
        site = Site(name=f"Many {number}")
        db.add(site)
        db.flush()
        stations = (Station(site_id=site.id, name=f"S{n}", charge_box_id=f"{number}-{n}") for n in range(number))
        db.add_all(stations)
        db.commit()
        with recorded() as statements:
            page = administrator.get(f"/topology/?node=site-{site.id}")
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert "and 100 more: find them by the search" in page.text
