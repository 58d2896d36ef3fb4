"""Who hears of which change; over a real line in tests/browser/test_live.py."""

from collections.abc import Sequence
from dataclasses import asdict

import orjson
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from domain.live import Change, Kind
from domain.models import Floor, Outlet, PortalUser, Site, Station
from domain.roles import RoleName
from domain.scope import Viewer, scope_of
from domain.statuses import OutletStatus, Shown
from portal.live import ANYTHING, MOST_GATHERED, MOST_WAITING, Hub, Listener, word_for
from portal.tree_states import State, TreeStates
from tests.portal.browser_like import Visitor
from tests.portal.people import add_person
from tests.statements import recorded

STATION = asdict(Change(Kind.STATION, 5, site_id=3))
TOLD = {"kind": "station", "id": 5, "station_id": None, "batch_id": None}
STATES = [State(3, "station-5", Shown.CHARGING), State(4, "station-9", Shown.FAULT)]


@pytest.mark.parametrize(
    ("role", "site_ids", "hears"),
    [
        (RoleName.ADMINISTRATOR, (), ["station-5", "station-9"]),
        (RoleName.SUPPORT, (), ["station-5", "station-9"]),
        (RoleName.SITE_ADMINISTRATOR, (3, 4), ["station-5", "station-9"]),
        (RoleName.SITE_ADMINISTRATOR, (3,), ["station-5"]),
        (RoleName.SITE_ADMINISTRATOR, (4,), ["station-9"]),
        (RoleName.SITE_ADMINISTRATOR, (5,), []),
        (RoleName.EV_USER, (), []),
        (None, (), []),
    ],
)
def test_each_role_hears_of_what_is_in_its_scope(
    role: RoleName | None, site_ids: tuple[int, ...], hears: list[str]
) -> None:
    word = word_for(scope_of(Viewer(1, role, frozenset(site_ids))), [STATION], STATES)
    told = orjson.loads(word) if word else []
    assert [key for each in told if each["kind"] == "states" for key in each["states"]] == hears
    assert [each for each in told if each["kind"] == "station"] == ([TOLD] if "station-5" in hears else [])


def test_what_belongs_to_no_site_is_not_told_to_a_site_administrator() -> None:
    rollout = asdict(Change(Kind.ROLLOUT, 1, site_id=None))
    assert word_for(frozenset({3}), [rollout], []) is None


def test_who_is_far_behind_is_told_to_look() -> None:
    listener = Listener("1.0")
    for number in range(MOST_WAITING + 1):
        listener.hear(b"%d" % number)
    assert listener.take(0) == [ANYTHING]
    listener.hear(b"1")
    assert listener.take(0) == [b"1"]
    assert listener.take(0) == []


@pytest.fixture
def station(db: Session) -> Station:
    site = Site(name="North")
    floor = Floor(site=site, name="1")
    station = Station(site=site, floor=floor, name="A", charge_box_id="A", online=True)
    other = Station(site=site, name="B", charge_box_id="B", online=True)
    db.add_all([Outlet(station=station, number=1), Outlet(station=station, number=2), other])
    db.commit()
    return station


def said(states: list[State] | None) -> dict[str, str]:
    assert states is not None
    return {state.key: state.shown for state in states}


def test_a_branch_is_told_when_the_worst_below_it_changes(db: Session, station: Station) -> None:
    first, second = (outlet.id for outlet in station.outlets)
    site, floor = f"site-{station.site_id}", f"floor-{station.floor_id}"
    itself = f"station-{station.id}"
    states = TreeStates()
    assert states.follow(db, {station.id}) is None  # What was before is not known, so nothing can be told.

    db.execute(update(Outlet).where(Outlet.id == first).values(status=OutletStatus.CHARGING))
    free = {f"outlet-{first}": "charging", f"outlet-{second}": "available"}
    assert said(states.follow(db, {station.id})) == free | {itself: "charging", floor: "charging", site: "charging"}

    db.execute(update(Outlet).where(Outlet.id == second).values(status=OutletStatus.CHARGING))
    both = {f"outlet-{first}": "charging", f"outlet-{second}": "charging"}
    assert said(states.follow(db, {station.id})) == both | {itself: "charging"}

    db.execute(update(Station).where(Station.id == station.id).values(floor_id=None, online=False))
    off = {f"outlet-{first}": "offline", f"outlet-{second}": "offline", itself: "offline"}
    assert said(states.follow(db, {station.id})) == off | {floor: "available", site: "offline"}


def test_a_station_that_is_gone_leaves_its_branch(db: Session, station: Station) -> None:
    db.execute(update(Station).where(Station.name == "B").values(online=False))
    other = db.query(Station).filter_by(name="B").one()
    states = TreeStates()
    states.follow(db, ())
    db.delete(other)
    db.flush()
    assert said(states.follow(db, {other.id})) == {f"site-{station.site_id}": "available"}


def test_the_work_is_by_what_changed(db: Session, station: Station) -> None:
    states = TreeStates()
    states.follow(db, ())
    station_id = station.id
    with recorded() as statements:
        states.follow(db, {station_id})
        states.follow(db, ())
    assert len(statements) == 1


def person(db: Session, role: RoleName, sites: Sequence[Site] = ()) -> str:
    """What the cookie of a new one says."""
    return add_person(db, role, f"{role}.{len(sites) and sites[0].id}@example.com".lower(), sites=sites).get_id()


