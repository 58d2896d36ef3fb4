"""Import of the topology: what each row becomes, what is written, and that an export comes back as it was."""

import csv
import io
import time
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased
from werkzeug.test import TestResponse

from domain.models import AuditEntry, Floor, Outlet, OutletMode, Site, Station, StationKind, UnknownStation
from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.imports.conftest import confirm, csv_text, outcomes
from tests.portal.imports.conftest import send as send_at
from tests.portal.imports.topology import START, Work, send, tree, write
from tests.portal.people import add_person, sign_in
from tests.statements import recorded

UUID_OF_OLD = "0b6a1b0e-6f0b-4f5e-9d57-9a0e3f1f0001"
HOSTILE = '<script>alert("1")</script>'
BY_NAME = "Charge box id", "Outlet"


def test_a_branch_of_each_kind(administrator: Visitor, db: Session, work: Work) -> None:
    db.add(UnknownStation(charge_box_id="CB-1"))
    db.commit()
    preview = send(
        administrator,
        ("Ærø", "Marstal", 54.85, "P1", "North", "CB-1", "Ladestation", "CTEK", 1, "Type 2", "rfid", "P-1", 32),
        ("ærø", None, "54,85", "p1", None, "CB-1", None, None, "2", "Type 2", "OPEN", "P-2", "16.0"),
        ("Ærø", None, None, None, "Feed", "CB-2", "supply controller"),
        ("Ærø", None, None, "Roof"),
        ("Empty", "Odense"),
        ("Ærø", None, None, None, "Example", "Template-Example-9"),
    )
    assert list(outcomes(preview).values()) == [*["created"] * 5, "skipped"]
    assert db.scalar(select(func.count(Site.id))) == 0, "a preview writes nothing"
    write(administrator, work, preview)
    assert tree(db) == [
        ("Ærø", "P1", "North", "CB-1", 1),
        ("Ærø", "P1", "North", "CB-1", 2),
        ("Ærø", None, "Feed", "CB-2", None),
    ]
    first, second = db.scalars(select(Outlet).order_by(Outlet.number))
    assert (first.connector_type, first.mode, first.parking, first.max_current_a) == (
        "Type 2",
        OutletMode.RFID,
        "P-1",
        32,
    )
    assert (second.mode, second.max_current_a) == (OutletMode.OPEN, 16)
    stations = db.scalars(select(Station).order_by(Station.charge_box_id)).all()
    assert [station.kind for station in stations] == [StationKind.CHARGING_STATION, StationKind.SUPPLY_CONTROLLER]
    assert stations[0].vendor == "CTEK"
    assert sorted(db.scalars(select(Floor.name))) == ["P1", "Roof"]
    assert dict(db.execute(select(Site.name, Site.city)).all()) == {"Ærø": "Marstal", "Empty": "Odense"}
    assert db.scalars(select(UnknownStation)).all() == []
    kinds = db.scalars(select(AuditEntry.object_kind).where(AuditEntry.action == "created", AuditEntry.user_id == 1))
    assert sorted(kinds) == ["floor", "floor", "outlet", "outlet", "site", "site", "station", "station"]


@pytest.fixture
def there(db: Session) -> None:
    """Two sites, a floor with a station of two outlets on the first."""
    one, two = Site(name="One", city="Aarhus"), Site(name="Two")
    station = Station(site=one, floor=Floor(site=one, name="P1"), name="North", charge_box_id="CB-1", vendor="CTEK")
    db.add_all([station, two])
    db.flush()
    db.add_all(
        [Outlet(station=station, number=1, uuid=UUID(UUID_OF_OLD), parking="P-1"), Outlet(station=station, number=2)]
    )
    db.add(Station(site=two, name="Other", charge_box_id="CB-2"))
    db.commit()


@pytest.mark.usefixtures("there")
def test_what_is_there_is_found_again_and_changed_only_in_what_the_file_says(
    administrator: Visitor, db: Session, work: Work
) -> None:
    preview = send(
        administrator,
        ("one", "Odense", None, None, "North 1", "CB-1", None, None, 1, None, "open", None, 20),
        ("One", None, None, "P1", None, "CB-1", None, None, 2),
        ("One", None, None, "P2", None, "CB-2"),
        ("One", None, None, None, None, "CB-1", None, None, 3),
    )
    assert list(outcomes(preview).values()) == ["changed", "unchanged", "changed", "created"]
    for said in ("Aarhus → Odense", "North → North 1", "RFID → OPEN", "Two → One", "New floor</b> P2"):
        assert said in preview.text, said
    write(administrator, work, preview)
    assert tree(db) == [
        *(("One", "P1", "North 1", "CB-1", number) for number in (1, 2, 3)),
        ("One", "P2", "Other", "CB-2", None),
    ]
    outlet = db.scalars(select(Outlet).where(Outlet.number == 1)).one()
    assert (outlet.parking, outlet.mode, outlet.max_current_a) == ("P-1", OutletMode.OPEN, 20)
    again = send(administrator, ("One", "Odense", None, "P1", "North 1", "CB-1", None, "CTEK", 1, None, "OPEN"))
    assert outcomes(again) == {"2": "unchanged"}


