"""The digest of alarms: who gets one, when, once, in which language, and of what."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.alarm_mail import digests
from domain.alarm_mail.contents import MOST_LINES
from domain.models import Alarm, AlarmDigestDay, AlarmKind, AlarmMail, PortalUser, Site
from domain.roles import RoleName
from portal import jobs
from tests.fixtures.mail import Mailbox, texts
from tests.portal.mail.alarms import ADMINISTRATOR, COPENHAGEN, SITE_ADMINISTRATOR, Story, place, reader
from tests.statements import recorded


def sent(mailbox: Mailbox) -> list[tuple[str, str]]:
    """To whom and under which words, since the last look."""
    found = [(letter["To"], letter["Subject"]) for letter in mailbox.letters]
    mailbox.letters.clear()
    return found


def hours(story: Story, first: int, last: int) -> None:
    """The timetable runs each quarter of an hour from 0:00 of the first day of November to 24:00 of the last."""
    story.at(first, 0)
    until = Story(story.db).at(last + 1, 0).now
    while story.now < until:
        story.cron()
        story.later(minutes=15)


def test_three_days_bring_three_digests_at_the_hour_of_each_in_the_language_of_each(
    db: Session, story: Story, mailbox: Mailbox
) -> None:
    [harbour], [west] = place(db, "Harbour"), place(db, "West")
    reader(db, "ida@example.com", language="en", alarm_digest_hour=6, time_zone="America/New_York")
    reader(db, "lise@example.com", SITE_ADMINISTRATOR, [harbour.site], language="da")
    reader(db, "olaf@example.com", SITE_ADMINISTRATOR, [west.site], alarm_digest_hour=23)
    reader(db, "no@example.com", alarm_email=False)
    story.at(21, 20).cron()
    story.raise_alarm(harbour, AlarmKind.TEMPERATURE, outlet_number=2, error_code="HighTemperature", info="78 °C")
    assert sent(mailbox) == []

    hours(story, 22, 24)
    found = [(letter["To"], letter["Date"].datetime, letter["Subject"]) for letter in mailbox.letters]
    assert [to for to, _, _ in found] == ["lise@example.com", "ida@example.com"] * 3, "nothing is wrong at Olaf's"
    assert [subject for to, _, subject in found if to.startswith("ida")] == [
        f"Charge Portal: 1 active alarm on Nov {day}, 2026" for day in (22, 23, 24)
    ]
    assert [subject for to, _, subject in found if to.startswith("lise")] == [
        f"Charge Portal: 1 aktiv alarm den {day}. nov. 2026" for day in (22, 23, 24)
    ]
    at = {
        mail.user_id: mail.settled_at
        for mail in db.scalars(select(AlarmMail).where(AlarmMail.day == date(2026, 11, 23)))
    }
    lise, ida = (db.scalars(select(PortalUser).where(PortalUser.email == to)).one().id for to, _, _ in found[:2])
    assert [f"{at[who].astimezone(COPENHAGEN):%d %H:%M}" for who in (lise, ida)] == ["23 07:00", "23 12:00"]


def test_it_says_what_is_wrong_since_when_and_where_to_look(db: Session, story: Story, mailbox: Mailbox) -> None:
    [central, _other] = place(db, "Central & <b>Co</b>", 2)
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", first_name="Ida", language="en")
    story.at(22, 5).cron()
    hot = story.raise_alarm(
        harbour,
        AlarmKind.TEMPERATURE,
        outlet_number=2,
        error_code="HighTemperature",
        info="78 °C",
        acknowledged_at=story.now,
    )
    away = story.raise_alarm(central, AlarmKind.NO_NETWORK)
    fuse = story.raise_alarm(central, AlarmKind.FUSE)
    story.raise_alarm(_other, AlarmKind.FUSE, due_at=story.now + timedelta(days=1))
    story.raise_alarm(_other, AlarmKind.TEMPERATURE, calm_since=story.now)
    story.at(22, 7).cron()
    [letter] = mailbox.letters
    text, html = texts(letter)
    assert letter["Subject"] == "Charge Portal: 3 active alarms on Nov 22, 2026"
    body, _, foot = text.partition("-- \n")
    url = "http://localhost:8080"
    assert body == (
        "Hello Ida,\n\nat 07:00 on Nov 22, 2026 these alarms were active:\n\n"
        f"Central & <b>Co</b>\n{url}/alarms/?node=site-{central.site_id}\n\n"
        f"- Fuse, Central & <b>Co</b> 1\n  since Nov 22, 2026 05:00 (2 hours)\n  {url}/alarms/show/{fuse.id}\n\n"
        f"- No network, Central & <b>Co</b> 1: Nothing is heard of it\n  since Nov 22, 2026 05:00 (2 hours)\n"
        f"  {url}/alarms/show/{away.id}\n\n"
        f"Harbour\n{url}/alarms/?node=site-{harbour.site_id}\n\n"
        "- Temperature, Harbour 1: Outlet 2 · HighTemperature · 78 °C\n"
        f"  since Nov 22, 2026 05:00 (2 hours), acknowledged\n  {url}/alarms/show/{hot.id}\n\n"
        f"All active alarms: {url}/alarms/\n\n"
    )
    assert f"{url}/settings/#alarms\n" in foot and f"{url}/unsubscribe/" in foot
    assert "Central &amp; &lt;b&gt;Co&lt;/b&gt;</a></h2>" in html and "<b>Co" not in html
    for alarm in (hot, away, fuse):
        assert f'href="{url}/alarms/show/{alarm.id}"' in html
    assert "<img" not in html and "src=" not in html


def test_it_is_written_in_danish_for_a_dane(db: Session, story: Story, mailbox: Mailbox) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", first_name="Ida", language="da")
    story.at(22, 5.5).cron()
    story.raise_alarm(harbour, AlarmKind.NO_NETWORK)
    story.at(22, 7).cron()
    text, html = texts(mailbox.letters[0])
    assert text.startswith("Hej Ida\n\nKl. 07.00 den 22. nov. 2026 var disse alarmer aktive:\n")
    assert "- Ingen netværk, Harbour 1: Der høres intet fra den\n  siden 22. nov. 2026 05.30 (2 timer)\n" in text
    assert '<html lang="da">' in html and "Ingen netværk" in html
    assert not {"since", "Hello", "alarms were"} & set(text.split())


def test_where_nothing_is_wrong_at_the_hour_none_comes_until_the_next_day(
    db: Session, story: Story, mailbox: Mailbox
) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com")
    story.at(21, 20).cron()
    story.at(22, 7).cron()
    story.later(minutes=1).raise_alarm(harbour)
    hours(story, 22, 22)
    assert sent(mailbox) == []
    story.at(23, 7).cron()
    assert [to for to, _ in sent(mailbox)] == ["ida@example.com"]


def test_who_begins_to_want_them_begins_with_the_next_hour_and_so_again(
    db: Session, story: Story, mailbox: Mailbox
) -> None:
    [harbour] = place(db, "Harbour")
    story.at(22, 9).raise_alarm(harbour)
    ida = reader(db, "ida@example.com")
    story.cron()
    assert sent(mailbox) == []
    story.at(23, 7).cron()
    assert len(sent(mailbox)) == 1
    for wanted, day, hour in ((False, 23, 8), (True, 25, 9)):
        ida.alarm_email = wanted
        db.commit()
        story.at(day, hour).cron()
    assert sent(mailbox) == []
    story.at(26, 7).cron()
    assert len(sent(mailbox)) == 1


def test_a_portal_that_was_down_at_the_hour_sends_the_digest_once_when_it_is_back(
    db: Session, story: Story, mailbox: Mailbox
) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", language="en")
    story.at(22, 6).cron()
    story.raise_alarm(harbour)
    story.at(22, 16).cron()
    story.cron()
    assert sent(mailbox) == [("ida@example.com", "Charge Portal: 1 active alarm on Nov 22, 2026")]
    story.at(25, 5).cron()
    story.later(minutes=1).cron()
    assert sent(mailbox) == [("ida@example.com", "Charge Portal: 1 active alarm on Nov 24, 2026")], "one for all"
    story.at(25, 7).cron()
    assert sent(mailbox) == [("ida@example.com", "Charge Portal: 1 active alarm on Nov 25, 2026")]


def test_another_hour_or_zone_brings_no_second_one_of_the_day(db: Session, story: Story, mailbox: Mailbox) -> None:
    [harbour] = place(db, "Harbour")
    ida = reader(db, "ida@example.com")
    story.at(21, 20).cron()
    story.raise_alarm(harbour)
    story.at(22, 7).cron()
    assert len(sent(mailbox)) == 1
    ida.alarm_digest_hour, ida.time_zone = 15, "America/New_York"
    db.commit()
    hours(story, 22, 22)
    assert sent(mailbox) == []
    hours(story, 23, 23)
    assert len(sent(mailbox)) == 1


@pytest.mark.parametrize(
    ("month", "day", "hour", "comes_at"),
    [(3, 29, 2, "01:00"), (3, 29, 3, "01:00"), (10, 25, 2, "00:00"), (10, 25, 3, "02:00")],
)
def test_on_the_night_when_clocks_change_it_comes_once(
    db: Session, story: Story, mailbox: Mailbox, month: int, day: int, hour: int, comes_at: str
) -> None:
    """In March 2:00 is skipped and comes at 3:00; in October 2:00 comes twice and counts the first time (UTC)."""
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", alarm_digest_hour=hour)
    story.at(day - 1, 20, month).cron()
    story.raise_alarm(harbour)
    came_at = []
    for _quarter in range(4 * 8):
        story.later(minutes=15).cron()
        came_at += [f"{story.now:%H:%M}"] * len(sent(mailbox))
    assert came_at == [comes_at]


def test_everybody_gets_what_they_may_see_and_no_more(db: Session, story: Story, mailbox: Mailbox) -> None:
    [harbour], [west], [secret] = place(db, "Harbour"), place(db, "West"), place(db, "Secret")
    reader(db, "all@example.com", language="en")
    mine = reader(db, "two@example.com", SITE_ADMINISTRATOR, [harbour.site, west.site], language="en")
    story.at(21, 20).cron()
    for station in (harbour, west, secret):
        story.raise_alarm(station)
    story.at(22, 7)
    jobs.write_alarm_digests()
    mine.sites = [db.get_one(Site, harbour.site_id)]  # Between writing and sending.
    db.commit()
    jobs.send_alarm_mail()
    told = {letter["To"]: (letter["Subject"].split()[2], texts(letter)[0]) for letter in mailbox.letters}
    assert {to: number for to, (number, _) in told.items()} == {"all@example.com": "3", "two@example.com": "1"}
    text = told["two@example.com"][1]
    assert "Harbour" in text and "West" not in text and "Secret" not in text


@pytest.mark.parametrize("role", [RoleName.SUPPORT, RoleName.EV_USER, None])
def test_for_other_roles_there_are_none(db: Session, story: Story, mailbox: Mailbox, role: RoleName | None) -> None:
    [harbour] = place(db, "Harbour")
    user = reader(db, "bo@example.com", role or ADMINISTRATOR, alarms_at_once=[*AlarmKind])
    if role is None:
        user.roles = []
        db.commit()
    story.at(21, 20).cron()
    story.raise_alarm(harbour)
    hours(story, 22, 22)
    assert (sent(mailbox), db.scalars(select(AlarmMail)).all()) == ([], [])


@pytest.mark.parametrize("change", ["erased", "inactive", "another role", "no more"])
def test_who_is_gone_before_it_is_sent_gets_none(db: Session, story: Story, mailbox: Mailbox, change: str) -> None:
    [harbour] = place(db, "Harbour")
    ida = reader(db, "ida@example.com")
    story.at(21, 20).cron()
    story.raise_alarm(harbour)
    story.at(22, 7)
    jobs.write_alarm_digests()
    assert db.scalars(select(AlarmMail.user_id)).all() == [ida.id]
    match change:
        case "erased":
            db.delete(ida)
        case "inactive":
            ida.active = False
        case "another role":
            ida.roles = []
        case "no more":
            ida.alarm_email = False
    db.commit()
    story.cron()
    assert (sent(mailbox), db.scalars(select(AlarmMail)).all()) == ([], [])
    assert db.scalars(select(AlarmDigestDay)).all() == []


def test_many_alarms_are_cut_with_how_many_there_are(db: Session, story: Story, mailbox: Mailbox) -> None:
    stations = place(db, "Harbour", 1100)
    reader(db, "ida@example.com", language="da")
    story.at(21, 20).cron()
    alarms = [
        Alarm(kind=AlarmKind.FUSE, site_id=each.site_id, site_name="Harbour", station_id=each.id, raised_at=story.now)
        for each in stations
    ]
    db.add_all(alarms)
    db.commit()
    story.at(22, 7).cron()
    [letter] = mailbox.letters
    text, html = texts(letter)
    assert letter["Subject"] == "Charge Portal: 1.100 aktive alarmer den 22. nov. 2026"
    for told in (text, html):
        assert told.count("/alarms/show/") == MOST_LINES
        assert "… og 900 mere." in told


def test_many_readers_cost_as_many_statements_as_one(db: Session, story: Story, mailbox: Mailbox) -> None:
    [harbour] = place(db, "Harbour")
    story.at(21, 20)
    reader(db, "first@example.com")
    jobs.write_alarm_digests()
    story.raise_alarm(harbour)
    counts = []
    for number, day in ((0, 22), (40, 23)):
        for each in range(number):
            user = reader(db, f"r{each}@example.com", SITE_ADMINISTRATOR, [harbour.site])
            db.add(AlarmDigestDay(user_id=user.id, day=date(2026, 11, 22)))
        db.commit()
        story.at(day, 7)
        with recorded() as statements:
            assert digests.write_due(db, story.now) == number + 1
        db.commit()
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 1, "the sites of the site administrators"


def test_where_no_mail_server_is_set_nothing_is_written(db: Session, story: Story) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", alarms_at_once=[AlarmKind.FUSE])
    story.at(21, 20).cron()
    story.raise_alarm(harbour)
    hours(story, 22, 22)
    assert db.scalars(select(AlarmMail)).all() == []
