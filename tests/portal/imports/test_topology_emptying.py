"""Values that a file empties by a hyphen, what cannot be emptied, and a hyphen that is a value."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Floor, Outlet, Site, Station, StationKind
from portal.imports.emptying import quoted
from portal.imports.topology.columns import ATTRIBUTES, COLUMNS, LAYOUT, SUPPLY_CONTROLLER, Level
from tests.portal.browser_like import Visitor
from tests.portal.imports.conftest import csv_text, outcomes, send_users
from tests.portal.imports.conftest import send as send_at
from tests.portal.imports.topology import START, Work, explain, send_cells, tree, write

ID = "Charge box id"
HEADING = {column.field: column.names["en"][0] for column in COLUMNS}


@pytest.fixture
def full(db: Session) -> None:
    """A site, a floor with a plan position, a station of two outlets and a supply controller, nothing left empty."""
    site = Site(
        name="One", description="d", street="s", postal_code="p", city="c", country="l", latitude=0.0, longitude=0.0,
        time_zone="Europe/Copenhagen",
    )  # fmt: skip
    floor = Floor(site=site, name="P1", description="d")
    about = {"description": "d", "vendor": "v", "model": "m", "serial_number": "n"}
    feed = Station(
        site=site, name="F", charge_box_id="F", kind=StationKind.SUPPLY_CONTROLLER, fuse_phases=3, fuse_a=100,
        voltage_v=240,
    )  # fmt: skip
    db.add_all([feed, floor])
    db.flush()
    station = Station(
        site=site, floor=floor, name="A", charge_box_id="A", supply_controller_id=feed.id, plan_x=0.5, plan_y=0.5,
        **about,
    )  # fmt: skip
    db.add(station)
    db.flush()
    db.add_all(
        Outlet(station=station, number=number, connector_type="t", parking="p", max_current_a=32) for number in (1, 2)
    )
    db.commit()


def emptied(*fields: str) -> dict[str, Any]:
    return {HEADING[field]: "-" for field in fields}


@pytest.mark.usefixtures("full")
def test_every_value_that_may_be_empty_is_emptied(administrator: Visitor, db: Session, work: Work) -> None:
    of = {level: [field for field in ATTRIBUTES[level] if field in LAYOUT.emptiable] for level in Level}
    fuse = ["fuse_phases", "fuse", "voltage"]
    of_station = [field for field in of[Level.STATION] if field not in fuse]
    preview = send_cells(
        administrator,
        {"Site": "One", "Floor": "P1", **emptied(*of[Level.SITE], *of[Level.FLOOR])},
        {"Site": "One", ID: "A", "Outlet": 1, **emptied(*of_station, *of[Level.OUTLET])},
        {"Site": "One", ID: "F", **emptied(*fuse)},
    )
    assert set(outcomes(preview).values()) == {"changed"}
    fields = {field for fields in of.values() for field in fields}
    assert fields | {"floor"} == LAYOUT.emptiable
    assert preview.text.count("→ nothing</li>") == len(fields)
    write(administrator, work, preview)
    db.expire_all()
    site, floor, outlet = db.query(Site).one(), db.query(Floor).one(), db.query(Outlet).filter_by(number=1).one()
    station, feed = (db.query(Station).filter_by(charge_box_id=name).one() for name in "AF")
    nodes = {Level.SITE: [site], Level.FLOOR: [floor], Level.STATION: [station, feed], Level.OUTLET: [outlet]}
    for level, those in nodes.items():
        for field in of[level]:
            assert not any(getattr(node, ATTRIBUTES[level][field]) for node in those), field
    assert (site.latitude, site.city, station.vendor, outlet.max_current_a) == (None, "", None, None)
    assert (station.floor, station.plan_x) == (floor, 0.5)
    again = send_cells(administrator, {"Site": "One", "Floor": "P1", **emptied(*of[Level.SITE], *of[Level.FLOOR])})
    assert outcomes(again) == {"2": "unchanged"}


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("field", [column.field for column in COLUMNS if column.field not in LAYOUT.emptiable])
def test_what_is_needed_cannot_be_emptied(administrator: Visitor, field: str) -> None:
    row = {"Site": "One", ID: "A", "Outlet": 1} | emptied(field)
    preview = send_cells(administrator, row)
    assert outcomes(preview) == {"2": "refused"}
    said = f"<b>{HEADING[field]}</b> This cannot be emptied. Leave the cell empty to keep what is there."
    assert said in preview.text
    assert preview.text.count("<li><b>") == 1


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("floors", [("-", "-"), ("-", None), (None, "-")])
def test_a_station_goes_from_its_floor_to_the_bare_site(
    administrator: Visitor, db: Session, work: Work, floors: tuple[str | None, str | None]
) -> None:
    rows = [{"Site": "One", "Floor": floor, ID: "A", "Outlet": number} for number, floor in enumerate(floors, 1)]
    preview = send_cells(administrator, *rows)
    assert preview.text.count("<b>Floor</b> P1 → nothing") == 1
    write(administrator, work, preview)
    assert [(row[1], row[4]) for row in tree(db) if row[3] == "A"] == [(None, 1), (None, 2)]
    station = db.scalars(select(Station).where(Station.charge_box_id == "A")).one()
    assert (station.plan_x, station.supply_controller_id is None) == (None, False)
    assert set(outcomes(send_cells(administrator, *rows)).values()) == {"unchanged"}


@pytest.mark.usefixtures("full")
def test_a_value_and_its_emptying_contradict_each_other(administrator: Visitor) -> None:
    preview = send_cells(
        administrator,
        {"Site": "One", "Floor": "-", "City": "-", ID: "A", "Outlet": 1},
        {"Site": "One", "Floor": "P1", ID: "A", "Outlet": 2},
        {"Site": "One", "City": "Aarhus"},
        {"Site": "One", "Floor": "P1", ID: "F"},
        {"Site": "One", "Floor": "-", ID: "F"},
    )
    assert list(outcomes(preview).values()) == ["changed", "refused", "refused", "changed", "refused"]
    for said in (
        "<b>Floor</b> Row 2 says something else: -.",
        "<b>City</b> Row 2 says something else: -.",
        "<b>Floor</b> Row 5 says something else: P1.",
    ):
        assert said in preview.text, said


@pytest.mark.usefixtures("full")
def test_half_a_position_and_a_floor_that_is_not_named_are_not_emptied(administrator: Visitor) -> None:
    preview = send_cells(
        administrator,
        {"Site": "One", "Latitude": "-"},
        {"Site": "One", "Latitude": 1, "Longitude": "-"},
        {"Site": "One", "Floor description": "-"},
        {"Site": "One", "Supply controller": "-"},
    )
    assert set(outcomes(preview).values()) == {"refused"}
    for said in (
        "<b>Latitude</b> Latitude and longitude belong together.",
        "<b>Longitude</b> Latitude and longitude belong together.",
        "<b>Floor</b> This is needed, since the row tells of Floor description.",
        "<b>Charge box id</b> This is needed, since the row tells of Supply controller.",
    ):
        assert said in preview.text, said


def test_a_new_node_is_emptied_of_nothing(administrator: Visitor, db: Session, work: Work) -> None:
    row = {"Site": "New", ID: "N", "Outlet": 1} | emptied(*(LAYOUT.emptiable - {"floor_description"}))
    preview = send_cells(administrator, row)
    assert outcomes(preview) == {"2": "created"}
    assert "nothing" not in preview.text.split("<tbody")[1].split("</tbody")[0]
    write(administrator, work, preview)
    assert tree(db) == [("New", None, "N", "N", 1)]
    assert getattr(db.query(Station).one(), ATTRIBUTES[Level.STATION][SUPPLY_CONTROLLER]) is None


@pytest.mark.parametrize("file_type", ["xlsx", "csv"])
def test_a_hyphen_that_is_a_value_has_an_apostrophe_before_it(
    administrator: Visitor, db: Session, work: Work, file_type: str
) -> None:
    cells = {"Site": "'-", "City": "''-", "Floor": "'-", ID: "'-", "Station": "- 1 -"}
    if file_type == "csv":
        file = csv_text([cells, cells.values()]).encode()
        preview = send_at(administrator, ("t.csv", file), start=START)
    else:
        preview = send_cells(administrator, cells)
    assert outcomes(preview) == {"2": "created"}
    write(administrator, work, preview)
    assert tree(db) == [("-", "-", "- 1 -", "-", None)]
    assert db.scalars(select(Site.city)).one() == "'-"


@pytest.mark.parametrize(
    ("text", "written"), [("-", "'-"), (" - ", "'-"), ("'-", "''-"), ("-1", "-1"), ("--", "--"), ("a-", "a-"), ("", "")]
)
def test_only_what_looks_like_the_mark_is_quoted_in_a_workbook(text: str, written: str) -> None:
    assert quoted(text) == written


def test_blanks_around_a_hyphen_in_the_database_make_it_no_mark(administrator: Visitor, db: Session) -> None:
    db.add(Site(name="One", city=" - "))
    db.commit()
    for file_type in ("xlsx", "csv"):
        file = administrator.get(f"/topology/export/{file_type}", buffered=True).data
        assert outcomes(send_at(administrator, (f"t.{file_type}", file), start=START)) == {"2": "unchanged"}


def test_the_page_says_how_a_value_is_emptied(administrator: Visitor) -> None:
    said = {
        "en": "These cannot be emptied: Site, Station, Charge box id, Kind, Outlet, Outlet UUID, Mode.",
        "da": "Disse kan ikke tømmes: Sted, Ladestation, Ladeboks-id, Type, Udtag, Udtagets UUID, Tilstand.",
    }
    explain(administrator, said)


def test_in_a_file_of_users_a_hyphen_is_a_word_for_no(administrator: Visitor) -> None:
    row = ("Finn", "Holm", "f@example.com", "Site administrator", None, None, "-")
    assert "E-mail on alarm" not in send_users(administrator, row).text.split("<tbody")[1]
