"""No more e-mails about alarms: by the link, by the button of a mail program, and not by anything else."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import AuditEntry, PortalUser
from domain.roles import RoleName
from portal.limits import ADDRESS_LIMIT
from portal.mail import message, sending, unsubscribing
from portal.secret_addresses import without_secrets
from portal.translations.literals import shown_texts
from tests.fixtures.mail import Mailbox
from tests.portal.browser_like import Visitor
from tests.portal.people import add_person
from tests.portal.test_language_pages import english

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
HEADER = re.compile(rb"^List-Unsubscribe: <(\S+)>\r$", re.MULTILINE)


@pytest.fixture
def lise(portal: Flask, db: Session) -> PortalUser:
    return add_person(db, RoleName.ADMINISTRATOR, "lise@example.com", alarm_email=True)


@pytest.fixture
def stranger(portal: Flask) -> Visitor:
    return Visitor(portal.test_client())


def path_of(user: PortalUser) -> str:
    return f"/unsubscribe/{unsubscribing.token_of(user.id)}"


def wants(db: Session, user: PortalUser) -> bool:
    db.refresh(user)
    return user.alarm_email


def test_to_look_at_the_link_changes_nothing_and_its_button_does(
    db: Session, lise: PortalUser, stranger: Visitor
) -> None:
    for _ in range(2):
        page = stranger.get(path_of(lise))
        assert page.status_code == 200
        assert "You get e-mails while alarms are active." in page.text and ">No more e-mails</button>" in page.text
        assert wants(db, lise)
    assert "lise" not in page.text.lower(), "who finds the link learns nothing"
    done = stranger.http.post(path_of(lise))
    assert (done.status_code, "You get no more e-mails about alarms." in done.text) == (200, True)
    assert not wants(db, lise)
    page = stranger.get(path_of(lise))
    assert "You get no more e-mails about alarms." in page.text and "<button" not in page.text
    assert stranger.http.post(path_of(lise)).status_code == 200
    assert stranger.get("/").location == "/login/", "a link signs nobody in"


def test_the_page_speaks_danish_to_a_dane(lise: PortalUser, stranger: Visitor) -> None:
    stranger.get("/lang/da")
    pages = [stranger.get(path_of(lise)), stranger.http.post(path_of(lise)), stranger.get("/unsubscribe/1")]
    assert ["Ingen e-mails mere</button>" in page.text for page in pages] == [True, False, False]
    assert [text for page in pages for text in shown_texts(page.text) if text in english()] == []


def test_the_button_of_a_mail_program_ends_them_by_one_click(db: Session, lise: PortalUser, portal: Flask) -> None:
    """RFC 8058: a form of one field, without cookies, without our hidden token; and no redirect is answered."""
    assert portal.config.get("WTF_CSRF_ENABLED", True)
    assert portal.test_client().post(path_of(lise), data=ONE_CLICK).status_code == 200
    assert not wants(db, lise)


def test_both_headers_reach_the_mail_program_whole(
    lise: PortalUser, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python folds a long address into what no mail program knows for one."""
    monkeypatch.setenv("PUBLIC_URL", f"https://{'charging.' * 8}example.com")
    sending.get_settings.cache_clear()
    url = unsubscribing.url_of(lise.id)
    assert len(url) > 120
    sending.send(message.Message(lise.email, "x", "x", "x", unsubscribe_url=url))
    [letter] = mailbox.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert HEADER.findall(mailbox.raw[0]) == [url.encode()]
    sending.send(message.Message(lise.email, "x", "x", "x"))
    assert mailbox.letters[1]["List-Unsubscribe"] is None


def test_the_audit_log_says_that_it_changed_and_from_where(db: Session, lise: PortalUser, stranger: Visitor) -> None:
    stranger.http.post(path_of(lise))
    entry = db.scalars(
        select(AuditEntry).where(AuditEntry.object_kind == "user").order_by(AuditEntry.id.desc())
    ).first()
    assert entry
    assert (entry.action, entry.object_id, entry.user_id, entry.address) == ("changed", str(lise.id), None, "127.0.0.1")
    assert (entry.before, entry.after) == ({"alarm_email": True}, {"alarm_email": False})


@pytest.mark.parametrize("change", ["cut", "other", "longer", "made up", "blank", "nul"])
def test_a_link_that_is_not_ours_is_refused_in_words(db: Session, lise: PortalUser, portal: Flask, change: str) -> None:
    token = unsubscribing.token_of(lise.id)
    number, _, signature = token.partition(".")
    written = {
        "cut": token[:-3],
        "other": f"{unsubscribing.token_of(lise.id + 1).partition('.')[0]}.{signature}",
        "longer": f"{token}x",
        "made up": "Mg.AAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "blank": "%20",
        "nul": f"{number}%00.{signature}",
    }[change]
    stranger = Visitor(portal.test_client())
    for answer in (stranger.get(f"/unsubscribe/{written}"), stranger.http.post(f"/unsubscribe/{written}")):
        assert (answer.status_code, "This link does not work" in answer.text) == (404, True)
        assert "Nothing was changed." in answer.text
    assert wants(db, lise)
    danish = stranger.get(f"/unsubscribe/{written}", headers={"Accept-Language": "da"}).text
    assert "Linket virker ikke" in danish


def test_the_link_of_somebody_who_is_gone_is_refused_in_words(db: Session, lise: PortalUser, stranger: Visitor) -> None:
    path = path_of(lise)
    db.delete(lise)
    db.commit()
    assert stranger.get(path).status_code == stranger.http.post(path).status_code == 404


def test_a_word_that_was_signed_for_something_else_is_none(lise: PortalUser, monkeypatch: pytest.MonkeyPatch) -> None:
    token = unsubscribing.token_of(lise.id)
    assert unsubscribing.user_id_of(token) == lise.id
    with monkeypatch.context() as other:
        other.setattr(unsubscribing, "PURPOSE", "something else")
        assert unsubscribing.user_id_of(token) is None
    monkeypatch.setenv("SECRET_KEY", "another installation's secret, long enough")
    unsubscribing.get_settings.cache_clear()
    assert unsubscribing.user_id_of(token) is None


def test_it_is_counted_as_other_open_doors_are(lise: PortalUser, stranger: Visitor) -> None:
    for _ in range(10):
        assert stranger.http.post(path_of(lise)).status_code == 200
    assert stranger.http.post(path_of(lise)).status_code == 429
    most = int(ADDRESS_LIMIT.partition(" ")[0])
    codes = [stranger.http.post(f"/unsubscribe/guess-{number}").status_code for number in range(most)]
    assert codes[0] == 404 and codes[-1] == 429


def test_a_log_does_not_say_what_opens() -> None:
    assert without_secrets('"POST /unsubscribe/MTc.aB_-9 HTTP/1.1" 200') == '"POST /unsubscribe/… HTTP/1.1" 200'
