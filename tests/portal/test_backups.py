"""Backups as an administrator sees them."""

from datetime import timedelta

from rq import Queue
from sqlalchemy.orm import Session

from domain import backups
from domain.clock import now
from domain.models import Backup, BackupState
from domain.queue import DEFAULT, get_redis
from tests.portal.browser_like import Visitor


def made(db: Session, hours_ago: float, **values: object) -> None:
    at = now() - timedelta(hours=hours_ago)
    db.add(Backup(began_at=at, ended_at=at + timedelta(seconds=90), **values))
    db.commit()


def pane(visitor: Visitor) -> str:
    return visitor.get("/dashboard/pane/backups").text


def test_the_list_and_the_pane_say_what_to_do_while_there_is_none(administrator: Visitor) -> None:
    assert "No backup has been made yet." in administrator.get("/backups/").text
    assert "No backup has been made yet." in pane(administrator)


def test_a_good_one(administrator: Visitor, db: Session) -> None:
    good = {"state": BackupState.MADE, "size_bytes": 12_345_678, "rows": 4711, "verified": True}
    made(db, 1, file_name="charge-portal-20261129T020700Z.tar", **good)
    page = administrator.get("/backups/").text
    assert "12.3" in page and "0:01:30" in page and "charge-portal-20261129T020700Z.tar" in page
    assert "The last backup is good" in pane(administrator) and "Last restored and compared" in pane(administrator)
    assert "more than a day old" not in pane(administrator)


def test_a_bad_one_after_a_good_one(administrator: Visitor, db: Session) -> None:
    made(db, 50, state=BackupState.MADE, size_bytes=1, rows=1)
    assert "more than a day old" in pane(administrator)
    made(db, 2, state=BackupState.FAILED, error="No space left on <disk>")
    assert "The last backup failed" in pane(administrator)
    assert "No space left on &lt;disk&gt;" in pane(administrator) and "None was ever restored" in pane(administrator)


def test_what_died_is_said_to_have_failed_when_the_next_begins(administrator: Visitor, db: Session) -> None:
    db.add(Backup(began_at=now() - timedelta(hours=13)))
    db.flush()
    backups.begin(db, now())
    db.commit()
    assert "The process that made it is gone." in pane(administrator)


def test_one_is_made_on_request(administrator: Visitor) -> None:
    answer = administrator.send("/backups/make", "/backups/")
    assert answer.location == "/backups/"
    [job] = Queue(DEFAULT, connection=get_redis()).jobs
    assert (job.func_name, job.timeout) == ("launcher.backups.jobs.back_up_now", 6 * 3600)
