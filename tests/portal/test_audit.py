"""The audit log as the portal writes it and as an administrator reads it."""

import csv
import html
import io
import re
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import audit_rules
from domain.audit import AuditAction, acting, audited_session_factory, record
from domain.audit_chain import links
from domain.audit_changes import HIDDEN
from domain.db import get_engine
from domain.models import AuditEntry, IdToken, PortalUser, Site, Station
from domain.roles import RoleName
from portal.views import audit_entry_words as words
from tests.portal.api.client import ApiClient
from tests.portal.browser_like import Visitor
from tests.portal.conftest import EMAIL, PASSWORD
from tests.portal.people import add_person, sign_in
from tests.statements import recorded

Line = tuple[int | None, str | None, str, str | None, str | None, dict[str, Any] | None, dict[str, Any] | None]
ME, HERE = 1, "127.0.0.1"
CELL = re.compile(r'<td[^>]* data-column="(\w+)" data-filter="([^"]*)">(.*?)</td>', re.DOTALL)


def said_from_the_start(db: Session) -> list[Line]:
    """The whole log."""
    db.rollback()
    e = AuditEntry
    found = select(e.user_id, e.address, e.action, e.object_kind, e.object_id, e.before, e.after).order_by(e.id)
    return [tuple(row) for row in db.execute(found)]


def said(db: Session) -> list[Line]:
    """The log but for the entries of the making and the signing in of the administrator."""
    return said_from_the_start(db)[2:]


def rows(page: str) -> list[dict[str, str]]:
    """The cells of each line of the table, without markup."""
    cells = [(name, html.unescape(re.sub("<[^>]+>", "", cell)).strip()) for name, _, cell in CELL.findall(page)]
    return [dict(cells[i : i + 7]) for i in range(0, len(cells), 7)]


def whole() -> bool:
    with get_engine().connect() as connection:
        return all(link.fault is None for link in links(connection))


def test_the_first_lines_are_the_administrator(administrator: Visitor, db: Session) -> None:
    e = AuditEntry
    made, came = db.execute(select(e.user_id, e.address, e.action, e.object_kind, e.object_id, e.after).order_by(e.id))
    assert tuple(made)[:5] == (None, None, "created", "user", "1")
    assert made.after | {"id": 1} == made.after
    assert {made.after[name] for name in ("first_name", "email", "username", "password")} == {HIDDEN}
    assert made.after["roles"] == ["Administrator"]
    assert tuple(came) == (ME, HERE, "signed_in", "user", "1", {"door": "portal"})


def test_whatever_is_saved_in_a_form(administrator: Visitor, db: Session) -> None:
    administrator.send("/sites/add", name="Harbour", time_zone="", latitude="", longitude="")
    administrator.send("/sites/edit/1", name="Quay", time_zone="", latitude="", longitude="")
    administrator.send("/sites/delete/1")
    lines = said(db)
    assert [line[:5] for line in lines] == [
        (ME, HERE, "created", "site", "1"),
        (ME, HERE, "changed", "site", "1"),
        (ME, HERE, "deleted", "site", "1"),
    ]
    assert lines[1][5:] == ({"name": "Harbour"}, {"name": "Quay"})
    assert whole()


def test_whatever_comes_by_the_api(portal: Flask, administrator: Visitor, db: Session) -> None:
    api = ApiClient(portal.test_client())
    answer = api.http.post("/api/v1/security/login", json={"username": EMAIL, "password": PASSWORD})
    api.token = answer.json["access_token"]
    made = api.http.post("/api/v1/sites/", json={"name": "Harbour"}, headers={"Authorization": f"Bearer {api.token}"})
    assert made.status_code == 201
    assert [line[:5] for line in said(db)] == [
        (ME, HERE, "signed_in", "user", "1"),
        (ME, HERE, "created", "site", "1"),
    ]
    assert said(db)[0][6] == {"door": "api"}


def test_signing_out(administrator: Visitor, db: Session) -> None:
    administrator.send("/logout/", page="/")
    assert said(db) == [(ME, HERE, "signed_out", "user", "1", None, {"door": "portal"})]


@pytest.mark.parametrize(("email", "user_id"), [(EMAIL, ME), ("Somebody@example.com", None), ("hunter2", None)])
def test_a_failed_sign_in_names_at_most_an_account(
    visitor: Visitor, db: Session, email: str, user_id: int | None
) -> None:
    """What was typed instead of an e-mail may be a password."""
    visitor.sign_in(email, "wrong-0001")
    line = said_from_the_start(db)[-1]
    of = None if user_id is None else str(user_id)
    assert line == (user_id, HERE, "sign_in_failed", "user", of, None, {"door": "portal"})
    assert whole()


