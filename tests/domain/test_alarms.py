"""Alarms of what stations say: raised, flapping, cleared, acknowledged; time is what the reports say it is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import live, status_reports
from domain.alarms import acknowledging, rules
from domain.alarms.acknowledging import Word
from domain.alarms.sweeping import sweep
from domain.models import Alarm, AlarmHistory, AlarmKind, AlarmRemark, Station
from domain.reports import StatusReport
from domain.scope import viewer_of
from domain.statuses import OutletStatus
from tests.domain.conftest import after
from tests.statements import recorded

HOT, SHORT, CAR = "HighTemperature", "OverCurrentFailure", "EVCommunicationError"


@pytest.fixture(autouse=True)
def shipped(db):
    rules.restore_shipped(db)
    db.flush()


def say(db, station, minute, error_code=None, status=None, number=1, vendor=None, info=None):
    status_reports.keep(db, [report(station, minute, error_code, status, number, vendor, info)])


def report(station, minute, error_code=None, status=None, number=1, vendor=None, info=None):
    status = status or (OutletStatus.FAULTED if error_code else OutletStatus.AVAILABLE)
    return StatusReport(station.id, after(minute), number, status, after(minute), error_code, vendor, info)


def active(db, station):
    db.flush()
    db.expire_all()
    stated = Alarm.kind.in_(rules.STATED_KINDS)
    return db.scalars(select(Alarm).where(Alarm.station_id == station.id, stated).order_by(Alarm.id)).all()


def over(db, station):
    past = select(AlarmHistory).where(AlarmHistory.station_id == station.id)
    return db.scalars(past.order_by(AlarmHistory.id)).all()


def test_a_fault_is_raised_with_what_the_station_said(db, station):
    say(db, station, 0, HOT, number=2, vendor="T78", info="78 degrees, limit 75")
    (alarm,) = active(db, station)
    assert (alarm.kind, alarm.outlet_number, alarm.raised_at) == (AlarmKind.TEMPERATURE, 2, after(0))
    assert (alarm.error_code, alarm.vendor_error_code, alarm.info) == (HOT, "T78", "78 degrees, limit 75")
    assert (alarm.site_id, alarm.station_name) == (station.site_id, station.name)
    assert alarm.due_at is alarm.calm_since is alarm.acknowledged_at is None


def test_a_fault_that_is_said_again_stays_one_alarm_and_tells_what_is_new(db, station):
    say(db, station, 0, HOT, info="76")
    db.info.pop(live.NOTED)
    say(db, station, 1, HOT, info="76")
    assert live.Kind.ALARM not in {change.kind for change in db.info.pop(live.NOTED)}
    say(db, station, 2, HOT, info="78")
    assert live.Change(live.Kind.ALARM, station.site_id, station.site_id) in db.info[live.NOTED]
    (alarm,) = active(db, station)
    assert (alarm.raised_at, alarm.times_raised, alarm.info) == (after(0), 1, "78")


def test_it_is_over_a_minute_after_its_cause_has_gone(db, station):
    say(db, station, 0, HOT)
    say(db, station, 5)
    (alarm,) = active(db, station)
    assert alarm.calm_since == after(5)
    number = alarm.id
    sweep(db, after(5.9))
    assert len(active(db, station)) == 1
    assert sweep(db, after(6))[1] == 1
    assert active(db, station) == []
    (past,) = over(db, station)
    assert (past.id, past.raised_at, past.cleared_at) == (number, after(0), after(5))
    assert (past.station_name, past.site_id) == (station.name, station.site_id)


def test_what_flaps_is_raised_once(db, station):
    for minute in range(10):
        say(db, station, minute, HOT)
        say(db, station, minute + 0.5)
        sweep(db, after(minute + 0.6))
    (alarm,) = active(db, station)
    assert (alarm.times_raised, alarm.raised_at, alarm.calm_since) == (10, after(0), after(9.5))
    sweep(db, after(11))
    (past,) = over(db, station)
    assert (past.times_raised, past.cleared_at) == (10, after(9.5))


def test_what_comes_and_goes_within_one_batch_is_kept(db, station):
    status_reports.keep(db, [report(station, 0, HOT), report(station, 0.1), report(station, 0.2, SHORT)])
    hot, short = active(db, station)
    assert (hot.kind, hot.calm_since) == (AlarmKind.TEMPERATURE, after(0.1))
    assert (short.kind, short.calm_since) == (AlarmKind.FUSE, None)


def test_another_fault_of_the_same_outlet_calms_the_first(db, station):
    say(db, station, 0, HOT)
    say(db, station, 1, SHORT)
    hot, short = active(db, station)
    assert (hot.calm_since, short.calm_since) == (after(1), None)
    say(db, station, 1.5, HOT)
    hot, short = active(db, station)
    assert (hot.calm_since, hot.times_raised, short.calm_since) == (None, 2, after(1.5))


def test_outlets_and_the_station_itself_have_alarms_of_their_own(db, station):
    for number in (0, 1, 2):
        say(db, station, 0, HOT, number=number)
    say(db, station, 1, number=0)
    say(db, station, 1, number=2)
    assert [(alarm.outlet_number, alarm.calm_since) for alarm in active(db, station)] == [
        (0, after(1)),
        (1, None),
        (2, after(1)),
    ]


def test_a_rule_with_a_duration_waits(db, station):
    say(db, station, 0, CAR)
    (alarm,) = active(db, station)
    assert alarm.due_at == after(5)
    sweep(db, after(4.9))
    assert active(db, station)[0].due_at == after(5)
    say(db, station, 4.95, CAR)
    db.info.pop(live.NOTED)
    assert sweep(db, after(5))[0] == 1
    assert live.Change(live.Kind.ALARM, station.site_id, station.site_id) in db.info[live.NOTED]
    (alarm,) = active(db, station)
    assert (alarm.due_at, alarm.raised_at) == (None, after(0))


def test_what_is_gone_before_its_time_has_never_been(db, station):
    say(db, station, 0, CAR)
    say(db, station, 4)
    assert active(db, station) == []
    say(db, station, 4.5, CAR)
    sweep(db, after(5))
    assert active(db, station)[0].due_at == after(9.5)
    assert over(db, station) == []


def test_a_worse_fault_does_not_wait_for_the_first_one(db, station):
    say(db, station, 0, CAR)
    say(db, station, 1, "InternalError")
    (alarm,) = active(db, station)
    assert (alarm.kind, alarm.due_at, alarm.error_code) == (AlarmKind.HARDWARE_FAULT, None, "InternalError")


def test_an_acknowledgement_holds_while_it_flaps_and_no_longer(db, station, user):
    say(db, station, 0, HOT)
    acknowledging.acknowledge(db, active(db, station), Word(user.id, after(1), " On my way "))
    db.flush()
    say(db, station, 2)
    say(db, station, 2.5, HOT)
    (alarm,) = active(db, station)
    assert (alarm.acknowledged_at, alarm.acknowledged_by_id, alarm.times_raised) == (after(1), user.id, 2)
    say(db, station, 3)
    sweep(db, after(4))
    (past,) = over(db, station)
    assert (past.acknowledged_at, past.acknowledged_by_id) == (after(1), user.id)
    (remark,) = acknowledging.remarks(db, past.id)
    assert (remark.note, remark.acknowledges, remark.user_id) == ("On my way", True, user.id)

    say(db, station, 5, HOT)
    (alarm,) = active(db, station)
    assert alarm.acknowledged_at is None and alarm.id != past.id


def test_the_first_acknowledgement_stands_and_all_words_are_kept(db, station, user):
    say(db, station, 0, HOT)
    acknowledging.acknowledge(db, active(db, station), Word(user.id, after(1)))
    acknowledging.acknowledge(db, active(db, station), Word(user.id, after(2), "Again"))
    acknowledging.comment(db, active(db, station)[0], Word(user.id, after(3), "A fan is broken"))
    db.flush()
    (alarm,) = active(db, station)
    assert alarm.acknowledged_at == after(1)
    said = [(remark.note, remark.acknowledges) for remark in acknowledging.remarks(db, alarm.id)]
    assert said == [("A fan is broken", False), ("Again", True), ("", True)]


def test_only_new_ones_that_are_shown_are_counted(db, station, user):
    from domain.roles import RoleName
    from domain.scope import Viewer

    viewer = Viewer(user.id, RoleName.SITE_ADMINISTRATOR, frozenset({station.site_id}))
    assert acknowledging.count_new(db, viewer) == 0
    say(db, station, 0, HOT)
    say(db, station, 0, SHORT, number=2)
    say(db, station, 0, CAR, number=3)
    assert acknowledging.count_new(db, viewer) == 2
    assert acknowledging.count_new(db, Viewer(user.id, RoleName.SITE_ADMINISTRATOR, frozenset())) == 0
    assert acknowledging.count_new(db, Viewer(user.id, RoleName.EV_USER)) == 0
    acknowledging.acknowledge(db, active(db, station)[:1], Word(user.id, after(1)))
    db.flush()
    assert acknowledging.count_new(db, viewer) == 1


def test_who_is_deleted_leaves_alarms_without_a_name(db, station, user):
    say(db, station, 0, HOT)
    say(db, station, 0, HOT, number=2)
    acknowledging.acknowledge(db, active(db, station), Word(user.id, after(1), "Mine"))
    db.flush()
    say(db, station, 2)
    sweep(db, after(4))
    db.delete(user)
    db.flush()
    db.expire_all()
    assert active(db, station)[0].acknowledged_by_id is None
    assert over(db, station)[0].acknowledged_by_id is None
    assert set(db.scalars(select(AlarmRemark.user_id))) == {None}


def test_reports_without_a_fault_ask_nothing_of_alarms(db, station):
    """What a car park that fills in the morning is made of."""
    say(db, station, 0, HOT)
    say(db, station, 1)
    with recorded() as asked:
        for minute in range(2, 6):
            say(db, station, minute, status=OutletStatus.CHARGING)
    assert not [statement for statement in asked if "alarm" in statement]


def test_many_at_once_cost_as_many_statements_as_one(db, station):
    stations = [Station(site_id=station.site_id, name=f"M {at}", charge_box_id=f"many-{at}") for at in range(30)]
    db.add_all(stations)
    db.flush()
    status_reports.keep(db, [report(each, 0) for each in (station, *stations)])
    one = report(station, 1, HOT)
    with recorded() as of_one:
        status_reports.keep(db, [one])
    reports = [report(each, 1, HOT) for each in stations]
    with recorded() as of_many:
        status_reports.keep(db, reports)
    assert len(of_many) == len(of_one)
    assert all(len(active(db, each)) == 1 for each in stations)
    calm, *others = [report(each, 2) for each in (station, *stations)]
    with recorded() as of_one:
        status_reports.keep(db, [calm])
    with recorded() as of_many:
        status_reports.keep(db, others)
    assert len(of_many) == len(of_one)
    assert all(active(db, each)[0].calm_since == after(2) for each in stations)


def test_a_rule_for_a_version_looks_at_what_the_station_speaks(db, station):
    from domain.models import AlarmRule

    db.add(AlarmRule(position=0, protocol="ocpp1.5", error_code=HOT, kind=AlarmKind.FUSE))
    station.protocol = "ocpp1.6"
    db.flush()
    say(db, station, 0, HOT)
    assert active(db, station)[0].kind is AlarmKind.TEMPERATURE
    station.protocol = "ocpp1.5"
    db.flush()
    say(db, station, 1, HOT, number=2)
    assert active(db, station)[1].kind is AlarmKind.FUSE


def test_viewers_are_told_by_their_sites(db, station, user):
    say(db, station, 0, HOT)
    assert acknowledging.count_new(db, viewer_of(db, user)) == 0
    assert sweep(db, after(0) + timedelta(hours=1)) == (0, 0)
