"""A form that comes from elsewhere changes nothing."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.models import Site, Station, UnknownStation
from tests.portal.browser_like import Visitor


@pytest.fixture
def rows(db: Session) -> None:
    """A site, a station without outlets, an unknown station: each with the id 1."""
    site = Site(name="Copenhagen Central")
    db.add_all([site, UnknownStation(charge_box_id="NEW-7")])
    db.flush()
    db.add(Station(name="CC-101", charge_box_id="CC-101", site=site))
    db.commit()


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sites/add", {"name": "Harbour"}),
        ("/sites/edit/1", {"name": "Harbour"}),
        ("/sites/delete/1", {}),
        ("/stations/delete/1", {}),
        ("/unknown_stations/adopt/1", {}),
        ("/unknown_stations/delete/1", {}),
        ("/logout/", {}),
    ],
)
def test_a_form_without_its_hidden_token_is_refused(
    administrator: Visitor, db: Session, path: str, fields: dict[str, str]
) -> None:
    for token in ({}, {"csrf_token": "made up"}):
        answer = administrator.http.post(path, data=fields | token)
        assert answer.status_code == 400
        assert "The page was open for too long. Load it again, then repeat what you did." in answer.text
    counts = [db.scalar(select(func.count()).select_from(model)) for model in (Site, Station, UnknownStation)]
    assert counts == [1, 1, 1]
    assert db.scalars(select(Site.name)).all() == ["Copenhagen Central"]
    assert administrator.get("/").status_code == 200


@pytest.mark.usefixtures("rows")
def test_nothing_is_deleted_or_adopted_by_following_a_link(administrator: Visitor, db: Session) -> None:
    for path in ("/stations/delete/1", "/sites/delete/1", "/unknown_stations/delete/1", "/unknown_stations/adopt/1"):
        assert administrator.get(path).status_code == 200
    for path in ("/stations/action/delete/1", "/stations/action_post", "/stations/download/x"):
        assert administrator.get(path).status_code == 404
        assert administrator.send(path, page="/").status_code == 404
    assert db.scalar(select(func.count()).select_from(Station)) == 1


@pytest.mark.usefixtures("rows")
def test_the_api_takes_no_cookie(administrator: Visitor) -> None:
    assert administrator.http.post("/api/v1/sites/", json={"name": "Harbour"}).status_code == 401