def test_pages_of_one_scope_are_told_the_same_word(db: Session, station: Station) -> None:
    db.execute(update(Outlet).where(Outlet.station_id == station.id).values(status=OutletStatus.AVAILABLE))
    other = Site(name="South")
    db.add(other)
    db.commit()
    hub = Hub()
    change = asdict(Change(Kind.STATION, station.id, station.site_id))
    with (
        hub.listening(person(db, RoleName.ADMINISTRATOR)) as one,
        hub.listening(person(db, RoleName.SUPPORT)) as another,
        hub.listening(person(db, RoleName.SITE_ADMINISTRATOR, [station.site])) as ours,
        hub.listening(person(db, RoleName.SITE_ADMINISTRATOR, [other])) as theirs,
    ):
        hub.hear([change])
        hub.say_word()
        assert one.take(0) == another.take(0) == ours.take(0) == theirs.take(0) == [ANYTHING]
        hub.hear([change, change])
        hub.say_word()
        [first], [second], [third] = one.take(0), another.take(0), ours.take(0)
        assert first is second
        assert orjson.loads(first) == orjson.loads(third)
        assert [each["kind"] for each in orjson.loads(first)] == ["station", "states"]
        assert theirs.take(0) == []


def test_who_is_signed_out_is_told_nothing_more(db: Session, station: Station) -> None:
    identity = person(db, RoleName.SUPPORT)
    hub = Hub()
    with hub.listening(identity) as listener, hub.listening(f"{identity}1") as stranger:
        db.execute(update(PortalUser).where(PortalUser.email.like("support%")).values(active=False))
        db.commit()
        hub.hear([asdict(Change(Kind.STATION, station.id, station.site_id))])
        hub.say_word()
        assert (listener.is_over, stranger.is_over) == (True, True)
        assert listener.take(0) == stranger.take(0) == []


def test_too_much_at_once_is_not_told_one_by_one(db: Session) -> None:
    hub = Hub()
    with hub.listening(person(db, RoleName.SUPPORT)) as listener:
        hub.hear([asdict(Change(Kind.COMMAND, number, site_id=3)) for number in range(MOST_GATHERED + 1)])
        hub.say_word()
        assert listener.take(0) == [ANYTHING]


def test_a_browser_that_does_not_ask_for_a_socket_is_told_what_is_here(administrator: Visitor) -> None:
    answer = administrator.get("/live/")
    assert (answer.status_code, answer.headers["Upgrade"]) == (426, "websocket")


def test_a_page_of_another_host_may_not_listen(administrator: Visitor) -> None:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "https://elsewhere.example"}
    assert administrator.http.get("/live/", headers=headers).status_code == 403


def test_a_driver_hears_of_what_is_their_own_and_of_the_station_shown(db: Session, station: Station) -> None:
    eva, otto = person(db, RoleName.EV_USER), add_person(db, RoleName.EV_USER, "otto@example.com").get_id()
    evas_id, ottos_id = (int(identity.partition(".")[0]) for identity in (eva, otto))
    db.commit()
    hub = Hub()
    shown = asdict(Change(Kind.STATION, station.id, station.site_id))
    elsewhere = asdict(Change(Kind.STATION, station.id + 1, station.site_id))
    charge = asdict(Change(Kind.CHARGE, 7, None, user_id=evas_id))
    command = asdict(Change(Kind.COMMAND, 8, station.site_id, station.id, user_id=evas_id))
    with (
        hub.listening(eva, is_drivers=True, station_id=station.id) as evas,
        hub.listening(otto, is_drivers=True) as ottos,
        hub.listening(person(db, RoleName.SUPPORT)) as operators,
    ):
        hub.hear([shown, elsewhere, charge, command])
        hub.say_word()
        [word] = evas.take(0)
        assert [(each["kind"], each["id"]) for each in orjson.loads(word)] == [
            ("station", station.id),
            ("charge", 7),
            ("command", 8),
        ]
        assert b"user_id" not in word
        assert b"site_id" not in word
        assert ottos.take(0) == []
        operators.take(0)
        hub.hear([charge])
        hub.say_word()
        assert (len(evas.take(0)), ottos.take(0), operators.take(0)) == (1, [], [])
        hub.hear([asdict(Change(Kind.CHARGE, 9, None, user_id=ottos_id))])
        hub.say_word()
        assert (evas.take(0), len(ottos.take(0))) == ([], 1)


def test_what_no_driver_waits_for_is_not_gathered(db: Session, station: Station) -> None:
    hub = Hub()
    eva = person(db, RoleName.EV_USER)
    db.commit()
    charge = asdict(Change(Kind.CHARGE, 7, None, user_id=int(eva.partition(".")[0])))
    with hub.listening(eva, is_drivers=True):
        pass
    hub.hear([charge] * MOST_GATHERED)
    with hub.listening(eva, is_drivers=True) as evas, recorded() as statements:
        hub.say_word()
        assert evas.take(0) == []
    assert statements == []


def test_a_driver_who_is_signed_out_is_told_nothing_more(db: Session, station: Station) -> None:
    user = add_person(db, RoleName.EV_USER, "gone@example.com")
    identity = user.get_id()
    user.sign_in_number += 1
    db.commit()
    hub = Hub()
    with hub.listening(identity, is_drivers=True) as listener:
        hub.hear([asdict(Change(Kind.CHARGE, 7, None, user_id=user.id))])
        hub.say_word()
        assert listener.is_over
        assert listener.take(0) == []
