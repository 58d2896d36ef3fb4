"""Supply controllers by a file: fuses, what stands behind which, in any order of rows and by the rules of the form."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from domain.models import AuditEntry, Site, Station, StationKind
from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.imports.conftest import outcomes
from tests.portal.imports.topology import Work, explain, send_cells, write
from tests.portal.people import add_person, sign_in

Cells = dict[str, Any]
SC = StationKind.SUPPLY_CONTROLLER
ID, BEHIND = "Charge box id", "Supply controller"


def fed(db: Session) -> dict[str, str]:
    """By charge box id that of the supply controller."""
    db.expire_all()
    controller = aliased(Station)
    pairs = select(Station.charge_box_id, controller.charge_box_id).join(
        controller, Station.supply_controller_id == controller.id
    )
    return dict(db.execute(pairs.order_by(Station.charge_box_id)).all())


def station(db: Session, charge_box_id: str) -> Station:
    db.expire_all()
    return db.scalars(select(Station).where(Station.charge_box_id == charge_box_id)).one()


@pytest.fixture
def there(db: Session) -> None:
    """On the first site a supply controller F with A behind it, B beside it; G and E on the second."""
    one, two = Site(name="One"), Site(name="Two")
    feed = Station(site=one, name="Feed", charge_box_id="F", kind=SC, fuse_phases=3, fuse_a=100)
    db.add_all([feed, Station(site=two, name="Other feed", charge_box_id="G", kind=SC)])
    db.flush()
    db.add_all(
        [
            Station(site=one, name="A", charge_box_id="A", supply_controller_id=feed.id),
            Station(site=one, name="B", charge_box_id="B"),
            Station(site=two, name="E", charge_box_id="E"),
        ]
    )
    db.commit()


NEW: list[Cells] = [
    {"Site": "New", ID: "S-1", BEHIND: "N", "Outlet": 1},
    {"Site": "New", ID: "S-1", BEHIND: "N", "Outlet": 2},
    {"Site": "New", ID: "S-2", BEHIND: "N", "Floor": "P1"},
    {"Site": "New", ID: "N", "Kind": "Forsyningscontroller", "Fuse phases": 3, "Fuse (A)": "250,0", "Voltage (V)": 240},
]


@pytest.mark.parametrize("rows", [NEW, NEW[::-1]], ids=["controller last", "controller first"])
def test_a_controller_and_what_stands_behind_it_come_in_any_order(
    administrator: Visitor, db: Session, work: Work, rows: list[Cells]
) -> None:
    preview = send_cells(administrator, *rows)
    assert set(outcomes(preview).values()) == {"created"}
    assert "<b>Supply controller</b> N</li>" in preview.text
    write(administrator, work, preview)
    assert fed(db) == {"S-1": "N", "S-2": "N"}
    controller = station(db, "N")
    assert (controller.kind, controller.fuse_phases, controller.fuse_a, controller.voltage_v) == (SC, 3, 250, 240)
    entries = select(AuditEntry.action).where(AuditEntry.object_kind == "station")
    assert set(db.scalars(entries)) == {"created"}, "who comes to be behind a controller is not changed once more"


@pytest.mark.usefixtures("there")
def test_a_fuse_is_changed_and_emptied_and_stations_go_to_and_from_a_controller(
    administrator: Visitor, db: Session, work: Work
) -> None:
    preview = send_cells(
        administrator,
        {"Site": "One", ID: "F", "Fuse (A)": 63, "Fuse phases": "-"},
        {"Site": "One", ID: "A", BEHIND: "-"},
        {"Site": "One", ID: "B", BEHIND: "F"},
    )
    assert set(outcomes(preview).values()) == {"changed"}
    for said in ("Fuse (A)</b> 100 → 63", "Fuse phases</b> 3 → nothing", "Supply controller</b> F → nothing"):
        assert said in preview.text, said
    write(administrator, work, preview)
    assert fed(db) == {"B": "F"}
    assert (station(db, "F").fuse_phases, station(db, "F").fuse_a) == (None, 63)


REFUSED: list[tuple[Cells, str, str]] = [
    ({ID: "B", BEHIND: "nobody"}, BEHIND, "No supply controller has the charge box id nobody, neither in the file nor"),
    ({ID: "B", BEHIND: "A"}, BEHIND, "This is no supply controller."),
    ({ID: "B", BEHIND: "B"}, BEHIND, "This is no supply controller."),
    ({ID: "B", BEHIND: "G"}, BEHIND, "The supply controller is on another site."),
    ({ID: "F", BEHIND: "F"}, BEHIND, "A supply controller stands behind no other."),
    ({ID: "A", "Kind": "supply controller"}, BEHIND, "A supply controller stands behind no other."),
    ({ID: "F", "Kind": "charging station"}, "Kind", "Stations stand behind it. Take them from it first."),
    ({ID: "B", "Fuse (A)": 16}, "Fuse (A)", "Only a supply controller has this."),
    ({ID: "new", "Voltage (V)": 230}, "Voltage (V)", "Only a supply controller has this."),
    ({ID: "F", "Fuse (A)": 10_001}, "Fuse (A)", "Between 1 and 10000."),
    ({ID: "F", "Voltage (V)": 99}, "Voltage (V)", "Between 100 and 1000."),
    ({ID: "F", "Fuse phases": 2}, "Fuse phases", "2 is not known here. Right would be one of: 1, 3."),
    ({BEHIND: "F"}, ID, "This is needed, since the row tells of Supply controller."),
]


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(("cells", "column", "reason"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_the_rules_refuse_is_said_with_its_column(
    administrator: Visitor, cells: Cells, column: str, reason: str
) -> None:
    preview = send_cells(administrator, {"Site": "One"} | cells)
    assert outcomes(preview) == {"2": "refused"}
    assert f"<b>{column}</b> {reason}" in preview.text


@pytest.mark.usefixtures("there")
def test_all_rows_that_say_so_are_refused_and_leave_no_trace(administrator: Visitor, db: Session, work: Work) -> None:
    preview = send_cells(
        administrator,
        {"Site": "One", ID: "S", BEHIND: "N", "Outlet": 1},
        {"Site": "One", ID: "S", "Outlet": 2},
        {"Site": "One", ID: "S", BEHIND: "N", "Outlet": 3},
        {"Site": "One", ID: "N", "Kind": "supply controller", "Fuse phases": 3, "Fuse (A)": "much"},
        {"Site": "One", ID: "B", BEHIND: "F"},
    )
    assert list(outcomes(preview).values()) == ["refused", "created", "refused", "refused", "changed"]
    assert preview.text.count("<b>Supply controller</b> The supply controller is refused, see row 5.") == 2
    write(administrator, work, preview)
    assert fed(db) == {"A": "F", "B": "F"}
    assert station(db, "S").supply_controller_id is None


@pytest.mark.usefixtures("there")
def test_a_row_that_leant_on_a_refused_one_is_refused_too(administrator: Visitor) -> None:
    """A may not leave F for what is no controller, so that F keeps A, and stays what it is."""
    preview = send_cells(
        administrator,
        {"Site": "One", ID: "F", "Kind": "charging station", BEHIND: "N"},
        {"Site": "One", ID: "A", BEHIND: "B"},
        {"Site": "One", ID: "N", "Kind": "supply controller"},
    )
    assert list(outcomes(preview).values()) == ["refused", "refused", "created"]
    assert "<b>Kind</b> Stations stand behind it. Take them from it first." in preview.text


@pytest.mark.usefixtures("there")
def test_a_controller_becomes_a_station_once_its_own_file_takes_its_stations_away(
    administrator: Visitor, db: Session, work: Work
) -> None:
    preview = send_cells(
        administrator,
        {"Site": "One", ID: "F", "Kind": "charging station", "Fuse (A)": "-"},
        {"Site": "One", ID: "A", BEHIND: "B"},
        {"Site": "One", ID: "B", "Kind": "supply controller"},
    )
    assert set(outcomes(preview).values()) == {"changed"}
    write(administrator, work, preview)
    assert fed(db) == {"A": "B"}
    assert (station(db, "F").kind, station(db, "F").fuse_a) == (StationKind.CHARGING_STATION, None)


@pytest.mark.usefixtures("there")
def test_a_station_that_moves_leaves_its_controller_and_says_so(
    administrator: Visitor, db: Session, work: Work
) -> None:
    preview = send_cells(administrator, {"Site": "Two", ID: "A"})
    assert "<b>Site</b> One → Two</li><li><b>Supply controller</b> F → nothing" in preview.text
    write(administrator, work, preview)
    assert fed(db) == {}


@pytest.mark.usefixtures("there")
def test_a_station_moves_together_with_its_controller(administrator: Visitor, db: Session, work: Work) -> None:
    preview = send_cells(
        administrator,
        {"Site": "Two", ID: "A", BEHIND: "F"},
        {"Site": "Two", ID: "F"},
        {"Site": "Two", ID: "E", BEHIND: "F"},
    )
    assert set(outcomes(preview).values()) == {"changed"}
    write(administrator, work, preview)
    assert fed(db) == {"A": "F", "E": "F"}
    assert {station(db, name).site.name for name in "AEF"} == {"Two"}


@pytest.mark.usefixtures("there")
def test_a_controller_that_moves_alone_is_refused_to_those_whose_rows_name_it(administrator: Visitor) -> None:
    moves, stays = {"Site": "Two", ID: "F"}, {"Site": "One", ID: "A"}
    preview = send_cells(administrator, moves, stays | {BEHIND: "F"})
    assert list(outcomes(preview).values()) == ["changed", "refused"]
    assert "<b>Supply controller</b> The supply controller is on another site." in preview.text
    assert list(outcomes(send_cells(administrator, moves, stays)).values()) == ["changed", "unchanged"]


@pytest.mark.usefixtures("there")
def test_a_controller_out_of_sight_is_unknown(portal: Flask, db: Session) -> None:
    own = db.scalars(select(Site).where(Site.name == "One")).one()
    visitor = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "site@example.com", [own]))
    preview = send_cells(visitor, {"Site": "One", ID: "B", BEHIND: "G"}, {"Site": "One", ID: "A", BEHIND: "F"})
    assert list(outcomes(preview).values()) == ["refused", "unchanged"]
    assert "No supply controller has the charge box id G" in preview.text


def test_the_page_explains_the_columns(administrator: Visitor) -> None:
    explain(administrator, {"en": "<dt>Fuse phases</dt><dd>1 or 3;", "da": "<dt>Sikringens faser</dt><dd>1 eller 3;"})
