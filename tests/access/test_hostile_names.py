"""HTML in a name is text on every page and in every export, for everybody."""

import csv
import html
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.db import owner_session_factory
from domain.roles import RoleName
from tests.access.conftest import Person
from tests.access.test_every_door import DOORS, Door
from tests.access.world import World

HOSTILE = "\"'></script><img src=x onerror=alert(1)>{{7*7}}"
"""Gets out of a script, an attribute and a template, where it is let."""
GETS_OUT = "<img src=x"
NAMES = {
    "system": ("name",),
    "site": ("name", "description", "city"),
    "floor": ("name", "description"),
    "station": ("name", "description", "vendor", "model", "serial_number", "firmware_version", "status_info"),
    "outlet": ("connector_type", "parking", "status_info"),
    "ab_user": ("first_name", "last_name"),
    "id_token": ("description",),
    "news": ("title",),
    "firmware_image": ("description", "vendor", "model"),
    "charging_session": ("site_name", "station_name"),
    "unknown_station": ("charge_box_id",),
    "service": ("name",),
    "station_file": ("name",),
}
"""What people and stations write."""
FEWEST_PAGES = {RoleName.ADMINISTRATOR: 60, RoleName.SITE_ADMINISTRATOR: 35, RoleName.SUPPORT: 45, RoleName.EV_USER: 5}
"""On so many pages at least a hostile name must be seen, for the test to be one."""


LENGTH = text(
    "SELECT character_maximum_length FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = :table AND column_name = :column"
)


@pytest.fixture(scope="module", autouse=True)
def hostile(world: World) -> None:
    """What was there stands behind, so that what is unique stays so."""
    with owner_session_factory().begin() as db:
        for table, columns in NAMES.items():
            for column in columns:
                longest = db.scalar(LENGTH, {"table": table, "column": column}) or 1000
                # Table and column stand above.
                change = f"UPDATE {table} SET {column} = left(:hostile || coalesce({column}, ''), :longest)"
                db.execute(text(change), {"hostile": HOSTILE, "longest": longest})


PAGES = [door for door in DOORS if door.method == "GET" and not door.is_api and "WebSocket" not in str(door)]
NODES = ("system", "site", "floor", "station", "outlet")


@pytest.mark.parametrize("role", RoleName)
def test_a_hostile_name_is_text_on_every_page_and_in_every_export(
    portal: Flask, world: World, people: dict[RoleName, Person], db: Session, role: RoleName
) -> None:
    seen = 0
    for door in PAGES:
        for path in _paths(portal, world, door):
            answer = people[role].pages.get(path, buffered=True)
            if answer.status_code >= 500:
                pytest.fail(f"{path}: {answer.status_code}")
            if answer.mimetype == "text/html":
                page = answer.get_data(as_text=True)
                assert GETS_OUT not in page, path
                seen += HOSTILE in html.unescape(page)
            else:
                if answer.mimetype.startswith("image/svg"):
                    # Drawn by us of squares alone, and no page: a browser opens it only when it is on the disk.
                    assert answer.headers["Content-Disposition"].startswith("attachment"), path
                    assert HOSTILE not in html.unescape(answer.get_data(as_text=True)), path
                assert answer.headers["X-Content-Type-Options"] == "nosniff", path
    assert seen >= FEWEST_PAGES[role], seen


def _paths(portal: Flask, world: World, door: Door) -> Iterator[str]:
    key = world.home.get(door.kind or "")
    if door.kind is not None and key is None:
        return
    path = door.path(portal, key)
    yield path
    if "?" not in path and door.kind is None:
        yield from (f"{path}?node={kind}-{world.home[kind]}" for kind in NODES[1:])


@pytest.mark.parametrize("name", ["SiteView", "FloorView", "StationView", "OutletView", "ChargingSessionView"])
def test_an_export_holds_the_name_letter_by_letter(
    portal: Flask, people: dict[RoleName, Person], world: World, name: str
) -> None:
    base = next(door.rule.rule for door in PAGES if door.rule.endpoint == f"{name}.list")
    pages = people[RoleName.ADMINISTRATOR].pages
    as_csv = pages.get(f"{base}export/csv", buffered=True).get_data(as_text=True)
    cells = {cell for row in csv.reader(io.StringIO(as_csv, newline="")) for cell in row}
    assert any(cell.startswith(HOSTILE) for cell in cells)
    book = load_workbook(io.BytesIO(pages.get(f"{base}export/xlsx", buffered=True).data))
    values = {str(cell.value) for row in book.active for cell in row}
    assert any(value.startswith(HOSTILE) for value in values)


@pytest.mark.parametrize("path", ["sites/", "floors/", "stations/", "outlets/", "users/"])
def test_the_api_answers_it_as_it_is_and_as_no_page(portal: Flask, people: dict[RoleName, Person], path: str) -> None:
    headers = {"Authorization": f"Bearer {people[RoleName.ADMINISTRATOR].token}"}
    answer = portal.test_client().get(f"/api/v1/{path}", headers=headers)
    assert answer.mimetype == "application/json"
    assert any(HOSTILE in str(value) for row in answer.json["result"] for value in row.values())
