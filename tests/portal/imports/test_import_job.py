"""The job: all or nothing, whoever interferes, and pages that tell the truth about it."""

import os
import signal
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from domain.db import get_engine
from domain.models import IdToken, PortalUser
from domain.queue import get_redis
from domain.roles import RoleName
from portal.imports import job, progress
from portal.imports.progress import Decision, Run
from portal.imports.users import writing
from portal.imports.users.plan import TagStep
from tests.portal.browser_like import Visitor
from tests.portal.imports.conftest import TAGS, USERS, confirm, send, send_users, workbook
from tests.portal.people import add_person, sign_in
from tests.waiting import wait_until

Work = Callable[[], None]
NEW = [(f"F{n}", "Holm", f"f{n}@example.com", "EV user", None, None, None, str(n)) for n in range(1, 4)]


def number_of_users(db: Session) -> int:
    db.rollback()
    return db.scalar(select(func.count(PortalUser.id))) or 0


def words(path: str) -> tuple[str, int, str]:
    """What an address is an import of, whose, and its word; the first user is the administrator."""
    return "users", 1, path.split("/")[3]


def test_what_changed_since_the_preview_is_told_and_nothing_is_written(
    administrator: Visitor, db: Session, work: Work
) -> None:
    preview = send_users(administrator, *NEW)
    taken = add_person(db, RoleName.EV_USER, "quick@example.com")
    db.add(IdToken(token="2", user_id=taken.id))
    db.commit()
    path = confirm(administrator, preview)
    work()
    page = administrator.get(path)
    text = " ".join(page.text.split())
    assert "Something has changed since the preview: nothing was written." in text
    assert "<b>Row 3</b> f2@example.com" in text
    assert "→ refused: P quick has the tag 2 already. Each tag belongs to one user." in text
    assert number_of_users(db) == 2
    again = administrator.send(path.replace("/progress", "/again"), page=path)
    new_preview = administrator.get(again.location)
    confirm(administrator, new_preview)
    work()
    assert number_of_users(db) == 4
    assert administrator.get(path).status_code == 200, "the first import still tells what became of it"


def test_two_administrators_import_the_same_file_at_once(
    administrator: Visitor, portal: Flask, db: Session, work: Work
) -> None:
    other = sign_in(portal, add_person(db, RoleName.ADMINISTRATOR, "other@example.com"))
    paths = [confirm(visitor, send_users(visitor, *NEW)) for visitor in (administrator, other)]
    work()
    assert "All accepted rows were written." in administrator.get(paths[0]).text
    second = " ".join(other.get(paths[1]).text.split())
    assert "nothing was written." in second
    assert "will be created</span> → unchanged</span>" in second
    assert number_of_users(db) == 5


