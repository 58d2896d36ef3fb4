"""Who is deleted is nowhere in the database any more, and what they charged is all there."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from domain import audit_chain, charging_rollups, clock, erasures, partitions, users
from domain.audit import acting, audited_session_factory
from domain.db import get_engine, owner_session_factory, session_factory
from domain.erasure_places import KEPT, SEARCHED
from domain.models import (
    AlarmRemark,
    AuditEntry,
    ChargingMonth,
    ChargingQuarter,
    ChargingSession,
    Command,
    Erasure,
    Event,
    IdToken,
    LocalList,
    Message,
    Outlet,
    PortalUser,
    Station,
)
from tests.domain.people import EV_USER, IDA, asked
from tests.domain.planted import EMAIL, NAME, SAID, TAG, TRACES, found, planted, texts
from tests.statements import recorded


@pytest.fixture
def now(db: Session) -> datetime:
    moment = clock.now()
    with owner_session_factory().begin() as owner:
        partitions.ensure_ahead(owner, moment.date())
    return moment


@pytest.fixture
def xanthippe(db: Session) -> PortalUser:
    first_name, last_name = NAME.split()
    user = users.add(
        db,
        asked(first_name=first_name, last_name=last_name, email=EMAIL, id_tokens=["04:A1:B2:C3:D4:E5:F6", "77"]),
    )
    users.add(db, IDA)
    db.commit()
    return user


def charge(outlet: Outlet, station: Station, number: int, now: datetime, **more: object) -> ChargingSession:
    at = now - timedelta(hours=number)
    row = {
        "started_at": at,
        "stopped_at": at + timedelta(minutes=30),
        "ended_at": at + timedelta(minutes=40),
        "logged_at": at,
        "node_id": station.id,
        "site_id": station.site_id,
        "outlet_id": outlet.id,
        "site_name": "Central",
        "station_name": "CC-101",
        "outlet_number": 1,
        "authorization": 1,
        "id_token": TAG,
        "meter_start_wh": 0,
        "meter_stop_wh": 1000 * number,
        "energy_wh": 1000 * number,
    }
    return ChargingSession(**row | more)


def delete(user: PortalUser) -> None:
    """As a person does, whose doings are audited."""
    with acting(7, "192.0.2.7"), audited_session_factory().begin() as own:
        users.delete(own, own.get_one(PortalUser, user.id), asked_by=7)


def test_nothing_in_any_table_tells_of_who_was_deleted(
    db: Session, xanthippe: PortalUser, station: Station, outlet: Outlet, now: datetime
) -> None:
    theirs = charge(outlet, station, 2, now, user_id=xanthippe.id, email=EMAIL)
    refused = charge(outlet, station, 1, now, id_token=TAG.lower())
    db.add_all([theirs, refused])
    planted(db, xanthippe, station, outlet, now)
    searched = {f"{table}.{name}" for table, names in SEARCHED.items() for name in names}
    assert searched <= found(db, *TRACES)
    delete(xanthippe)
    assert erasures.carry_out(session_factory()) == [xanthippe.id]
    db.rollback()
    assert found(db, *TRACES) == set()
    assert db.scalars(select(AlarmRemark.note)).all() == [SAID]
    assert db.scalars(select(Message.frame).order_by(Message.id)).all() == [
        f'[2,"{number}","Authorize",{{"idTag":"deleted"}}]' for number in (1, 2)
    ]
    assert db.scalar(select(Command.parameters)) == {"id_token": "deleted", "said": [SAID], "short": "77"}
    assert db.scalars(select(LocalList.digest)).all() == ["without"]
    assert db.scalars(select(Erasure)).all() == []
    assert erasures.carry_out(session_factory()) == []


def test_every_column_of_texts_is_searched_or_kept_for_a_reason() -> None:
    """A new one needs its place in domain/erasure_places.py."""
    columns = set(texts())
    assert {table for table, _name in columns} == set(SEARCHED) | set(KEPT)
    assert {(table, name) for table, names in SEARCHED.items() for name in names} <= columns
    without_rest = {table for table in SEARCHED if {name for of, name in columns if of == table} == {*SEARCHED[table]}}
    assert without_rest.isdisjoint(KEPT) and set(SEARCHED) - set(KEPT) == without_rest
    assert all(KEPT.values())


def sums(db: Session) -> list[object]:
    """Of sessions, and of what charts are drawn from."""
    charging_rollups.fold(db)
    db.commit()
    energy = (func.count(ChargingSession.id), func.sum(ChargingSession.energy_wh))
    day = func.date_trunc("day", ChargingSession.started_at)
    by_day = select(day, *energy).group_by(text("1")).order_by(text("1"))
    quarters = select(ChargingQuarter.site_id, ChargingQuarter.quarter_at, ChargingQuarter.energy_wh).order_by(
        ChargingQuarter.site_id, ChargingQuarter.quarter_at
    )
    months = select(func.sum(ChargingMonth.energy_wh), func.sum(ChargingMonth.finished))
    return [db.execute(statement).all() for statement in (by_day, quarters, months)]


def test_energy_is_the_same_before_and_after(
    db: Session, xanthippe: PortalUser, station: Station, outlet: Outlet, now: datetime
) -> None:
    db.add_all(charge(outlet, station, n, now, user_id=xanthippe.id, email=EMAIL) for n in range(1, 40))
    db.add_all(charge(outlet, station, n, now, id_token="OTHER") for n in range(41, 50))
    db.commit()
    before = sums(db)
    delete(xanthippe)
    erasures.carry_out(session_factory())
    db.rollback()
    assert sums(db) == before
    charging_rollups.rebuild(get_engine())
    assert sums(db) == before
    assert db.scalar(select(func.sum(ChargingSession.energy_wh))) == 1000 * (sum(range(1, 40)) + sum(range(41, 50)))


def test_the_audit_log_tells_of_it_by_number_and_its_chain_is_whole(db: Session, xanthippe: PortalUser) -> None:
    delete(xanthippe)
    erasures.carry_out(session_factory())
    with get_engine().connect() as connection:
        links = list(audit_chain.links(connection))
    assert links and not [link.fault for link in links if link.fault]
    entries = db.execute(select(*(getattr(AuditEntry, n) for n in ("user_id", "action", "object_kind", "object_id"))))
    assert (7, "deleted", "user", str(xanthippe.id)) in [tuple(entry) for entry in entries]
    assert found(db, *TRACES) == set()


def test_a_charge_goes_on_without_a_name_and_the_erasure_waits_for_its_end(
    db: Session, xanthippe: PortalUser, station: Station, outlet: Outlet, now: datetime
) -> None:
    running = {"stopped_at": None, "ended_at": None, "meter_stop_wh": None, "energy_wh": None}
    db.add(charge(outlet, station, 1, now, user_id=xanthippe.id, email=EMAIL, **running))
    db.commit()
    delete(xanthippe)
    assert found(db, *TRACES) == set()
    assert erasures.carry_out(session_factory()) == []
    with recorded() as statements:
        assert erasures.carry_out(session_factory()) == []
    assert len(statements) == 2, "while it goes on, nothing is searched again"
    # Its station names the tag when it stops.
    db.add(Event(kind="k", happened_at=now, details={"id_token": TAG}))
    ended = {"stopped_at": now, "ended_at": now, "meter_stop_wh": 500, "energy_wh": 500}
    db.execute(update(ChargingSession).values(ended))
    db.commit()
    assert erasures.carry_out(session_factory()) == [xanthippe.id]
    db.rollback()
    assert found(db, *TRACES) == set()
    assert db.scalars(select(ChargingSession.energy_wh)).all() == [500]


def test_a_tag_that_went_on_to_somebody_else_stays_theirs(
    db: Session, xanthippe: PortalUser, station: Station, outlet: Outlet, now: datetime
) -> None:
    other = users.add(db, asked(role=EV_USER, email="next@example.com", id_tokens=["0x55667788"]))
    db.add(charge(outlet, station, 2, now, user_id=xanthippe.id, email=EMAIL, id_token="55667788"))
    db.add(charge(outlet, station, 1, now, user_id=other.id, email=other.email, id_token="0x55667788"))
    db.add(charge(outlet, station, 3, now, user_id=xanthippe.id, email=EMAIL, id_token="0x55667788"))
    db.commit()
    delete(xanthippe)
    erasures.carry_out(session_factory())
    db.rollback()
    kept = select(ChargingSession.id_token, ChargingSession.email).where(ChargingSession.user_id == other.id)
    assert db.execute(kept).all() == [("0x55667788", "next@example.com")]
    assert db.scalars(select(IdToken.token)).all() == ["0x55667788"]


def test_only_one_carries_out_at_a_time(db: Session, xanthippe: PortalUser) -> None:
    delete(xanthippe)
    with session_factory()() as busy:
        assert busy.scalar(erasures.ALONE)
        assert erasures.carry_out(session_factory()) == []
    assert erasures.carry_out(session_factory()) == [xanthippe.id]
