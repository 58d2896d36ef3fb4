"""Who has which panes, and that none shows what is not its viewer's."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from domain.models import PortalUser
from domain.roles import RoleName
from portal.pages.dashboard.registry import BY_NAME, DEFAULTS, PANES, available_panes, chosen_panes
from tests.portal.browser_like import Visitor
from tests.portal.dashboard.conftest import World
from tests.portal.people import add_person, sign_in

ADMINISTRATOR, SITE_ADMINISTRATOR, SUPPORT, EV_USER = RoleName

OF_OPERATORS = [
    *("stations_now", "map", "alarms", "energy", "utilisation", "co2"),
    *("charging_now", "recent_sessions", "top_stations", "review"),
]
MAY_HAVE = {
    ADMINISTRATOR: [*OF_OPERATORS, "unknown_stations", "addresses", "backups", "first_steps", "news"],
    SITE_ADMINISTRATOR: [*OF_OPERATORS, "addresses", "news"],
    SUPPORT: [*OF_OPERATORS, "unknown_stations", "addresses", "first_steps", "news"],
    EV_USER: ["own_charging", "own_energy", "own_sessions", "own_tags", "news"],
}
NAME = re.compile(r'data-pane="/dashboard/pane/(\w+)"')


def shown(visitor: Visitor) -> list[str]:
    """The panes of the dashboard, in order."""
    return NAME.findall(visitor.get("/").text)


@pytest.mark.parametrize("role", RoleName)
def test_what_a_role_may_have(role: RoleName) -> None:
    assert [pane.name for pane in available_panes(role)] == MAY_HAVE[role]


def test_every_pane_belongs_to_somebody_and_nobody_without_a_role_has_any() -> None:
    assert {name for names in MAY_HAVE.values() for name in names} == BY_NAME.keys()
    assert len(PANES) == len(BY_NAME)
    assert available_panes(None) == []
    assert chosen_panes(PortalUser()) == []


@pytest.mark.parametrize("role", RoleName)
def test_only_these_are_answered(role: RoleName, as_role: Callable[[RoleName], Visitor]) -> None:
    visitor = as_role(role)
    answers = {pane.name: visitor.get(f"/dashboard/pane/{pane.name}").status_code for pane in PANES}
    assert answers == {pane.name: 200 if pane.name in MAY_HAVE[role] else 404 for pane in PANES}
    assert visitor.get("/dashboard/pane/nonsense").status_code == 404


@pytest.mark.parametrize("role", RoleName)
def test_the_four_panes_of_somebody_who_has_not_chosen(role: RoleName, as_role: Callable[[RoleName], Visitor]) -> None:
    assert shown(as_role(role)) == list(DEFAULTS[role])
    assert len(DEFAULTS[role]) == 4


def test_chosen_panes_come_in_the_order_chosen(portal: Flask, world: World) -> None:
    chosen = ["news", "top_stations", "stations_now"]
    person = add_person(world.db, ADMINISTRATOR, "a@example.com", dashboard_panes=chosen)
    assert shown(sign_in(portal, person)) == chosen


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (["unknown_stations", "own_tags", "gone", "news"], ["news"]),
        (["news", "news"], ["news"]),
        (OF_OPERATORS, OF_OPERATORS[:4]),
    ],
)
def test_panes_that_are_foreign_gone_double_or_too_many_are_left_out(
    portal: Flask, world: World, chosen: list[str], expected: list[str]
) -> None:
    person = add_person(world.db, SITE_ADMINISTRATOR, "a@example.com", [world.mine], dashboard_panes=chosen)
    assert shown(sign_in(portal, person)) == expected


def test_somebody_who_chose_none_is_told_so(portal: Flask, world: World) -> None:
    page = sign_in(portal, add_person(world.db, SUPPORT, "a@example.com", dashboard_panes=[])).get("/").text
    assert "You have chosen no pane." in page


def test_while_there_is_no_station_the_dashboard_says_what_to_do_first(portal: Flask, db: Session) -> None:
    beginning = ["first_steps", "addresses", "unknown_stations", "news"]
    for role in (ADMINISTRATOR, SUPPORT):
        visitor = sign_in(portal, add_person(db, role, f"{role.name.lower()}@example.com"))
        assert shown(visitor) == beginning
        page = visitor.get("/").text
        assert 'href="/sites/add">Add site</a>' in page
        assert "ws://localhost:8080/Ocpp/websocket" in page
        assert ('href="/id_tokens/add"' in page) == (role is ADMINISTRATOR)
    chosen = add_person(db, ADMINISTRATOR, "c@example.com", dashboard_panes=["stations_now"])
    assert shown(sign_in(portal, chosen)) == ["stations_now"]
    for role in (SITE_ADMINISTRATOR, EV_USER):
        assert shown(sign_in(portal, add_person(db, role, f"{role.name}@example.com"))) == list(DEFAULTS[role])


@pytest.mark.parametrize("pane", PANES, ids=lambda pane: pane.name)
def test_a_pane_without_figures_says_so(portal: Flask, db: Session, pane) -> None:
    role = next(role for role in RoleName if role in pane.roles)
    answer = sign_in(portal, add_person(db, role, "a@example.com")).get(f"/dashboard/pane/{pane.name}")
    assert answer.status_code == 200
    assert 'class="empty"' in answer.text or pane.name in ("addresses", "first_steps", "recent_sessions")


@pytest.mark.parametrize("role", [SITE_ADMINISTRATOR, EV_USER])
def test_nothing_foreign_is_in_any_pane(role: RoleName, world: World, as_role: Callable[[RoleName], Visitor]) -> None:
    """Neither a name nor a number: with and without what is foreign, the panes are the same."""
    world.add_session(world.mine, world.mads, energy_wh=7_000)
    visitor = as_role(role)

    def panes() -> dict[str, str]:
        world.forget()
        texts = {name: visitor.get(f"/dashboard/pane/{name}").text for name in MAY_HAVE[role]}
        return {name: re.sub(r"\d\d:\d\d:\d\d|nonce-\S+|value=\S+", "", text) for name, text in texts.items()}

    before = panes()
    for index in range(3):
        world.add_session(world.foreign, world.signe, energy_wh=90_000, meter_start_wh=index)
    world.add_session(world.foreign, world.signe, meter_start_wh=8, review_reasons=["stop_missing"], energy_wh=0)
    running = world.add_session(world.foreign, world.signe, meter_start_wh=9, ended_at=None, energy_wh=None)
    world.add_reading(running, 5_000, 11_000)
    after = panes()
    assert after == before
    assert not any("Foreign" in text or "signe" in text or "2222" in text for text in after.values())


def test_support_learns_no_driver(world: World, as_role: Callable[[RoleName], Visitor]) -> None:
    world.add_session(world.mine, world.mads, review_reasons=["stop_missing"])
    world.add_session(world.mine, world.mads, meter_start_wh=5, ended_at=None, energy_wh=None)
    support = as_role(SUPPORT)
    for name in MAY_HAVE[SUPPORT]:
        text = support.get(f"/dashboard/pane/{name}").text
        assert "mads" not in text and "1111" not in text


def test_a_driver_sees_the_own_sessions_at_any_site(
    portal: Flask, world: World, as_role: Callable[[RoleName], Visitor]
) -> None:
    world.add_session(world.foreign, world.mads, energy_wh=12_340)
    mads, signe = as_role(EV_USER), sign_in(portal, world.signe)
    assert "Foreign station 1" in mads.get("/dashboard/pane/own_sessions").text
    assert "12.3" in mads.get("/dashboard/pane/own_energy").text
    assert "You have not charged yet." in signe.get("/dashboard/pane/own_sessions").text


def test_a_site_administrator_without_a_site_is_told_whom_to_ask(portal: Flask, world: World) -> None:
    visitor = sign_in(portal, add_person(world.db, SITE_ADMINISTRATOR, "a@example.com"))
    assert "No site is assigned to you yet." in visitor.get("/dashboard/pane/stations_now").text


def test_two_at_once_never_share_figures(portal: Flask, world: World) -> None:
    """The figures that are kept for a minute are kept apart by scope."""
    world.add_session(world.mine, None, energy_wh=5_000)
    world.add_session(world.foreign, None, energy_wh=70_000)
    people = {
        "75.0": add_person(world.db, ADMINISTRATOR, "a@example.com"),
        "5.0": add_person(world.db, SITE_ADMINISTRATOR, "b@example.com", [world.mine]),
        "70.0": add_person(world.db, SITE_ADMINISTRATOR, "c@example.com", [world.foreign]),
    }
    browsers = {figure: sign_in(portal, person) for figure, person in people.items()}
    for _ in range(2):
        for figure, browser in browsers.items():
            assert f"<b>{figure}</b> kWh" in browser.get("/dashboard/pane/energy").text


def test_a_site_that_is_taken_away_is_gone_at_once(portal: Flask, world: World) -> None:
    world.add_session(world.mine, None, energy_wh=5_000)
    person = add_person(world.db, SITE_ADMINISTRATOR, "b@example.com", [world.mine])
    browser = sign_in(portal, person)
    assert "<b>5.0</b> kWh" in browser.get("/dashboard/pane/energy").text
    person.sites = []
    world.db.commit()
    assert "Nothing was charged" in browser.get("/dashboard/pane/energy").text
