"""A new password by a link that an e-mail brings."""

import logging
import re
from datetime import timedelta

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from rq.registry import ScheduledJobRegistry
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from domain.models import PasswordReset, PortalUser
from domain.queue import DEFAULT
from portal.secret_addresses import without_secrets
from tests.fixtures.mail import Mailbox, texts
from tests.portal.browser_like import Visitor, errors, notes
from tests.portal.conftest import EMAIL, PASSWORD
from tests.portal.jobs import queued, work

NEW = "another-0002"
LINK = re.compile(r"http://localhost:8080(/reset/[\w-]{43})\s")
ON_ITS_WAY = "a link is on its way to it"


def ask(visitor: Visitor, email: str) -> tuple[int, str]:
    """Status and words of the answer, without what differs in each page."""
    answer = visitor.send("/forgot", email=email)
    return answer.status_code, re.sub(r'nonce="[^"]*"', "", answer.text).replace(email.strip().lower(), "…")


@pytest.fixture
def link(visitor: Visitor, mailbox: Mailbox, valkey: Redis) -> str:
    """Where the link leads that EMAIL was sent."""
    assert ask(visitor, EMAIL)[0] == 200
    work(valkey)
    return link_in(mailbox)


def link_in(mailbox: Mailbox) -> str:
    text, html = texts(mailbox.letters.pop())
    found = LINK.search(text)
    assert found
    assert found[1] in html
    return found[1]


def choose(visitor: Visitor, link: str, password: str = NEW, repeated: str | None = None) -> object:
    return visitor.send(link, page="/login/", password=password, repeated=repeated or password)


def test_the_link_brings_a_new_password_once(visitor: Visitor, portal: Flask, link: str) -> None:
    assert visitor.get(link).status_code == 200
    assert visitor.get(link).status_code == 200, "mail programs look at links before people do"
    assert choose(visitor, link).location == "/login/"
    assert notes(visitor.get("/login/")) == [("good", "Your password was changed. Sign in with the new one.")]
    for answer in (visitor.get(link), choose(visitor, link, "third-00003")):
        assert answer.status_code == 410
        assert "This link no longer works" in answer.text
        assert 'href="/forgot"' in answer.text
    assert visitor.sign_in(EMAIL, PASSWORD).status_code == 401
    assert visitor.sign_in(EMAIL, NEW).status_code == 302


def test_the_letter_says_whose_it_is(visitor: Visitor, mailbox: Mailbox, valkey: Redis) -> None:
    ask(visitor, EMAIL)
    work(valkey)
    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == (EMAIL, "A new password for Charge Portal")
    assert texts(letter)[0].startswith("Hello First,\n")


def test_a_new_password_ends_all_sign_ins(
    administrator: Visitor, portal: Flask, mailbox: Mailbox, valkey: Redis
) -> None:
    body = {"username": EMAIL, "password": PASSWORD, "refresh": True}
    tokens = administrator.http.post("/api/v1/security/login", json=body).json
    stranger = Visitor(portal.test_client())
    ask(stranger, EMAIL)
    work(valkey)
    assert administrator.get("/").status_code == 200
    assert choose(stranger, link_in(mailbox)).status_code == 302
    assert administrator.get("/").location == "/login/"
    for path, token in (("sites/", "access_token"), ("security/refresh", "refresh_token")):
        headers = {"Authorization": f"Bearer {tokens[token]}"}
        answer = stranger.http.open(f"/api/v1/{path}", method="POST" if "refresh" in path else "GET", headers=headers)
        assert (answer.status_code, answer.json) == (401, {"message": "No such user"})
    assert stranger.get("/").location == "/login/", "a link signs nobody in"


def test_other_links_of_the_same_person_are_closed(visitor: Visitor, mailbox: Mailbox, valkey: Redis) -> None:
    ask(visitor, EMAIL)
    ask(visitor, EMAIL)
    work(valkey)
    first, second = link_in(mailbox), link_in(mailbox)
    assert first != second
    assert choose(visitor, second).status_code == 302
    assert visitor.get(first).status_code == 410


def test_a_link_is_too_old_after_an_hour(visitor: Visitor, db: Session, link: str) -> None:
    db.execute(update(PasswordReset).values(expires_at=PasswordReset.expires_at - timedelta(hours=1)))
    db.commit()
    assert visitor.get(link).status_code == 410
    assert choose(visitor, link).status_code == 410
    assert visitor.sign_in(EMAIL, PASSWORD).status_code == 302


@pytest.mark.parametrize("secret", ["guessed", "é", "x" * 5000, "%00", "..%2f..", "0"])
def test_a_guessed_link_is_as_one_that_was_used(visitor: Visitor, mailbox: Mailbox, secret: str) -> None:
    answer = visitor.get(f"/reset/{secret}")
    assert answer.status_code in (404, 410)
    assert secret not in answer.text or secret == "0"


@pytest.mark.parametrize(
    ("password", "repeated", "said"),
    [
        ("short1", "short1", "A password has at least 8 characters."),
        ("a" * 128 + "1", "a" * 128 + "1", "A password has at most 128 characters."),
        ("12345678", "12345678", "A password contains a letter."),
        ("abcdefgh", "abcdefgh", "A password contains a digit."),
        (NEW, "another-0003", "The two passwords are not the same."),
    ],
)
def test_a_password_that_breaks_the_rule_leaves_the_link_open(
    visitor: Visitor, link: str, password: str, repeated: str, said: str
) -> None:
    answer = choose(visitor, link, password, repeated)
    assert (answer.status_code, errors(answer)) == (422, [said])
    assert password not in answer.text
    assert choose(visitor, link).status_code == 302


