"""Alarms in the portal: the two tables, the acknowledgement, one alarm's page, the menu, the pane, the rules."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain import status_reports
from domain.alarms import installation, rules
from domain.alarms.installation import Wrong
from domain.alarms.sweeping import sweep
from domain.clock import now
from domain.models import Alarm, AlarmHistory, AlarmKind, AlarmRemark, AlarmRule, Outlet, Site, Station
from domain.reports import StatusReport
from domain.roles import RoleName
from domain.scope import Viewer
from domain.statuses import OutletStatus
from portal.alarm_rule_words import REASONS
from portal.pages.dashboard.panes import alarms as pane
from tests.portal.browser_like import Visitor
from tests.portal.forms_on_pages import form_on
from tests.portal.people import add_person, sign_in

HOT = "HighTemperature"


@pytest.fixture
def stations(db: Session) -> list[Station]:
    """Three at the harbour, one in the west; none of them ever called."""
    rules.restore_shipped(db)
    harbour, west = Site(name="Harbour<b>"), Site(name="West")
    made = [Station(site=harbour, name=f"H-{at}", charge_box_id=f"H-{at}") for at in (1, 2, 3)]
    made.append(Station(site=west, name="W-1", charge_box_id="W-1"))
    db.add_all(made)
    db.commit()
    return made


def say(
    db: Session, station: Station, error_code: str | None, minutes_ago: float = 10, info: str | None = None
) -> None:
    at = now() - timedelta(minutes=minutes_ago)
    status = OutletStatus.FAULTED if error_code else OutletStatus.AVAILABLE
    status_reports.keep(db, [StatusReport(station.id, at, 1, status, at, error_code, None, info)])
    db.commit()


def alarm_of(db: Session, station: Station) -> Alarm:
    db.rollback()
    found = select(Alarm).where(Alarm.station_id == station.id, Alarm.kind != AlarmKind.NOT_REGISTERED)
    return db.scalars(found).one()


def listed(visitor: Visitor, query: str = "", table: str = "alarms") -> list[str]:
    """The stations in the table."""
    page = visitor.get(f"/{table}/?columns=station&{query}").text
    return re.findall(r'data-column="station"[^>]*>([^<]*)<', page)


def acknowledge(visitor: Visitor, *ids: object) -> TestResponse:
    token = visitor.token("/alarms/")
    return visitor.http.post("/alarms/acknowledge/", data={"csrf_token": token, "alarm": [str(pk) for pk in ids]})


def badge(visitor: Visitor) -> str | None:
    """What the menu says, if it says anything."""
    found = re.search(r'data-new-alarms="[^"]*"( hidden)?><span aria-hidden="true">(\d+)', visitor.get("/alarms/").text)
    assert found is not None
    return None if found[1] else found[2]


def test_a_fault_stands_in_the_table_the_menu_and_the_pane(
    administrator: Visitor, stations: list[Station], db: Session
) -> None:
    assert "No alarm is active here." in administrator.get("/alarms/").text
    assert badge(administrator) is None
    assert "No alarm is active." in administrator.get("/dashboard/pane/alarms").text
    say(db, stations[0], HOT, info="78 <i>degrees</i>")
    page = administrator.get("/alarms/").text
    assert "Temperature" in page and "Outlet 1 · HighTemperature · 78 &lt;i&gt;degrees&lt;/i&gt;" in page
    assert "Harbour&lt;b&gt;" in page and "Harbour<b>" not in page
    assert badge(administrator) == "1"
    assert administrator.get("/alarms/new").json == {"new": 1}
    shown = administrator.get("/dashboard/pane/alarms").text
    assert "Temperature" in shown and "H-1" in shown and "alarm is active" in shown


def test_the_table_keeps_to_the_selected_node(administrator: Visitor, stations: list[Station], db: Session) -> None:
    for station in stations:
        say(db, station, HOT)
    assert set(listed(administrator)) == {"H-1", "H-2", "H-3", "W-1"}
    assert listed(administrator, f"node=site-{stations[3].site_id}") == ["W-1"]
    assert listed(administrator, f"node=station-{stations[1].id}") == ["H-2"]
    assert listed(administrator, "alarm=temperature&station=W") == ["W-1"]
    assert listed(administrator, "what=HighTemp&site=Harbour&sort=station") == ["H-1", "H-2", "H-3"]
    assert listed(administrator, "alarm=fuse") == []


def test_a_site_administrator_sees_and_acknowledges_those_of_the_own_sites(
    portal: Flask, stations: list[Station], db: Session
) -> None:
    say(db, stations[0], HOT)
    say(db, stations[3], HOT)
    person = add_person(db, RoleName.SITE_ADMINISTRATOR, "west@example.com", [stations[3].site])
    visitor = sign_in(portal, person)
    assert listed(visitor) == ["W-1"]
    assert badge(visitor) == "1"
    mine, other = alarm_of(db, stations[3]).id, alarm_of(db, stations[0]).id
    assert visitor.get(f"/alarms/show/{other}").status_code == 404
    assert acknowledge(visitor, mine, other).status_code == 302
    assert alarm_of(db, stations[3]).acknowledged_by_id == person.id
    assert alarm_of(db, stations[0]).acknowledged_at is None
    assert badge(visitor) is None
    assert db.scalars(select(AlarmRemark.alarm_id)).all() == [mine]


def test_one_is_acknowledged_with_a_note_and_commented(
    administrator: Visitor, stations: list[Station], db: Session
) -> None:
    say(db, stations[0], HOT)
    pk = alarm_of(db, stations[0]).id
    page = administrator.get(f"/alarms/acknowledge/?marked=yes&alarm={pk}").text
    assert "Acknowledge 1 alarm" in page
    administrator.http.post("/alarms/acknowledge/", data=form_on(page) | {"note": "A fan <b>"})
    shown = administrator.get(f"/alarms/show/{pk}").text
    assert "A fan &lt;b&gt;" in shown and "First Administrator" in shown and "acknowledged" in shown
    assert administrator.send(f"/alarms/show/{pk}", note=" ").status_code == 422
    assert administrator.send(f"/alarms/show/{pk}", note="Mended").status_code == 302
    assert "Mended" in administrator.get(f"/alarms/show/{pk}").text
    assert "First Administrator" in administrator.get("/alarms/").text
    assert "No alarm is chosen" in administrator.get(f"/alarms/acknowledge/?marked=yes&alarm={pk}").text


def test_all_that_are_listed_are_acknowledged_and_no_others(
    administrator: Visitor, stations: list[Station], db: Session
) -> None:
    for station in stations:
        say(db, station, HOT)
    page = administrator.get("/alarms/acknowledge/?site=Harbour").text
    ids = re.findall(r'name="alarm" value="(\d+)"', page)
    assert len(ids) == 3
    say(db, stations[0], None, 5)
    sweep(db, now())
    db.commit()
    acknowledge(administrator, *ids)
    answer = administrator.get("/alarms/").text
    assert "2 alarms were acknowledged." in answer and "1 alarm was over by then." in answer
    assert alarm_of(db, stations[3]).acknowledged_at is None
    assert administrator.get("/alarms/acknowledge/?outlet=nonsense").status_code == 400


def test_what_is_over_is_history_with_its_page_and_its_files(
    administrator: Visitor, stations: list[Station], db: Session
) -> None:
    say(db, stations[0], HOT, 60)
    pk = alarm_of(db, stations[0]).id
    acknowledge(administrator, pk)
    say(db, stations[0], None, 20)
    assert "Ending" in administrator.get("/alarms/").text
    sweep(db, now())
    db.commit()
    assert listed(administrator) == []
    assert listed(administrator, table="alarm_history") == ["H-1"]
    assert listed(administrator, f"node=station-{stations[1].id}", "alarm_history") == []
    assert "Temperature" in administrator.get(f"/alarms/show/{pk}").text
    heading, line = administrator.get(
        "/alarm_history/export/csv?columns=alarm,station,what,lasted,by"
    ).text.splitlines()
    assert heading == "alarm,station,what,lasted_seconds,by"
    assert re.fullmatch(r"temperature,H-1,HighTemperature,2400\.?\d*,First Administrator", line)
    assert administrator.get("/alarm_history/export/xlsx").status_code == 200


def test_active_alarms_are_exported(administrator: Visitor, stations: list[Station], db: Session) -> None:
    say(db, stations[0], HOT)
    line = administrator.get("/alarms/export/csv?columns=alarm,station,state,what").text.splitlines()[1]
    assert line == "temperature,H-1,new,HighTemperature"
    assert administrator.get("/alarms/export/xlsx").status_code == 200


def test_a_group_is_one_line_above_its_stations(administrator: Visitor, stations: list[Station], db: Session) -> None:
    for station in stations[:3]:
        station.online, station.last_seen_at = True, now() - timedelta(minutes=30)
    db.commit()
    for station in stations[:3]:
        station.online = False
    db.commit()
    sweep(db, now())
    db.commit()
    page = administrator.get("/alarms/").text
    assert "3 of 3 stations were lost within a minute: it may be this portal itself that is cut off." in page
    assert listed(administrator) == [""] and "3 stations" in page and "No network at the site" in page
    assert badge(administrator) == "1"
    assert listed(administrator, f"node=station-{stations[0].id}") == ["H-1"]
    assert "In a group" in administrator.get(f"/alarms/?node=station-{stations[0].id}").text
    stations[3].last_seen_at = now()
    db.add_all(
        Station(site=stations[3].site, name=f"W-{at}", charge_box_id=f"W-{at}", last_seen_at=now()) for at in (2, 3, 4)
    )
    db.commit()
    assert "cut off" not in administrator.get("/alarms/").text
    pk = db.scalars(select(Alarm.id).where(Alarm.station_id.is_(None))).one()
    shown = administrator.get(f"/alarms/show/{pk}").text
    assert all(f"H-{at}" in shown for at in (1, 2, 3))
    acknowledge(administrator, pk)
    db.rollback()
    lasting = select(Alarm).where(Alarm.due_at.is_(None))
    assert all(alarm.acknowledged_at for alarm in db.scalars(lasting))


def test_the_pane_counts_what_its_viewer_may_see(administrator: Visitor, stations: list[Station], db: Session) -> None:
    for station in stations:
        say(db, station, HOT)
    figures = pane.read(db, Viewer(1, RoleName.ADMINISTRATOR))
    assert isinstance(figures, pane.Alarms)
    assert (figures.count, figures.new, len(figures.alarms)) == (4, 4, 4)
    figures = pane.read(db, Viewer(1, RoleName.SITE_ADMINISTRATOR, frozenset({stations[3].site_id})))
    assert isinstance(figures, pane.Alarms)
    assert (figures.count, [alarm.station_name for alarm in figures.alarms]) == (1, ["W-1"])


def test_rules_are_edited_ordered_and_restored(administrator: Visitor, stations: list[Station], db: Session) -> None:
    new = {"kind": "fuse", "vendor_error_code": "E4*", "duration_seconds": "0", "enabled": "y"}
    assert administrator.send("/alarm_rules/add", **new).status_code == 302
    first = db.scalars(select(AlarmRule).order_by(AlarmRule.position)).first()
    assert first is not None and (first.kind, first.vendor_error_code, first.error_code) == ("fuse", "E4*", None)
    assert first.position == 1
    administrator.send(f"/alarm_rules/move/{first.id}", "/alarm_rules/", by="1")
    db.rollback()
    db.refresh(first)
    assert first.position == 2
    bad = new | {"error_code": "NoError", "vendor_error_code": "", "duration_seconds": "-1"}
    answer = administrator.send("/alarm_rules/add", **bad)
    assert answer.status_code == 422
    assert "Without an error, name" in answer.text and "Between 0 and" in answer.text
    assert administrator.send("/alarm_rules/restore").status_code == 422
    assert administrator.send("/alarm_rules/restore", sure="yes").status_code == 302
    db.rollback()
    assert len(db.scalars(select(AlarmRule)).all()) == len(rules.SHIPPED)


def test_silence_is_set_for_system_site_and_station(
    administrator: Visitor, stations: list[Station], db: Session
) -> None:
    station = stations[0]
    assert (
        administrator.send(f"/sites/edit/{station.site_id}", name="Harbour", silence_seconds="600").status_code == 302
    )
    db.rollback()
    db.refresh(station.site)
    assert station.site.silence_seconds == 600
    assert "600 s" in administrator.get(f"/sites/show/{station.site_id}").text
    administrator.send(f"/sites/edit/{station.site_id}", name="Harbour", silence_seconds="")
    db.rollback()
    db.refresh(station.site)
    assert station.site.silence_seconds is None
    answer = administrator.send("/system/edit/1", name="System", silence_seconds="", unregistered_seconds="-1")
    assert answer.status_code == 422


def test_history_outlives_its_station(administrator: Visitor, stations: list[Station], db: Session) -> None:
    say(db, stations[3], HOT)
    pk = stations[3].id
    db.execute(delete(Outlet).where(Outlet.station_id == pk))
    db.commit()
    administrator.send(f"/stations/delete/{pk}")
    db.rollback()
    past = db.scalars(select(AlarmHistory)).one()
    assert (past.station_name, past.station_id) == ("W-1", pk)
    assert listed(administrator, table="alarm_history") == ["W-1"]
    assert "W-1" in administrator.get(f"/alarms/show/{past.id}").text


FULL = "The disk for <b>backups</b> is full."


def raise_of_portal(db: Session) -> Alarm:
    wrong = {AlarmKind.CRON: Wrong(now() - timedelta(minutes=9)), AlarmKind.BACKUP: Wrong(now(), FULL)}
    installation.judge(db, wrong, now())
    db.commit()
    return db.scalars(select(Alarm).where(Alarm.kind == AlarmKind.CRON)).one()


def test_an_alarm_of_the_portal_itself_is_shown_to_administrators(
    administrator: Visitor, stations: list[Station], db: Session
) -> None:
    alarm = raise_of_portal(db)
    page = administrator.get("/alarms/").text
    assert "Portal: no timetable" in page and "Nothing is heard of it" in page
    assert "The disk for &lt;b&gt;backups&lt;/b&gt; is full." in page and ">None<" not in page
    assert badge(administrator) == "2"
    assert "Portal: no timetable" in administrator.get("/dashboard/pane/alarms").text
    page = administrator.get(f"/alarms/show/{alarm.id}").text
    assert "cron.log" in page and "Error code" not in page
    assert listed(administrator, f"node=site-{stations[0].site_id}") == []
    assert "Portal: no timetable" in administrator.get(f"/alarms/acknowledge/?marked=yes&alarm={alarm.id}").text
    assert acknowledge(administrator, alarm.id).status_code == 302
    assert badge(administrator) == "1"
    csv = administrator.get("/alarms/export/csv").text
    assert "cron" in csv and FULL in csv
    installation.judge(db, {AlarmKind.CRON: None}, now() - timedelta(minutes=2))
    sweep(db, now())
    db.commit()
    assert "Portal: no timetable" in administrator.get("/alarm_history/").text
    assert "Portal: no timetable" in administrator.get(f"/alarms/show/{alarm.id}").text


@pytest.mark.parametrize("role", [RoleName.SUPPORT, RoleName.SITE_ADMINISTRATOR])
def test_an_alarm_of_the_portal_itself_is_nobody_elses(
    portal: Flask, stations: list[Station], db: Session, role: RoleName
) -> None:
    alarm = raise_of_portal(db)
    sites = [stations[0].site] if role is RoleName.SITE_ADMINISTRATOR else []
    visitor = sign_in(portal, add_person(db, role, "other@example.com", sites))
    assert "Nothing is heard of it" not in visitor.get("/alarms/").text
    assert badge(visitor) is None
    assert visitor.get(f"/alarms/show/{alarm.id}").status_code == 404
    assert "Portal: no timetable" not in visitor.get("/dashboard/pane/alarms").text


def test_the_shipped_reasons_are_read_and_found_in_danish(administrator: Visitor, db: Session) -> None:
    rules.restore_shipped(db)
    own = db.scalars(select(AlarmRule).order_by(AlarmRule.position)).first()
    assert own is not None
    own.note = "Because of <Ohm>"
    db.commit()
    assert {rule.note for rule in rules.SHIPPED} == set(REASONS)
    danish = {"Accept-Language": "da"}
    page = administrator.get("/alarm_rules/", headers=danish).text
    assert "Måleren kan ikke aflæses." in page and ">The meter cannot be read.<" not in page
    assert "Because of &lt;Ohm&gt;" in page
    found = administrator.get("/alarm_rules/?note=kan ikke afl&columns=error_code", headers=danish).text
    assert "PowerMeterFailure" in found and "ReaderFailure</" not in found
    assert ">The meter cannot be read.<" in administrator.get("/alarm_rules/").text
