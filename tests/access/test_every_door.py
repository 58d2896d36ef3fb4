"""Every route, tried by every role with own, others' and guessed ids by every method; the tables know the answer."""

import io
import zipfile
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from domain.roles import RoleName
from portal.app import create_portal
from tests.access import world as worlds
from tests.access.conftest import Person
from tests.access.tables import OBJECTS, OF_ROLE, OPEN, doors
from tests.access.world import EMAIL_OF_DRIVER, FOREIGN, GUESSED, World

WORDS = {
    "file_type": "csv",
    "name": "news",
    "word": "nonsense",
    "action": "reset",
    "address": "ocpp1.6",
    "picture": "svg",
}
"""What stands in an address beside keys."""
OTHER_WORDS = {
    "ImportUsersView.template": {"name": "users.csv"},
    "ImportTopologyView.template": {"name": "nodes.csv"},
}
SENT = {"SettingsView.index": {"section": "name"}}
"""Where an empty form would be one that does not exist."""
KIND_OF_DOOR = {"ChargingView.stop": "charging_session", "ChargingView.command": "command"}
"""Where the key names something else than the view's own kind."""
QUERIES = {
    "TreeView.children": "?node=&node=system",
    "SearchView.index": "?q=st",
    "SavedViewView.remove": "?table=ChargingSessionView",
    "ExportSchedulesView.add": "?table=ChargingSessionView",
}
LET_IN = {200, 201, 202, 302, 303, 400, 409, 422, 426}
"""The door was open; what was sent (nothing) may still be no good."""
NO_ONE_ELSES = {"own", "no"}


@dataclass(frozen=True)
class Door:
    """One route by one method."""

    rule: Rule
    method: str

    @property
    def view(self) -> str:
        return str(self.rule.endpoint).split(".")[0]

    @property
    def kind(self) -> str | None:
        """What the key in the address names, if there is one."""
        has_key = bool(self.rule.arguments - WORDS.keys())
        of_view = OBJECTS.get(self.view.removesuffix("View").removesuffix("Api"))
        return KIND_OF_DOOR.get(self.rule.endpoint, of_view) if has_key else None

    @property
    def is_api(self) -> bool:
        return self.rule.rule.startswith("/api/")

    def path(self, portal: Flask, key: int | None) -> str:
        words = WORDS | OTHER_WORDS.get(self.rule.endpoint, {})
        values = {name: words.get(name, key) for name in self.rule.arguments}
        path = portal.url_map.bind("").build(self.rule.endpoint, values)
        return path + QUERIES.get(self.rule.endpoint, "")

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def all_doors() -> list[Door]:
    open_endpoints = _open_endpoints()
    return [
        Door(rule, method)
        for rule in create_portal().url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint not in open_endpoints
    ]


def _open_endpoints() -> set[str]:
    return {f"{line.split()[0]}.{name}" for line in OPEN.strip().splitlines() for name in line.split()[1:]} | {"static"}


DOORS = all_doors()


@pytest.mark.parametrize("role", RoleName)
def test_every_route_has_its_word_in_every_table(role: RoleName) -> None:
    assert doors(OF_ROLE[role]).keys() == {door.rule.endpoint for door in DOORS}


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_stranger_is_asked_to_sign_in(portal: Flask, world: World, db: Session, door: Door) -> None:
    before = worlds.digest(db)
    for key in (world.home.get(door.kind or ""), GUESSED):
        answer = portal.test_client().open(door.path(portal, key), method=door.method, **_nothing(door))
        if door.is_api:
            assert answer.status_code == 401
        else:
            assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login/")
    assert worlds.digest(db) == before


@pytest.mark.parametrize("door", [door for door in DOORS if door.method == "POST" and not door.is_api], ids=str)
def test_another_sites_form_does_nothing(
    portal: Flask,
    world: World,
    people: dict[RoleName, Person],
    db: Session,
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the hidden token of our own pages, whoever is signed in."""
    monkeypatch.setitem(portal.config, "WTF_CSRF_ENABLED", True)
    before = worlds.digest(db)
    answer = people[RoleName.ADMINISTRATOR].pages.post(door.path(portal, world.home.get(door.kind or "")), data={})
    assert answer.status_code == 400
    assert worlds.digest(db) == before


@pytest.mark.parametrize("door", DOORS, ids=str)
@pytest.mark.parametrize("role", RoleName)
def test_the_door(
    portal: Flask, world: World, people: dict[RoleName, Person], db: Session, role: RoleName, door: Door
) -> None:
    word = doors(OF_ROLE[role])[door.rule.endpoint]
    person = people[role]
    if door.kind is None:
        _try(portal, db, person, door, None, opens=word not in ("no", "gone"), word=word)
        return
    for ids, opens in ((world.home, word not in ("no", "gone")), (world.abroad, word == "all")):
        if (key := ids.get(door.kind)) is None:
            continue
        if opens and "delete" in str(door.rule.endpoint) and door.method in ("POST", "DELETE"):
            key = worlds.fresh(db, ids, door.kind)
        _try(portal, db, person, door, key, opens=opens, word=word)
    _try(portal, db, person, door, GUESSED, opens=False, word=word)


def _try(portal: Flask, db: Session, person: Person, door: Door, key: int | None, *, opens: bool, word: str) -> None:
    before = None if opens else worlds.digest(db)
    answer = _ask(portal, person, door, key)
    told = _text(answer)
    if opens:
        assert answer.status_code in LET_IN, (key, answer.status_code, told[:500])
        assert not (answer.location or "").startswith("/login/")
    else:
        assert answer.status_code == (403 if word == "no" else 404), (key, told[:500])
        assert worlds.digest(db) == before
    if word in NO_ONE_ELSES:
        assert FOREIGN.casefold() not in told.casefold()
    if person.role is RoleName.SUPPORT:
        assert EMAIL_OF_DRIVER not in told
    assert worlds.PASSWORD not in told


def _ask(portal: Flask, person: Person, door: Door, key: int | None) -> TestResponse:
    path = door.path(portal, key)
    if door.is_api:
        headers = {"Authorization": f"Bearer {person.token}"}
        return portal.test_client().open(path, method=door.method, headers=headers, **_nothing(door))
    return person.pages.open(path, method=door.method, data=SENT.get(door.rule.endpoint))


def _nothing(door: Door) -> dict[str, object]:
    """A body that is well-formed and says nothing."""
    return {"json": {}} if door.is_api and door.method in ("POST", "PUT") else {}


def _text(answer: TestResponse) -> str:
    """All that an answer says, also inside a workbook."""
    if answer.data[:2] != b"PK":
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode(errors="replace") for name in book.namelist())
