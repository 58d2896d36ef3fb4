"""From a forgotten password to a second factor, in a real browser: gunicorn, worker and SMTP server are real too."""

import re
import zlib
from collections.abc import Callable, Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from redis import Redis
from sqlalchemy import create_engine, text

from domain.clock import now
from tests.fixtures.environment import ADMIN_EMAIL
from tests.fixtures.mail import Mailbox, texts
from tests.fixtures.product import PortalServer
from tests.waiting import wait_until

NEW = "another-0002"


@pytest.fixture
def server(start_server: Callable[..., PortalServer], mailbox: Mailbox) -> PortalServer:
    return start_server(SMTP_URL=mailbox.url, LOG_LEVEL="DEBUG", GUNICORN_CMD_ARGS="--access-logfile=-")


@pytest.fixture
def visitor(browser: Browser, server: PortalServer) -> Iterator[Page]:
    """Nobody complains on the console, in a browser of the size of a phone."""
    context = browser.new_context(base_url=server.url, locale="en-GB", viewport={"width": 360, "height": 780})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    yield page
    context.close()
    assert complaints == []


def kept_in(server: PortalServer) -> str:
    """All that Redis and the logs hold."""
    redis = Redis.from_url(server.redis_url)
    values = [value for key in redis.scan_iter() if redis.type(key) == b"hash" for value in redis.hgetall(key).values()]
    plain = [zlib.decompress(value) if value.startswith(b"\x78\x9c") else value for value in values]
    logs = [path.read_text() for path in (server.data_dir / "logs").glob("*.log")]
    return f"{b' '.join(plain)!r} {' '.join(logs)} {server.output()}"


def test_from_a_forgotten_password_to_a_second_factor(visitor: Page, server: PortalServer, mailbox: Mailbox) -> None:
    visitor.goto("/login/")
    visitor.get_by_role("link", name="Forgot the password?").click()
    visitor.get_by_label("E-mail").fill(ADMIN_EMAIL)
    visitor.get_by_role("button", name="Send the link").click()
    expect(visitor.get_by_role("status")).to_contain_text("a link is on its way to it")
    wait_until(lambda: mailbox.letters)
    link = rf"http://localhost:{server.port}/reset/([\w-]+)"
    secret = re.search(link, texts(mailbox.letters[0])[0])[1]

    visitor.goto(f"/reset/{secret}")
    visitor.get_by_label("New password").fill(NEW)
    visitor.get_by_label("The same again").fill(NEW)
    visitor.get_by_role("button", name="Save the password").click()
    expect(visitor.get_by_role("status")).to_have_text("Your password was changed. Sign in with the new one.")

    sign_in(visitor)
    visitor.goto("/second_factor/")
    expect(visitor.get_by_role("img")).to_be_visible()
    key = visitor.locator("code.secret").inner_text().replace(" ", "")
    visitor.get_by_label("The code that the app shows now").fill(pyotp.TOTP(key).at(now()))
    visitor.get_by_role("button", name="Switch it on").click()
    codes = visitor.get_by_role("listitem").all_inner_texts()
    visitor.get_by_role("button", name="I have kept them").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Second factor")

    visitor.goto("about:blank")  # Where nothing asks any more in the name of who was signed in.
    visitor.context.clear_cookies()
    sign_in(visitor)
    visitor.get_by_label("Code").fill(codes[0])
    visitor.get_by_role("button", name="Sign in").click()
    visitor.wait_for_url(lambda url: "/login" not in url)

    kept = kept_in(server)
    assert "/reset/…" in kept and "portal.jobs.send_password_reset" in kept
    with create_engine(server.database_url).connect() as db:
        rows = "".join(str(db.execute(text(f"SELECT * FROM {table}")).all()) for table in ("audit_entry", "ab_user"))
    for value in (secret, NEW, key, *codes):
        assert value not in kept + rows


def sign_in(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("E-mail").fill(ADMIN_EMAIL)
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: not url.endswith("/login/"))
