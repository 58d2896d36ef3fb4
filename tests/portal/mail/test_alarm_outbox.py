"""The outbox of e-mails about alarms: a mail server that is down delays, and neither loses nor doubles."""

import smtplib
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import installation_figures, retention
from domain.alarm_mail import outbox
from domain.db import owner_session_factory
from domain.models import AlarmKind, AlarmMail, AlarmMailState, PortalUser
from portal import jobs
from portal.mail import alarm_mail, sending
from tests.fixtures.mail import Mailbox
from tests.portal.mail.alarms import Story, place, reader

WAITING, SENT, GIVEN_UP = AlarmMailState


def rows(db: Session) -> list[AlarmMail]:
    db.rollback()
    return list(db.scalars(select(AlarmMail).order_by(AlarmMail.id).execution_options(populate_existing=True)))


def states(db: Session) -> list[tuple[AlarmMailState, str | None]]:
    return [(mail.state, mail.error) for mail in rows(db)]


def subjects(mailbox: Mailbox) -> list[tuple[str, str]]:
    return [(letter["To"], letter["Subject"].partition(": ")[2]) for letter in mailbox.letters]


@pytest.fixture
def alarmed(db: Session, story: Story, mailbox: Mailbox) -> Story:
    """Somebody wants digests at 7:00, and something has been wrong since the evening before."""
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", language="en", alarms_at_once=[AlarmKind.FUSE])
    story.at(21, 20).cron()
    story.raise_alarm(harbour, AlarmKind.TEMPERATURE)
    return story


def a_day(story: Story, day: int) -> None:
    story.at(day, 0)
    for _quarter in range(4 * 24):
        story.cron()
        story.later(minutes=15)


def test_a_server_that_is_down_for_a_day_delays_and_nothing_is_lost_or_doubled(
    db: Session, alarmed: Story, mailbox: Mailbox
) -> None:
    a_day(alarmed, 22)
    assert subjects(mailbox) == [("ida@example.com", "1 active alarm on Nov 22, 2026")]
    mailbox.go()
    a_day(alarmed, 23)
    waiting = rows(db)[-1]
    assert (waiting.state, waiting.tries > 50) == (WAITING, True)
    assert waiting.error and waiting.error.startswith("ConnectionRefusedError:")
    assert len(mailbox.letters) == 1
    mailbox.come()
    alarmed.at(24, 0.25).cron()
    assert subjects(mailbox)[1:] == [("ida@example.com", "1 active alarm on Nov 23, 2026")]
    a_day(alarmed, 24)
    assert subjects(mailbox)[2:] == [("ida@example.com", "1 active alarm on Nov 24, 2026")]
    assert states(db) == [(SENT, None)] * 3
    assert [mail.alarm_ids for mail in rows(db)] == [[], [], []]


def test_digests_of_several_days_come_in_their_order_and_what_was_to_be_told_at_once_as_one(
    db: Session, alarmed: Story, mailbox: Mailbox
) -> None:
    mailbox.go()
    stations = place(db, "West", 30)
    for day in (22, 23, 24):
        alarmed.at(day, 0)
        for hour in range(24):
            if hour % 3 == 0:
                alarmed.raise_alarm(stations[day - 22 + hour], AlarmKind.FUSE)
            alarmed.cron()
            alarmed.later(hours=1)
    mailbox.come()
    for _ in range(3):
        alarmed.later(minutes=10).cron()
    found = [subject for _to, subject in subjects(mailbox)]
    digests = [subject for subject in found if "active" in subject]
    assert [subject.partition(" on ")[2] for subject in digests] == [f"Nov {day}, 2026" for day in (22, 23, 24)]
    assert [subject for subject in found if "active" not in subject] == ["Fuse, West 1", "23 new alarms"]


