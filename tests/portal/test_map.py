"""The maps of the system and of a site: places with the worst state and how many are in which."""

import pytest
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import Floor, Outlet, Site, Station
from domain.statuses import OutletStatus
from tests.portal.browser_like import Visitor
from tests.statements import recorded


@pytest.fixture
def places(db: Session) -> None:
    harbour, empty = Site(name="Harbour <b>", latitude=56.15, longitude=10.21), Site(name="Empty")
    deck, roof = Floor(site=harbour, name="Deck 10"), Floor(site=harbour, name="Deck 2")
    db.add_all([harbour, empty, deck, roof])
    db.flush()
    seen = {"online": True, "last_seen_at": now(), "site_id": harbour.id}
    stations = [
        Station(name="A", charge_box_id="A", floor_id=deck.id, **seen),
        Station(name="B", charge_box_id="B", floor_id=deck.id, **seen),
        Station(name="C", charge_box_id="C", floor_id=deck.id, **seen),
        Station(name="Gate", charge_box_id="D", latitude=56.2, longitude=10.3, **seen),
        Station(name="Never", charge_box_id="E", site_id=harbour.id),
    ]
    for station in stations:
        db.add(station)
        db.flush()
    for station, status in zip(
        stations,
        (OutletStatus.AVAILABLE, OutletStatus.CHARGING, OutletStatus.CHARGING, OutletStatus.FAULTED),
        strict=False,
    ):
        db.add(Outlet(station_id=station.id, number=1, status=status))
    db.commit()


def line(key: str, label: str, url: str, state: str | None, text: str, count: int | None, *at: float) -> dict:
    return {
        "key": key,
        "kind": key.partition("-")[0],
        "label": label,
        "url": url,
        "state": state,
        "text": text,
        "count": count,
        "latitude": at[0] if at else None,
        "longitude": at[1] if at else None,
    }


@pytest.mark.usefixtures("places")
def test_the_sites_of_the_system(administrator: Visitor) -> None:
    said = "1 offline, 1 with a fault, 2 charging, 1 available"
    assert administrator.get("/map/now?node=system").json == [
        line("site-2", "Empty", "/map/?node=site-2", None, "no station", 0),
        line("site-1", "Harbour <b>", "/map/?node=site-1", "offline", said, 5, 56.15, 10.21),
    ]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("key", ["site-1", "station-4", "outlet-4"])
def test_a_site_with_its_floors_and_the_stations_directly_on_it(administrator: Visitor, key: str) -> None:
    said = "1 offline, 1 with a fault, 2 charging, 1 available"
    assert administrator.get(f"/map/now?node={key}").json == [
        line("site-1", "Harbour <b>", "/configuration/?node=site-1", "offline", said, 5, 56.15, 10.21),
        line("floor-2", "Deck 2", "/positions/?node=floor-2", None, "no station", 0),
        line("floor-1", "Deck 10", "/positions/?node=floor-1", "charging", "2 charging, 1 available", 3),
        line("station-4", "Gate", "/configuration/?node=station-4", "fault", "fault", None, 56.2, 10.3),
        line("station-5", "Never", "/configuration/?node=station-5", "offline", "offline", None),
    ]


@pytest.mark.usefixtures("places")
def test_what_stands_on_a_floor_is_shown_by_its_plan(administrator: Visitor) -> None:
    for key in ("floor-1", "station-1", "outlet-1"):
        assert administrator.get(f"/map/?node={key}").location == f"/positions/?node={key}"
    for key in ("system", "site-1", "station-4", "outlet-4"):
        assert administrator.get(f"/map/?node={key}").status_code == 200


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("key", ["system", "site-1"])
def test_more_places_take_no_more_statements(administrator: Visitor, db: Session, key: str) -> None:
    def statements() -> list[str]:
        with recorded() as found:
            assert administrator.get(f"/map/now?node={key}").status_code == 200
        return [statement for statement in found if "outlet" in statement]

    before = statements()
    assert len(before) == (1 if key == "system" else 2)
    for number in range(30):
        db.add(Site(name=f"N-{number}"))
        db.add(Floor(site_id=1, name=f"N-{number}"))
        db.add(Station(site_id=1, name=f"N-{number}", charge_box_id=f"N-{number}"))
    db.commit()
    assert len(statements()) == len(before)
