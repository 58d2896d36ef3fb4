"""Charges that a provider of parking payment asks for."""

from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import func, select

from domain import authorization, charging_sessions, commands, meter_values, partitions, stations, status_reports
from domain.authorization import Verdict
from domain.db import owner_session_factory
from domain.models import (
    Action,
    Authorization,
    ChargingSession,
    Command,
    CommandState,
    FailReason,
    Outlet,
    OutletMode,
    Service,
    ServiceCharge,
    ServiceChargeState,
    ServiceDelivery,
    ServiceKind,
    Station,
)
from domain.remote_charging import Refusal, RemoteChargingError
from domain.reports import (
    AuthorizeReport,
    CommandReport,
    ConnectReport,
    MeterReport,
    Reading,
    StartReport,
    StatusReport,
    StopReport,
)
from domain.services import outlet_values, setting_up, telling
from domain.services.parking import asking
from domain.services.parking.asking import OtherOutletError, UnknownOutletError
from domain.statuses import OutletStatus
from domain.stops import StopReason
from tests.domain.conftest import NINE, after
from tests.statements import recorded

REFERENCE = "EP-17"


@pytest.fixture(autouse=True)
def months(database):
    with owner_session_factory().begin() as owner:
        partitions.ensure(owner, NINE.date())


def make_provider(db, name="EasyPark", **more) -> Service:
    service = Service(kind=ServiceKind.PARKING, name=name)
    setting_up.configure(service, {"url": "https://park.example.com/charging"} | more)
    setting_up.make_secrets(service)
    db.add(service)
    setting_up.enable(service)
    setting_up.check(db, service, after(0))
    return service


@pytest.fixture
def provider(db) -> Service:
    return make_provider(db)


@pytest.fixture
def free(db, station, outlet):
    """An outlet that asks for a tag, online and free."""
    stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(0)))
    say(db, station, OutletStatus.AVAILABLE)
    db.expire_all()
    return outlet


def say(db, station, status, minutes=0.0):
    status_reports.keep(db, [StatusReport(station.id, after(minutes), 1, status, after(minutes), None, None, None)])


def start(db, provider, outlet, reference=REFERENCE, minutes=0.0):
    return asking.start(db, provider, reference, outlet.uuid, after(minutes))


def begin(db, charge, minutes=1.0, meter_wh=1000):
    """The station begins it with the tag that it was told."""
    report = StartReport(charge.station_id, after(minutes), 1, charge.id_token, meter_wh, after(minutes))
    return charging_sessions.start(db, report)


def end(db, charging_session_id, minutes=60.0, meter_wh=8000):
    session = db.scalars(select(ChargingSession).where(ChargingSession.id == charging_session_id)).one()
    at = after(minutes)
    charging_sessions.stop(
        db, StopReport(session.node_id, at, charging_session_id, None, meter_wh, at, StopReason.REMOTE, ())
    )


def work(db, minutes):
    """As the job does every few seconds."""
    db.flush()
    while telling.tell(db, after(minutes)):
        pass
    telling.tend(db, after(minutes))
    db.flush()
    db.expire_all()


def told(db):
    rows = db.scalars(select(ServiceDelivery).order_by(ServiceDelivery.id)).all()
    return [(row.kind.removeprefix("parking."), orjson.loads(row.body)["data"]) for row in rows]


def kinds(db):
    return [kind for kind, _ in told(db)]


def test_a_start_is_a_command_with_a_tag_of_its_own(db, provider, free):
    charge, command = start(db, provider, free)
    assert (charge.state, charge.begins_until_at) == (ServiceChargeState.ASKED, after(5))
    assert (command.action, command.state, command.user_id) == (Action.REMOTE_START, CommandState.QUEUED, None)
    assert command.parameters["id_token"] == charge.id_token
    assert command.parameters["outlet"] == 1
    assert len(charge.id_token) == 19
    assert charge.command_id == command.id


def test_asked_twice_it_is_the_same_charge(db, provider, free):
    charge, _ = start(db, provider, free)
    assert start(db, provider, free) == (charge, None)
    assert db.scalar(select(func.count()).select_from(Command)) == 1
    begin(db, charge)
    work(db, 2)
    again, command = start(db, provider, free, minutes=10)
    assert (again.id, again.state, command) == (charge.id, ServiceChargeState.CHARGING, None)


