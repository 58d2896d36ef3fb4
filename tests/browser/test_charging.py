"""A driver with a phone, and a station at the other end of the wire."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from domain import clock
from domain.db import session_factory
from domain.models import Authorization, ChargingSession, IdToken, Outlet, Site, Station
from domain.roles import RoleName
from tests.engine.conftest import Wire, wire
from tests.fixtures.product import PortalServer
from tests.portal.people import PASSWORD, add_person

PHONE = {"width": 360, "height": 740}
LIVE_MS = 20_000
numbers = count(1)


@pytest.fixture
def name() -> str:
    return f"PHONE-{next(numbers)}"


@pytest.fixture
def station(portal_server: PortalServer, name: str) -> Iterator[Wire]:
    """Free, and connected."""
    with session_factory().begin() as db:
        site = Site(name=f"Site of {name}")
        db.add(site)
        db.flush()
        station = Station(site_id=site.id, name=name, charge_box_id=name)
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
    with wire(f"{portal_server.ws_url}/{name}") as station_wire:
        tell(station_wire, "StatusNotification", status="Available", connectorId=1, errorCode="NoError")
        yield station_wire


@pytest.fixture
def tag(portal_server: PortalServer, name: str) -> str:
    """Of a driver who signs in as `name`@example.com."""
    token = f"0A{next(numbers):06X}"
    with session_factory()() as db:
        user = add_person(db, RoleName.EV_USER, f"{name.lower()}@example.com", first_name="Eva", last_name="Driver")
        db.add(IdToken(token=token, user_id=user.id))
        db.commit()
    return token


@pytest.fixture
def phone(browser: Browser, portal_server: PortalServer, name: str, tag: str) -> Iterator[Page]:
    context = browser.new_context(base_url=portal_server.url, locale="en-GB", viewport=PHONE)
    page = context.new_page()
    page.goto("/login/")
    page.fill("input[name=username]", f"{name.lower()}@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    yield page
    context.close()


def tell(station: Wire, action: str, **payload: object) -> dict[str, object]:
    """Let the station call, and return what it is answered."""
    answer = station.ask(2, f"s{next(numbers)}", action, payload)
    assert answer[0] == 3, answer
    return answer[2]


def obey(station: Wire, action: str, status: str = "Accepted") -> dict[str, object]:
    """Wait until something is asked of the station, and answer; returns what was asked."""
    kind, unique_id, asked, payload = station.receive()
    assert (kind, asked) == (2, action)
    station.send(3, unique_id, {"status": status})
    return payload


def meter(station: Wire, transaction_id: int, energy_wh: int, power_w: int) -> None:
    at = clock.now().isoformat()
    samples = [
        {"measurand": "Energy.Active.Import.Register", "unit": "Wh", "value": str(energy_wh)},
        {"measurand": "Power.Active.Import", "unit": "W", "value": str(power_w)},
    ]
    values = [{"timestamp": at, "sampledValue": samples}]
    tell(station, "MeterValues", connectorId=1, transactionId=transaction_id, meterValue=values)


def test_a_driver_starts_sees_the_power_rise_and_stops(phone: Page, station: Wire, name: str, tag: str) -> None:
    phone.goto("/charging/")
    expect(phone.get_by_text("Nothing is charging for you now.")).to_be_visible()
    phone.get_by_role("searchbox", name="Find a station").fill(name)
    phone.get_by_role("button", name="Find").click()
    phone.get_by_role("button", name=f"Start at {name}, outlet 1").click()

    asked = obey(station, "RemoteStartTransaction")
    assert asked == {"connectorId": 1, "idTag": tag}
    now = phone.locator("#now")
    expect(now).to_contain_text("The station agreed.", timeout=LIVE_MS)
    expect(phone.locator("#free")).not_to_contain_text(name)

    began_at = (clock.now() - timedelta(minutes=1)).isoformat()
    started = tell(station, "StartTransaction", connectorId=1, idTag=tag, meterStart=1000, timestamp=began_at)
    number = started["transactionId"]
    meter(station, number, 1100, 7400)
    expect(phone.locator('[data-live="power"]')).to_have_text("7.4", timeout=LIVE_MS)
    expect(phone.locator('[data-live="energy"]')).to_have_text("0.10")
    expect(now).not_to_contain_text("The station agreed.")
    meter(station, number, 2500, 11_000)
    expect(phone.locator('[data-live="power"]')).to_have_text("11.0", timeout=LIVE_MS)
    expect(phone.locator('[data-live="energy"]')).to_have_text("1.50")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    phone.get_by_role("button", name="Stop charging").click()
    assert obey(station, "RemoteStopTransaction") == {"transactionId": number}
    expect(now).to_contain_text("The station agreed and is stopping the charge.", timeout=LIVE_MS)
    stopped_at = clock.now().isoformat()
    tell(station, "StopTransaction", transactionId=number, meterStop=2600, timestamp=stopped_at, reason="Remote")
    expect(now).to_contain_text("Nothing is charging for you now.", timeout=LIVE_MS)
    with session_factory()() as db:
        charge = db.scalars(select(ChargingSession).filter_by(id=number)).one()
    assert (charge.email, charge.energy_wh, charge.stop_reason) == (f"{name.lower()}@example.com", 1600, "remote")
    assert charge.authorization == Authorization.APP


def address_of(name: str) -> str:
    with session_factory()() as db:
        uuid = db.scalar(select(Outlet.uuid).join(Outlet.station).where(Station.charge_box_id == name))
    return f"/o/{uuid}"


def test_by_the_code_on_the_outlet_one_starts_follows_and_stops_there(
    phone: Page, station: Wire, name: str, tag: str
) -> None:
    """All of it without loading a page again: the live line tells of each step."""
    phone.goto(address_of(name))
    expect(phone.get_by_role("heading", name=f"{name} · Outlet 1")).to_be_visible()
    expect(phone.locator("main .live-sign")).to_have_text("Live", timeout=LIVE_MS)
    phone.get_by_role("button", name="Start charging").dblclick()
    now = phone.locator("#now")
    assert obey(station, "RemoteStartTransaction") == {"connectorId": 1, "idTag": tag}
    expect(now.locator("[aria-current=step]")).to_have_text("● Waiting for the cable", timeout=LIVE_MS)
    expect(phone.locator("#free")).to_contain_text("Kept for you")
    expect(phone.get_by_role("button", name="Start charging")).to_have_count(0)

    loads: list[str] = []
    phone.on("framenavigated", lambda frame: loads.append(frame.url))
    tell(station, "StatusNotification", status="Preparing", connectorId=1, errorCode="NoError")
    assert tell(station, "Authorize", idTag=tag)["idTagInfo"]["status"] == "Accepted"
    began_at = clock.now().isoformat()
    number = tell(station, "StartTransaction", connectorId=1, idTag=tag, meterStart=0, timestamp=began_at)[
        "transactionId"
    ]
    tell(station, "StatusNotification", status="Charging", connectorId=1, errorCode="NoError")
    expect(phone.locator("#free")).to_contain_text("You are charging here", timeout=LIVE_MS)
    for energy_wh, power_w, energy, power in ((120, 6900, "0.12", "6.9"), (960, 11_000, "0.96", "11.0")):
        meter(station, number, energy_wh, power_w)
        # Sooner than anything but the live line would bring it.
        expect(phone.locator('[data-live="power"]')).to_have_text(power, timeout=8000)
        expect(phone.locator('[data-live="energy"]')).to_have_text(energy)
    expect(phone.locator("[data-duration]")).not_to_have_text("0:00:00")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert loads == []

    phone.get_by_role("button", name="Stop charging").click()
    assert obey(station, "RemoteStopTransaction") == {"transactionId": number}
    ended_at = clock.now().isoformat()
    tell(station, "StopTransaction", transactionId=number, meterStop=1000, timestamp=ended_at, reason="Remote")
    tell(station, "StatusNotification", status="Available", connectorId=1, errorCode="NoError")
    expect(phone.get_by_role("button", name="Start charging")).to_be_visible(timeout=LIVE_MS)

    phone.get_by_role("link", name="Sessions").click()
    expect(phone.locator(".sessions li")).to_contain_text([f"Site of {name}, {name} · App (2)"])
    expect(phone.locator(".month")).to_contain_text("1.0 kWh")


def test_the_next_car_sees_that_the_outlet_is_taken_and_no_more(phone: Page, station: Wire, name: str) -> None:
    phone.goto(address_of(name))
    expect(phone.get_by_role("button", name="Start charging")).to_be_visible()
    expect(phone.locator("main .live-sign")).to_have_text("Live", timeout=LIVE_MS)
    began_at = clock.now().isoformat()
    tell(station, "StartTransaction", connectorId=1, idTag="SOMEBODY", meterStart=0, timestamp=began_at)
    tell(station, "StatusNotification", status="Charging", connectorId=1, errorCode="NoError")
    expect(phone.locator("#free")).to_contain_text("A car stands at this outlet.", timeout=8000)
    expect(phone.get_by_role("button", name="Start charging")).to_have_count(0)
    expect(phone.locator("[data-session]")).to_have_count(0)


def test_a_station_that_says_no(phone: Page, station: Wire, name: str) -> None:
    phone.goto(f"/charging/?find={name}")
    phone.get_by_role("button", name="Start at").click()
    obey(station, "RemoteStartTransaction", "Rejected")
    expect(phone.locator(".asked.rejected")).to_contain_text("The station said no.", timeout=LIVE_MS)


def test_a_page_that_is_not_live_says_so_and_recovers(phone: Page, station: Wire, tag: str) -> None:
    phone.goto("/charging/")
    phone.context.set_offline(True)
    not_live = phone.get_by_text("Not live: the portal cannot be reached. The figures are as of")
    expect(not_live).to_be_visible(timeout=LIVE_MS)
    phone.context.set_offline(False)
    expect(not_live).to_be_hidden(timeout=LIVE_MS)
    tell(station, "StartTransaction", connectorId=1, idTag=tag, meterStart=0, timestamp=clock.now().isoformat())
    expect(phone.locator("#now")).to_contain_text("Stop charging", timeout=LIVE_MS)


def test_a_page_that_nobody_sees_asks_nothing(phone: Page) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))

    def hide(hidden: bool) -> None:
        phone.evaluate(
            "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
            " document.dispatchEvent(new Event('visibilitychange')); }",
            hidden,
        )

    def polls() -> int:
        return sum(url.endswith("/charging/now") for url in asked)

    phone.clock.install()
    phone.goto("/charging/")
    hide(True)
    phone.clock.run_for(60_000)
    assert polls() == 0
    with phone.expect_request("**/charging/now", timeout=LIVE_MS):
        hide(False)
    with phone.expect_request("**/charging/now", timeout=LIVE_MS):
        phone.clock.run_for(4000)
