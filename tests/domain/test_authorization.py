import pytest

from domain import authorization
from domain.authorization import ANONYMOUS, Decision, Verdict
from domain.models import Authorization, OutletMode
from domain.reports import AuthorizeReport
from tests.domain.conftest import NINE, after

REFUSED = {
    "blocked": ({"blocked": True}, Verdict.BLOCKED),
    "expired": ({"expires_at": NINE}, Verdict.EXPIRED),
    "expired and blocked": ({"expires_at": NINE, "blocked": True}, Verdict.BLOCKED),
}


def test_a_known_tag_is_accepted_in_any_case_of_its_letters(db, tag, user):
    accepted = Decision(Verdict.ACCEPTED, Authorization.RFID, None, user.id, user.email)

    assert authorization.decide(db, tag.token.lower(), OutletMode.RFID, NINE) == accepted
    assert authorization.decide(db, tag.token, OutletMode.OPEN, NINE) == accepted


def test_a_tag_that_nobody_entered(db):
    assert authorization.decide(db, "nobody", OutletMode.RFID, NINE).verdict is Verdict.INVALID
    assert authorization.decide(db, "nobody", OutletMode.OPEN, NINE) == ANONYMOUS


@pytest.mark.parametrize(("fields", "verdict"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refused_tag(db, tag, fields, verdict):
    for name, value in fields.items():
        setattr(tag, name, value)
    db.flush()

    refused = Decision(verdict, Authorization.ANONYMOUS)
    assert authorization.decide(db, tag.token, OutletMode.RFID, NINE) == refused
    assert authorization.decide(db, tag.token, OutletMode.OPEN, NINE) == ANONYMOUS


def test_a_tag_is_good_until_it_expires(db, tag, user):
    tag.expires_at = after(1)
    db.flush()

    assert authorization.decide(db, tag.token, OutletMode.RFID, NINE) == Decision(
        Verdict.ACCEPTED, Authorization.RFID, after(1), user.id, user.email
    )


def test_the_tag_of_a_user_who_may_not_sign_in_is_blocked(db, tag, user):
    user.active = False
    db.flush()

    assert authorization.decide(db, tag.token, OutletMode.RFID, NINE).verdict is Verdict.BLOCKED


def test_a_station_with_an_open_outlet_lets_an_unknown_tag_come_as_far_as_the_start(db, station, outlet):
    report = AuthorizeReport(station.id, NINE, "nobody")
    assert authorization.authorize(db, report).verdict is Verdict.INVALID

    outlet.mode = OutletMode.OPEN
    db.flush()
    assert authorization.authorize(db, report) == ANONYMOUS
