"""What is wrong with the installation itself is told to administrators, and to nobody else."""

import pytest
from sqlalchemy.orm import Session

from domain.alarms import installation
from domain.alarms.installation import Wrong
from domain.models import AlarmKind
from domain.roles import RoleName
from tests.fixtures.mail import Mailbox, texts
from tests.portal.mail.alarms import SITE_ADMINISTRATOR, Story, place, reader

BACKUP, FUSE = AlarmKind.BACKUP, AlarmKind.FUSE


@pytest.fixture(autouse=True)
def readers(db: Session) -> None:
    [harbour] = place(db, "Harbour")
    reader(db, "ida@example.com", language="en", alarms_at_once=[BACKUP, FUSE])
    reader(db, "lise@example.com", SITE_ADMINISTRATOR, [harbour.site], alarms_at_once=[BACKUP, FUSE])
    reader(db, "per@example.com", RoleName.SUPPORT, alarms_at_once=[BACKUP, FUSE])


def fail(db: Session, story: Story) -> None:
    installation.judge(db, {BACKUP: Wrong(story.now, "the disk is full")}, story.now)
    db.commit()


def test_at_once(db: Session, story: Story, mailbox: Mailbox) -> None:
    fail(db, story)
    story.told()
    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("ida@example.com", "Charge Portal: Portal: no good backup")
    for text in texts(letter):
        assert "The portal itself" in text
        assert "/alarms/?node=system" in text
        assert "the disk is full" in text


def test_in_the_digest_it_comes_first(db: Session, story: Story, mailbox: Mailbox) -> None:
    [air] = place(db, "Airport")
    story.at(22, 5).cron()
    fail(db, story)
    story.raise_alarm(air)
    mailbox.letters.clear()
    story.at(23, 7.5).cron()
    digests = {letter["To"]: letter for letter in mailbox.letters if "active" in letter["Subject"]}
    text, _html = texts(digests["ida@example.com"])
    assert text.index("The portal itself") < text.index("Airport")
    assert all("The portal itself" not in texts(letter)[0] for to, letter in digests.items() if to != "ida@example.com")