REFUSED = [
    ({"Site": None, "City": "Aarhus"}, "Site", "This is needed."),
    ({"Site": "x" * 101}, "Site", "At most 100 characters."),
    ({"Site": "One", "Latitude": "91"}, "Latitude", "Between -90 and 90."),
    ({"Site": "One", "Latitude": "north"}, "Latitude", "north is no number."),
    ({"Site": "One", "Station": "New"}, "Charge box id", "This is needed, since the row tells of Station."),
    ({"Site": "One", "Outlet": 1}, "Charge box id", "This is needed, since the row tells of Outlet."),
    (
        {"Site": "One", "Charge box id": "CB-1", "Parking": "P-1"},
        "Outlet",
        "This is needed, since the row tells of Parking.",
    ),
    ({"Site": "One", "Charge box id": "N", "Outlet": 0}, "Outlet", "Between 1 and 99."),
    ({"Site": "One", "Charge box id": "N", "Outlet": 1.5}, "Outlet", "1.5 is no whole number."),
    (
        {"Site": "One", "Charge box id": "N", "Kind": "tank"},
        "Kind",
        "tank is not known here. Right would be one of: Charging station, Ladestation, Supply controller, "
        "Forsyningscontroller.",
    ),
    (
        {"Site": "One", "Charge box id": "N", "Outlet": 1, "Maximum current (A)": -6},
        "Maximum current (A)",
        "Between 1 and 1000.",
    ),
    ({"Site": "One", "Charge box id": "N", "Outlet": 1, "Outlet UUID": "abc"}, "Outlet UUID", "abc is no UUID."),
    (
        {"Site": "One", "Charge box id": "N", "Outlet": 1, "Outlet UUID": UUID_OF_OLD},
        "Outlet UUID",
        "Another outlet has this UUID.",
    ),
    (
        {"Site": "One", "Charge box id": "CB-1", "Outlet": 1, "Outlet UUID": UUID_OF_OLD.replace("1", "2")},
        "Outlet UUID",
        f"The outlet has another UUID, {UUID_OF_OLD}. It stays as long as the outlet.",
    ),
    ({"Site": "One", "Time zone": "Mars/Base"}, "Time zone", "Mars/Base is no time zone. Right would be one such as"),
    ({"Site": "One\u202eenO"}, "Site", "This contains characters that cannot be written."),
]


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(("cells", "column", "reason"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_said_with_its_column(
    administrator: Visitor, cells: dict[str, Any], column: str, reason: str
) -> None:
    preview = send(administrator, list(cells.values()), headings=list(cells) if "Site" in cells else [])
    assert outcomes(preview) == {"2": "refused"}
    assert f"<b>{column}</b> {reason}" in preview.text


@pytest.mark.usefixtures("there")
def test_rows_must_not_contradict_and_a_refused_row_leaves_no_trace(
    administrator: Visitor, db: Session, work: Work
) -> None:
    preview = send(
        administrator,
        ("New", "Aarhus", None, None, "S", "CB-9", "tank"),
        ("New", "Odense", None, "P1", "S", "CB-9", None, None, 1),
        ("New", "Vejle", None, "P1", "S", "CB-9", None, None, 2),
        ("New", None, None, "P2", None, "CB-9", None, None, 3),
        ("Two", None, None, None, None, "CB-9", None, None, 4),
        ("New", None, None, None, None, "CB-9", None, None, 1),
        ("New", None, None, None, "T", "CB-9", None, None, 5),
    )
    assert list(outcomes(preview).values()) == ["refused", "created", *["refused"] * 5]
    for said in (
        "<b>City</b> Row 3 says something else: Odense.",
        "<b>Floor</b> Row 3 says something else: P1.",
        "<b>Site</b> Row 3 says something else: New.",
        "This outlet stands in row 3 already. Keep one of the two.",
        "<b>Station</b> Row 3 says something else: S.",
    ):
        assert said in preview.text, said
    write(administrator, work, preview)
    assert ("New", "P1", "S", "CB-9", 1) in tree(db)
    assert db.scalars(select(Site.city).where(Site.name == "New")).one() == "Odense"


@pytest.mark.usefixtures("there")
def test_a_site_administrator_imports_at_own_sites_alone(portal: Flask, db: Session, work: Work) -> None:
    own = db.scalars(select(Site).where(Site.name == "One")).one()
    visitor = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "site@example.com", [own]))
    preview = send(
        visitor,
        ("One", None, None, "P9", None, "CB-7"),
        ("Two", None, None, None, None, "CB-8"),
        ("Brand new",),
        ("One", None, None, None, None, "CB-2"),
    )
    assert list(outcomes(preview).values()) == ["created", "refused", "refused", "refused"]
    assert preview.text.count("There is no site of the name") == 2
    assert "Another station has this charge box id." in preview.text
    write(visitor, work, preview)
    assert ("One", "P9", "CB-7", "CB-7", None) in tree(db)
    db.rollback()
    exported = csv_rows(visitor.get("/topology/export/csv"))
    assert {row["site"] for row in exported} == {"One"}
    assert visitor.get("/topology/export/csv?node=site-2").text == visitor.get("/topology/export/csv").text