def test_the_answer_and_the_work_are_the_same_whether_or_not_the_account_exists(
    visitor: Visitor, mailbox: Mailbox, valkey: Redis, db: Session
) -> None:
    there, nobody = ask(visitor, f" {EMAIL.upper()} "), ask(visitor, "nobody@example.com")
    assert ON_ITS_WAY in there[1]
    assert there == nobody
    jobs = [(job.func_name, job.args) for job in queued(valkey)]
    name = "portal.jobs.send_password_reset"
    assert jobs == [(name, (EMAIL, "en")), (name, ("nobody@example.com", "en"))]
    work(valkey)
    assert [letter["To"] for letter in mailbox.letters] == [EMAIL]
    assert db.scalar(select(func.count(PasswordReset.id))) == 1


@pytest.mark.parametrize("change", [{"active": False}, {"roles": []}])
def test_whoever_may_not_sign_in_gets_no_link(
    visitor: Visitor, mailbox: Mailbox, valkey: Redis, db: Session, change: dict[str, object]
) -> None:
    user = db.scalars(select(PortalUser)).one()
    for name, value in change.items():
        setattr(user, name, value)
    db.commit()
    assert ON_ITS_WAY in ask(visitor, EMAIL)[1]
    work(valkey)
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Enter your e-mail."),
        ("ida", "This is not an e-mail address."),
        ("ida@example.com\nBcc: eve@example.com", "This is not an e-mail address."),
        ("i" * 320 + "@example.com", "At most 320 characters."),
    ],
)
def test_what_is_no_e_mail_is_refused(visitor: Visitor, mailbox: Mailbox, valkey: Redis, email: str, said: str) -> None:
    answer = visitor.send("/forgot", email=email)
    assert (answer.status_code, errors(answer)) == (422, [said])
    assert queued(valkey) == []


def test_a_server_that_refuses_is_tried_again_with_another_link(
    visitor: Visitor, mailbox: Mailbox, valkey: Redis, db: Session
) -> None:
    mailbox.refusals = ["451 come back later"]
    ask(visitor, EMAIL)
    work(valkey)
    assert db.scalar(select(func.count(PasswordReset.id))) == 0, "nobody knows a link that was not sent"
    waiting = ScheduledJobRegistry(queue=Queue(DEFAULT, connection=valkey))
    [job_id] = waiting.get_job_ids()
    waiting.remove(job_id)
    Queue(DEFAULT, connection=valkey).enqueue("portal.jobs.send_password_reset", EMAIL, "en")
    work(valkey)
    assert visitor.get(link_in(mailbox)).status_code == 200


def test_asking_counts_like_signing_in(visitor: Visitor, portal: Flask, mailbox: Mailbox) -> None:
    for _ in range(5):
        assert ask(visitor, EMAIL)[0] == 200
        assert visitor.sign_in(EMAIL, "wrong").status_code == 401
    assert ask(visitor, EMAIL.upper())[0] == 429
    assert visitor.sign_in(EMAIL, PASSWORD).status_code == 429
    for _ in range(10):
        assert ask(visitor, "nobody@example.com")[0] == 200
    assert ask(visitor, "nobody@example.com")[0] == 429
    other = Visitor(portal.test_client())
    token = other.get("/forgot").text.split('value="')[1].split('"')[0]
    sly = other.http.post("/forgot", data={"csrf_token": token, "username": "free@example.com", "email": EMAIL})
    assert sly.status_code == 429


def test_without_a_mail_server_the_page_says_whom_to_ask(visitor: Visitor, valkey: Redis) -> None:
    said = "This installation sends no e-mail. Your administrator can give you a new password."
    answer = visitor.get("/forgot")
    assert (answer.status_code, said in answer.text, "<input" in answer.text) == (200, True, False)
    answer = visitor.send("/forgot", page="/login/", email=EMAIL)
    assert said in answer.text
    assert queued(valkey) == []


def test_a_log_does_not_say_what_opens() -> None:
    assert without_secrets('"GET /reset/aB_-9 HTTP/1.1" 200 "http://h/reset/aB_-9?x"') == (
        '"GET /reset/… HTTP/1.1" 200 "http://h/reset/…?x"'
    )


def test_the_way_there_stands_on_the_sign_in_page(visitor: Visitor) -> None:
    assert '<a href="/forgot">Forgot the password?</a>' in visitor.get("/login/").text


def test_the_secret_is_nowhere_but_in_the_letter(
    visitor: Visitor, mailbox: Mailbox, valkey: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    mailbox.refusals = ["451 come back later"]
    ask(visitor, EMAIL)
    [job] = queued(valkey)
    work(valkey)
    mailbox.letters = mailbox.refused
    secret = link_in(mailbox).removeprefix("/reset/")
    assert visitor.get(f"/reset/{secret}").status_code == 410
    write = logging.Formatter().format
    ours = [write(record) for record in caplog.records if record.name != "mail.log"]  # The server's own.
    told = f"{job.description} {job.args} {ours}"
    assert "451" in told
    assert secret not in told