def test_a_charge_from_its_start_to_the_bill(db, station, provider, free):
    charge, _ = start(db, provider, free)
    started = begin(db, charge)
    assert started.decision.verdict is Verdict.ACCEPTED
    work(db, 1)
    kind, message = told(db)[0]
    assert kind == "started"
    assert message == {
        "reference": REFERENCE,
        "outlet": str(free.uuid),
        "provider_outlet_id": None,
        "state": "charging",
        "reason": None,
        "charging_session": started.charging_session_id,
        "started_at": after(1).isoformat(),
        "stopped_at": None,
        "stop_reason": None,
        "needs_review": False,
        "energy_wh": None,
        "meter_at": None,
    }
    session = db.scalars(select(ChargingSession)).one()
    assert (session.authorization, session.user_id, session.email) == (Authorization.SERVICE, None, None)

    reading = Reading(after(4), 3500.0, 11000.0, None, None, [])
    meter_values.store(db, [MeterReport(station.id, after(4), 1, session.id, (reading,))])
    work(db, 5)
    work(db, 6)
    work(db, 6)
    assert kinds(db) == ["started", "progress"]
    assert (told(db)[1][1]["energy_wh"], told(db)[1][1]["meter_at"]) == (2500, after(4).isoformat())

    end(db, session.id)
    work(db, 60)
    work(db, 120)
    assert kinds(db) == ["started", "progress", "final"]
    final = told(db)[-1][1]
    assert (final["state"], final["energy_wh"], final["stopped_at"]) == ("ended", 7000, after(60).isoformat())
    assert final["stop_reason"] == "remote"


def test_the_final_record_is_one_whoever_finds_out(db, provider, free):
    charge, _ = start(db, provider, free)
    started = begin(db, charge)
    work(db, 2)
    end(db, started.charging_session_id)
    telling.check_all(db, after(61))
    work(db, 62)
    telling.check_all(db, after(63))
    assert kinds(db).count("final") == 1


def test_what_ends_while_the_service_is_disabled_is_told_when_it_is_enabled(db, provider, free):
    charge, _ = start(db, provider, free)
    started = begin(db, charge)
    work(db, 2)
    setting_up.disable(provider)
    db.flush()
    end(db, started.charging_session_id)
    work(db, 61)
    assert kinds(db) == ["started"]
    setting_up.enable(provider)
    setting_up.check(db, provider, after(70))
    assert kinds(db) == ["started", "final"]


def test_a_stop_that_comes_after_all_is_a_correction(db, station, provider, free):
    charge, _ = start(db, provider, free)
    started = begin(db, charge)
    work(db, 2)
    charging_sessions.close_at_boot(db, station.id)
    work(db, 30)
    assert (kinds(db)[-1], told(db)[-1][1]["needs_review"]) == ("final", True)
    end(db, started.charging_session_id)
    work(db, 61)
    assert kinds(db) == ["started", "final", "corrected"]
    assert told(db)[-1][1]["energy_wh"] == 7000


# Stopping


def test_a_stop_asks_the_station_once(db, provider, free):
    charge, _ = start(db, provider, free)
    started = begin(db, charge)
    work(db, 2)
    _, command = asking.stop(db, provider, REFERENCE, after(30))
    assert (command.action, command.charging_session_id) == (Action.REMOTE_STOP, started.charging_session_id)
    assert asking.stop(db, provider, REFERENCE, after(30))[1] is None
    end(db, started.charging_session_id, 31)
    work(db, 31)
    charge, command = asking.stop(db, provider, REFERENCE, after(40))
    assert (charge.state, command) == (ServiceChargeState.ENDED, None)
    assert asking.stop(db, provider, "unknown", after(40)) is None


def test_a_stop_before_the_beginning_takes_it_back(db, provider, free):
    charge, _ = start(db, provider, free)
    charge, command = asking.stop(db, provider, REFERENCE, after(1))
    assert (charge.state, charge.reason, command) == (ServiceChargeState.FAILED, FailReason.CANCELLED, None)
    assert [(kind, message["state"], message["energy_wh"]) for kind, message in told(db)] == [("final", "failed", 0)]
    assert begin(db, charge, 2).decision.verdict is Verdict.INVALID
    work(db, 3)
    assert kinds(db) == ["final"]


# What does not begin


@pytest.mark.parametrize(
    ("state", "reason"),
    [(CommandState.REJECTED, FailReason.STATION_REFUSED), (CommandState.TIMED_OUT, FailReason.NO_ANSWER)],
)
def test_a_station_that_does_not_agree(db, provider, free, state, reason):
    charge, command = start(db, provider, free)
    command.state = CommandState.SENT
    db.flush()
    commands.complete(db, CommandReport(command.id, state, answered_at=after(1)))
    work(db, 1)
    assert (charge.state, charge.reason) == (ServiceChargeState.FAILED, reason)
    assert [(kind, message["reason"]) for kind, message in told(db)] == [("final", reason.value)]


