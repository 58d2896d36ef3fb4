"""Files of the topology, and the way from one to the database."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain.models import Floor, Outlet, Site, Station
from tests.portal.browser_like import Visitor
from tests.portal.imports.conftest import confirm, workbook
from tests.portal.imports.conftest import send as send_at

Work = Callable[[], None]
START = "/topology/import/"
HEADINGS = (
    *("Site", "City", "Latitude", "Floor", "Station", "Charge box id", "Kind", "Vendor"),
    *("Outlet", "Connector", "Mode", "Parking", "Maximum current (A)"),
)


def send(visitor: Visitor, *rows: Iterable[Any], headings: Iterable[str] = HEADINGS) -> TestResponse:
    return send_at(visitor, ("topology.xlsx", workbook([headings, *rows])), start=START)


def send_cells(visitor: Visitor, *rows: Mapping[str, Any]) -> TestResponse:
    """Rows of the cells that are not empty, by heading."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return send(visitor, *([row.get(heading) for heading in headings] for row in rows), headings=headings)


def write(visitor: Visitor, work: Work, preview: TestResponse) -> None:
    path = confirm(visitor, preview)
    work()
    assert "All accepted rows were written" in visitor.get(path).text


def explain(visitor: Visitor, words: Mapping[str, str]) -> None:
    """What the page of the import says, by language."""
    for language, said in words.items():
        visitor.get(f"/lang/{language}")
        assert said in visitor.get(START).text


def tree(db: Session) -> list[tuple[Any, ...]]:
    """Each outlet, or station without one, with all above it."""
    db.expire_all()
    rows = db.execute(
        select(Site.name, Floor.name, Station.name, Station.charge_box_id, Outlet.number)
        .select_from(Station)
        .join(Site, Site.id == Station.site_id)
        .outerjoin(Floor, Floor.id == Station.floor_id)
        .outerjoin(Outlet, Outlet.station_id == Station.id)
        .order_by(Station.charge_box_id, Outlet.number)
    )
    return [tuple(row) for row in rows]