def test_when_the_server_is_down_one_is_tried_and_all_go_when_it_is_back(
    db: Session, alarmed: Story, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        reader(db, f"r{number}@example.com", language="en")
    alarmed.at(22, 6).cron()
    mailbox.go()
    tried = []
    send = sending.send
    monkeypatch.setattr(sending, "send", lambda letter: (tried.append(letter.to), send(letter)))
    alarmed.at(22, 7).cron()
    assert tried == ["ida@example.com"]
    for _minute in range(60):
        alarmed.later(minutes=1).cron()
    assert set(tried) == {"ida@example.com"} and 10 <= len(tried) <= 25
    mailbox.come()
    alarmed.later(seconds=1.2 * outbox.LONGEST_REST.total_seconds()).cron()
    assert len(mailbox.letters) == len({letter["To"] for letter in mailbox.letters}) == 21


@pytest.mark.parametrize("refusal", ["451 4.3.0 come back later", "452 4.2.2 the mailbox is full"])
def test_one_mailbox_that_is_not_ready_is_tried_again_and_holds_up_nobody_else(
    db: Session, alarmed: Story, mailbox: Mailbox, refusal: str
) -> None:
    reader(db, "lise@example.com", language="en")
    alarmed.at(22, 6).cron()
    mailbox.unknown = {"ida@example.com": refusal}
    alarmed.at(22, 7).cron()
    assert [to for to, _ in subjects(mailbox)] == ["lise@example.com"]
    assert states(db) == [(WAITING, refusal), (SENT, None)]
    mailbox.unknown = {}
    alarmed.later(minutes=1).cron()
    assert [to for to, _ in subjects(mailbox)] == ["lise@example.com", "ida@example.com"]
    assert states(db) == [(SENT, None)] * 2


def test_what_comes_later_to_a_mailbox_that_is_not_ready_waits_for_what_came_before(
    db: Session, alarmed: Story, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "pause", lambda _tries, _longest: timedelta(hours=1))
    mailbox.unknown = {"ida@example.com": "451 4.3.0 come back later"}
    alarmed.at(22, 7).cron()
    alarmed.at(23, 6.5).cron()
    mailbox.unknown = {}
    alarmed.at(23, 7).cron()
    assert [mail.state for mail in rows(db)] == [WAITING, WAITING]
    alarmed.at(23, 7.5).cron()
    assert [subject.partition(" on ")[2] for _to, subject in subjects(mailbox)] == ["Nov 22, 2026", "Nov 23, 2026"]


def test_a_recipient_that_is_refused_for_good_is_given_up_with_the_reason(
    db: Session, alarmed: Story, mailbox: Mailbox
) -> None:
    mailbox.unknown = {"ida@example.com": "550 5.1.1 no such user"}
    alarmed.at(22, 7).cron()
    alarmed.later(days=0.5).cron()
    assert states(db) == [(GIVEN_UP, "550 5.1.1 no such user")]
    mailbox.unknown = {}
    alarmed.at(23, 7).cron()
    assert subjects(mailbox) == [("ida@example.com", "1 active alarm on Nov 23, 2026")], "the next day is another try"


@pytest.mark.parametrize(
    ("answer", "state"),
    [("554 5.7.1 this is spam", GIVEN_UP), ("451 4.7.1 greylisted", WAITING), ("421 4.3.2 shutting down", WAITING)],
)
def test_content_that_is_refused(
    db: Session, alarmed: Story, mailbox: Mailbox, answer: str, state: AlarmMailState
) -> None:
    mailbox.refusals = [answer]
    alarmed.at(22, 7).cron()
    assert states(db) == [(state, answer)]


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPAuthenticationError(535, b"no"),
        smtplib.SMTPSenderRefused(550, b"not you", "no-reply@localhost"),
        smtplib.SMTPServerDisconnected("gone"),
        TimeoutError("timed out"),
        sending.UnprotectedPasswordError("no STARTTLS"),
    ],
)
def test_what_is_no_fault_of_the_e_mail_gives_none_up(
    db: Session, alarmed: Story, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sending, "send", lambda _letter: (_ for _ in ()).throw(error))
        alarmed.at(22, 7).cron()
    [(state, words)] = states(db)
    assert state is WAITING and words and words.startswith(type(error).__name__)
    alarmed.later(minutes=1).cron()
    assert states(db) == [(SENT, None)]


