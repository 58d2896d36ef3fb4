"""The pages of users, opened by those who are no administrators."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import PortalUser, Site, site_driver
from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.users import NORA, PASSWORD, add_url, emails, found, made


@pytest.fixture
def keeper(portal: Flask, db: Session) -> Visitor:
    """A site administrator of the first site, where one driver has charged and another has not."""
    places = [Site(name=name) for name in ("Copenhagen Central", "Aarhus Harbour")]
    db.add_all(places)
    db.commit()
    sites = [site.id for site in places]
    made(db, "keeper@example.com", RoleName.SITE_ADMINISTRATOR, sites=sites[:1])
    driver, stranger = made(db, "driver@example.com", id_tokens=["12"]), made(db, "stranger@example.com")
    rows = [{"site_id": sites[0], "user_id": driver.id}, {"site_id": sites[1], "user_id": stranger.id}]
    db.execute(site_driver.insert(), rows)
    db.commit()
    visitor = Visitor(portal.test_client())
    assert visitor.sign_in("keeper@example.com", PASSWORD).status_code == 302
    return visitor


def test_a_site_administrator_sees_who_charged_there_and_little_of_them(keeper: Visitor, db: Session) -> None:
    assert keeper.get("/users/export/csv").text.splitlines() == [
        "first_name,last_name,email",
        "Some,driver,driver@example.com",
    ]
    driver, stranger = found(db, "driver@example.com").id, found(db, "stranger@example.com").id
    page = keeper.get(f"/users/show/{driver}").text.split("<main", 1)[1]
    assert "driver@example.com" in page
    for hidden in ("RFID", "Second factor", "Last here", "Edit", "Delete", "Deactivate"):
        assert hidden not in page
    assert keeper.get(f"/users/show/{stranger}").status_code == 404
    assert emails(keeper, "?id_tokens=99") == emails(keeper, "?id_tokens=12") == ["driver@example.com"]
    assert keeper.get("/users/export/csv?columns=id_tokens,email").text == "email\r\ndriver@example.com\r\n"
    assert keeper.get("/users/export/csv?sort=role").status_code == 400
    assert "Add user" not in keeper.get("/users/").text


def test_a_search_finds_only_who_may_be_seen(keeper: Visitor, administrator: Visitor, db: Session) -> None:
    driver, stranger = found(db, "driver@example.com").id, found(db, "stranger@example.com").id
    assert keeper.get("/search/?q=some+DRI").location == f"/users/show/{driver}"
    assert "stranger" not in keeper.get("/search/?q=stranger@").text.split("<main", 1)[1].replace(
        "stranger@</small>", ""
    )
    assert administrator.get("/search/?q=stranger@").location == f"/users/show/{stranger}"
    page = administrator.get("/search/?q=some").text
    assert "driver@example.com" in page and "stranger@example.com" in page


def test_a_site_administrator_changes_nobody(keeper: Visitor, db: Session) -> None:
    driver = found(db, "driver@example.com").id
    paths = [add_url(RoleName.ADMINISTRATOR), *(f"/users/{method}/{driver}" for method in ("edit", "delete"))]
    for path in paths:
        assert keeper.get(path).status_code in (302, 403), path
        assert keeper.send(path, page="/users/", **NORA).status_code in (302, 403), path
    for method in ("activate", "deactivate"):
        keeper.send(f"/users/{method}/{driver}", page="/users/")
    assert found(db, "driver@example.com").active is True
    assert db.scalar(select(PortalUser.id).where(PortalUser.email == NORA["email"])) is None


@pytest.mark.parametrize("role", [RoleName.SUPPORT, RoleName.EV_USER])
def test_others_see_no_users(portal: Flask, db: Session, role: RoleName) -> None:
    user = made(db, "other@example.com", role)
    visitor = Visitor(portal.test_client())
    visitor.sign_in("other@example.com", PASSWORD)
    for path in ("", "show/1", f"show/{user.id}", f"edit/{user.id}", "add", "export/csv"):
        assert visitor.get(f"/users/{path}").status_code in (302, 403), path