def test_a_failed_sign_in_asks_the_database_the_same_whether_or_not_there_is_an_account(
    portal: Flask, visitor: Visitor
) -> None:
    """Those of the log; else the time that an answer takes would tell."""

    def asked(email: str) -> list[str]:
        with recorded() as statements, portal.test_request_context("/login/", method="POST"):
            portal.appbuilder.sm.sign_in_failed(email)  # type: ignore[attr-defined]
        return statements

    known, unknown = asked(EMAIL), asked("nobody@example.com")
    assert len(known) > 2
    assert known == unknown


def test_an_export_is_told_without_the_texts_of_its_filters(administrator: Visitor, db: Session) -> None:
    answer = administrator.get("/statistics/export/csv?email=eva@example.com&columns=email,station")
    assert answer.status_code == 200
    what = {"node": "system", "file": "csv", "columns": ["email", "station"], "filtered_by": ["email"]}
    assert said(db) == [(ME, HERE, "exported", "table", "charging_session", None, what)]


def test_who_looks_on_leaves_no_trace(administrator: Visitor, db: Session) -> None:
    for path in ("/", "/sites/", "/statistics/", "/audit_log/", "/news/"):
        assert administrator.get(path).status_code == 200
    assert administrator.get("/stations/show/99").status_code == 404
    assert said(db) == []


@pytest.mark.parametrize("role", [RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT, RoleName.EV_USER])
def test_it_is_for_administrators_alone(portal: Flask, db: Session, role: RoleName) -> None:
    person = sign_in(portal, add_person(db, role, "p@example.com"))
    for path in ("/audit_log/", "/audit_log/show/1", "/audit_log/export/csv"):
        assert person.get(path).status_code in (403, 404), path
    assert "/audit_log/" not in person.get("/").text


def test_the_table_names_people_and_objects_of_today(administrator: Visitor, db: Session) -> None:
    with acting(17, "192.0.2.9"), audited_session_factory().begin() as session:
        session.add(Site(name="Harbour", city="Aarhus"))
    with acting(None, "192.0.2.9"), audited_session_factory().begin() as session:
        record(session, AuditAction.SIGN_IN_FAILED, "user")
    found = rows(administrator.get("/audit_log/").text)
    told = [tuple(list(row.values())[1:]) for row in found]
    assert told[:2] == [
        ("nobody signed in", "192.0.2.9", "failed to sign in", "User", "", ""),
        ("deleted user 17", "192.0.2.9", "created", "Site", "1 Harbour", "id: 1; city: Aarhus; name: Harbour"),
    ]
    assert told[2] == ("First Administrator", HERE, "signed in", "User", "1 First Administrator", "door: portal")
    assert told[3][:5] == ("command line", "", "created", "User", "1 First Administrator")
    assert 'href="/sites/show/1"' in administrator.get("/audit_log/").text


def test_an_object_that_is_gone_has_no_link(administrator: Visitor, db: Session) -> None:
    administrator.send("/sites/add", name="Harbour", time_zone="", latitude="", longitude="")
    administrator.send("/sites/delete/1")
    page = administrator.get("/audit_log/").text
    assert 'href="/sites/show/1"' not in page
    assert rows(page)[0]["object_id"] == "1"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("who=1", {2, 4}),
        ("who=administrator", {2, 4}),
        ("who=IDA.HOLM", {2, 4}),
        ("who=somebody", set()),
        ("who=empty", {1}),
        ("who=17", {3}),
        ("who=99999999999999", set()),
        ("address=192.0.2", {3}),
        ("action=created", {1, 3, 4}),
        ("action=signed in", {2}),
        ("object_kind=station", {4}),
        ("object_id=1", {1, 2, 3, 4}),
        ("object_id=17", set()),
        ("changes=Harbour", {3}),
        ("happened_at=2020", set()),
        ("action=created&who=1&object_kind=station", {4}),
    ],
)
def test_filters(administrator: Visitor, db: Session, query: str, numbers: set[int]) -> None:
    with acting(17, "192.0.2.9"), audited_session_factory().begin() as session:
        session.add(Site(name="Harbour"))
    with acting(ME, HERE), audited_session_factory().begin() as session:
        session.add(Station(site_id=1, name="One", charge_box_id="one"))
    page = administrator.get(f"/audit_log/?{query}&columns=id,who,address,action,object_kind,object_id,changes").text
    assert {int(row["id"]) for row in rows(page)} == numbers


