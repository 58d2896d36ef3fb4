"""The pages of users: provisioning (manual, "Brugerklargøring")."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import IdToken, PortalUser, Site, site_driver
from domain.roles import RoleName
from tests.portal.browser_like import Visitor, errors, notes
from tests.portal.conftest import EMAIL
from tests.portal.users import NORA, PASSWORD, add_url, emails, found, made
from tests.statements import recorded


@pytest.fixture
def sites(db: Session) -> list[int]:
    places = [Site(name=name) for name in ("Copenhagen Central", "Aarhus Harbour")]
    db.add_all(places)
    db.commit()
    return [site.id for site in places]


def test_the_role_is_asked_first(administrator: Visitor) -> None:
    page = administrator.get("/users/add").text
    for role in RoleName:
        assert f'href="{add_url(role)}"' in page
    assert "<form" not in page.split("<main", 1)[1]
    assert administrator.get("/users/add?role=King").text.count("data-form-dialog") == 4


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        (RoleName.EV_USER, {"id_tokens"}),
        (RoleName.SITE_ADMINISTRATOR, {"sites", "alarm_email"}),
        (RoleName.SUPPORT, set()),
        (RoleName.ADMINISTRATOR, {"alarm_email"}),
    ],
)
@pytest.mark.usefixtures("sites")
def test_a_form_has_just_the_fields_of_the_role(administrator: Visitor, role: RoleName, fields: set[str]) -> None:
    page = administrator.get(add_url(role)).text
    names = {name for name in (*NORA, "id_tokens", "sites", "alarm_email") if f'name="{name}"' in page}
    assert names == set(NORA) | fields


def test_an_ev_user_is_added_changed_and_removed(administrator: Visitor, db: Session) -> None:
    answer = administrator.send(add_url(RoleName.EV_USER), **NORA, id_tokens="DE AD BE EF, 4022250974")
    user = found(db)
    assert answer.location == f"/users/show/{user.id}"
    assert notes(administrator.get(answer.location)) == [("good", "Nora Dahl was created.")]
    assert (user.role, [*db.scalars(select(IdToken.token).order_by(IdToken.id))]) == (
        RoleName.EV_USER,
        ["DE AD BE EF", "4022250974"],
    )
    page = administrator.get(f"/users/edit/{user.id}").text
    assert 'value="DE AD BE EF, 4022250974"' in page
    assert PASSWORD not in page and user.password not in page
    kept = user.password
    fields = NORA | {"last_name": "Lund", "password": ""}
    administrator.send(f"/users/edit/{user.id}", **fields, id_tokens="4022250974;12")
    user = found(db)
    assert (user.last_name, user.password == kept) == ("Lund", True)
    assert [*db.scalars(select(IdToken.token).order_by(IdToken.id))] == ["4022250974", "12"]
    gone = administrator.send(f"/users/delete/{user.id}")
    assert gone.location == "/users/"
    assert notes(administrator.get("/users/")) == [("good", "Nora Lund was deleted.")]
    assert db.scalars(select(IdToken)).all() == []


def test_a_site_administrator_gets_sites(administrator: Visitor, db: Session, sites: list[int]) -> None:
    path = add_url(RoleName.SITE_ADMINISTRATOR)
    assert errors(administrator.send(path, **NORA)) == ["Choose one or several."]
    administrator.send(path, **NORA, sites=sites, alarm_email="y")
    user = found(db)
    assert (user.role, len(user.sites), user.alarm_email) == (RoleName.SITE_ADMINISTRATOR, 2, True)
    page = administrator.get(f"/users/edit/{user.id}").text
    assert page.count("checked") == 3
    administrator.send(f"/users/edit/{user.id}", **NORA | {"password": ""}, sites=sites[:1])
    user = found(db)
    assert ([site.name for site in user.sites], user.alarm_email) == (["Copenhagen Central"], False)


def test_another_role_is_given_on_the_form_of_that_role(administrator: Visitor, db: Session) -> None:
    user = made(db, NORA["email"], id_tokens=["12"])
    page = administrator.get(f"/users/edit/{user.id}?role=Support").text
    assert "saving ends the sign-ins" in page and 'name="id_tokens"' not in page
    administrator.send(f"/users/edit/{user.id}?role=Support", **NORA | {"password": ""})
    assert (found(db).role, db.scalars(select(IdToken)).all()) == (RoleName.SUPPORT, [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": EMAIL.upper()}, ["First Administrator has this e-mail already. Each e-mail belongs to one user."]),
        ({"email": "nora"}, ["This is not an e-mail address. One looks like name@example.com."]),
        ({"email": "a\0@example.com"}, ["This is not an e-mail address. One looks like name@example.com."]),
        ({"first_name": " ", "last_name": ""}, ["This is needed.", "This is needed."]),
        ({"password": "short1"}, ["A password has at least 8 characters."]),
        ({"password": ""}, ["This is needed."]),
        ({"password": "only letters"}, ["A password contains a digit."]),
        (
            {"id_tokens": "0xC"},
            ["Some taken has the tag 0xC already. Each tag belongs to one user."],
        ),
        ({"id_tokens": "12, 13, 013"}, ["The tag 013 stands here twice, perhaps written differently."]),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    administrator: Visitor, db: Session, change: dict[str, str], said: list[str]
) -> None:
    if "0xC" in change.get("id_tokens", ""):
        made(db, "taken@example.com", id_tokens=["12"])
    before = db.scalars(select(PortalUser.id)).all()
    answer = administrator.send(add_url(RoleName.EV_USER), **NORA | change)
    assert (answer.status_code, errors(answer)) == (422, said)
    assert NORA["password"] not in answer.text and change.get("password", "-") not in errors(answer)
    db.rollback()
    assert db.scalars(select(PortalUser.id)).all() == before


def test_a_form_of_one_role_takes_no_field_of_another(administrator: Visitor, db: Session, sites: list[int]) -> None:
    answer = administrator.send(add_url(RoleName.SUPPORT), **NORA, sites=sites, alarm_email="y", id_tokens="12")
    assert answer.status_code == 302
    user = found(db)
    assert (user.sites, user.alarm_email, db.scalars(select(IdToken)).all()) == ([], False, [])


def test_a_site_that_is_not_there_is_refused(administrator: Visitor) -> None:
    for site in ("999", str(2**40), "x"):
        answer = administrator.send(add_url(RoleName.SITE_ADMINISTRATOR), **NORA, sites=[site])
        assert answer.status_code == 422, site
        assert len(errors(answer)) == 1, site


def test_the_last_administrator_stays(administrator: Visitor, db: Session) -> None:
    last = [("bad", "This is the last administrator.")]
    for path in ("deactivate/1", "delete/1"):
        answer = administrator.send(f"/users/{path}", page="/users/show/1")
        assert notes(administrator.get(answer.location)) == last
    answer = administrator.send("/users/edit/1?role=Support", **NORA | {"email": EMAIL, "password": ""})
    assert answer.status_code == 422
    assert "This is the last administrator." in answer.text
    assert found(db, EMAIL).role is RoleName.ADMINISTRATOR


def test_ones_own_e_mail_and_password_are_changed_in_the_user_settings_only(
    administrator: Visitor, db: Session
) -> None:
    """They ask for the current password."""
    ida = {"first_name": "Ida", "last_name": "Holm", "email": EMAIL, "password": ""}
    for more in ({"email": "new@example.com"}, {"password": "charge2027"}):
        answer = administrator.send("/users/edit/1", **ida | more)
        said = ["Change your own in the user settings, which ask for the current password."]
        assert (answer.status_code, errors(answer)) == (422, said)
    assert administrator.send("/users/edit/1", **ida).status_code == 302
    assert administrator.get("/users/").status_code == 200
    assert str(found(db, EMAIL)) == "Ida Holm"


def test_a_deactivated_user_can_be_activated(administrator: Visitor, db: Session) -> None:
    user = made(db, NORA["email"])
    page = f"/users/show/{user.id}"
    administrator.send(f"/users/deactivate/{user.id}", page=page)
    said = "Some nora.dahl can neither sign in nor charge any more."
    assert notes(administrator.get(page)) == [("good", said)]
    assert found(db).active is False
    assert "deactivated" in administrator.get("/users/").text
    administrator.send(f"/users/activate/{user.id}", page=page)
    assert found(db).active is True


@pytest.mark.parametrize("path", ["show/99", "edit/99", "delete/99", "show/x", "edit/0"])
def test_who_is_not_there_is_not_found(administrator: Visitor, path: str) -> None:
    assert administrator.get(f"/users/{path}").status_code == 404
    for method in ("activate", "deactivate"):
        assert administrator.send(f"/users/{method}/99", page="/users/add?role=Support").status_code == 404


def test_the_table_says_what_each_role_has(administrator: Visitor, db: Session, sites: list[int]) -> None:
    made(db, "a@example.com", id_tokens=["12", "DEADBEEF"])
    made(db, "b@example.com", RoleName.SITE_ADMINISTRATOR, sites=sites, alarm_email=True)
    columns = "first_name,last_name,email,role,sites,id_tokens,alarm_email,active"
    answer = administrator.get(f"/users/export/csv?columns={columns}&sort=email")
    lines = answer.text.splitlines()[1:]
    assert lines == [
        'Some,a,a@example.com,EV user,,"12, DEADBEEF",no,yes',
        'Some,b,b@example.com,Site administrator,"Aarhus Harbour, Copenhagen Central",,yes,yes',
        f"First,Administrator,{EMAIL},Administrator,,,no,yes",
    ]


def test_filters_find_users_by_what_they_have(administrator: Visitor, db: Session, sites: list[int]) -> None:
    made(db, "a@example.com", id_tokens=["12", "DEADBEEF"])
    made(db, "b@example.com", RoleName.SITE_ADMINISTRATOR, sites=sites[:1], alarm_email=True)
    made(db, "c@example.com", id_tokens=["3735928560"])
    for query, expected in {
        "?id_tokens=DEADBEEF": ["a@example.com"],
        "?id_tokens=3735928559": ["a@example.com"],
        "?id_tokens=de:ad:be:ef": ["a@example.com"],
        "?id_tokens=37359": ["c@example.com"],
        "?id_tokens=empty&sort=email": ["b@example.com", EMAIL],
        "?id_tokens=not+empty&sort=email": ["a@example.com", "c@example.com"],
        "?sites=copenhagen": ["b@example.com"],
        "?sites=harbour": [],
        "?role=EV+user&sort=-email": ["c@example.com", "a@example.com"],
        "?alarm_email=yes": ["b@example.com"],
        "?last_here_at=empty&sort=email": ["a@example.com", "b@example.com", "c@example.com"],
        "?sort=role&email=@example.com": [EMAIL, "a@example.com", "c@example.com", "b@example.com"],
    }.items():
        assert emails(administrator, query) == expected, query


def test_a_site_shows_who_charged_or_administers_there(administrator: Visitor, db: Session, sites: list[int]) -> None:
    driver = made(db, "a@example.com")
    made(db, "b@example.com", RoleName.SITE_ADMINISTRATOR, sites=sites[:1])
    made(db, "c@example.com")
    db.execute(site_driver.insert().values(site_id=sites[0], user_id=driver.id))
    db.commit()
    assert emails(administrator, f"?node=site-{sites[0]}&sort=email") == ["a@example.com", "b@example.com"]
    assert emails(administrator, f"?node=site-{sites[1]}") == []
    assert len(emails(administrator)) == 4


def test_a_page_takes_as_many_statements_for_many_users_as_for_one(
    administrator: Visitor, db: Session, sites: list[int]
) -> None:
    taken = []
    for number in (1, 10):
        for n in range(number):
            made(db, f"{number}-{n}@example.com", id_tokens=[f"{number}00{n}"])
            made(db, f"{number}-{n}@site.example", RoleName.SITE_ADMINISTRATOR, sites=sites)
        for query in ("", "?id_tokens=00&sort=role", "?sites=harbour"):
            with recorded() as statements:
                assert administrator.get(f"/users/{query}").status_code == 200
            taken.append(len(statements))
    assert taken[:3] == taken[3:]


def test_html_in_a_name_is_text_everywhere(administrator: Visitor, db: Session) -> None:
    name = "<script>alert(1)</script>\"'"
    administrator.send(add_url(RoleName.EV_USER), **NORA | {"first_name": name, "last_name": name})
    user = found(db)
    for path in ("", f"show/{user.id}", f"edit/{user.id}", f"delete/{user.id}", f"edit/{user.id}?role=Support"):
        page = administrator.get(f"/users/{path}").text
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;" in page, path
