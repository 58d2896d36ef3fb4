"""The whole way of an import: file, preview, confirmation, job, report."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from domain.models import AuditEntry, IdToken, PortalUser, Site
from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.imports.conftest import TAGS, USERS, confirm, csv_text, outcomes, send, send_users, workbook

Work = Callable[[], None]


def user(db: Session, email: str) -> PortalUser:
    db.expire_all()
    return db.scalars(select(PortalUser).where(PortalUser.username == email)).one()


def tags(db: Session, owner: PortalUser) -> list[str]:
    return list(db.scalars(select(IdToken.token).where(IdToken.user_id == owner.id).order_by(IdToken.id)))


def test_one_user_of_each_role_and_their_tags(administrator: Visitor, db: Session, work: Work) -> None:
    db.add_all([Site(name="Ærø"), Site(name="Airport")])
    db.commit()
    rows = [
        ("Ada", "Berg", "Ada.Berg@Example.com", "administrator", "horse-battery-1", None, "yes", None),
        ("Bo", "Dahl", "bo@example.com", "Stedadministrator", None, "ærø; Airport", True, None),
        ("Eva", "Falk", "eva@example.com", "SUPPORT", "horse-battery-2", None, None, None),
        ("Finn", "Holm", "finn@example.com", "EV-bruger", None, None, None, 3735928559.0),
    ]
    tag_rows = [
        ("DE:AD:BE:EF", "finn@example.com", "Van 7", datetime(2026, 12, 1, 8), "2027-12-31", "nej"),
        ("0102030405", "FINN@example.com", None, None, None, "yes"),
    ]
    preview = send(administrator, ("new.xlsx", workbook([USERS, *rows], [TAGS, *tag_rows])))
    assert outcomes(preview) == {f"Sheet 1 {n}": "created" for n in (2, 3, 4, 5)} | {
        f"Sheet 2 {n}": "created" for n in (2, 3)
    }
    assert db.scalar(select(func.count(PortalUser.id))) == 1, "a preview writes nothing"
    progress = confirm(administrator, preview)
    assert administrator.get(progress, headers={"Accept": "application/json"}).json == {
        "over": False,
        "done": 0,
        "total": 0,
        "text": "Waiting for a worker",
    }
    work()
    assert "All accepted rows were written" in administrator.get(progress).text
    ada, bo, eva, finn = (user(db, f"{name}@example.com") for name in ("ada.berg", "bo", "eva", "finn"))
    assert (ada.role, ada.alarm_email, str(ada)) == (RoleName.ADMINISTRATOR, True, "Ada Berg")
    assert check_password_hash(ada.password, "horse-battery-1")
    assert (bo.role, bo.alarm_email) == (RoleName.SITE_ADMINISTRATOR, True)
    assert [site.name for site in bo.sites] == ["Airport", "Ærø"]
    assert eva.role is RoleName.SUPPORT
    assert check_password_hash(eva.password, "horse-battery-2")
    assert finn.role is RoleName.EV_USER
    assert tags(db, finn) == ["3735928559", "0102030405"]
    van, other = db.scalars(select(IdToken).order_by(IdToken.id))
    assert (van.description, van.blocked) == ("Van 7", False)
    assert van.valid_from_at == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert van.expires_at == datetime(2027, 12, 31, 23, tzinfo=UTC)
    assert other.blocked


def test_the_audit_log_names_the_administrator(administrator: Visitor, db: Session, work: Work) -> None:
    preview = send_users(administrator, ("Ada", "Berg", "ada@example.com", "Support", "horse-battery-1"))
    confirm(administrator, preview)
    work()
    entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    importer = user(db, "ida.holm@example.com")
    assert (entry.action, entry.object_kind, entry.object_id) == (
        "created",
        "user",
        str(user(db, "ada@example.com").id),
    )
    assert (entry.user_id, entry.address) == (importer.id, "127.0.0.1")


def test_an_existing_user_is_changed_only_in_what_the_file_says(
    administrator: Visitor, db: Session, work: Work
) -> None:
    confirm(
        administrator,
        send_users(administrator, ("Finn", "Holm", "finn@example.com", "EV user", "a-password-1", None, None, "11;12")),
    )
    work()
    before = user(db, "finn@example.com")
    hashed, number = before.password, before.sign_in_number
    preview = send_users(
        administrator,
        (None, "Holst", " FINN@example.com ", None, None, None, None, "12; 0x0D"),
        ("Ida", None, "nobody@example.com"),
    )
    assert outcomes(preview) == {"2": "changed", "3": "refused"}
    assert "Holm → Holst" in preview.text
    assert "11; 12 → 11; 12; 0x0D" in preview.text
    confirm(administrator, preview)
    work()
    after = user(db, "finn@example.com")
    assert (str(after), after.role, after.password, after.sign_in_number) == (
        "Finn Holst",
        RoleName.EV_USER,
        hashed,
        number,
    )
    assert tags(db, after) == ["11", "12", "0x0D"]
    again = send_users(administrator, ("Finn", "Holst", "finn@example.com", "EV user", None, None, None, "13"))
    assert outcomes(again) == {"2": "unchanged"}
    assert "There is nothing to write." in again.text


def test_a_new_password_ends_the_sign_ins(administrator: Visitor, db: Session, work: Work) -> None:
    confirm(administrator, send_users(administrator, ("Eva", "Falk", "eva@example.com", "Support", "a-password-1")))
    work()
    number = user(db, "eva@example.com").sign_in_number
    preview = send_users(administrator, (None, None, "eva@example.com", None, "a-password-2"))
    assert outcomes(preview) == {"2": "changed"}
    confirm(administrator, preview)
    work()
    after = user(db, "eva@example.com")
    assert check_password_hash(after.password, "a-password-2")
    assert after.sign_in_number == number + 1


def test_without_a_password_nobody_gets_in_until_one_is_chosen(administrator: Visitor, db: Session, work: Work) -> None:
    preview = send_users(administrator, ("Eva", "Falk", "eva@example.com", "Support"))
    assert "Forgot the password?" in preview.text
    confirm(administrator, preview)
    work()
    assert user(db, "eva@example.com").password.startswith("scrypt:")


def test_the_report_tells_each_row_and_no_password(administrator: Visitor, db: Session, work: Work) -> None:
    rows = [
        USERS[:5],
        ("Eva", "Falk", "eva@example.com", "Support", "a-password-1"),
        ("=1+1", "Falk", "=cmd|' /c calc'!A0", "Support", "a-password-2"),
        ("Finn", "Holm", "ev.user@template.example", "EV user", ""),
    ]
    preview = send(administrator, ("users.csv", csv_text(rows).encode()))
    progress = confirm(administrator, preview)
    report = progress.replace("/progress", "/report.csv")
    assert administrator.get(report).status_code == 404
    work()
    answer = administrator.get(report)
    assert answer.headers["Content-Disposition"] == "attachment; filename=import-report.csv"
    assert answer.text.splitlines() == [
        "kind,row,name,outcome,fields,problems",
        "user,2,eva@example.com,created,first_name; last_name; role; password,",
        "user,3,'=cmd|' /c calc'!A0,refused,,email: This is not an e-mail address. One looks like name@example.com.",
        "user,4,ev.user@template.example,skipped,,",
    ]
