"""A changed password or e-mail ends the other sign-ins; what a cookie or token says must be just right."""

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_jwt_extended import create_access_token
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import passwords
from domain.models import PortalUser
from portal.security import verify_password
from tests.portal.browser_like import Visitor
from tests.portal.conftest import EMAIL, PASSWORD


@pytest.fixture
def another(portal: Flask) -> Visitor:
    """The administrator's second browser, which remembers."""
    visitor = Visitor(portal.test_client())
    assert visitor.sign_in(EMAIL, PASSWORD, remember="y").status_code == 302
    return visitor


def change(db: Session) -> None:
    passwords.set_password(db.scalars(select(PortalUser)).one(), "another-0002")
    db.commit()


def forget_session(visitor: Visitor) -> None:
    """As when the browser was closed: what is left is the cookie that remembers."""
    visitor.http.delete_cookie("charge_portal")


def test_a_cookie_that_remembers_lets_in(another: Visitor) -> None:
    forget_session(another)
    assert another.get("/").status_code == 200


def test_signing_out_also_ends_being_remembered(another: Visitor) -> None:
    """The cookie that remembers once stayed, and the next click came in again without a password."""
    assert another.send("/logout/", page="/").location == "/login/"
    assert another.http.get_cookie("charge_portal_remember") is None
    assert another.get("/").location == "/login/"


@pytest.mark.parametrize("closed", [False, True])
def test_a_new_password_ends_browsers_and_those_that_remember(another: Visitor, db: Session, closed: bool) -> None:
    change(db)
    if closed:
        forget_session(another)
    assert another.get("/").location == "/login/"


@pytest.mark.parametrize(
    "identity",
    ["", "1", "x", "1.", ".N", "1.9", "2.N", "1.N.0", "1.N ", "01.N", "-1.N", "1.-N", "9999999999.N", "١.N", "1.N\n"],
)
def test_what_names_nobody_is_nobody(portal: Flask, administrator: Visitor, identity: str) -> None:
    with administrator.http.session_transaction() as cookie:
        user_id, number = cookie["_user_id"].split(".")
        assert user_id == "1"
        identity = identity.replace("N", number)
        cookie["_user_id"] = identity
    assert administrator.get("/").location == "/login/"
    with portal.app_context():
        token = create_access_token(identity=identity)
    answer = administrator.http.get("/api/v1/sites/", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json) == (401, {"message": "No such user"})


@pytest.mark.parametrize("remembered", ["", "1.0", "1.0|", "1.0|abc", "|", "%C3%A9|%C3%A9", "x" * 3000])
def test_a_cookie_that_was_made_up_remembers_nobody(visitor: Visitor, remembered: str) -> None:
    visitor.http.set_cookie("charge_portal_remember", remembered)
    assert visitor.get("/").location == "/login/"


def test_a_cookie_signed_by_another_installation_is_none(portal: Flask, visitor: Visitor) -> None:
    other = Flask(__name__)
    other.secret_key = "of another installation"
    serializer = SecureCookieSessionInterface().get_signing_serializer(other)
    assert serializer
    visitor.http.set_cookie("charge_portal", serializer.dumps({"_user_id": "1.0", "_fresh": True}))
    assert visitor.get("/").location == "/login/"


def test_to_ask_for_the_own_password_counts_like_signing_in(portal: Flask, visitor: Visitor) -> None:
    with portal.test_request_context("/"):
        user = portal.appbuilder.sm.find_user(username=EMAIL)
        assert verify_password(user, PASSWORD)
        for _ in range(2):
            assert [verify_password(user, "wrong") for _ in range(9)] == [False] * 9
            assert verify_password(user, PASSWORD)
        assert not any(verify_password(user, "wrong") for _ in range(10))
    assert visitor.sign_in(EMAIL, PASSWORD).status_code == 429
