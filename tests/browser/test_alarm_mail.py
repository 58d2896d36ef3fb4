"""E-mails about alarms in the running product: chosen on the page, told at once, ended by their link."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine, text

from tests.browser.test_axe import severe
from tests.browser.test_settings import section
from tests.fixtures.environment import ADMIN_EMAIL
from tests.fixtures.mail import Mailbox, texts
from tests.fixtures.product import PortalServer
from tests.waiting import wait_until

A_FUSE = (
    "INSERT INTO alarm (kind, site_id, site_name, station_id, station_name, raised_at)"
    " SELECT 'fuse', site_id, 'Havnen', id, name, now() FROM station"
)


@pytest.fixture
def server(start_server: Callable[..., PortalServer], mailbox: Mailbox) -> PortalServer:
    server = start_server(SMTP_URL=mailbox.url)
    with create_engine(server.database_owner_url).begin() as owner:
        owner.execute(text("INSERT INTO site (name) VALUES ('Havnen')"))
        owner.execute(text("INSERT INTO station (site_id, name, charge_box_id) SELECT id, 'H-101', 'H-101' FROM site"))
    return server


def test_what_is_chosen_on_the_page_arrives_and_is_ended_by_its_link(
    browser: Browser, server: PortalServer, mailbox: Mailbox
) -> None:
    context = browser.new_context(base_url=server.url, locale="en-GB")
    page = context.new_page()
    server.sign_in(page)
    page.goto("/settings/")
    alarms = section(page, "E-mail on alarm")
    expect(alarms.get_by_label("Each day at")).to_have_value("7")
    page.goto("/lang/da")
    page.goto("/settings/")
    alarms = section(page, "E-mail ved alarm")
    alarms.get_by_label("E-mail ved alarm").check()
    alarms.get_by_label("Hver dag kl.").select_option("22:00")
    alarms.get_by_role("group", name="Desuden straks, når en af disse opstår").get_by_label("Sikring").check()
    alarms.get_by_role("button", name="Gem").click()
    expect(alarms.get_by_role("status")).to_have_text("✓ Gemt.")
    page.reload()
    expect(alarms.get_by_label("Hver dag kl.")).to_have_value("22")
    expect(alarms.get_by_label("Sikring")).to_be_checked()
    expect(alarms.get_by_label("Temperatur")).not_to_be_checked()
    context.close()

    with create_engine(server.database_owner_url).begin() as owner:
        owner.execute(text(A_FUSE))
    _let_it_become_quiet(server)
    wait_until(lambda: mailbox.letters)
    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == (ADMIN_EMAIL, "Charge Portal: Sikring, H-101")
    link = re.search(r"http://localhost:\d+(/unsubscribe/\S+)", texts(letter)[0])
    assert link
    _end_by_link(browser, server, link[1])
    logs = list((server.data_dir / "logs").glob("*.log"))
    token = link[1].rpartition("/")[2]
    assert [log.name for log in logs if token in log.read_text()] == []
    assert logs


def _let_it_become_quiet(server: PortalServer) -> None:
    """Nothing more is gathered for the e-mail that waits (domain/alarm_mail/at_once.py): it is due."""
    with create_engine(server.database_owner_url, isolation_level="AUTOCOMMIT").connect() as owner:
        due = text("UPDATE alarm_mail SET next_try_at = now()")
        wait_until(lambda: owner.execute(due).rowcount)


def _end_by_link(browser: Browser, server: PortalServer, path: str) -> None:
    context = browser.new_context(
        base_url=server.url, locale="da-DK", viewport={"width": 360, "height": 740}, color_scheme="dark"
    )
    context.add_init_script(Axe().axe_script)
    page: Page = context.new_page()
    page.goto(path)
    assert severe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Ingen e-mails mere").click()
    expect(page.get_by_role("status")).to_have_text("Du får ingen e-mails om alarmer mere.")
    context.close()
    with create_engine(server.database_owner_url).connect() as owner:
        assert owner.scalars(text("SELECT alarm_email FROM ab_user")).all() == [False]
