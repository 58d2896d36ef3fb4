"""The frame in a real browser: building a branch through forms, the navigator, the drawer, the look of both themes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from domain.models import PortalUser
from tests.fixtures.product import PortalServer


@pytest.fixture
def watched(page: Page, portal_server: PortalServer) -> Iterator[Page]:
    """Signed in; at the end, nothing was complained of and nothing was asked of another host."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(portal_server.url) or complaints.append(request.url))
    portal_server.sign_in(page)
    yield page
    assert complaints == []


def build(page: Page, name: str) -> None:
    """A site of this name with a floor, a station and an outlet, each through its form."""
    page.goto("/configuration/")
    page.get_by_role("link", name="Add site").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add floor").click()
    page.get_by_label("Name").fill("Level -1")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add station").click()
    page.get_by_label("Name", exact=True).fill(f"{name} 101")
    page.get_by_label("Charge box id").fill(f"{name}-101")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add outlet").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text(f"{name} 101 / 1 was created.")


def item(page: Page, label: str) -> Locator:
    return page.get_by_role("treeitem", name=label, exact=False).first


def test_a_branch_is_built_shown_and_refuses_to_go(watched: Page) -> None:
    build(watched, "Build")
    crumbs = watched.get_by_role("navigation", name="The selected node").locator("a, b")
    expect(crumbs).to_have_text(["Charge Portal", "Build", "Level -1", "Build 101", "Outlet 1"])
    selected = watched.locator("[role=treeitem][aria-selected=true]")
    expect(selected).to_have_attribute("aria-label", "Outlet 1, offline")
    expect(selected).to_have_attribute("aria-level", "5")
    item(watched, "Build,").locator("a").first.click()
    watched.get_by_role("link", name="Delete").click()
    dialog = watched.get_by_role("dialog")
    expect(dialog).to_contain_text("Build cannot be deleted, because it contains Level -1. Delete these first.")
    dialog.get_by_role("button", name="Close").click()
    for label in ("Outlet 1", "Build 101", "Level -1", "Build,"):
        item(watched, label).locator("a").first.click()
        watched.get_by_role("link", name="Delete").click()
        watched.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(watched.get_by_role("status")).to_contain_text("was deleted.")
    expect(item(watched, "Build,")).to_have_count(0)


