"""The demo company: complete, believable, made once."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, pairwise

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from domain import authorization, passwords
from domain.authorization import Verdict
from domain.clock import now
from domain.db import session_factory
from domain.models import (
    Alarm,
    AlarmHistory,
    AlarmKind,
    ChargingSession,
    Floor,
    IdToken,
    News,
    Outlet,
    OutletMode,
    PortalUser,
    Site,
    Station,
    StationKind,
    System,
    site_driver,
)
from domain.protocols import SOAP, Protocol
from seeds import demo, demo_alarms
from tests.fixtures.databases import make_as_new
from tests.happened import unusual


def count(db: Session, model: type) -> int:
    return db.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture(scope="module")
def _made(database: str) -> None:
    make_as_new()
    with session_factory().begin() as db:
        assert demo.seed(db) is True


@pytest.fixture
def company(_made: None) -> Iterator[Session]:
    """A database with the demo company in it, which all tests here read and none changes."""
    with session_factory()() as db:
        yield db


def test_it_has_what_it_promises(company: Session) -> None:
    assert company.scalars(select(System.name)).all() == ["FastCars"]
    assert list(company.scalars(select(Site.city).order_by(Site.id))) == ["København V", "Aarhus C", "Malmö"]
    assert (count(company, Floor), count(company, Station)) == (7, 40)
    kinds = Counter(company.scalars(select(Station.kind)))
    assert kinds == {StationKind.CHARGING_STATION: 39, StationKind.SUPPLY_CONTROLLER: 1}
    outlets = select(func.count(Outlet.id)).join(Outlet.station).group_by(Station.id)
    assert set(company.scalars(outlets)) == {1, 2}
    assert set(company.scalars(select(Outlet.mode))) == {OutletMode.OPEN, OutletMode.RFID}
    assert 20_000 < count(company, ChargingSession) < 40_000


def test_users_of_each_role_sign_in_with_the_known_password(company: Session) -> None:
    users = company.scalars(select(PortalUser)).all()
    roles = Counter(role.name for user in users for role in user.roles)
    assert roles == {"Administrator": 1, "Site administrator": 2, "Support": 1, "EV user": 12}
    assert all(user.email.endswith("@example.com") and user.username == user.email for user in users)
    assert all(check_password_hash(user.password, demo.DEMO_PASSWORD) for user in users[:1])
    assert passwords.fault(demo.DEMO_PASSWORD) is None


def test_some_tags_may_not_charge_and_simulated_cars_leave_them_alone(company: Session) -> None:
    handed_out = demo.id_tokens(company)
    outlet = company.scalars(select(Outlet).where(Outlet.mode == OutletMode.RFID).limit(1)).one()
    verdicts = {
        token: authorization.decide_at_outlet(company, outlet.station_id, outlet.id, token, now()).verdict
        for token in company.scalars(select(IdToken.token))
    }
    assert Counter(verdicts.values()) == {
        Verdict.ACCEPTED: 12, Verdict.BLOCKED: 1, Verdict.EXPIRED: 1, Verdict.NOT_YET_VALID: 1,
    }  # fmt: skip
    assert {verdicts[token] for token in handed_out} == {Verdict.ACCEPTED}
    assert len(handed_out) == 12
    assert set(company.scalars(select(IdToken.parent_token))) == {None, "FASTCARS-FLEET"}


def test_the_event_log_knows_of_a_reader_that_turns_the_bytes_round(company: Session) -> None:
    """Set so, that station would know the tag."""
    [hint] = unusual(company)
    station = company.get_one(Station, hint.station_id)
    assert (hint.kind, hint.site_id) == ("tag_known_otherwise", station.site_id)
    token, station.tag_byte_order = hint.details["id_token"], hint.details["tag_byte_order"]
    company.flush()
    decision = authorization.decide(company, station.id, token, OutletMode.RFID, now())
    assert decision.verdict is Verdict.ACCEPTED


def test_site_administrators_have_sites_and_drivers(company: Session) -> None:
    """Those who charged at a site are its drivers, and no others."""
    keepers = company.scalars(select(PortalUser).where(PortalUser.sites.any()).order_by(PortalUser.last_name)).all()
    assert {user.last_name: [site.name for site in user.sites] for user in keepers} == {
        "Falk": ["Aarhus Harbour", "Copenhagen Central"],
        "Nygren": ["Malmö West"],
    }
    wanting = company.scalars(select(PortalUser.last_name).where(PortalUser.alarm_email)).all()
    assert sorted(wanting) == ["Falk", "Holm", "Nygren"]
    charged = select(ChargingSession.site_id, ChargingSession.user_id).where(ChargingSession.user_id.is_not(None))
    assert set(company.execute(select(site_driver)).all()) == set(company.execute(charged.distinct()).all())


def test_a_second_call_does_nothing(company: Session) -> None:
    before = (count(company, Station), count(company, ChargingSession), count(company, PortalUser))
    assert demo.seed(company) is False
    assert (count(company, Station), count(company, ChargingSession), count(company, PortalUser)) == before


def test_its_stations_are_named_for_the_wire(company: Session) -> None:
    names = demo.charge_box_ids(company)
    assert len(names) == 39
    assert names[:2] == ["FC-AH-101", "FC-AH-102"]


def test_some_of_its_stations_speak_soap_at_every_site(company: Session) -> None:
    groups = demo.by_protocol(company)
    counts = {Protocol.OCPP16: 32, Protocol.OCPP15: 4, Protocol.OCPP12: 1, Protocol.OCPP16_SOAP: 1}
    assert {protocol: len(ids) for protocol, ids in groups.items()} == counts
    names = demo.charge_box_ids(company)
    names.remove(demo_alarms.OUT_OF_ORDER)
    assert sorted(chain.from_iterable(groups.values())) == names
    over_soap = [charge_box_id for protocol, ids in groups.items() if protocol in SOAP for charge_box_id in ids]
    assert {charge_box_id[:6] for charge_box_id in over_soap} == {"FC-CC-", "FC-AH-", "FC-MW-"}


def test_meters_count_on_and_no_two_sessions_share_an_outlet(company: Session) -> None:
    rows = company.scalars(
        select(ChargingSession).order_by(ChargingSession.outlet_id, ChargingSession.started_at)
    ).all()
    for before, after in pairwise(rows):
        if before.outlet_id != after.outlet_id:
            continue
        assert before.ended_at is not None and before.ended_at <= after.started_at
        if not before.review_reasons and not after.review_reasons:
            assert before.meter_wh <= after.meter_start_wh
    for row in rows:
        assert row.stopped_at is not None and row.ended_at is not None
        assert row.started_at <= row.stopped_at <= row.ended_at <= now()
        assert row.energy_wh is not None and 0 <= row.energy_wh < 100_000
        if not row.review_reasons:
            assert row.meter_wh - row.meter_start_wh == row.energy_wh


def test_sessions_carry_the_place_and_the_driver(company: Session) -> None:
    """Who charged is known by tag, user and e-mail together, or not at all."""
    places = {
        station.id: (station.site_id, station.floor_id, station.name) for station in company.scalars(select(Station))
    }
    drivers = dict(company.execute(select(IdToken.token, PortalUser.email).join(IdToken.user)).all())
    seen = Counter()
    for row in company.scalars(select(ChargingSession)):
        assert (row.site_id, row.floor_id, row.station_name) == places[row.node_id]
        assert row.email == (drivers[row.id_token] if row.authorization else None)
        assert (row.user_id is None) == (row.email is None)
        seen[row.authorization, bool(row.review_reasons)] += 1
    assert seen[0, False] > 1000 and seen[1, False] > 10_000
    assert 20 < seen[0, True] + seen[1, True] < 300


def test_there_is_news_for_everybody_and_for_administrators_only(company: Session) -> None:
    readers = [set(roles) for roles in company.scalars(select(News.roles))]
    assert set() in readers
    assert {"Administrator"} in readers
    assert company.scalar(select(func.max(News.published_from_at))) < now()


def test_something_is_wrong_and_more_has_been(company: Session) -> None:
    broken = company.scalars(select(Station).where(Station.charge_box_id == demo_alarms.OUT_OF_ORDER)).one()
    shown = company.scalars(select(Alarm).where(Alarm.due_at.is_(None))).all()
    kinds = Counter((alarm.kind, alarm.station_id == broken.id, alarm.acknowledged_at is not None) for alarm in shown)
    assert kinds == {
        (AlarmKind.FUSE, True, True): 1,
        (AlarmKind.NO_NETWORK, True, False): 1,
        (AlarmKind.NO_NETWORK, False, False): 1,
    }
    past = company.scalars(select(AlarmHistory)).all()
    assert len(past) == demo_alarms.PAST and len({alarm.kind for alarm in past}) >= 4
    assert all(alarm.raised_at < alarm.cleared_at < now() for alarm in past)
    assert 0 < sum(alarm.acknowledged_at is not None for alarm in past) < len(past)
