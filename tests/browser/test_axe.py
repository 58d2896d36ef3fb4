"""No page has a fault that axe-core calls serious or critical: wide in the dark, and on a phone in the light."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, ViewportSize
from sqlalchemy import create_engine, text
from werkzeug.routing import Rule

from portal.app import create_portal
from tests.access.tables import OBJECTS
from tests.access.test_every_door import QUERIES, WORDS
from tests.fixtures.product import PortalServer

STRANGE = {
    "CommandBatchView.now",
    "LiveView.listen",
    "DashboardView.pane",
    "TreeView.children",
    "ChargingView.now",
    "ChargingOutletView.now",
    "OutletCodeView.go",
    "MoreView.data",
    "app_shell.manifest",
    "app_shell.worker",
    "ControlView.now",
    "ServiceView.now",
    "MapView.now",
    "SupplyLoadView.now",
    "PositionsView.now",
    "FloorPlanView.picture",
}
"""What pages ask for, which are no pages."""
NODE_PAGES = {
    "AddressView",
    "MapView",
    "PositionsView",
    "ConfigurationView",
    "ControlView",
    "ChartsView",
    "ParametersView",
    "MessageView",
    "StationFileView",
    "TopologyView",
    "SupplyLoadView",
}
LEVELS = {
    "AddressView": ("site-1", "station-1", "station-40"),
    "ChartsView": ("system", "station-1", "system&chart=uptime", "system&chart=sites&by=uptime"),
    "MapView": ("system", "site-1"),
    "PositionsView": ("floor-2",),
    "SupplyLoadView": ("station-17",),
    "ConfigurationView": ("system", "site-1", "floor-1", "station-1", "outlet-1"),
}
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
FAULTS_ALONE = {"resultTypes": ["violations"]}
PARTS = 16
"""A test of all pages at once would hold up those that want to be alone (tests/fixtures/alone.py)."""
SEVERE = {"serious", "critical"}
NOT_OURS = ["#swagger-ui"]
"""Swagger UI is a program of its own, which labels its choice of servers with nothing."""
FRAME = ["body > header", "#side"]
"""The same around each page."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalServer]:
    """With something on each page."""
    server = PortalServer(tmp_path_factory.mktemp("demo") / "data", "demo")
    server.admin_email, server.admin_password = "ida.holm@example.com", "charge2026"
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def addresses(demo: PortalServer) -> list[str]:
    """Of every page that a GET shows to an administrator, each view's with a row that is there."""
    adapter = create_portal().url_map.bind("")
    engine = create_engine(demo.database_owner_url)
    found = []
    with engine.connect() as database:
        for rule in adapter.map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.websocket or rule.endpoint in STRANGE:
                continue
            found += _addresses(rule, adapter, database)
    engine.dispose()
    return sorted(set(found))


def _addresses(rule: Rule, adapter: Any, database: Any) -> list[str]:
    view = str(rule.endpoint).split(".")[0]
    key = None
    if rule.arguments - WORDS.keys():
        table = {"user": "ab_user", "news": "news"}.get(kind := OBJECTS.get(view.removesuffix("View")) or "", kind)
        column, table = ("min(uuid::text)", "outlet") if kind == "outlet_uuid" else ("min(id)", table)
        key = table and database.scalar(text(f"SELECT {column} FROM {table}"))
        if not key:
            return []
    path = adapter.build(rule.endpoint, {name: WORDS.get(name, key) for name in rule.arguments})
    if view in NODE_PAGES:
        return [f"{path}?node={node}" for node in LEVELS.get(view, ("station-1",))]
    return [path + QUERIES.get(str(rule.endpoint), "")]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_serious_fault(browser: Browser, demo: PortalServer, addresses: list[str], part: int) -> None:
    context = browser.new_context(base_url=demo.url)
    context.add_init_script(Axe().axe_script)
    page = context.new_page()
    faults, seen = [], 0
    if part == 0:
        assert opens(page, "/login/")
        faults += severe_at_both_sizes(page)
    demo.sign_in(page)
    for address in addresses[part::PARTS]:
        if opens(page, address):
            seen += 1
            # The tree makes the frame large where it is in sight.
            faults += severe_at_both_sizes(page, beside_wide=FRAME if seen > 1 else ())
    context.close()
    assert not faults, "\n".join(faults)
    assert seen > 60 / PARTS


def opens(page: Page, address: str) -> bool:
    """Whether it is a page, and neither a file nor something that is gone."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" in error.message:
            return False
        raise
    return answer is not None and answer.ok and "text/html" in answer.headers.get("content-type", "")


def severe_at_both_sizes(page: Page, beside_wide: Sequence[str] = ()) -> list[str]:
    """Loaded once: what a page looks like is told by its styles, which follow the window as it changes."""
    show(page, PHONE, "light")
    on_phone = severe(page)
    show(page, WIDE, "dark")  # As the next one will be loaded.
    return on_phone + severe(page, beside_wide)


def show(page: Page, size: ViewportSize, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)


def severe(page: Page, beside: Sequence[str] = ()) -> list[str]:
    looked_at = {"exclude": [*NOT_OURS, *beside]}
    found = page.evaluate("async what => (await axe.run(...what)).violations", [looked_at, FAULTS_ALONE])
    return [
        f"{page.url}: {fault['id']} ({fault['impact']}): {fault['nodes'][0]['html'][:200]}"
        for fault in found
        if fault["impact"] in SEVERE
    ]
