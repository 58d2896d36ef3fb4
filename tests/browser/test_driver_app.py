"""The drivers' pages as an app: installed, without a line, on the map, and with the camera."""

import io
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from domain.db import session_factory
from domain.models import IdToken, Outlet, Site, Station
from domain.roles import RoleName
from domain.statuses import OutletStatus
from tests.browser.test_axe import FAULTS_ALONE, SEVERE
from tests.fixtures.browser import ARGUMENTS, NAMES
from tests.fixtures.product import PortalServer
from tests.portal.people import PASSWORD, add_person
from tests.waiting import wait_until

PHONE = {"width": 360, "height": 740}
COPENHAGEN = {"latitude": 55.6761, "longitude": 12.5683}
PAGES = (
    "/charging/",
    "/charging/map/",
    "/charging/sessions/",
    "/charging/tags/",
    "/charging/more/",
    "/charging/scan",
    "/offline",
)
numbers = count(1)


@pytest.fixture
def uuid(portal_server: PortalServer) -> str:
    """Of an outlet in Copenhagen; another site is far away, and one is nowhere."""
    of_quay = select(Outlet.uuid).join(Outlet.station).where(Station.charge_box_id == "Copenhagen Quay")
    with session_factory()() as db:
        if found := db.scalar(of_quay):
            return str(found)
        for name, latitude, longitude in (
            ("Aaa far away", 64.1, -21.9),
            ("Copenhagen Quay", 55.68, 12.57),
            ("Nowhere yet", None, None),
        ):
            site = Site(name=name, latitude=latitude, longitude=longitude)
            db.add(site)
            db.flush()
            station = Station(site_id=site.id, name=f"{name} 1", charge_box_id=name, online=True)
            db.add(station)
            db.flush()
            db.add(Outlet(station_id=station.id, number=1, status=OutletStatus.AVAILABLE))
        db.commit()
        return str(db.scalar(of_quay))


@pytest.fixture
def email(portal_server: PortalServer) -> str:
    email = f"app{next(numbers)}@example.com"
    with session_factory()() as db:
        user = add_person(db, RoleName.EV_USER, email)
        db.add(IdToken(token=f"0B{user.id:06X}", user_id=user.id))
        db.commit()
    return email


def sign_in(page: Page, email: str) -> Page:
    page.goto("/login/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


@pytest.fixture
def context(browser: Browser, portal_server: PortalServer) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=portal_server.url, locale="en-GB", viewport=PHONE)
    yield context
    context.close()


@pytest.fixture
def phone(context: BrowserContext, email: str) -> Page:
    return sign_in(context.new_page(), email)


def open_with_worker(page: Page) -> None:
    """The worker serves the page after the one that brought it."""
    page.goto("/charging/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    assert page.evaluate("navigator.serviceWorker.controller !== null")


KEPT_PAGE = "caches.match('/offline').then((page) => page.text())"


def kept(page: Page) -> list[str]:
    """The addresses that the worker keeps."""
    return page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((request) => request.url)))).flat()"
    )


def test_without_a_line_one_is_told_that_charging_goes_on(phone: Page, context: BrowserContext) -> None:
    open_with_worker(phone)
    context.set_offline(True)
    for path in ("/charging/sessions/", "/charging/"):
        phone.goto(path)
        expect(phone.get_by_role("heading", name="You are offline")).to_be_visible()
        expect(phone.get_by_text("A charge that runs goes on")).to_be_visible()
        assert phone.locator(".card").evaluate("card => getComputedStyle(card).borderTopStyle") == "solid"
    context.set_offline(False)
    # The page is asked for again by itself, or when somebody asks.
    expect(phone.get_by_role("heading", name="My charging")).to_be_visible(timeout=20_000)


def test_the_worker_keeps_files_of_ours_and_nothing_of_anybody(phone: Page) -> None:
    open_with_worker(phone)
    for path in PAGES:
        phone.goto(path)
    wait_until(lambda: any("charging.css" in url for url in kept(phone)), 20)
    paths = [url.partition("://")[2].partition("/")[2] for url in kept(phone)]
    assert all(path.startswith("static/") or path == "offline" for path in paths), paths
    assert phone.evaluate("async () => (await caches.keys()).length") == 1


