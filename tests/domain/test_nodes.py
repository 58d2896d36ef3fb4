"""The tree: what may go, and how a device that called becomes a station."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import nodes
from domain.errors import HasChildrenError
from domain.models import Floor, Outlet, Site, Station, System, UnknownStation
from domain.nodes import NodeKind


@pytest.fixture
def outlet(db: Session) -> Outlet:
    """The lowest of a whole branch."""
    site = Site(name="Copenhagen Central")
    floor = Floor(name="Level -1", site=site)
    db.add(floor)
    db.flush()
    outlet = Outlet(number=1, station=Station(name="CC-101", charge_box_id="CC-101", site=site, floor=floor))
    db.add(outlet)
    db.flush()
    return outlet


def test_the_way_from_the_root(db: Session, outlet: Outlet) -> None:
    station = outlet.station
    way = nodes.path(db, outlet)
    assert way == [db.get(System, 1), station.site, station.floor, station, outlet]
    assert [nodes.kind_of(node) for node in way] == list(NodeKind)


def test_a_branch_goes_from_the_leaves_up(db: Session, outlet: Outlet) -> None:
    station = outlet.station
    site, floor = station.site, station.floor
    assert floor
    for node, children in ((site, ["Level -1"]), (floor, ["CC-101"]), (station, ["CC-101 / 1"])):
        with pytest.raises(HasChildrenError) as refused:
            nodes.delete(db, node)
        assert refused.value.children == children
    for node in (outlet, station, floor, site):
        nodes.delete(db, node)
        db.expire_all()
    assert db.scalars(select(Site)).all() == []


def test_a_site_names_its_floors_and_then_the_stations_directly_on_it(db: Session, outlet: Outlet) -> None:
    site = outlet.station.site
    db.add_all(Station(name=name, charge_box_id=name, site=site) for name in ("B", "A"))
    db.flush()
    assert nodes.child_names(db, site) == ["Level -1", "A", "B"]


def test_adopting_a_station_makes_it_known(db: Session, outlet: Outlet) -> None:
    unknown = UnknownStation(charge_box_id="NEW-7", protocol="ocpp1.6", remote_address="10.0.0.9")
    db.add(unknown)
    db.flush()
    floor = outlet.station.floor
    station = nodes.adopt(db, unknown, outlet.station.site, floor)
    db.expire_all()
    found = db.scalars(select(Station).where(Station.charge_box_id == "NEW-7")).one()
    assert found is station
    assert (found.name, found.site, found.floor, found.protocol) == ("NEW-7", outlet.station.site, floor, "ocpp1.6")
    assert db.scalars(select(UnknownStation)).all() == []


def test_a_station_created_under_the_name_of_an_unknown_one_takes_it_off_the_list(db: Session, outlet: Outlet) -> None:
    db.add_all([UnknownStation(charge_box_id="NEW-7"), UnknownStation(charge_box_id="NEW-8")])
    db.flush()
    nodes.add_station(db, Station(name="Seven", charge_box_id="NEW-7", site=outlet.station.site))
    assert db.scalars(select(UnknownStation.charge_box_id)).all() == ["NEW-8"]
