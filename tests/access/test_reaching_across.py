"""Ways to others' things beside an id in an address: keys in a body, a selected node, a filter, an order, a choice."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.models import Command, Floor, Outlet, PortalUser, Site, Station, site_administrator
from domain.roles import RoleName
from portal.roles import BUILT_IN_ROLES
from tests.access import world as worlds
from tests.access.conftest import Person
from tests.access.world import EMAIL_OF_DRIVER, FOREIGN, GUESSED, HOME, World
from tests.portal.api.client import ApiClient

People = dict[RoleName, Person]


@pytest.fixture
def site_administrator_pages(people: People) -> Any:
    return people[RoleName.SITE_ADMINISTRATOR].pages


@pytest.fixture
def api(portal: Flask, people: People) -> ApiClient:
    """The API as the site administrator sees it."""
    return ApiClient(portal.test_client(), people[RoleName.SITE_ADMINISTRATOR].token)


def count(db: Session, model: type) -> int:
    found = db.scalar(select(func.count()).select_from(model))
    db.rollback()
    return found


@pytest.mark.parametrize("ids", ["abroad", "guessed"])
def test_a_form_takes_no_key_of_a_row_that_one_may_not_see(
    site_administrator_pages: Any, world: World, db: Session, ids: str
) -> None:
    """Others' rows and rows that are not there are refused alike."""
    site, floor = (world.abroad[kind] if ids == "abroad" else GUESSED for kind in ("site", "floor"))
    box = f"{FOREIGN if ids == 'abroad' else 'Guessed'}-1"
    before = [count(db, model) for model in (Floor, Station, Outlet)]
    sent = {
        "/floors/add": {"site_id": site, "name": "mine now"},
        "/stations/add": {"site_id": site, "name": "mine now", "charge_box_id": "mine", "kind": "charging_station"},
        f"/stations/edit/{world.home['station']}": {
            "site_id": world.home["site"], "floor_id": floor, "name": "x", "charge_box_id": "x",
            "kind": "charging_station",
        },
        "/outlets/add": {"station_id": box, "number": 7, "mode": "open"},
        f"/outlets/edit/{world.home['outlet']}": {"station_id": box, "number": 7, "mode": "open"},
    }  # fmt: skip
    for path, fields in sent.items():
        answer = site_administrator_pages.post(path, data=fields)
        assert answer.status_code == 422, path
        assert FOREIGN not in answer.text.replace(f'value="{box}"', "")  # What was typed is kept.
    assert [count(db, model) for model in (Floor, Station, Outlet)] == before


def test_the_api_takes_no_key_of_a_row_that_one_may_not_see(api: ApiClient, world: World) -> None:
    """Flask-AppBuilder's own API does; and the answer does not tell a row abroad from none."""
    home = world.home
    for field, method, path, body in (
        ("site", "POST", "floors/", {"name": "mine now"}),
        ("site", "POST", "stations/", {"name": "mine now", "charge_box_id": "mine"}),
        ("site", "PUT", f"stations/{home['station']}", {}),
        ("floor", "PUT", f"stations/{home['station']}", {}),
        ("station", "POST", "outlets/", {"number": 7}),
    ):
        for key in (world.abroad[field], GUESSED):
            answer = api.call(method, path, json=body | {field: key})
            assert answer == (422, {"message": {field: [f"There is no {field} {key}."]}}), path


LISTS = ("/sites/", "/floors/", "/stations/", "/outlets/", "/statistics/", "/users/", "/events/")


@pytest.mark.parametrize("path", LISTS)
def test_a_node_abroad_is_as_one_that_is_not_there(site_administrator_pages: Any, world: World, path: str) -> None:
    for kind in ("site", "floor", "station", "outlet"):
        abroad = site_administrator_pages.get(f"{path}?node={kind}-{world.abroad[kind]}")
        guessed = site_administrator_pages.get(f"{path}?node={kind}-{GUESSED}")
        assert (abroad.status_code, guessed.status_code) == (200, 200)
        assert FOREIGN not in abroad.text
        assert _rows(abroad.text) == _rows(guessed.text)