@pytest.mark.usefixtures("there")
def test_whoever_lost_the_role_writes_nothing(portal: Flask, administrator: Visitor, db: Session, work: Work) -> None:
    support = add_person(db, RoleName.SUPPORT, "support@example.com")
    visitor = sign_in(portal, support)
    path = confirm(visitor, send(visitor, ("Brand new",)))
    support.active = False
    db.commit()
    work()
    db.expire_all()
    assert db.scalars(select(Site.name).order_by(Site.name)).all() == ["One", "Two"]
    assert path.startswith(START)


@pytest.mark.usefixtures("there")
def test_somebody_who_takes_a_charge_box_id_meanwhile_stops_all(
    administrator: Visitor, db: Session, work: Work
) -> None:
    path = confirm(administrator, send(administrator, ("One", None, None, None, "N", "CB-3"), ("Brand new",)))
    db.add(Station(site_id=1, name="Quick", charge_box_id="CB-3"))
    db.commit()
    work()
    page = " ".join(administrator.get(path).text.split())
    assert "Something has changed since the preview: nothing was written." in page
    assert "<b>Row 2</b>" in page
    assert db.scalar(select(func.count(Site.id))) == 2


def csv_rows(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


def topology(db: Session) -> list[tuple[Any, ...]]:
    """All that a file tells of, as the database holds it."""
    db.expire_all()
    found = []
    for model, columns in (
        (Site, "name description street postal_code city country latitude longitude time_zone"),
        (Floor, "name description"),
        (Station, "name charge_box_id kind description vendor model serial_number fuse_phases fuse_a voltage_v"),
        (Outlet, "number uuid connector_type mode parking max_current_a"),
    ):
        names = [getattr(model, name) for name in columns.split()]
        found += [(model.__name__, *map(str, row)) for row in db.execute(select(*names).order_by(*names))]
    controller = aliased(Station)
    behind = select(Station.charge_box_id, controller.charge_box_id).join(
        controller, Station.supply_controller_id == controller.id
    )
    return [*found, *map(tuple, db.execute(behind.order_by(Station.charge_box_id))), *tree(db)]


@pytest.fixture
def odd(db: Session) -> None:
    """Names of all kinds, and a node of each level with nothing below it."""
    site = Site(
        name="=1+1", description="two\r\nlines, “quoted”; 'apostrophe'", street="'+Plus", postal_code="0800",
        city="東京", latitude=-33.123456789, longitude=151.0, time_zone="Europe/Copenhagen",
    )  # fmt: skip
    floor = Floor(site=site, name="-1", description="''=deep")
    station = Station(
        site=site, floor=floor, name=HOSTILE, charge_box_id="0012", vendor="@home", model="  m", serial_number="1E5"
    )
    feed = Station(
        site=site, floor=Floor(site=site, name="-", description="'-"), name="5", charge_box_id="5", vendor="-",
        kind=StationKind.SUPPLY_CONTROLLER, description="😀  two", fuse_phases=3, fuse_a=250, voltage_v=240,
    )  # fmt: skip
    lonely = Site(name="Lonely", street="-", city="'-", country="''-")
    db.add_all([station, feed, lonely, Floor(site=site, name="Bare floor", description="-")])
    db.flush()
    station.supply_controller_id = feed.id
    db.add_all(
        Outlet(station=station, number=number, mode=mode, parking="a;b,c", max_current_a=number * 16)
        for number, mode in ((1, OutletMode.OPEN), (2, OutletMode.RFID))
    )
    db.commit()


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("file_type", ["xlsx", "csv"])
def test_an_export_comes_back_as_it_was(
    administrator: Visitor, db: Session, work: Work, file_type: str, language: str
) -> None:
    administrator.get(f"/lang/{language}")
    file = administrator.get(f"/topology/export/{file_type}", buffered=True).data
    same = send_at(administrator, (f"t.{file_type}", file), start=START)
    assert set(outcomes(same).values()) == {"unchanged"}
    assert len(outcomes(same)) == 5
    before = topology(db)
    db.query(Outlet).delete()
    db.query(Station).delete()
    db.query(Floor).delete()
    db.query(Site).delete()
    db.commit()
    anew = send_at(administrator, (f"t.{file_type}", file), start=START)
    assert set(outcomes(anew).values()) == {"created"}
    path = confirm(administrator, anew)
    work()
    assert 'class="note good"' in administrator.get(path).text
    after = topology(db)
    assert [str(row).replace(r"\r\n", r"\n").replace("'  m'", "'m'") for row in before] == [str(row) for row in after]


@pytest.mark.usefixtures("odd")
def test_what_is_changed_in_the_exported_workbook_is_changed_here(
    administrator: Visitor, db: Session, work: Work
) -> None:
    book = load_workbook(io.BytesIO(administrator.get("/topology/export/xlsx", buffered=True).data))
    sheet = book.active
    headings = [cell.value for cell in sheet[1]]
    column = headings.index("Station") + 1
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, column).value == HOSTILE:
            sheet.cell(row, column).value = "Renamed"
    changed = io.BytesIO()
    book.save(changed)
    preview = send_at(administrator, ("t.xlsx", changed.getvalue()), start=START)
    assert sorted(outcomes(preview).values()) == ["changed", *["unchanged"] * 4]
    assert HOSTILE not in preview.text
    write(administrator, work, preview)
    assert "Renamed" in db.scalars(select(Station.name)).all()


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("system", [("CB-1", "1"), ("CB-1", "2"), ("CB-2", "")]),
        ("site-2", [("CB-2", "")]),
        ("floor-1", [("CB-1", "1"), ("CB-1", "2")]),
        ("station-1", [("CB-1", "1"), ("CB-1", "2")]),
    ],
)
def test_an_export_is_of_the_selected_node(administrator: Visitor, node: str, expected: list[tuple[str, str]]) -> None:
    rows = csv_rows(administrator.get(f"/topology/export/csv?node={node}"))
    assert [(row["charge_box_id"], row["outlet"]) for row in rows] == expected


