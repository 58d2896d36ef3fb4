"""The forms of ID tokens."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import IdToken
from tests.portal.browser_like import Visitor, errors


def test_a_token_is_added_changed_and_removed(administrator: Visitor, db: Session) -> None:
    made = administrator.send("/id_tokens/add", token=" 04A1b2 ", description="Mads", expires_at="2027-01-31T12:30")
    assert made.location == "/id_tokens/show/1"
    token = db.scalars(select(IdToken)).one()
    # Typed in the installation's zone, Copenhagen.
    assert (token.token, token.expires_at) == ("04A1b2", datetime(2027, 1, 31, 11, 30, tzinfo=UTC))
    assert (token.blocked, token.user_id) == (False, None)
    assert 'value="2027-01-31T12:30"' in administrator.get("/id_tokens/edit/1").text
    changed = administrator.send("/id_tokens/edit/1", token="04A1B2", blocked="y", user_id="1", expires_at="")
    assert changed.location == "/id_tokens/show/1"
    db.expire_all()
    assert (token.token, token.blocked, token.user_id, token.expires_at) == ("04A1B2", True, 1, None)
    assert administrator.send("/id_tokens/delete/1").location == "/id_tokens/"
    assert db.scalars(select(IdToken)).all() == []


def test_capital_and_small_letters_are_one_token(administrator: Visitor) -> None:
    administrator.send("/id_tokens/add", token="04a1b2c3")
    again = administrator.send("/id_tokens/add", token="04A1B2C3", expires_at="tomorrow")
    assert errors(again) == ["This token is registered already.", "Not a valid datetime value."]