def test_the_navigator_opens_no_branch_abroad(site_administrator_pages: Any, world: World) -> None:
    for kind in ("site", "floor", "station"):
        key = f"{kind}-{world.abroad[kind]}"
        assert site_administrator_pages.get(f"/tree/children?node={key}").json == {key: []}
    [system] = site_administrator_pages.get("/tree/children?node=").json[""]
    assert system["count"] == 1
    sites = site_administrator_pages.get("/tree/children?node=system").json["system"]
    assert [site["key"] for site in sites] == [f"site-{world.home['site']}"]


def test_a_search_finds_nothing_abroad(site_administrator_pages: Any) -> None:
    found = site_administrator_pages.get("/search/?q=site").text
    assert FOREIGN not in found
    for word in (FOREIGN, f"{FOREIGN}-1"):
        answer = site_administrator_pages.get(f"/search/?q={word}")
        assert answer.status_code == 200
        assert set(re.findall(rf"{FOREIGN}[^<\"&]*", answer.text)) <= {word}, "only what was typed"


@pytest.mark.parametrize("role", [RoleName.SITE_ADMINISTRATOR, RoleName.EV_USER])
def test_neither_filter_nor_order_nor_page_reaches_abroad(people: People, world: World, role: RoleName) -> None:
    pages = people[role].pages
    for query in (f"station={FOREIGN}", f"email=ferris.{FOREIGN}", f"node_id={world.abroad['station']}"):
        answer = pages.get(f"/statistics/?{query}&count=exact")
        assert "0 sessions" in answer.text, query
        exported = pages.get(f"/statistics/export/csv?{query}")
        assert len(exported.text.strip().splitlines()) == 1, "the heading alone"
    for order in ("station", "-station", "email", "-email", "energy_kwh"):
        assert FOREIGN not in pages.get(f"/statistics/?sort={order}&rows=200").text


def test_the_api_filters_within_what_one_may_see(api: ApiClient, world: World) -> None:
    for col, value in (("site_name", f"{FOREIGN} site"), ("id", world.abroad["charging_session"])):
        q = {"filters": [{"col": col, "opr": "eq", "value": value}]}
        assert api.get("charging_sessions/", q) == (200, {"count": 0, "ids": [], "result": []})


def test_support_learns_no_drivers_address(portal: Flask, people: People) -> None:
    """Neither shown, nor confirmed by a filter, nor told by an order."""
    pages = people[RoleName.SUPPORT].pages
    assert "h•••@homestead.example" in pages.get("/statistics/").text
    for text in (f"={EMAIL_OF_DRIVER}", "hanna.driver"):
        answer = pages.get("/statistics/", query_string={"email": text, "count": "exact"})
        assert "0 sessions" in answer.text
    assert "There is no column" in pages.get("/statistics/?sort=email").text
    api = ApiClient(portal.test_client(), people[RoleName.SUPPORT].token)
    emails = {row["email"] for row in api.get("charging_sessions/")[1]["result"]}
    assert emails == {"h•••@homestead.example", "f•••@example.com"}
    q = {"filters": [{"col": "email", "opr": "eq", "value": EMAIL_OF_DRIVER}]}
    assert api.get("charging_sessions/", q)[0] == 400
    assert api.get("charging_sessions/", {"order_column": "email"})[0] == 400
    assert "email" not in api.get("charging_sessions/_info")[1]["order_columns"]


@pytest.mark.parametrize("role", [RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT, RoleName.EV_USER])
def test_nobody_raises_their_own_role(portal: Flask, world: World, people: People, db: Session, role: RoleName) -> None:
    user = db.scalar(select(PortalUser).where(PortalUser.email == world.emails[role]))
    fields = {"role": "Administrator", "roles": "1", "roles-0": "1", "active": "y", "first_name": "X", "last_name": "Y"}
    pages, api = people[role].pages, ApiClient(portal.test_client(), people[role].token)
    assert pages.post(f"/users/edit/{user.id}", data=fields).status_code in (403, 404)
    assert pages.post("/users/add?role=Administrator", data=fields).status_code == 403
    assert pages.post("/settings/", data=fields | {"section": "name"}).status_code in (200, 302, 400, 422)
    assert api.put(f"users/{user.id}", {"role": "Administrator"})[0] == 403
    assert api.post("users/", {"role": "Administrator"})[0] == 403
    db.refresh(user, ["roles"])
    assert user.role is role