def test_a_crash_after_the_server_took_it_sends_it_again_under_the_same_number(
    db: Session, alarmed: Story, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot be known whether it was taken: by its Message-ID the mail server sees that it has it."""
    with monkeypatch.context() as broken:
        broken.setattr(alarm_mail.outbox, "settle", lambda *_settled: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            alarmed.at(22, 7).cron()
    assert (len(mailbox.letters), states(db)) == (1, [(WAITING, None)])
    alarmed.later(minutes=9).cron()
    assert len(mailbox.letters) == 1, "somebody may still be at it"
    alarmed.later(minutes=1).cron()
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"] == rows(db)[0].message_id
    assert states(db) == [(SENT, None)]
    alarmed.at(23, 7).cron()
    assert mailbox.letters[2]["Message-ID"] != first["Message-ID"]


def test_what_may_have_been_handed_over_is_not_added_to(
    db: Session, alarmed: Story, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail server that has it would take the second for the first."""
    first, second = place(db, "West", 2)
    alarmed.raise_alarm(first, AlarmKind.FUSE)
    with monkeypatch.context() as broken:
        broken.setattr(alarm_mail.outbox, "settle", lambda *_settled: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            alarmed.told()
    alarmed.raise_alarm(second, AlarmKind.FUSE)
    alarmed.told()
    alarmed.later(minutes=10).cron()
    assert [subject for _to, subject in subjects(mailbox)] == ["Fuse, West 1", "Fuse, West 1", "Fuse, West 2"]


def test_one_that_cannot_be_written_holds_up_no_others(
    db: Session, alarmed: Story, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader(db, "lise@example.com", language="en")
    alarmed.at(22, 6).cron()
    with monkeypatch.context() as broken:
        broken.setattr(alarm_mail.alarm_letter, "write", lambda *_mail: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            alarmed.at(22, 7).cron()
    alarmed.later(seconds=10).cron()
    assert [to for to, _ in subjects(mailbox)] == ["lise@example.com"]
    alarmed.later(minutes=10).cron()
    assert [to for to, _ in subjects(mailbox)] == ["lise@example.com", "ida@example.com"]


def test_who_is_erased_while_it_is_sent_leaves_nothing(
    db: Session, alarmed: Story, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = alarm_mail.alarm_letter.write

    def erase_first(*mail: object) -> object:
        db.delete(db.scalars(select(PortalUser).where(PortalUser.email == "ida@example.com")).one())
        db.commit()
        return write(*mail)

    monkeypatch.setattr(alarm_mail.alarm_letter, "write", erase_first)
    alarmed.at(22, 7).cron()
    assert (mailbox.letters, rows(db)) == ([], [])


def test_what_nobody_takes_for_a_week_is_given_up_and_what_is_old_removed(
    db: Session, alarmed: Story, mailbox: Mailbox
) -> None:
    mailbox.go()
    alarmed.at(22, 7).cron()
    alarmed.later(days=6)
    jobs.give_up_old_alarm_mail()
    assert [state for state, _ in states(db)] == [WAITING]
    alarmed.later(days=1.1)
    jobs.give_up_old_alarm_mail()
    [(state, error)] = states(db)
    assert state is GIVEN_UP and error and "ConnectionRefusedError" in error
    mailbox.come()
    alarmed.later(hours=1)
    jobs.send_alarm_mail()
    assert mailbox.letters == []
    alarmed.later(days=22)
    # It drops what is old of all tables, as their owner; that is taken back.
    with owner_session_factory()() as owner:
        assert retention.forget(owner, alarmed.now).mails == 0
        alarmed.later(days=1)
        assert retention.forget(owner, alarmed.now).mails == 1
        assert owner.scalars(select(AlarmMail.id)).all() == []


def test_what_waits_and_what_was_refused_is_counted_for_those_who_watch(
    db: Session, alarmed: Story, mailbox: Mailbox
) -> None:
    def figures() -> dict[str, float]:
        return {
            figure.name: figure.values[()]
            for figure in installation_figures.of_database(db)
            if "alarm_mail" in figure.name
        }

    nothing = {"alarm_mails_waiting": 0, "oldest_alarm_mail_age_seconds": 0, "alarm_mails_given_up": 0}
    assert figures() == nothing
    mailbox.go()
    alarmed.at(22, 7).cron()
    alarmed.later(hours=2)
    assert figures() == nothing | {"alarm_mails_waiting": 1, "oldest_alarm_mail_age_seconds": 7200}
    mailbox.unknown = {"ida@example.com": "550 no such user"}
    mailbox.come()
    alarmed.cron()
    db.rollback()
    assert figures() == nothing | {"alarm_mails_given_up": 1}


def test_no_transaction_is_open_while_the_server_is_waited_for(
    db: Session, alarmed: Story, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(_letter: object) -> None:
        db.rollback()
        # Whoever would lock the row now gets it.
        mail = db.scalars(select(AlarmMail).with_for_update(nowait=True)).one()
        seen.append((mail.tries, mail.next_try_at - alarmed.now))
        db.rollback()

    monkeypatch.setattr(sending, "send", look)
    alarmed.at(22, 7).cron()
    assert seen == [(1, timedelta(minutes=10))]