@pytest.mark.parametrize("column", ["happened_at", "who", "address", "action", "object_kind", "object_id", "id"])
def test_every_order_has_its_index(db: Session, administrator: Visitor, column: str) -> None:
    assert administrator.get(f"/audit_log/?sort=-{column}").status_code == 200
    name = {"who": "user_id"}.get(column, column)
    db.execute(text("SET LOCAL enable_sort = off"))
    db.execute(text("SET LOCAL enable_seqscan = off"))
    plan = db.scalars(text(f"EXPLAIN SELECT id FROM audit_entry ORDER BY {name} DESC, id DESC LIMIT 25")).all()
    assert "Index" in plan[1] and not any("Sort" in line for line in plan)


def test_a_page_asks_as_often_for_many_entries_as_for_few(administrator: Visitor, db: Session) -> None:
    def asked() -> int:
        with recorded() as statements:
            assert administrator.get("/audit_log/?rows=200").status_code == 200
        return len(statements)

    with audited_session_factory().begin() as session:
        session.add(Site(name="First"))
    few = asked()
    for number in range(30):
        with acting(number, HERE), audited_session_factory().begin() as session:
            session.add(Site(name=f"Site {number}"))
    assert asked() == few


def test_one_entry(administrator: Visitor, db: Session) -> None:
    administrator.send("/sites/add", name="<b>Harbour</b>", time_zone="", latitude="", longitude="")
    administrator.send("/sites/edit/1", name="Quay", time_zone="", latitude="", longitude="")
    page = html.unescape(re.sub(r"<[^>]+>|\s+", " ", administrator.get("/audit_log/show/4").text))
    said_words = re.sub(" +", " ", page)
    assert "Field Before After name <b>Harbour</b> Quay" in said_words
    assert db.scalars(select(AuditEntry.hash).where(AuditEntry.id == 4)).one().hex() in said_words
    for number in (5, 99, 2**63):
        assert administrator.get(f"/audit_log/show/{number}").status_code == 404


def test_files(administrator: Visitor, db: Session) -> None:
    with acting(17, "192.0.2.9"), audited_session_factory().begin() as session:
        session.add(Site(name="Harbour"))
    query = "?columns=who,address,action,object_kind,object_id,changes&action=created&object_kind=site"
    file = administrator.get(f"/audit_log/export/csv{query}").text
    [line] = list(csv.DictReader(io.StringIO(file)))
    assert (line["who"], line["address"], line["action"], line["object_kind"]) == ("17", "192.0.2.9", "created", "site")
    assert '"name": "Harbour"' in line["changes"]
    sheet = load_workbook(io.BytesIO(administrator.get(f"/audit_log/export/xlsx{query}").data)).active
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert found == [["deleted user 17", "192.0.2.9", "created", "Site", "1", "id: 1; name: Harbour"]]


def test_every_word_of_the_log_has_one_for_people() -> None:
    assert set(words.ACTIONS) == {action.value for action in AuditAction}
    assert set(words.KINDS) == set(audit_rules.KINDS.values()) | {"table"}


SECRETS = {
    "password": "Never-Shown-1", "email": "never.shown@example.com", "name": "Nevershown", "tag": "04DEADBEEF0042",
}  # fmt: skip


def test_no_value_that_is_hidden_stands_in_any_entry(administrator: Visitor, db: Session) -> None:
    """A user with everything is made, changed, used for an export and deleted."""
    person = {
        "role": "EV user", "first_name": SECRETS["name"], "last_name": SECRETS["name"], "email": SECRETS["email"],
        "password": SECRETS["password"], "id_tokens": SECRETS["tag"],
    }  # fmt: skip
    with acting(ME, HERE), audited_session_factory()() as session:
        user = PortalUser(
            first_name=person["first_name"], last_name=person["last_name"], username=person["email"],
            email=person["email"], password=SECRETS["password"], totp_secret=SECRETS["password"], active=True,
            recovery_code_hashes=[SECRETS["password"]],
        )  # fmt: skip
        session.add(user)
        session.flush()
        session.add(IdToken(token=SECRETS["tag"], user_id=user.id, description=SECRETS["name"]))
        session.commit()
        user.email, user.password = f"x{SECRETS['email']}", f"x{SECRETS['password']}"
        session.commit()
        administrator.get(f"/statistics/export/csv?email={SECRETS['email']}")
        Visitor(administrator.http.application.test_client()).sign_in(SECRETS["password"], SECRETS["password"])
        session.delete(user)
        session.commit()
    everything = "\n".join(db.scalars(text("SELECT audit_entry::text FROM audit_entry")))
    assert everything.count("\n") > 6
    for name, secret in SECRETS.items():
        assert secret.lower() not in everything.lower(), name
    assert whole()
