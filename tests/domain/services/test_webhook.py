from datetime import timedelta

from sqlalchemy import func, select

from domain import charging_sessions, clock, partitions, stations, status_reports
from domain.alarms import acknowledging, installation
from domain.alarms.acknowledging import Word
from domain.alarms.installation import Wrong
from domain.alarms.sweeping import sweep
from domain.db import owner_session_factory
from domain.models import Alarm, AlarmKind, Outlet, OutletMode, Service, ServiceChange, ServiceDelivery, Station
from domain.reports import ConnectReport, DisconnectReport, StartReport, StatusReport, StopReport
from domain.services import telling
from domain.statuses import OutletStatus
from domain.stops import StopReason
from tests.domain.conftest import NINE, after
from tests.domain.services.conftest import make_webhook
from tests.statements import recorded


def say(db, station, status, minutes=0.0, number=1):
    status_reports.keep(
        db, [StatusReport(station.id, after(minutes), number, status, after(minutes), None, None, None)]
    )


def charge(db, station, minutes=0.0, energy_wh=7000):
    started = charging_sessions.start(db, StartReport(station.id, after(minutes), 1, "T1", 1000, after(minutes)))
    stop_charge(db, station, started.charging_session_id, minutes + 30, energy_wh)
    return started.charging_session_id


def stop_charge(db, station, charging_session_id, minutes, energy_wh=7000):
    at = after(minutes)
    report = StopReport(station.id, at, charging_session_id, "T1", 1000 + energy_wh, at, StopReason.LOCAL, ())
    charging_sessions.stop(db, report)
    db.flush()


def noted(db):
    return db.scalar(select(func.count()).select_from(ServiceChange))


def months():
    with owner_session_factory().begin() as owner:
        partitions.ensure(owner, NINE.date())


def test_where_no_service_is_enabled_nothing_is_noted(db, station, outlet):
    service = make_webhook(db)
    service.is_enabled = False
    db.flush()
    say(db, station, OutletStatus.CHARGING)
    stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(1)))
    station.site.name = "Elsewhere"
    db.flush()
    assert noted(db) == 0


def test_a_status_is_told_once_however_often_the_station_says_it(db, station, outlet, webhook, told):
    for minutes in range(3):
        say(db, station, OutletStatus.CHARGING, minutes)
    say(db, station, OutletStatus.FINISHING, 4)
    station_told = {
        "id": station.id,
        "name": station.name,
        "charge_box_id": station.charge_box_id,
        "site": {"id": station.site_id, "name": station.site.name},
    }
    outlet_told = {"uuid": str(outlet.uuid), "number": 1, "parking": "", "station": station_told}
    messages = told()
    assert [message["type"] for message in messages] == ["outlet.status_changed"] * 2
    assert [message["data"] for message in messages] == [
        {"outlet": outlet_told, "status": "charging", "before": None},
        {"outlet": outlet_told, "status": "finishing", "before": "charging"},
    ]
    assert messages[0]["timestamp"] == after(0).isoformat()
    assert told() == []
    assert noted(db) == 0


def test_an_outlet_that_appears_with_its_first_status_is_told_of(db, station, webhook, told):
    say(db, station, OutletStatus.AVAILABLE, number=2)
    assert [message["data"]["status"] for message in told()] == ["available"]


def test_a_station_comes_and_goes(db, station, webhook, told):
    connection = stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(0)))
    stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(1)))
    stations.disconnect(db, [DisconnectReport(station.id, connection.number + 1)])
    say(db, station, OutletStatus.FAULTED, number=0)
    found = [(message["type"], message["data"].get("line", message["data"].get("status"))) for message in told()]
    assert found == [
        ("station.line_changed", "online"),
        ("station.line_changed", "offline"),
        ("station.status_changed", "faulted"),
    ]


def test_a_charge_is_told_when_it_stops_and_again_when_that_was_wrong(db, station, outlet, webhook, told):
    months()
    outlet.mode = OutletMode.OPEN
    db.flush()
    first = charging_sessions.start(db, StartReport(station.id, after(0), 1, "T1", 1000, after(0))).charging_session_id
    assert told() == []
    charging_sessions.close_at_boot(db, station.id)
    [finished] = told()
    assert (finished["type"], finished["data"]["charging_session"]["id"]) == ("charging_session.finished", first)
    stop_charge(db, station, first, 30)
    [corrected] = told()
    assert corrected["type"] == "charging_session.corrected"
    assert corrected["data"]["charging_session"]["energy_wh"] == 7000
    stop_charge(db, station, first, 30)
    assert told() == []


def test_the_car_that_leaves_later_corrects_nothing(db, station, outlet, webhook, told):
    months()
    say(db, station, OutletStatus.CHARGING)
    charge(db, station)
    told()
    say(db, station, OutletStatus.AVAILABLE, 60)
    assert [message["type"] for message in told()] == ["outlet.status_changed"]