def test_nobody_plugs_in(db, provider, free):
    charge, command = start(db, provider, free)
    command.state = CommandState.ACCEPTED
    work(db, 4)
    assert kinds(db) == []
    work(db, 5)
    assert (charge.state, charge.reason) == (ServiceChargeState.FAILED, FailReason.NOT_BEGUN)
    assert begin(db, charge, 6).decision.verdict is Verdict.INVALID


def test_a_tag_that_is_late_is_refused_before_anybody_looked(db, provider, free):
    charge, _ = start(db, provider, free)
    assert begin(db, charge, 5).decision.verdict is Verdict.EXPIRED
    assert charge.charging_session_id is None


# The tag


def test_the_tag_is_good_at_its_station_alone(db, station, provider, free):
    charge, _ = start(db, provider, free)
    other = Station(site_id=station.site_id, name="Other", charge_box_id="other")
    db.add(other)
    db.flush()
    verdicts = [
        authorization.authorize(db, AuthorizeReport(pk, after(1), token)).verdict
        for pk, token in (
            (station.id, charge.id_token),
            (station.id, charge.id_token.lower()),
            (other.id, charge.id_token),
            (station.id, charge.id_token[:-1] + "?"),
        )
    ]
    assert verdicts == [Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.INVALID, Verdict.INVALID]


def test_after_the_end_the_tag_is_good_for_nothing(db, provider, free):
    charge, _ = start(db, provider, free)
    started = begin(db, charge)
    work(db, 2)
    end(db, started.charging_session_id)
    work(db, 61)
    assert begin(db, charge, 62).decision.verdict is Verdict.INVALID
    assert db.get(ServiceCharge, charge.id).charging_session_id == started.charging_session_id


def test_a_start_that_is_repeated_is_one_charge(db, provider, free):
    charge, _ = start(db, provider, free)
    assert begin(db, charge).charging_session_id == begin(db, charge).charging_session_id
    work(db, 2)
    assert kinds(db) == ["started"]


def test_at_an_open_outlet_too_the_charge_is_the_services(db, provider, free):
    free.mode = OutletMode.OPEN
    db.flush()
    charge, _ = start(db, provider, free)
    begin(db, charge)
    db.refresh(charge)
    assert charge.state is ServiceChargeState.CHARGING


# Where nothing is started


def test_an_outlet_that_is_not_free(db, station, provider, free):
    def refused():
        with pytest.raises(RemoteChargingError) as error:
            start(db, provider, free, "other")
        return error.value.refusal

    start(db, provider, free)
    assert refused() is Refusal.TAKEN
    db.execute(Command.__table__.delete())
    say(db, station, OutletStatus.FAULTED)
    db.expire_all()
    assert refused() is Refusal.OUT_OF_ORDER
    stations.sweep_silent(db, after(60))
    db.expire_all()
    assert refused() is Refusal.OFFLINE
    assert db.scalar(select(func.count()).select_from(ServiceCharge)) == 1


def test_an_outlet_that_is_not_there(db, provider, free):
    with pytest.raises(UnknownOutletError):
        asking.start(db, provider, REFERENCE, uuid4(), after(0))


def test_only_where_the_provider_knows_the_outlet(db, free):
    provider = make_provider(db, "Careful", only_listed=True)
    with pytest.raises(UnknownOutletError):
        start(db, provider, free)
    outlet_values.put(db, free, {(provider.id, "provider_outlet_id"): "P-9"})
    db.flush()
    charge, _ = start(db, provider, free)
    begin(db, charge)
    work(db, 1)
    assert told(db)[0][1]["provider_outlet_id"] == "P-9"


def test_a_reference_is_of_one_outlet_and_of_one_provider(db, station, provider, free):
    start(db, provider, free)
    second = Outlet(station_id=station.id, number=2, status=OutletStatus.AVAILABLE)
    db.add(second)
    db.flush()
    db.refresh(second)
    with pytest.raises(OtherOutletError):
        start(db, provider, second)
    other = make_provider(db, "Other")
    charge, command = start(db, other, second)
    assert (charge.service_id, command is not None) == (other.id, True)
    assert asking.stop(db, other, REFERENCE, after(1))[0].id == charge.id


def test_progress_costs_the_same_however_many_charge(db, station, provider, free):
    charge, _ = start(db, provider, free)
    begin(db, charge)
    work(db, 1)
    with recorded() as statements:
        telling.tend(db, after(1) + timedelta(minutes=6))
    assert len(statements) <= 10