def test_a_site_that_is_taken_away_is_gone_at_once(
    site_administrator_pages: Any, api: ApiClient, world: World, db: Session
) -> None:
    path, user_id = f"/sites/show/{world.home['site']}", _id_of(db, world.emails[RoleName.SITE_ADMINISTRATOR])
    assert site_administrator_pages.get(path).status_code == 200
    db.execute(site_administrator.delete().where(site_administrator.c.user_id == user_id))
    db.commit()
    try:
        assert site_administrator_pages.get(path).status_code == 404
        assert api.get(f"sites/{world.home['site']}")[0] == 404
        assert api.get("sites/")[1]["count"] == 0
        assert HOME not in site_administrator_pages.get("/statistics/").text
    finally:
        db.execute(site_administrator.insert().values(user_id=user_id, site_id=world.home["site"]))
        db.commit()


def test_a_role_that_is_taken_away_closes_the_door_at_once(people: People, world: World, db: Session) -> None:
    person = people[RoleName.SUPPORT]
    user = db.get_one(PortalUser, _id_of(db, world.emails[RoleName.SUPPORT]))
    roles, user.roles = list(user.roles), []
    db.commit()
    try:
        answer = person.pages.get("/stations/")
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login/")
    finally:
        user.roles = roles
        db.commit()


def test_an_ev_user_starts_nowhere_with_anothers_tag(people: People, world: World, db: Session) -> None:
    pages = people[RoleName.EV_USER].pages
    before = count(db, Command)
    for outlet, tag in (("home", "abroad"), ("abroad", "abroad")):
        sent = {"outlet": getattr(world, outlet)["outlet"], "id_token": getattr(world, tag)["id_token"]}
        assert pages.post("/charging/start", data=sent).status_code == 404, (outlet, tag)
    assert count(db, Command) == before
    sent = {"outlet": world.home["outlet"], "id_token": world.home["id_token"]}
    assert pages.post("/charging/start", data=sent).status_code in (302, 303)


def test_the_rights_are_anchored_at_both_ends() -> None:
    """Flask-AppBuilder matches a pattern at the beginning only: `can_show` would be `can_show_everything` too."""
    patterns = [pattern for rights in BUILT_IN_ROLES.values() for pair in rights for pattern in pair]
    assert all(re.fullmatch(r"\^\(.*\)\$", pattern) for pattern in patterns)


def test_the_choices_of_a_form_are_of_ones_own_sites(site_administrator_pages: Any, world: World) -> None:
    station = world.home["station"]
    for path in ("/floors/add", "/stations/add", f"/outlets/add?node=station-{station}", f"/stations/edit/{station}"):
        text = site_administrator_pages.get(path).text
        assert HOME in text, path
        assert FOREIGN not in text, path


def test_without_a_site_there_is_nothing(portal: Flask, world: World, db: Session) -> None:
    """A site administrator to whom no site is assigned yet."""
    person = worlds.add_user(db, "Newcomer", "newcomer@portal.example", RoleName.SITE_ADMINISTRATOR)
    db.commit()
    client = portal.test_client()
    fields = {"username": person.email, "password": worlds.PASSWORD}
    assert client.post("/login/", data=fields).status_code == 302
    for path in ("/", *LISTS):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert not re.search(f"{HOME}|{FOREIGN}", answer.text), path


def _rows(page: str) -> list[str]:
    """The cells of a table, without what differs by its address."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.sub(r"<[^>]*>", " ", body).split()


def _id_of(db: Session, email: str) -> int:
    return db.scalars(select(PortalUser.id).where(PortalUser.email == email)).one()


def test_the_world_is_as_the_tests_believe(world: World, db: Session) -> None:
    assert {site.name for site in db.scalars(select(Site).where(Site.city != ""))} == {
        f"{HOME} site",
        f"{FOREIGN} site",
    }
