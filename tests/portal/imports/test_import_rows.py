"""What becomes of a row, and why: the domain's rules, the other rows, and what is there already."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from domain.models import IdToken, Site
from domain.queue import get_redis
from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.conftest import EMAIL
from tests.portal.imports.conftest import TAGS, USERS, confirm, outcomes, send, send_users, workbook
from tests.portal.people import add_person, sign_in
from tests.statements import recorded

Work = Callable[[], None]
NEW = ("Finn", "Holm", "f@example.com", "EV user")


def reasons(visitor: Visitor, *row: object) -> str:
    preview = send_users(visitor, row)
    assert outcomes(preview) == {"2": "refused"}
    return preview.text


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ((None, *NEW[1:]), "First name", "This is needed."),
        ((*NEW[:2], None, "EV user"), "E-mail", "This is needed."),
        ((*NEW[:3], None), "Role", "This is needed."),
        (("F" * 65, *NEW[1:]), "First name", "At most 64 characters."),
        (("F" * 2000, *NEW[1:]), "First name", "At most 1000 characters."),
        ((*NEW[:2], "f@", "EV user"), "E-mail", "This is not an e-mail address."),
        ((*NEW[:3], "Boss"), "Role", "Boss is no role. Right would be one of: Administrator, Site administrator,"),
        ((*NEW, "short1"), "Password", "A password has at least 8 characters."),
        ((*NEW, "no-digits-here"), "Password", "A password contains a digit."),
        ((*NEW, 12345678), "Password", "A password contains a letter."),
        ((*NEW, None, "Nowhere"), "Sites", "There is no site of the name Nowhere."),
        ((*NEW[:3], "Site administrator"), "Sites", "This is needed."),
        ((*NEW, None, None, "perhaps"), "E-mail on alarm", "Write yes or no."),
        ((*NEW, None, None, "yes"), "E-mail on alarm", "The role of this user does not have this."),
        ((*NEW[:3], "Support", None, None, None, "11"), "RFID tags", "The role of this user does not have this."),
        ((*NEW, None, None, None, "11; 0x0B"), "RFID tags", "The tag 0x0B stands here twice"),
        ((*NEW, None, None, None, "11; ---"), "RFID tags", "--- is no tag: a tag has letters or digits."),
    ],
)
def test_a_row_is_refused_with_the_field_and_the_reason(
    administrator: Visitor, row: tuple[object, ...], field: str, reason: str
) -> None:
    assert f"<li><b>{field}</b> {reason}" in reasons(administrator, *row)


def test_a_tag_of_somebody_else_is_refused_in_any_writing(administrator: Visitor, db: Session) -> None:
    owner = add_person(db, RoleName.EV_USER, "owner@example.com")
    db.add(IdToken(token="3735928559", user_id=owner.id))
    db.commit()
    assert "P owner has the tag DE:AD:BE:EF already." in reasons(administrator, *NEW, None, None, None, "DE:AD:BE:EF")
    preview = send(administrator, ("t.xlsx", workbook([USERS, NEW], [TAGS, ("deadbeef", "f@example.com")])))
    assert outcomes(preview) == {"Sheet 1 2": "created", "Sheet 2 2": "refused"}


def test_a_tag_of_nobody_becomes_theirs(administrator: Visitor, db: Session, work: Work) -> None:
    db.add(IdToken(token="3735928559"))
    db.commit()
    preview = send_users(administrator, (*NEW, None, None, None, "DEADBEEF"))
    confirm(administrator, preview)
    work()
    db.expire_all()
    [tag] = db.query(IdToken).all()
    assert (tag.token, tag.user.email) == ("3735928559", "f@example.com")


def test_what_stands_twice_in_the_file_is_refused_both_times(administrator: Visitor) -> None:
    preview = send_users(
        administrator,
        NEW,
        ("Finn", "Holm", "F@EXAMPLE.com", "EV user"),
        ("A", "A", "a@example.com", "EV user", None, None, None, "11"),
        ("B", "B", "b@example.com", "EV user", None, None, None, "12; 00:00:00:0B"),
        ("C", "C", "c@example.com", "EV user"),
    )
    assert outcomes(preview) == {"2": "refused", "3": "refused", "4": "refused", "5": "refused", "6": "created"}
    assert "This e-mail stands in row 3 already." in preview.text
    assert "The tag 11 stands in row 5 already." in preview.text


def test_tags_meet_each_other_and_their_owners(administrator: Visitor) -> None:
    tags = [
        TAGS,
        ("21", "f@example.com", "a"),
        ("21", "f@example.com", "b"),
        ("22", "g@example.com"),
        ("23", "bad@example.com"),
        ("24", "nobody@example.com"),
        ("25", None),
        (None, "f@example.com"),
        ("26", EMAIL),
        ("27", "f@example.com", "x" * 201),
        ("28", "f@example.com", None, "2027-02-01", "2027-01-01"),
        ("11", "f@example.com", "the same as with its user"),
    ]
    users = [
        USERS,
        (*NEW, None, None, None, "11"),
        ("G", "G", "g@example.com", "EV user"),
        ("H", "H", "h@example.com", "EV user", None, None, None, "22"),
        ("B", "B", "bad@example.com", "Boss"),
    ]
    preview = send(administrator, ("t.xlsx", workbook(users, tags)))
    found = outcomes(preview)
    assert {place for place, outcome in found.items() if outcome == "created"} == {
        "Sheet 1 2",
        "Sheet 1 3",
        "Sheet 2 12",
    }
    for reason in (
        "The tag 21 stands in row Sheet 2 3 already.",
        "The tag 22 stands in row Sheet 2 4 already.",
        "The tag 22 stands in row Sheet 1 4 already.",
        "Its owner is refused, see row Sheet 1 5.",
        "Nobody has this e-mail, neither in the file nor in the portal.",
        "The role of this user does not have this. Leave it empty.",
        "At most 200 characters.",
        "This is before the tag becomes valid.",
    ):
        assert reason in preview.text


def test_nobody_changes_the_own_password_or_role_by_a_file(administrator: Visitor) -> None:
    assert "This is your own account." in reasons(administrator, None, None, EMAIL, "Support")
    assert "This is your own account." in reasons(administrator, None, None, EMAIL, None, "another-pass-1")
    assert outcomes(send_users(administrator, ("Ida Maria", None, EMAIL, "Administrator"))) == {"2": "changed"}


def test_a_new_role_takes_along_what_only_the_old_one_had(administrator: Visitor, db: Session) -> None:
    driver = add_person(db, RoleName.EV_USER, "driver@example.com")
    db.add(IdToken(token="11", user_id=driver.id))
    db.commit()
    preview = send_users(administrator, (None, None, "driver@example.com", "Support"))
    assert outcomes(preview) == {"2": "changed"}
    assert "<b>Role</b> EV user → Support</li><li><b>RFID tags</b> 11 → nothing</li>" in preview.text


def test_sites_are_all_sites(administrator: Visitor, db: Session) -> None:
    here, there = Site(name="Here"), Site(name="There")
    db.add_all([here, there])
    add_person(db, RoleName.SITE_ADMINISTRATOR, "sa@example.com", sites=[here])
    preview = send_users(administrator, (None, None, "sa@example.com", None, None, "there"))
    assert "<b>Sites</b> Here → There</li>" in preview.text


def test_outcomes_are_counted_filtered_and_paged(administrator: Visitor) -> None:
    rows = [(f"F{n}", "L", f"f{n}@example.com", "EV user" if n % 2 else "Boss") for n in range(250)]
    preview = send_users(administrator, *rows)
    text = " ".join(preview.text.split())
    assert "All rows <b>250</b>" in text
    assert "will be created</span> <b>125</b>" in text
    assert "refused</span> <b>125</b>" in text
    assert "Import 125 rows" in text
    assert len(outcomes(preview)) == 100
    last = administrator.get(f"{preview.request.path}?outcome=refused&page=2")
    assert outcomes(last) == {str(n + 2): "refused" for n in range(200, 250, 2)}
    assert outcomes(administrator.get(f"{preview.request.path}?page=99&outcome=nonsense")) == {
        str(n + 2): "refused" if n % 2 == 0 else "created" for n in range(200, 250)
    }


def test_more_rows_ask_the_database_no_more_often(administrator: Visitor) -> None:
    def queries(number: int) -> int:
        rows = [(f"F{n}", "L", f"f{n}@example.com", "EV user", None, None, None, str(n)) for n in range(number)]
        tags = [(str(10_000 + n), f"f{n}@example.com") for n in range(number)]
        content = workbook([USERS, *rows], [TAGS, *tags])
        with recorded() as statements:
            assert send(administrator, ("u.xlsx", content)).status_code == 200
        return len(statements)

    assert queries(2) == queries(3000)


def test_passwords_lie_encrypted_and_another_administrator_sees_nothing(
    administrator: Visitor, portal: Flask, db: Session
) -> None:
    preview = send_users(administrator, (*NEW, "tell-nobody-7"))
    assert "tell-nobody-7" not in preview.text
    [key] = get_redis().keys("import:*")
    assert b"tell-nobody-7" not in get_redis().get(key)
    assert b"f@example.com" not in get_redis().get(key)
    assert 0 < get_redis().ttl(key) <= 30 * 60
    other = sign_in(portal, add_person(db, RoleName.ADMINISTRATOR, "other@example.com"))
    path = preview.request.path
    for address in (path, f"{path}/progress", f"{path}/report.csv"):
        answer = other.get(address)
        assert (answer.status_code, "f@example.com" in answer.text) == (404, False)
    for action in ("confirm", "again", "cancel"):
        assert other.send(f"{path}/{action}", page="/users/import/").status_code == 404
    assert other.send(f"{path}/discard", page="/users/import/").status_code == 302
    assert get_redis().exists(key)


def test_rows_that_waited_for_too_long_are_gone_and_the_page_says_so(administrator: Visitor) -> None:
    preview = send_users(administrator, NEW)
    get_redis().delete(*get_redis().keys("import:*"))
    gone = administrator.get(preview.request.path)
    assert gone.status_code == 404
    assert "Rows wait for 30 minutes, then they are forgotten" in gone.text
    assert administrator.send(f"{preview.request.path}/confirm", page="/users/import/").status_code == 404


def test_no_word_leads_to_another_key(administrator: Visitor) -> None:
    path = send_users(administrator, NEW).request.path
    confirm(administrator, administrator.get(path))
    for word in (f"{path}:run", f"{path}:run:pulse", "/users/import/*", "/users/import/%00"):
        assert administrator.get(word).status_code == 404


def test_rows_can_be_discarded(administrator: Visitor) -> None:
    preview = send_users(administrator, NEW)
    assert administrator.send(f"{preview.request.path}/discard", page=preview.request.path).status_code == 302
    assert get_redis().keys("import:*") == []


@pytest.mark.parametrize("role", [RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT, RoleName.EV_USER])
def test_only_administrators_import(portal: Flask, db: Session, role: RoleName) -> None:
    visitor = sign_in(portal, add_person(db, role, "x@example.com"))
    for path in ("", "template/users.csv", "word", "word/progress", "word/report.csv"):
        answer = visitor.get(f"/users/import/{path}", follow_redirects=True)
        assert "Import" not in answer.text
        assert "First name" not in answer.text
    for action in ("confirm", "again", "cancel", "discard"):
        answer = visitor.send(f"/users/import/word/{action}", page="/")
        assert "/users/import" not in (answer.location or "")
