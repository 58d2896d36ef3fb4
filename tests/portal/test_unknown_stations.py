"""Devices that called under a name that nobody created."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Floor, Site, Station, UnknownStation
from tests.portal.browser_like import Visitor, errors, notes


@pytest.fixture
def unknown(db: Session) -> None:
    db.add(UnknownStation(charge_box_id="NEW-7", remote_address="10.0.0.9", protocol="ocpp1.6", attempts=4))
    db.commit()


def add_sites(db: Session, *names: str) -> None:
    for name in names:
        db.add(Floor(name="Level -1", site=Site(name=name)))
        db.flush()
    db.commit()


def adopted(db: Session) -> list[tuple[str, str, int, int | None]]:
    db.expire_all()
    assert db.scalars(select(UnknownStation)).all() == []
    stations = select(Station.name, Station.charge_box_id, Station.site_id, Station.floor_id)
    return [tuple(row) for row in db.execute(stations)]


@pytest.mark.usefixtures("unknown")
def test_they_are_listed_with_what_is_known(administrator: Visitor) -> None:
    for path in ("/unknown_stations/", "/"):
        page = administrator.get(path).text
        assert "NEW-7" in page
        assert 'action="/unknown_stations/adopt/1"' in page
    page = administrator.get("/unknown_stations/").text
    assert "10.0.0.9" in page and "OCPP 1.6 (WebSocket)" in page


@pytest.mark.usefixtures("unknown")
def test_one_click_adopts_to_the_only_site(administrator: Visitor, db: Session) -> None:
    add_sites(db, "Copenhagen Central")
    answer = administrator.send("/unknown_stations/adopt/1", page="/unknown_stations/")
    assert answer.location == "/stations/show/1?node=station-1"
    assert notes(administrator.get(answer.location)) == [("good", "NEW-7 was adopted. Its next call succeeds.")]
    assert adopted(db) == [("NEW-7", "NEW-7", 1, None)]


@pytest.mark.usefixtures("unknown")
@pytest.mark.parametrize(("node", "floor_id"), [("site-2", None), ("floor-2", 2)])
def test_one_click_adopts_to_the_selected_node(
    administrator: Visitor, db: Session, node: str, floor_id: int | None
) -> None:
    add_sites(db, "Copenhagen Central", "Aarhus Harbour")
    administrator.send(f"/unknown_stations/adopt/1?node={node}", page="/unknown_stations/")
    assert adopted(db) == [("NEW-7", "NEW-7", 2, floor_id)]


@pytest.mark.usefixtures("unknown")
def test_among_several_sites_it_asks(administrator: Visitor, db: Session) -> None:
    add_sites(db, "Copenhagen Central", "Aarhus Harbour")
    asked = administrator.send("/unknown_stations/adopt/1", page="/unknown_stations/")
    assert (asked.status_code, errors(asked)) == (200, [])
    assert '<option value="2">Aarhus Harbour</option>' in asked.text
    empty = administrator.send("/unknown_stations/adopt/1", site_id="")
    assert errors(empty) == ["Choose one."]
    assert administrator.send("/unknown_stations/adopt/1", site_id="2").status_code == 302
    assert adopted(db) == [("NEW-7", "NEW-7", 2, None)]


@pytest.mark.usefixtures("unknown")
def test_without_a_site_it_says_what_to_do(administrator: Visitor) -> None:
    answer = administrator.send("/unknown_stations/adopt/1", page="/unknown_stations/")
    assert answer.location == "/sites/add"
    assert notes(administrator.get("/sites/add")) == [("bad", "Create the site where the station stands first.")]


@pytest.mark.usefixtures("unknown")
def test_one_that_is_known_by_now_is_not_made_twice(administrator: Visitor, db: Session) -> None:
    add_sites(db, "Copenhagen Central")
    db.add(Station(name="Seven", charge_box_id="NEW-7", site_id=1))
    db.commit()
    answer = administrator.send("/unknown_stations/adopt/1", page="/unknown_stations/")
    assert answer.location == "/unknown_stations/"
    assert notes(administrator.get(answer.location)) == [("bad", "A station with this charge box id exists already.")]


@pytest.mark.usefixtures("unknown")
def test_one_can_be_taken_off_the_list(administrator: Visitor, db: Session) -> None:
    assert administrator.send("/unknown_stations/delete/1").location == "/unknown_stations/"
    assert adopted(db) == []
    assert administrator.send("/unknown_stations/adopt/1", page="/").status_code == 404