def test_the_page_without_a_line_speaks_the_language_of_the_last_page(phone: Page, context: BrowserContext) -> None:
    open_with_worker(phone)
    phone.goto("/lang/da")
    phone.goto("/charging/")
    wait_until(lambda: "Du er offline" in phone.evaluate(KEPT_PAGE), 20)
    context.set_offline(True)
    phone.goto("/charging/tags/")
    expect(phone.get_by_role("heading", name="Du er offline")).to_be_visible()


def test_a_file_that_has_changed_replaces_the_one_that_is_kept(phone: Page) -> None:
    open_with_worker(phone)
    for version in ("one", "two"):
        phone.evaluate("v => fetch('/static/lengths.js?v=' + v).then((answer) => answer.text())", version)
    wait_until(lambda: any("lengths.js?v=two" in url for url in kept(phone)), 20)
    assert len([url for url in kept(phone) if "lengths.js" in url]) == 1


WIDTH = "async (src) => (await createImageBitmap(await (await fetch(src)).blob())).width"


def test_the_manifest_is_one_that_the_browser_takes(phone: Page, context: BrowserContext) -> None:
    open_with_worker(phone)
    found = context.new_cdp_session(phone).send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"].endswith("/manifest.webmanifest")
    manifest = phone.evaluate("url => fetch(url).then((answer) => answer.json())", found["url"])
    for icon in manifest["icons"]:
        if icon["type"] == "image/png":
            side = phone.evaluate(WIDTH, icon["src"])
            assert icon["sizes"] == f"{side}x{side}"
    errors = context.new_cdp_session(phone).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


OFFER = """
() => { const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = () => { document.documentElement.dataset.prompted = "yes"; return Promise.resolve(); };
  dispatchEvent(offer); }
"""


def test_the_hint_to_install_can_be_sent_away_and_is_found_again(phone: Page) -> None:
    phone.goto("/charging/")
    hint = phone.locator("[data-install]")
    expect(hint).to_be_hidden()
    phone.evaluate(OFFER)
    phone.get_by_role("button", name="Not now").click()
    expect(hint).to_be_hidden()
    phone.reload()
    phone.evaluate(OFFER)
    expect(hint).to_be_hidden()
    phone.goto("/charging/more/")
    phone.evaluate(OFFER)
    phone.get_by_role("button", name="Install").click()
    assert phone.evaluate("document.documentElement.dataset.prompted") == "yes"


def test_the_line_at_the_bottom_leads_everywhere_by_keyboard(phone: Page) -> None:
    phone.goto("/charging/")
    dock = phone.get_by_role("navigation", name="My charging")
    for name, path in (("Map", "/map/"), ("Sessions", "/sessions/"), ("Tags", "/tags/"), ("More", "/more/")):
        dock.get_by_role("link", name=name).focus()
        phone.keyboard.press("Enter")
        phone.wait_for_url(f"**{path}")
        expect(dock.locator("[aria-current=page]")).to_have_text(name)
    expect(phone.get_by_role("button", name="Menu")).to_be_hidden()


def test_the_nearest_stands_first_where_the_browser_tells_where_one_is(
    browser: Browser, portal_server: PortalServer, email: str, uuid: str
) -> None:
    context = browser.new_context(
        base_url=portal_server.url, locale="en-GB", viewport=PHONE, geolocation=COPENHAGEN, permissions=["geolocation"]
    )
    page = sign_in(context.new_page(), email)
    page.goto("/charging/map/")
    expect(page.get_by_text("Sites, the nearest first")).to_be_visible()
    names = page.locator("#places [data-place] b")
    expect(names.first).to_have_text("Copenhagen Quay")
    expect(page.locator("#places [data-place]").first).to_contain_text("450 m")
    # Those of which nobody knows where they are come after it; other tests have made some more.
    expect(names).to_contain_text(["Copenhagen Quay", "Nowhere yet"])
    expect(page.get_by_role("button", name="Copenhagen Quay, 1 free of 1 outlet")).to_be_visible()
    names.first.click()
    page.get_by_role("link", name="Copenhagen Quay 1 · Outlet 1").click()
    page.wait_for_url(f"**/charging/outlets/{uuid}")
    context.close()


def test_who_does_not_tell_where_they_are_is_told_what_follows(phone: Page, uuid: str) -> None:
    phone.goto("/charging/map/")
    expect(phone.locator(".map .map-mark").first).to_be_visible()
    phone.get_by_role("button", name="Nearest to me").click()
    expect(phone.get_by_text("Your browser does not tell where you are")).to_be_visible()
    phone.get_by_role("searchbox").fill(uuid)
    phone.keyboard.press("Enter")
    phone.wait_for_url(f"**/charging/outlets/{uuid}")


