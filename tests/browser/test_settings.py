"""User settings in a real browser: the menu under the name, saving in place, a key that is shown once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fixtures.product import PortalServer


@pytest.fixture
def watched(page: Page, portal_server: PortalServer) -> Iterator[Page]:
    """Signed in; at the end, nothing was complained of but what a wrong form is answered with."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    portal_server.sign_in(page)
    yield page
    assert [each for each in complaints if "422" not in each] == []


def section(page: Page, title: str) -> Locator:
    return page.locator(".sheet").filter(has=page.get_by_role("heading", name=title, exact=True))


def place(page: Page) -> int:
    return page.evaluate("Math.round(document.querySelector('main').scrollTop)")


def test_the_menu_under_the_name_opens_by_keyboard(watched: Page) -> None:
    watched.locator("header summary").focus()
    watched.keyboard.press("Enter")
    link = watched.get_by_role("link", name="User settings")
    expect(link).to_be_visible()
    watched.keyboard.press("Tab")
    expect(link).to_be_focused()
    watched.keyboard.press("Enter")
    expect(watched).to_have_url(re.compile(r"/settings/$"))
    expect(watched.get_by_role("heading", level=1)).to_have_text("User settings")


def test_the_menu_and_the_settings_work_without_scripts(page: Page, portal_server: PortalServer) -> None:
    portal_server.sign_in(page)
    context = page.context.browser.new_context(java_script_enabled=False, base_url=portal_server.url)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto("/")
    plain.locator("header summary").click()
    plain.get_by_role("link", name="User settings").click()
    name = section(plain, "Name")
    name.get_by_role("button", name="Save").click()
    expect(name.get_by_role("status")).to_have_text("✓ Saved.")
    context.close()


def test_after_a_save_one_stands_where_one_stood(watched: Page) -> None:
    watched.goto("/settings/")
    region = section(watched, "Language and time zone")
    watched.evaluate("document.querySelector('main').scrollTop = 130")
    save = region.get_by_role("button", name="Save")
    save.click()
    expect(region.get_by_role("status")).to_have_text("✓ Saved.")
    expect(save).to_be_focused()
    assert place(watched) == 130
    region.get_by_label("Time zone").fill("Mars/Olympus")
    save.click()
    expect(region.locator(".err")).to_have_text("There is no such time zone. Choose one from the list.")
    expect(region.get_by_label("Time zone")).to_be_focused()
    assert place(watched) == 130


def test_a_key_is_made_copied_used_and_gone_after_a_reload(watched: Page, portal_server: PortalServer) -> None:
    watched.context.grant_permissions(["clipboard-read", "clipboard-write"])
    watched.goto("/settings/")
    keys = watched.locator("#api-keys")
    keys.get_by_label("Name").fill("Of the browser")
    keys.get_by_role("button", name="Create a key").click()
    shown = keys.locator("[data-shown-once]")
    expect(shown).to_contain_text("Copy the key now.")
    copy = shown.get_by_role("button", name="Copy")
    expect(copy).to_be_focused()
    copy.click()
    expect(shown.get_by_role("button")).to_have_text("Copied")
    key = watched.evaluate("navigator.clipboard.readText()")
    assert key == shown.locator("code").inner_text()

    def call() -> int:
        return watched.request.get("/api/v1/sites/", headers={"Authorization": f"Bearer {key}"}).status

    assert call() == 200
    watched.reload()
    mine = keys.get_by_role("listitem").filter(has_text="Of the browser")
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("last used")
    expect(keys).not_to_contain_text(key)
    mine.get_by_role("button", name="Revoke").click()
    dialog = watched.get_by_role("dialog")
    expect(dialog).to_contain_text("Programs that use this key are refused from now on.")
    dialog.get_by_role("button", name="Revoke").click()
    expect(keys.get_by_role("status")).to_have_text("✓ Revoked.")
    expect(mine).to_have_count(0)
    assert call() == 401
    logs = list((portal_server.data_dir / "logs").glob("*.log"))
    assert [log.name for log in logs if key in log.read_text()] == []
    assert logs


def test_a_new_password_shows_what_is_missing(watched: Page) -> None:
    watched.goto("/settings/")
    form = section(watched, "Password")
    form.get_by_label("New password").fill("abc")
    expect(form.locator(".rules .ok")).to_have_text(["letters"])
    form.get_by_role("button", name="Generate").click()
    expect(form.locator(".rules .ok")).to_have_count(3)
    made = form.get_by_label("New password").input_value()
    expect(form.get_by_label("The same again")).to_have_value(made)


def test_nothing_sticks_out_on_a_phone(watched: Page) -> None:
    watched.set_viewport_size({"width": 360, "height": 740})
    watched.goto("/settings/")
    assert watched.evaluate("document.querySelector('main').scrollWidth") == 360
    watched.locator("header summary").click()
    expect(watched.get_by_role("link", name="User settings")).to_be_in_viewport()