def test_a_form_that_writes_the_same_at_that_moment(
    administrator: Visitor, db: Session, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It commits between the job's look and its writing."""
    preview = send(administrator, ("u.xlsx", workbook([USERS, *NEW], [TAGS, ("77", "f1@example.com", "x")])))
    path = confirm(administrator, preview)
    original = writing._apply_tag

    def late(session: Session, step: TagStep) -> None:
        # Its look finds nothing, then the other one commits, then it writes.
        session.add(IdToken(token="77"))
        with get_engine().begin() as elsewhere:
            elsewhere.execute(text("INSERT INTO id_token (token, identity) VALUES ('0x4D', '77')"))
        original(session, step)

    monkeypatch.setattr(writing, "_apply_tag", late)
    work()
    page = " ".join(administrator.get(path).text.split())
    assert "<b>Row Sheet 2 2</b> 77" in page
    assert "→ refused: Somebody else changed this at the same moment." in page
    assert number_of_users(db) == 1


def test_cancelled_before_it_began(administrator: Visitor, db: Session, work: Work) -> None:
    path = confirm(administrator, send_users(administrator, *NEW))
    administrator.send(path.replace("/progress", "/cancel"), page=path)
    assert "Cancelled: nothing was written." in administrator.get(path).text
    work()
    assert "Cancelled: nothing was written." in administrator.get(path).text
    assert number_of_users(db) == 1


@pytest.mark.parametrize("state", [progress.State.HASHING, progress.State.WRITING])
def test_cancelled_in_the_middle(
    administrator: Visitor, db: Session, work: Work, state: progress.State, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(*row[:4], "a-password-1", *row[5:]) for row in NEW]
    path = confirm(administrator, send_users(administrator, *rows))
    told = Run.tell

    def tell(run: Run, now: progress.State, done: int, total: int) -> None:
        told(run, now, done, total)
        if now is state and done == 1:
            administrator.send(path.replace("/progress", "/cancel"), page=path)

    monkeypatch.setattr(Run, "tell", tell)
    work()
    assert "Cancelled: nothing was written." in administrator.get(path).text
    assert number_of_users(db) == 1


def test_too_late_to_cancel(administrator: Visitor, db: Session, work: Work) -> None:
    path = confirm(administrator, send_users(administrator, *NEW))
    work()
    administrator.send(path.replace("/progress", "/cancel"), page="/users/import/")
    assert "All accepted rows were written." in administrator.get(path).text
    assert Run(*words(path)).decide(Decision.CANCEL) is False


def test_a_form_sent_twice_and_a_job_run_twice_write_once(administrator: Visitor, db: Session, work: Work) -> None:
    preview = send_users(administrator, *NEW)
    path = confirm(administrator, preview)
    administrator.send(f"{preview.request.path}/confirm", page="/users/import/")
    work()
    job.run(*words(path), None)
    assert "All accepted rows were written." in administrator.get(path).text
    assert number_of_users(db) == 4
    assert administrator.get(preview.request.path).status_code == 302, "a preview that was confirmed is no preview"
    assert administrator.send(path.replace("/progress", "/again"), page="/users/import/").status_code == 404


def test_who_is_no_administrator_any_more_writes_nothing(administrator: Visitor, db: Session, work: Work) -> None:
    add_person(db, RoleName.ADMINISTRATOR, "other@example.com")
    confirm(administrator, send_users(administrator, *NEW))
    importer = db.get(PortalUser, 1)
    importer.active = False
    db.commit()
    work()
    assert number_of_users(db) == 2


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dead are found out quickly."""
    monkeypatch.setattr(progress, "PULSE_LASTS_SECONDS", 1)


def die_when(path: str, dies: Callable[[Run, progress.State, int], bool]) -> int:
    """Run the job in a process of its own that is killed at some point; returns the signal that ended it."""
    child = os.fork()
    if child == 0:
        get_engine().dispose(close=False)
        told = Run.tell

        def tell(run: Run, state: progress.State, done: int, total: int) -> None:
            told(run, state, done, total)
            if dies(run, state, done):
                os.kill(os.getpid(), signal.SIGKILL)

        Run.tell = tell
        job.run(*words(path), None)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("state", [progress.State.HASHING, progress.State.WRITING])
def test_a_job_that_is_killed_has_written_nothing_and_the_page_says_so(
    administrator: Visitor, db: Session, state: progress.State, impatient: None
) -> None:
    rows = [(*row[:4], "a-password-1", *row[5:]) for row in NEW]
    path = confirm(administrator, send_users(administrator, *rows))
    assert die_when(path, lambda _run, now, done: now is state and done == 2) == -signal.SIGKILL
    _wait_for_silence()
    assert "The import broke off: nothing was written." in administrator.get(path).text
    assert number_of_users(db) == 1
    job.run(*words(path), None)
    assert number_of_users(db) == 1, "what was told to be dead does not come back"


def test_a_job_that_dies_after_its_commit_is_known_to_have_written(
    administrator: Visitor, db: Session, impatient: None
) -> None:
    path = confirm(administrator, send_users(administrator, *NEW))
    finish = Run.finish
    child = os.fork()
    if child == 0:
        get_engine().dispose(close=False)
        Run.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        job.run(*words(path), None)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert Run.finish is finish
    _wait_for_silence()
    assert "All accepted rows were written." in administrator.get(path).text
    assert number_of_users(db) == 4
    assert administrator.get(path.replace("/progress", "/report.csv")).text.count("created") == 3


def _wait_for_silence() -> None:
    wait_until(lambda: not get_redis().keys("import:*:pulse"))