def test_an_address_for_commands_is_set_and_what_is_wrong_with_it_is_said_there(
    page: Page, portal_server: PortalServer
) -> None:
    portal_server.sign_in(page)
    build(page, "Soap")
    item(page, "Soap 101").locator("a").first.click()
    for protocol in ("OCPP 1.6 (WebSocket)", "OCPP 1.6 (SOAP)", "OCPP 1.5 (SOAP)", "OCPP 1.2 (SOAP)"):
        expect(page.get_by_text(f"Address for {protocol}")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    field = page.get_by_label("Address for commands")
    field.fill("http://localhost:9090/ocpp")
    page.get_by_role("button", name="Save").click()
    expect(field).to_have_accessible_description(
        "! This address is never called: only this machine, its neighbours or its cloud answer to it."
    )
    expect(field).to_have_value("http://localhost:9090/ocpp")
    field.fill("http://10.0.0.7:9090/ocpp")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("http://10.0.0.7:9090/ocpp set here")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_navigator_opens_closes_and_selects_by_keyboard(watched: Page) -> None:
    build(watched, "Keys")
    watched.goto("/statistics/")
    root = watched.locator("[role=treeitem][aria-level='1']")
    root.focus()
    site = item(watched, "Keys,")
    for _ in range(root.get_by_role("treeitem").count()):
        if site.evaluate("item => item === document.activeElement"):
            break
        watched.keyboard.press("ArrowDown")
    if site.get_attribute("aria-expanded") == "true":
        watched.keyboard.press("ArrowLeft")
    expect(site).to_have_attribute("aria-expanded", "false")
    watched.keyboard.press("ArrowRight")
    expect(site).to_have_attribute("aria-expanded", "true")
    watched.keyboard.press("ArrowRight")
    expect(site.get_by_role("treeitem", name="Level -1").first).to_be_focused()
    watched.keyboard.press("Enter")
    watched.wait_for_url("**/statistics/?node=floor-*")
    watched.get_by_role("link", name="Configuration").click()
    watched.wait_for_url("**/floors/show/*?node=floor-*")
    expect(watched.get_by_role("heading", name="Level -1", level=1)).to_be_visible()


def test_what_was_opened_stays_open_on_the_next_page(watched: Page) -> None:
    build(watched, "Open")
    watched.goto("/")
    expect(item(watched, "Open,")).to_have_attribute("aria-expanded", "true")
    item(watched, "Open,").locator(".twist").first.click()
    expect(item(watched, "Open,")).to_have_attribute("aria-expanded", "false")
    watched.reload()
    expect(item(watched, "Open,")).to_have_attribute("aria-expanded", "false")


def test_a_branch_opened_while_the_tree_is_loading_stays_open(watched: Page) -> None:
    build(watched, "Race")
    watched.goto("/")
    item(watched, "Race,").locator(".twist").first.click()
    expect(item(watched, "Race,")).to_have_attribute("aria-expanded", "false")
    watched.goto("about:blank")  # Nothing of that page is asked for any more.
    held: list[Route] = []

    def hold(route: Route) -> None:
        """The tree is asked for with several branches, what is opened with its own alone."""
        if route.request.url.count("node=") > 1:
            held.append(route)
        else:
            route.continue_()

    watched.route("**/tree/children?*", hold)
    with watched.expect_request("**/tree/children?*"):  # Then the tree hears clicks.
        watched.goto("/")
    site = item(watched, "Race,")
    site.locator(".twist").first.click()
    expect(site).to_have_attribute("aria-expanded", "true")
    with watched.expect_response("**/tree/children?*"):
        for route in held:
            route.continue_()
    expect(site.get_by_role("treeitem", name="Level -1").first).to_be_visible()
    expect(site).to_have_attribute("aria-expanded", "true")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_narrow_screen_has_a_drawer_and_never_scrolls_sideways(watched: Page, theme: str) -> None:
    watched.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    watched.set_viewport_size({"width": 360, "height": 760})
    for path in (
        "/",
        "/configuration/",
        "/stations/",
        "/stations/add",
        "/statistics/",
        "/unknown_stations/",
        "/search/",
    ):
        watched.goto(path)
        expect(watched.locator("html")).to_have_attribute("data-theme", theme)
        assert watched.evaluate("document.documentElement.scrollWidth") == 360, path
    navigation = watched.get_by_role("navigation", name="Functions")
    expect(navigation).to_be_hidden()
    burger = watched.get_by_role("button", name="Menu", exact=True)
    burger.click()
    expect(navigation).to_be_visible()
    expect(navigation.get_by_role("link").first).to_be_focused()
    watched.keyboard.press("Escape")
    expect(navigation).to_be_hidden()
    expect(burger).to_be_focused()
    burger.click()
    navigation.get_by_role("link", name="Statistics").click()
    watched.wait_for_url("**/statistics/")


def test_the_theme_is_chosen_and_kept(watched: Page) -> None:
    watched.goto("/")
    watched.get_by_label("User menu").click()
    watched.get_by_role("button", name="Dark").click()
    expect(watched.locator("html")).to_have_attribute("data-theme", "dark")
    watched.goto("/statistics/")
    expect(watched.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_address_for_stations_is_copied_with_one_click(
    watched: Page, portal_server: PortalServer, db: Session
) -> None:
    watched.context.grant_permissions(["clipboard-read", "clipboard-write"])
    db.execute(update(PortalUser).values(dashboard_panes=["addresses"]))
    db.commit()
    watched.goto("/")
    db.execute(update(PortalUser).values(dashboard_panes=None))
    db.commit()
    watched.get_by_role("button", name="Copy").first.click()
    expect(watched.get_by_role("button", name="Copied")).to_be_visible()
    address = watched.evaluate("navigator.clipboard.readText()")
    assert address == portal_server.ws_url.replace("127.0.0.1", "localhost")


def test_the_language_is_switched_on_the_page_one_is_on(watched: Page) -> None:
    watched.goto("/sites/")
    watched.get_by_role("link", name="Dansk").first.click()
    watched.wait_for_url("**/sites/")
    expect(watched.locator("html")).to_have_attribute("lang", "da")
    watched.get_by_role("link", name="English").first.click()
    expect(watched.locator("html")).to_have_attribute("lang", "en")


def test_signing_out_leads_to_the_sign_in_page(watched: Page) -> None:
    watched.goto("/")
    watched.get_by_label("User menu").click()
    watched.get_by_role("button", name="Sign out").click()
    watched.wait_for_url("**/login/")
    watched.goto("/sites/")
    watched.wait_for_url("**/login/?next=/sites/")
