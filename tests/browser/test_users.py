"""Provisioning in a real browser: by right-click, in a dialog, with chips for tags; then what each new user sees."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import users
from domain.models import IdToken, PortalUser, Site
from domain.roles import RoleName
from domain.user_details import UserDetails
from tests.fixtures.product import PortalServer

PASSWORD = "charge2026"
MENUS = {
    RoleName.ADMINISTRATOR: ["Dashboard", "Charts", "Statistics", "Users", "Service", "Configuration"],
    RoleName.SITE_ADMINISTRATOR: ["Dashboard", "Charts", "Statistics", "Users", "Service", "Configuration"],
    RoleName.SUPPORT: ["Dashboard", "Charts", "Statistics", "Service", "Configuration"],
    RoleName.EV_USER: ["My charging", "Dashboard", "Charts", "Statistics", "ID tokens"],
}
"""What stands at the left for each role, in order."""
ROLES_OFFERED = (RoleName.EV_USER, RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT, RoleName.ADMINISTRATOR)
ADD = {
    RoleName.ADMINISTRATOR: "Add administrator",
    RoleName.SITE_ADMINISTRATOR: "Add site administrator",
    RoleName.SUPPORT: "Add support user",
    RoleName.EV_USER: "Add EV user",
}


@pytest.fixture
def watched(page: Page, portal_server: PortalServer) -> Iterator[Page]:
    """Signed in; at the end nothing was complained of, but for forms that were refused."""
    complaints: list[str] = []
    page.on("console", lambda message: "422" in message.text or complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(portal_server.url) or complaints.append(request.url))
    portal_server.sign_in(page)
    yield page
    assert complaints == []


def site(db: Session, name: str) -> Site:
    found = db.scalar(select(Site).where(Site.name == name)) or Site(name=name)
    db.add(found)
    db.commit()
    return found


def row_of(page: Page, text: str) -> Locator:
    return page.locator("tbody tr", has_text=text)


def form_of(page: Page, title: str) -> Locator:
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog).to_be_visible()
    return dialog


def fill(dialog: Locator, role: RoleName, email: str) -> None:
    dialog.get_by_label("First name").fill("Robin")
    dialog.get_by_label("Last name").fill(str(role).title())
    dialog.get_by_label("E-mail", exact=True).fill(email)
    dialog.get_by_label("Password").fill(PASSWORD)


@pytest.mark.parametrize("role", RoleName)
def test_a_user_of_each_role_is_added_by_right_click_and_sees_just_its_menu(
    watched: Page, browser: Browser, portal_server: PortalServer, db: Session, role: RoleName
) -> None:
    site(db, "Right click")
    email = f"{role.name.lower()}@right-click.example"
    watched.goto("/users/")
    watched.locator("tbody td").first.click(button="right")
    watched.get_by_role("menuitem", name="Add user").locator("visible=true").click()
    form_of(watched, "Add user").get_by_role("link", name=re.compile(f"^{role}")).click()
    dialog = form_of(watched, ADD[role])
    expect(dialog.get_by_label("First name")).to_be_focused()
    fill(dialog, role, email)
    if role is RoleName.SITE_ADMINISTRATOR:
        dialog.get_by_label("Right click").check()
    dialog.get_by_role("button", name=ADD[role]).click()
    expect(watched.get_by_role("status").first).to_have_text(f"Robin {str(role).title()} was created.")
    expect(dialog).to_be_hidden()
    watched.goto(f"/users/?email={email}")
    expect(row_of(watched, email)).to_contain_text(str(role))

    context = browser.new_context(base_url=portal_server.url, locale="en-GB")
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    # At Service stands a badge too while there are new alarms.
    names = [re.compile(rf"^{name}\b") for name in MENUS[role]]
    expect(page.get_by_role("navigation", name="Functions").get_by_role("link")).to_have_text(names)
    context.close()


def test_what_is_wrong_is_said_in_the_dialog_and_nothing_typed_is_lost(watched: Page, db: Session) -> None:
    watched.goto("/users/")
    watched.get_by_text("Add user ▾").click()
    watched.get_by_role("menuitem", name="EV user").click()
    dialog = form_of(watched, "Add EV user")
    fill(dialog, RoleName.EV_USER, "admin@example.com")
    tags = dialog.get_by_label("RFID tags")
    tags.fill("DE AD BE EF")
    tags.press("Enter")
    tags.fill("4022250974")
    dialog.get_by_role("button", name="Add EV user").click()
    email = dialog.get_by_label("E-mail", exact=True)
    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(dialog.locator(".err")).to_have_text(re.compile("has this e-mail already. Each e-mail belongs to one user."))
    expect(dialog.get_by_label("Password")).to_have_value(PASSWORD)
    expect(dialog.locator(".tag")).to_have_text(["DE AD BE EF✕", "4022250974✕"])
    dialog.get_by_role("button", name="Remove DE AD BE EF").click()
    email.fill("said@dialog.example")
    dialog.get_by_role("button", name="Add EV user").click()
    expect(watched.get_by_role("status").first).to_have_text("Robin Ev User was created.")
    tokens = select(IdToken.token).join(IdToken.user).where(PortalUser.email == "said@dialog.example")
    assert db.scalars(tokens).all() == ["4022250974"]


def test_the_rules_of_a_password_tick_and_one_is_made_up(watched: Page) -> None:
    watched.goto("/users/add?role=Support")
    field = watched.get_by_label("Password")
    ticked = watched.locator(".rules .ok")
    field.press_sequentially("abc")
    expect(ticked).to_have_text(["letters"])
    said = watched.locator("[data-password] [role=status]")
    expect(said).to_have_text("Still missing: 8 characters or more, digits")
    field.press_sequentially("defg1")
    expect(ticked).to_have_text(["8 characters or more", "letters", "digits"])
    expect(said).to_have_text("The password follows the rules.")
    watched.get_by_role("button", name="Generate").click()
    expect(ticked).to_have_count(3)
    expect(field).to_have_value(re.compile(r"^[A-Za-z0-9]{16}$"))


def test_escape_asks_before_what_was_typed_is_lost(watched: Page) -> None:
    asked: list[str] = []
    answers = iter([False, True])

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if next(answers) else dialog.dismiss()

    watched.on("dialog", answer)
    watched.goto("/users/")
    opener = watched.get_by_text("Add user ▾")
    opener.click()
    watched.get_by_role("menuitem", name="Support").click()
    dialog = form_of(watched, "Add support user")
    watched.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    assert asked == []
    opener.click()
    watched.get_by_role("menuitem", name="Support").click()
    dialog.get_by_label("First name").fill("Robin")
    watched.keyboard.press("Escape")
    expect(dialog.get_by_label("First name")).to_have_value("Robin")
    watched.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert asked == ["Close without saving what was typed?"] * 2


def test_a_user_is_edited_and_deleted_by_right_click(watched: Page, db: Session) -> None:
    email = "edited@dialog.example"
    details = UserDetails(role=RoleName.EV_USER, first_name="Kim", last_name="Before", email=email, password=PASSWORD)
    users.add(db, details)
    db.commit()
    watched.goto(f"/users/?email={email}")
    row_of(watched, email).locator("td").nth(1).click(button="right")
    watched.get_by_role("menuitem", name="Edit", exact=True).click()
    dialog = form_of(watched, "Edit Kim Before")
    dialog.get_by_label("Last name").fill("After")
    dialog.get_by_role("button", name="Save").click()
    expect(row_of(watched, email)).to_contain_text("After")
    expect(watched).to_have_url(re.compile(r"/users/\?email="))
    row_of(watched, email).locator("td").nth(1).click(button="right")
    watched.get_by_role("menuitem", name="Edit", exact=True).click()
    dialog = form_of(watched, "Edit Kim After")
    dialog.get_by_role("link", name="Support").click()
    expect(dialog.get_by_label("RFID tags")).to_have_count(0)
    dialog.get_by_role("button", name="Save").click()
    expect(row_of(watched, email)).to_contain_text("Support")
    row_of(watched, email).locator("td").nth(1).click(button="right")
    watched.get_by_role("menuitem", name="Delete and erase").click()
    dialog = watched.get_by_role("dialog")
    expect(dialog).to_contain_text("Sessions with time, place and energy, without a person.")
    expect(dialog).to_contain_text("This cannot be undone.")
    dialog.get_by_role("button", name="Delete and erase").click()
    expect(watched.get_by_role("status").first).to_have_text("Kim After was deleted.")


def test_right_click_beside_the_rows_and_in_an_empty_table_offers_the_roles(watched: Page) -> None:
    watched.goto("/users/?email=nobody-has-this")
    watched.locator(".nothing").click(button="right", position={"x": 5, "y": 5})
    offered = watched.locator(".adds [role=menuitem]")
    expect(offered).to_have_text([*map(str, ROLES_OFFERED), "Import from a file"])
    expect(offered.first).to_be_focused()
    watched.keyboard.press("ArrowDown")
    watched.keyboard.press("Enter")
    form_of(watched, "Add site administrator")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_narrow_screen_never_scrolls_sideways(watched: Page, db: Session, theme: str) -> None:
    watched.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    watched.set_viewport_size({"width": 360, "height": 760})
    roles = [f"/users/add?role={role}" for role in RoleName]
    for path in ("/users/", "/users/add", "/users/show/1", "/users/edit/1", "/users/delete/1", *roles):
        watched.goto(path)
        assert watched.evaluate("document.documentElement.scrollWidth") == 360, path
    watched.goto("/users/")
    watched.get_by_text("Add user ▾").click()
    watched.get_by_role("menuitem", name="EV user").click()
    box = form_of(watched, "Add EV user").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360 and box["y"] + box["height"] <= 760


def test_without_scripts_the_forms_are_pages(browser: Browser, portal_server: PortalServer, db: Session) -> None:
    context = browser.new_context(base_url=portal_server.url, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    portal_server.sign_in(page)
    page.goto("/users/add")
    page.get_by_role("link", name=re.compile("^EV user")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add EV user")
    fill(page.locator("form.sheet"), RoleName.EV_USER, "plain@page.example")
    page.get_by_label("RFID tags").fill("901, 902")
    page.get_by_role("button", name="Add EV user").click()
    expect(page.get_by_role("status").first).to_have_text("Robin Ev User was created.")
    tokens = select(IdToken.token).join(IdToken.user).where(PortalUser.email == "plain@page.example")
    assert sorted(db.scalars(tokens)) == ["901", "902"]
    context.close()
