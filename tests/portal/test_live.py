"""Who hears of which change; over a real line in tests/browser/test_live.py."""

from dataclasses import asdict

import pytest

from domain.live import Change, Kind
from domain.roles import RoleName
from domain.scope import Viewer
from portal.live import ANYTHING, MOST_GATHERED, Listener
from tests.portal.browser_like import Visitor

STATION = asdict(Change(Kind.STATION, 5, site_id=3))
TOLD = {"kind": "station", "id": 5, "station_id": None, "batch_id": None}


@pytest.mark.parametrize(
    ("role", "site_ids", "hears"),
    [
        (RoleName.ADMINISTRATOR, (), True),
        (RoleName.SUPPORT, (), True),
        (RoleName.SITE_ADMINISTRATOR, (3, 4), True),
        (RoleName.SITE_ADMINISTRATOR, (4,), False),
        (RoleName.EV_USER, (), False),
        (None, (), False),
    ],
)
def test_each_role_hears_of_what_is_in_its_scope(role: RoleName | None, site_ids: tuple[int, ...], hears: bool) -> None:
    listener = Listener(Viewer(1, role, frozenset(site_ids)))
    listener.hear(STATION)
    assert listener.take(0) == ([TOLD] if hears else [])


def test_what_belongs_to_no_site_is_not_told_to_a_site_administrator() -> None:
    listener = Listener(Viewer(1, RoleName.SITE_ADMINISTRATOR, frozenset({3})))
    listener.hear(asdict(Change(Kind.ROLLOUT, 1, site_id=None)))
    assert listener.take(0) == []


def test_what_changes_often_is_told_once() -> None:
    listener = Listener(Viewer(1, RoleName.SUPPORT))
    for _ in range(3):
        listener.hear(STATION)
    assert listener.take(0) == [TOLD]
    assert listener.take(0) == []


def test_who_is_far_behind_is_told_to_look() -> None:
    listener = Listener(Viewer(1, RoleName.SUPPORT))
    for number in range(2 * MOST_GATHERED):
        listener.hear(asdict(Change(Kind.COMMAND, number, site_id=3)))
    assert listener.take(0) == [ANYTHING]
    listener.hear(STATION)
    assert listener.take(0) == [TOLD]


def test_a_browser_that_does_not_ask_for_a_socket_is_told_what_is_here(administrator: Visitor) -> None:
    answer = administrator.get("/live/")
    assert (answer.status_code, answer.headers["Upgrade"]) == (426, "websocket")


def test_a_page_of_another_host_may_not_listen(administrator: Visitor) -> None:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "https://elsewhere.example"}
    assert administrator.http.get("/live/", headers=headers).status_code == 403
