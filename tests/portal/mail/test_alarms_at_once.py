"""What is told at once: to whom, in one e-mail, and neither missed nor told twice."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import status_reports
from domain.alarm_mail import at_once
from domain.alarms import sweeping
from domain.db import session_factory
from domain.models import Alarm, AlarmKind, AlarmMail, Station
from domain.reports import StatusReport
from domain.statuses import OutletStatus
from portal import jobs
from tests.fixtures.mail import Mailbox, texts
from tests.portal.mail.alarms import SITE_ADMINISTRATOR, Story, place, reader
from tests.statements import recorded

FUSE, NO_NETWORK, TEMPERATURE = AlarmKind.FUSE, AlarmKind.NO_NETWORK, AlarmKind.TEMPERATURE


def subjects(mailbox: Mailbox) -> list[tuple[str, str]]:
    found = [(letter["To"], letter["Subject"]) for letter in mailbox.letters]
    mailbox.letters.clear()
    return found


def lose_all(db: Session, story: Story, stations: list[Station]) -> None:
    """As the triggers of a lost line have it: each waits for its time, some seconds apart."""
    for number, station in enumerate(stations):
        heard_at = story.now + timedelta(seconds=number * 50 / len(stations))
        db.add(
            Alarm(
                kind=NO_NETWORK,
                site_id=station.site_id,
                site_name=station.site.name,
                station_id=station.id,
                station_name=station.name,
                raised_at=heard_at,
                due_at=heard_at + timedelta(minutes=2),
            )
        )
    db.commit()


def sweep_and_tell(db: Session, story: Story, seconds: int) -> None:
    """What the timetable does every ten seconds."""
    for _ in range(0, seconds, 10):
        sweeping.sweep(db, story.now)
        db.commit()
        story.cron()
        story.later(seconds=10)


def test_those_who_chose_its_kind_and_see_its_site_are_told(db: Session, story: Story, mailbox: Mailbox) -> None:
    [harbour], [west] = place(db, "Harbour"), place(db, "West")
    reader(db, "fuse@example.com", language="en", alarms_at_once=[FUSE])
    reader(db, "heat@example.com", alarms_at_once=[TEMPERATURE])
    reader(db, "none@example.com")
    reader(db, "off@example.com", alarm_email=False, alarms_at_once=[FUSE])
    reader(db, "west@example.com", SITE_ADMINISTRATOR, [west.site], language="da", alarms_at_once=[FUSE, TEMPERATURE])
    story.raise_alarm(harbour, FUSE, outlet_number=1, error_code="GroundFailure")
    story.told()
    assert subjects(mailbox) == [("fuse@example.com", "Charge Portal: Fuse, Harbour 1")]
    story.raise_alarm(west, FUSE)
    story.raise_alarm(west, TEMPERATURE)
    story.told()
    assert sorted(subjects(mailbox)) == [
        ("fuse@example.com", "Charge Portal: Fuse, West 1"),
        ("heat@example.com", "Charge Portal: Temperature, West 1"),
        ("west@example.com", "Charge Portal: 2 nye alarmer"),
    ]
    story.told()
    assert subjects(mailbox) == []


def test_an_alarm_that_waits_for_its_time_is_told_when_it_is_shown(db: Session, story: Story, mailbox: Mailbox) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", alarms_at_once=[FUSE])
    story.raise_alarm(harbour, FUSE, due_at=story.now + timedelta(minutes=5))
    story.told()
    assert subjects(mailbox) == []
    story.later(minutes=5)
    sweeping.sweep(db, story.now)
    db.commit()
    story.told()
    assert len(subjects(mailbox)) == 1


def test_what_flaps_is_told_once_and_what_comes_back_later_again(db: Session, story: Story, mailbox: Mailbox) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", alarms_at_once=[TEMPERATURE])

    def say(error_code: str | None) -> None:
        status = OutletStatus.FAULTED if error_code else OutletStatus.AVAILABLE
        status_reports.keep(db, [StatusReport(harbour.id, story.now, 1, status, story.now, error_code, None, None)])
        db.commit()
        story.told()

    for _ in range(5):
        say("HighTemperature")
        say(None)
    assert len(subjects(mailbox)) == 1
    story.later(minutes=1)
    sweeping.sweep(db, story.now)
    db.commit()
    assert db.scalars(select(Alarm).where(Alarm.kind == TEMPERATURE)).all() == []
    say("HighTemperature")
    assert len(subjects(mailbox)) == 1


def test_one_that_is_over_before_it_is_told_is_told_with_its_end(db: Session, story: Story, mailbox: Mailbox) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", language="en", alarms_at_once=[FUSE])
    mailbox.go()
    alarm = story.at(22, 12).raise_alarm(harbour, FUSE)
    story.told()
    story.later(minutes=10).end(alarm)
    assert db.scalars(select(Alarm).where(Alarm.kind == FUSE)).all() == []
    mailbox.come()
    story.later(minutes=10).cron()
    text, _html = texts(mailbox.letters[0])
    assert "- Fuse, Harbour 1\n  from Nov 22, 2026 12:00 until Nov 22, 2026 12:10\n" in text


def test_what_comes_bit_by_bit_is_one_e_mail_and_a_stream_is_cut(db: Session, story: Story, mailbox: Mailbox) -> None:
    stations = place(db, "Harbour", 40)
    reader(db, "ida@example.com", language="en", alarms_at_once=[FUSE])
    for station in stations[:4]:
        story.raise_alarm(station, FUSE)
        story.cron()
        story.later(seconds=20)
    assert subjects(mailbox) == [], "it is not quiet yet"
    story.later(seconds=20).cron()
    assert subjects(mailbox) == [("ida@example.com", "Charge Portal: 4 new alarms")]
    for station in stations[4:24]:
        story.raise_alarm(station, FUSE)
        story.cron()
        story.later(seconds=20)
    assert subjects(mailbox) == [("ida@example.com", "Charge Portal: 16 new alarms")], (
        "after five minutes at the latest"
    )
    story.later(minutes=1).cron()
    assert subjects(mailbox) == [("ida@example.com", "Charge Portal: 4 new alarms")]


def test_a_site_that_lost_its_line_is_one_line(db: Session, story: Story, mailbox: Mailbox) -> None:
    stations = place(db, "Harbour", 8)
    reader(db, "ida@example.com", language="en", alarms_at_once=[NO_NETWORK])
    lose_all(db, story, stations)
    sweep_and_tell(db, story, 300)
    [letter] = mailbox.letters
    assert letter["Subject"] == "Charge Portal: No network at the site, Harbour"
    text, _html = texts(letter)
    assert "- No network at the site: 8 stations\n" in text
    assert text.count("/alarms/show/") == 1, "the first ones stood alone until the others were lost too"
    story.later(minutes=5)
    for station in stations[:6]:  # Those that are left stand alone again, and were told of.
        db.execute(Alarm.__table__.update().where(Alarm.station_id == station.id).values(calm_since=story.now))
    db.commit()
    sweep_and_tell(db, story, 180)
    left = db.scalars(select(Alarm).where(Alarm.kind == NO_NETWORK)).all()
    assert [alarm.parent_id for alarm in left] == [None, None]
    assert len(mailbox.letters) == 1


def test_a_station_that_joins_those_of_a_site_that_was_told_brings_none(
    db: Session, story: Story, mailbox: Mailbox
) -> None:
    first, second = place(db, "Harbour", 2)
    reader(db, "ida@example.com", alarms_at_once=[NO_NETWORK])
    uplink = Alarm(kind=AlarmKind.SITE_UPLINK, site_id=first.site_id, site_name="Harbour", raised_at=story.now)
    db.add(uplink)
    db.commit()
    story.told()
    assert len(subjects(mailbox)) == 1
    story.raise_alarm(second, NO_NETWORK, parent_id=uplink.id)
    jobs.tell_alarms_at_once()
    assert len(db.scalars(select(AlarmMail)).all()) == 1
    story.told()
    assert subjects(mailbox) == []


def test_many_sites_that_are_lost_at_once_are_one_e_mail_a_person(db: Session, story: Story, mailbox: Mailbox) -> None:
    sites = [place(db, f"Site {number:02}", 10) for number in range(50)]
    reader(db, "ida@example.com", language="en", alarms_at_once=[NO_NETWORK])
    reader(db, "lise@example.com", SITE_ADMINISTRATOR, [sites[7][0].site], language="en", alarms_at_once=[NO_NETWORK])
    lose_all(db, story, [station for of_site in zip(*sites, strict=True) for station in of_site])
    sweep_and_tell(db, story, 420)
    assert sorted(subjects(mailbox)) == [
        ("ida@example.com", "Charge Portal: 50 new alarms"),
        ("lise@example.com", "Charge Portal: No network at the site, Site 07"),
    ]


def test_many_alarms_and_readers_cost_as_many_statements_as_few(db: Session, story: Story, mailbox: Mailbox) -> None:
    stations = place(db, "Harbour", 300)
    counts = []
    for readers, alarms in ((2, stations[:2]), (40, stations[2:])):
        for number in range(readers):
            reader(db, f"r{readers}-{number}@example.com", alarms_at_once=[FUSE])
        for _time in range(2):  # The second is added to what waits.
            for station in alarms[_time::2]:
                story.raise_alarm(station, FUSE)
            with recorded() as statements:
                jobs.tell_alarms_at_once()
            counts.append(len(statements))
        db.execute(AlarmMail.__table__.delete())
        db.commit()
    assert counts[:2] == counts[2:]


def test_an_alarm_that_becomes_visible_late_is_not_missed(db: Session, story: Story, mailbox: Mailbox) -> None:
    """It has the lower number, and is committed when one with a higher number is told already."""
    early, late = place(db, "Harbour", 2)
    reader(db, "ida@example.com", language="en", alarms_at_once=[FUSE])
    with session_factory().begin() as other:
        other.add(
            Alarm(
                kind=FUSE,
                site_id=early.site_id,
                site_name="-",
                station_id=early.id,
                station_name="A",
                raised_at=story.now,
            )
        )
        other.flush()
        story.raise_alarm(late, FUSE)
        story.told()
        assert subjects(mailbox) == [("ida@example.com", "Charge Portal: Fuse, Harbour 2")]
    story.told()
    assert subjects(mailbox) == [("ida@example.com", "Charge Portal: Fuse, A")]


def test_two_processes_tell_it_once(db: Session, story: Story, mailbox: Mailbox) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", alarms_at_once=[FUSE])
    story.raise_alarm(harbour, FUSE)
    took, may_end = Event(), Event()

    def tell_slowly() -> None:
        with session_factory().begin() as other:
            at_once.tell(other, story.now)
            took.set()
            may_end.wait(10)

    slow = Thread(target=tell_slowly)
    slow.start()
    took.wait(10)
    jobs.tell_alarms_at_once()
    may_end.set()
    slow.join()
    jobs.tell_alarms_at_once()
    assert len(db.scalars(select(AlarmMail)).all()) == 1


def test_a_crash_while_telling_tells_later(
    db: Session, story: Story, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", alarms_at_once=[FUSE])
    story.raise_alarm(harbour, FUSE)
    with monkeypatch.context() as broken:
        broken.setattr(at_once.outbox, "put", lambda _db, _rows: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            jobs.tell_alarms_at_once()
    story.told()
    assert len(subjects(mailbox)) == 1