def test_only_what_was_chosen_is_told(db, station, outlet, told):
    months()
    make_webhook(db, topics=("charging_sessions",))
    say(db, station, OutletStatus.CHARGING)
    charge(db, station)
    assert [message["type"] for message in told()] == ["charging_session.finished"]


def test_each_service_is_told(db, station, outlet, told):
    for name in ("A", "B"):
        make_webhook(db, name)
    say(db, station, OutletStatus.CHARGING)
    first, second = told()
    assert first["data"] == second["data"]
    assert first["id"] != second["id"]


def test_many_changes_are_told_in_a_few_statements(db, station, webhook):
    for number in range(1, 61):
        db.add(Outlet(station_id=station.id, number=number))
    db.flush()
    for number in range(1, 61):
        say(db, station, OutletStatus.CHARGING, number=number)
    with recorded() as statements:
        telling.tell(db, after(1))
    assert len(statements) <= 8
    assert db.scalar(select(func.count()).select_from(ServiceDelivery)) == 60


def test_what_is_not_committed_is_told_to_nobody(db, station, outlet):
    make_webhook(db)
    db.commit()
    say(db, station, OutletStatus.CHARGING)
    db.rollback()
    assert noted(db) == 0
    db.delete(db.scalars(select(Service)).one())
    db.commit()


def test_an_alarm_is_told_when_it_is_shown_acknowledged_and_over(db, station, outlet, user, told):
    make_webhook(db, topics=("alarms",))
    say_fault(db, station, 0)
    [raised] = told()
    assert raised["type"] == "alarm.raised"
    alarm = db.scalars(select(Alarm).where(Alarm.kind == AlarmKind.HARDWARE_FAULT)).one()
    expected = {
        "id": alarm.id,
        "kind": "hardware_fault",
        "site": station.site.name,
        "station": station.name,
        "outlet_number": 1,
        "error_code": "OtherError",
        "vendor_error_code": "E4",
        "info": "Door open",
        "raised_at": after(0).isoformat(),
        "acknowledged_at": None,
        "cleared_at": None,
        "parent_id": None,
    }
    assert raised["data"]["alarm"] == expected
    assert raised["data"]["station"]["charge_box_id"] == station.charge_box_id
    for minutes in (1, 2):
        acknowledging.acknowledge(db, [alarm], Word(user.id, after(minutes), "On my way"))
    [acknowledged] = told()
    expected |= {"acknowledged_at": after(1).isoformat()}
    assert (acknowledged["type"], acknowledged["data"]["alarm"]) == ("alarm.acknowledged", expected)
    say(db, station, OutletStatus.AVAILABLE, 3)
    assert told() == []
    sweep(db, after(4))
    [cleared] = told()
    assert (cleared["type"], cleared["data"]["alarm"]) == (
        "alarm.cleared",
        expected | {"cleared_at": after(3).isoformat()},
    )
    assert "Eva" not in str(cleared) and "On my way" not in str(cleared)


def test_what_is_about_one_alarm_comes_in_its_order(db, station, outlet, told):
    make_webhook(db, topics=("alarms",))
    say_fault(db, station, 0)
    say(db, station, OutletStatus.AVAILABLE, 3)
    sweep(db, after(4))
    assert [(message["type"], message["data"]["alarm"]["cleared_at"]) for message in told()] == [
        ("alarm.raised", after(3).isoformat()),
        ("alarm.cleared", after(3).isoformat()),
    ]
    assert len(set(db.scalars(select(ServiceDelivery.subject)))) == 1


def test_an_alarm_that_waits_for_its_time_is_told_when_that_has_come(db, station, told):
    make_webhook(db, topics=("alarms",))
    other = Station(site_id=station.site_id, name="Other", charge_box_id=f"other-{station.id}")
    db.add(other)
    assert told() == []
    stations.connect(db, ConnectReport(other.charge_box_id, "ocpp1.6", None, after(0)))
    db.flush()
    assert told() == [], "one that was never shown was never raised"
    sweep(db, clock.now() + timedelta(days=2))
    assert [(message["type"], message["data"]["alarm"]["kind"]) for message in told()] == [
        ("alarm.raised", "not_registered")
    ]


def test_an_alarm_of_the_portal_itself_has_no_place(db, told):
    make_webhook(db, topics=("alarms",))
    installation.judge(db, {AlarmKind.BACKUP: Wrong(after(0), "The disk is full.")}, after(1))
    [raised] = told()
    named = ("kind", "site", "station", "info")
    assert [raised["data"]["alarm"][name] for name in named] == ["backup", None, None, "The disk is full."]
    assert raised["data"]["station"] is None


def test_who_did_not_choose_alarms_is_told_of_none(db, station, outlet, webhook, told):
    say_fault(db, station, 0)
    assert [message["type"] for message in told()] == ["outlet.status_changed"]


def say_fault(db, station, minutes):
    at = after(minutes)
    report = StatusReport(station.id, at, 1, OutletStatus.FAULTED, at, "OtherError", "E4", "Door open")
    status_reports.keep(db, [report])