def test_five_hundred_stations_take_seconds_and_no_more_statements_than_fifty(
    administrator: Visitor, db: Session, work: Work
) -> None:
    def rows(stations: int, name: str) -> list[tuple[Any, ...]]:
        return [
            (f"{name} {n % 10}", None, None, f"P{n % 3}", f"S {n}", f"{name}-{n}", None, None, outlet)
            for n in range(stations)
            for outlet in (1, 2)
        ]

    counts = []
    for stations in (50, 500):
        begun = time.monotonic()
        preview = send(administrator, *rows(stations, f"N{stations}"))
        path = confirm(administrator, preview)
        with recorded() as statements:
            work()
        assert "All accepted rows were written" in administrator.get(path).text
        assert time.monotonic() - begun < 20
        counts.append(len(statements))
    assert db.scalar(select(func.count(Station.id))) == 550
    assert db.scalar(select(func.count(Outlet.id))) == 1100
    # A portion more is a few statements more; a statement for each row would be a thousand.
    assert counts[1] - counts[0] < 30, counts


def test_a_file_of_another_kind_is_refused_in_words(administrator: Visitor) -> None:
    answer = send_at(administrator, ("u.csv", csv_text([("First name", "E-mail"), ("A", "b")]).encode()), start=START)
    assert answer.status_code == 422
    assert "The first row must name the columns, at least Site." in answer.text


@pytest.mark.parametrize("name", ["topology.xlsx", "nodes.csv"])
def test_the_template_is_understood_and_its_examples_are_skipped(administrator: Visitor, name: str) -> None:
    for language in ("en", "da"):
        administrator.get(f"/lang/{language}")
        file = administrator.get(f"{START}template/{name}").data
        assert list(outcomes(send_at(administrator, (name, file), start=START)).values()) == ["skipped"] * 3
