"""A searched choice in a real browser: by keyboard, by pointer, and without its script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import IdToken, PortalUser
from domain.roles import RoleName
from tests.fixtures.product import PortalServer
from tests.portal.people import add_person


@pytest.fixture
def form(signed_in_page: Page, db: Session) -> Iterator[Page]:
    """That of a tag, where there are two users called Zoltan; at the end nothing was complained of."""
    for last, email in (("Kiss", "zoltan.kiss@example.com"), ("Nagy", "zn@example.com")):
        if db.scalar(select(PortalUser.id).where(PortalUser.username == email)) is None:
            person = add_person(db, RoleName.EV_USER, email)
            person.first_name, person.last_name = "Zoltan", last
    db.commit()
    complaints: list[str] = []
    signed_in_page.on("console", lambda message: complaints.append(message.text))
    signed_in_page.on("pageerror", lambda error: complaints.append(str(error)))
    signed_in_page.goto("/id_tokens/add")
    yield signed_in_page
    assert complaints == []


def owner(db: Session, token: str) -> str | None:
    return db.scalar(select(PortalUser.email).join(IdToken, IdToken.user_id == PortalUser.id).filter_by(token=token))


def test_a_user_is_chosen_with_the_keyboard(form: Page, db: Session) -> None:
    field = form.get_by_role("combobox", name="User")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("zolt")
    options = form.get_by_role("option")
    expect(options).to_have_text(["Zoltan Nagyzn@example.com", "Zoltan Kisszoltan.kiss@example.com"])
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id"))
    field.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_value("zoltan.kiss@example.com")
    expect(form.get_by_role("listbox")).to_be_hidden()
    form.get_by_label("Token").fill("CHOSEN-BY-KEYS")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_have_text("CHOSEN-BY-KEYS was created.")
    assert owner(db, "CHOSEN-BY-KEYS") == "zoltan.kiss@example.com"


def test_a_user_is_chosen_with_the_pointer(form: Page) -> None:
    field = form.get_by_role("combobox", name="User")
    field.press_sequentially("zoltan n")
    form.get_by_role("option", name="Zoltan Nagy").click()
    expect(field).to_have_value("zn@example.com")
    expect(form.get_by_role("listbox")).to_be_hidden()


def test_suggestions_go_away(form: Page) -> None:
    field, suggestions = form.get_by_role("combobox", name="User"), form.get_by_role("listbox")
    field.press_sequentially("zoltan")
    expect(suggestions).to_be_visible()
    field.press("Escape")
    expect(suggestions).to_be_hidden()
    field.press("ArrowDown")
    expect(suggestions).to_be_visible()
    field.press_sequentially("xyz")
    expect(suggestions).to_be_hidden()
    field.fill("zoltan")
    expect(suggestions).to_be_visible()
    form.get_by_label("Token").focus()
    expect(suggestions).to_be_hidden()


def test_without_the_script_the_e_mail_is_typed(form: Page, portal_server: PortalServer, db: Session) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=200, content_type="text/javascript", body="")

    form.route("**/choice.js", refuse)
    form.reload()
    form.get_by_label("Token").fill("TYPED-IN-FULL")
    form.get_by_label("User", exact=True).fill("Zoltan.Kiss@example.com")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_have_text("TYPED-IN-FULL was created.")
    assert owner(db, "TYPED-IN-FULL") == "zoltan.kiss@example.com"
