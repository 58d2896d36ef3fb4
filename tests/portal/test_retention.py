"""Retention as an administrator decides it."""

from sqlalchemy.orm import Session

from domain import retention
from domain.models import Kept
from tests.portal.browser_like import Visitor, errors, notes
from tests.portal.forms_on_pages import form_on


def test_it_is_decided_and_stands_there_again(administrator: Visitor, db: Session) -> None:
    sent = form_on(administrator.get("/retention/").text)
    assert {name: sent[name] for name in ("messages", "files", "events", "persons")} == {
        "messages": "30",
        "files": "90",
        "events": "",
        "persons": "",
    }
    answer = administrator.http.post("/retention/", data=sent | {"persons": "400", "files": ""}, follow_redirects=True)
    assert notes(answer) == [("good", "Saved. What is past its time goes tonight.")]
    db.rollback()
    decided = retention.days_of(db)
    assert (decided[Kept.PERSONS], decided[Kept.FILES], decided[Kept.MESSAGES]) == (400, None, 30)
    assert form_on(administrator.get("/retention/").text)["persons"] == "400"
    assert "retention" in administrator.get("/audit_log/export/csv").text


def test_what_cannot_be_is_refused_in_words(administrator: Visitor, db: Session) -> None:
    sent = form_on(administrator.get("/retention/").text)
    answer = administrator.http.post("/retention/", data=sent | {"persons": "3", "events": "soon"})
    assert answer.status_code == 422
    assert errors(answer) == ["Not a valid integer value.", "Between 31 and 36500 days, or empty for ever."]
    assert retention.days_of(db)[Kept.PERSONS] is None