def photo(text: str) -> dict[str, object]:
    buffer = io.BytesIO()
    segno.make(text, error="q", micro=False).save(buffer, kind="png", scale=10)
    return {"name": "photo.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def test_a_photo_of_the_code_leads_to_the_outlet(phone: Page, uuid: str) -> None:
    phone.goto("/charging/scan")
    expect(phone.locator("[data-said]")).to_have_text("No camera was found. Type what stands below the code.")
    chosen = phone.locator("[data-photo]")
    chosen.set_input_files(photo("https://example.com/nothing"))  # type: ignore[arg-type]
    expect(phone.locator("[data-said]")).to_have_text("This code is not one of an outlet here.")
    chosen.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(phone.locator("[data-said]")).to_contain_text("No code was found in the photo.")
    # Whatever host it names, the way leads nowhere but to our own outlet.
    chosen.set_input_files(photo(f"https://elsewhere.example/o/{uuid.upper()}"))  # type: ignore[arg-type]
    phone.wait_for_url(f"**/charging/outlets/{uuid}")


def film(text: str) -> bytes:
    """What a camera sees that is held at a code: one frame, in grey (YUV4MPEG2)."""
    width, height = 640, 480
    code = Image.open(io.BytesIO(photo(text)["buffer"])).convert("L").resize((400, 400))  # type: ignore[arg-type]
    frame = Image.new("L", (width, height), 200)
    frame.paste(code, (120, 40))
    colour = bytes([128]) * (width * height // 2)
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode() + frame.tobytes() + colour


def test_the_camera_held_at_the_code_leads_to_the_outlet(
    browser: Browser, portal_server: PortalServer, email: str, uuid: str, tmp_path: Path
) -> None:
    file = tmp_path / "code.y4m"
    file.write_bytes(film(f"{portal_server.url}/o/{uuid}"))
    seeing = browser.browser_type.launch(
        executable_path=next(filter(None, map(shutil.which, NAMES))),
        args=[
            *ARGUMENTS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={file}",
        ],
    )
    context = seeing.new_context(base_url=portal_server.url, viewport=PHONE, permissions=["camera"])
    page = sign_in(context.new_page(), email)
    page.goto("/charging/")
    page.get_by_role("link", name="Scan the code at the outlet").click()
    page.wait_for_url(f"**/charging/outlets/{uuid}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Copenhagen Quay 1")
    seeing.close()


def test_the_sticker_that_is_printed_leads_to_the_outlet(
    page: Page, phone: Page, portal_server: PortalServer, uuid: str
) -> None:
    portal_server.sign_in(page)
    page.goto(f"/o/{uuid}")
    page.get_by_role("link", name="QR code: UUID").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Scan to charge")).to_be_visible()
    expect(dialog.locator("figure svg")).to_be_visible()
    found = Axe().run(page, options=FAULTS_ALONE).response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in SEVERE] == []
    picture = page.request.get(str(dialog.get_by_role("link", name="PNG").get_attribute("href")))
    assert picture.ok
    phone.goto("/charging/scan")
    sticker = {"name": "sticker.png", "mimeType": "image/png", "buffer": picture.body()}
    phone.locator("[data-photo]").set_input_files(sticker)  # type: ignore[arg-type]
    phone.wait_for_url(f"**/charging/outlets/{uuid}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_drivers_pages_have_no_serious_fault_and_fit_the_phone(
    browser: Browser, portal_server: PortalServer, email: str, uuid: str, scheme: str
) -> None:
    context = browser.new_context(base_url=portal_server.url, viewport=PHONE, color_scheme=scheme, locale="da")
    page = sign_in(context.new_page(), email)
    page.on("pageerror", lambda error: pytest.fail(error.message))
    faults = []
    for path in (*PAGES, f"/o/{uuid}", "/charging/map/?find=copenhagen", "/charging/outlets/nonsense"):
        page.goto(path)
        found = Axe().run(page, options=FAULTS_ALONE).response["violations"]
        faults += [f"{path}: {fault['id']}" for fault in found if fault["impact"] in SEVERE]
        assert page.evaluate("document.querySelector('main').scrollWidth") <= PHONE["width"], path
    assert faults == []
    context.close()
