"""No page of a Dane has a word of English: each page that there is, with something on it, is read."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from domain.events import EventKind
from domain.models import (
    Action,
    Alarm,
    ChargingSession,
    Command,
    CommandBatch,
    CommandReason,
    CommandState,
    Direction,
    Event,
    FileState,
    FirmwareImage,
    Floor,
    IdToken,
    Message,
    MessageKind,
    News,
    Outlet,
    Rollout,
    RolloutState,
    Service,
    ServiceKind,
    Site,
    Station,
    StationFile,
    StationKind,
    StationParameter,
    UnknownStation,
)
from domain.roles import RoleName
from portal.pages.dashboard.registry import available_panes
from portal.translations import catalogue
from portal.translations.literals import shown_texts
from tests.portal.browser_like import Visitor
from tests.portal.imports.conftest import send_users
from tests.portal.people import add_person, sign_in

NO_PAGES = (
    # Of an outlet by its code, which a driver has; tests/browser/test_driver_app.py.
    "ChargingOutletView.now",
    "ChargingOutletView.show",
    "OutletCodeView.go",
    # Of an export that there is; below, of one that is asked for.
    "ExportSchedulesView.add",
    "ExportSchedulesView.edit",
    "ExportsView.file",
    "OutletView.sticker_file",
    "ChargingView.command",
    "ChargingView.now",
    "ChoiceView.users",
    "ControlView.ask",
    "ControlView.now",
    "DashboardView.pane",
    "FirmwareImageView.file",
    "FloorPlanView.picture",
    "ForgottenPasswordView.reset",
    "health.healthz",
    "metrics.scrape",
    "ImportTopologyView.preview",
    "ImportTopologyView.progress",
    "ImportTopologyView.report",
    "ImportTopologyView.template",
    "ImportUsersView.preview",
    "ImportUsersView.progress",
    "ImportUsersView.report",
    "ImportUsersView.template",
    "LiveView.listen",
    "LocaleView.index",
    "MapView.now",
    "MessageView.show",
    "OpenApi.get",
    "PositionsView.now",
    "ServiceView.now",
    "SignInView.code",
    "SignInView.login",
    "StationFileView.file",
    "SupplyLoadView.edit",
    "SupplyLoadView.index",
    "SupplyLoadView.now",
    "TreeView.children",
    "TreeView.menu",
    "TreeView.places",
    "unsubscribe.ask",
    "UserView.data",
    "UtilView.back",
)
"""What answers with something else than a page for somebody who has signed in, or is read below."""

ASKED_ELSEWHERE = (Action.CHANGE_CONFIGURATION, Action.CANCEL_RESERVATION)
"""On the OCPP tab; and where nothing is reserved, nowhere."""


@pytest.fixture
def rows(db: Session) -> None:
    """One of everything, with the id 1."""
    site = Site(id=1, name="Nørreport")
    station = Station(id=1, name="N-101", charge_box_id="CB-101", site=site)
    started_at = datetime(2026, 11, 22, 16, 43, 2, tzinfo=UTC)
    feed = Station(id=2, name="N-S", charge_box_id="CB-S", site=site, kind=StationKind.SUPPLY_CONTROLLER)
    services = [Service(id=number, kind=kind, name=f"Tjeneste {number}") for number, kind in enumerate(ServiceKind, 1)]
    batch = CommandBatch(id=1, created_at=started_at, action=Action.RESET, parameters={"type": "soft"}, stations=1)
    db.add_all([site, station, feed, batch, *services])
    db.flush()
    db.execute(update(Alarm).values(due_at=None))  # That neither of the two stations has called.
    db.add_all(
        [
            Floor(id=1, name="P1", site=site),
            Outlet(id=1, station=station, number=1),
            IdToken(id=1, token="04A1B2C3"),
            UnknownStation(id=1, charge_box_id="CB-999"),
            Message(
                id=1,
                at=started_at,
                station_id=1,
                direction=Direction.IN,
                kind=MessageKind.INVALID,
                frame="[",
                reason="-",
            ),
            StationParameter(station_id=1, key="HeartbeatInterval", value="300", read_at=started_at),
            StationFile(
                id=1,
                station_id=1,
                name="log.txt",
                size_bytes=1,
                state=FileState.COMPLETE,
                via="ftp",
                started_at=started_at,
                changed_at=started_at,
            ),
            FirmwareImage(id=1, file_name="a.bin", version="1", size_bytes=1, sha256="0" * 64, uploaded_at=started_at),
            Rollout(
                id=1,
                created_at=started_at,
                changes=[{"key": "HeartbeatInterval", "value": "300"}],
                wave_size=5,
                return_seconds=300,
                state=RolloutState.DONE,
            ),
            Command(
                id=1,
                site_id=1,
                station_id=1,
                batch_id=1,
                action=Action.RESET,
                parameters={"type": "soft"},
                state=CommandState.TIMED_OUT,
                reason=CommandReason.NO_ANSWER,
                created_at=started_at,
                deadline_at=started_at,
            ),
            News(id=1, title="Nyt", body="Intet", published_from_at=started_at),
            Event(
                id=1,
                happened_at=started_at,
                kind=EventKind.TAG_KNOWN_OTHERWISE,
                details={"id_token": "04A1B2C3", "tag_digits": None, "tag_byte_order": "reversed"},
            ),
            ChargingSession(
                id=1,
                started_at=started_at,
                logged_at=started_at,
                node_id=1,
                site_id=1,
                outlet_id=1,
                site_name="Nørreport",
                station_name="N-101",
                outlet_number=1,
                authorization=0,
                id_token="",
                meter_start_wh=0,
                review_reasons=[],
            ),
        ]
    )
    db.flush()
    db.execute(delete(Event).where(Event.kind != EventKind.TAG_KNOWN_OTHERWISE))  # One has the id 1.
    db.commit()


NAMED = {"address": "ocpp1.6"}
"""What stands in an address and is no key."""


def pages(app: Flask) -> Iterator[str]:
    """The address of each page, for the rows with the id 1."""
    adapter = app.url_map.bind("")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and _is_page(rule):
            yield adapter.build(rule.endpoint, {name: NAMED.get(name, 1) for name in rule.arguments})


def _is_page(rule: Rule) -> bool:
    silent = rule.endpoint in NO_PAGES or rule.endpoint.endswith((".export", "static"))
    return not silent and not rule.rule.startswith(("/api/v1/", "/ocpi/"))


@cache
def english() -> set[str]:
    """The messages without values in them that are something else in Danish."""
    danish = catalogue.read("da")
    found = {m.id for m in catalogue.messages(danish) if isinstance(m.id, str) and m.id != m.string}
    return found - {m.string for m in catalogue.messages(danish)}


def read(visitor: Visitor, *paths: str, status: int = 200) -> list[tuple[str, str]]:
    """What is English on these pages."""
    words, seen = english(), []
    for path in paths:
        page = visitor.get(path, follow_redirects=True)
        assert page.status_code == status, path
        seen += [(path, text) for text in shown_texts(page.text) if text in words]
    return seen


def test_no_page_of_a_dane_has_english_on_it(portal: Flask, administrator: Visitor, rows: None) -> None:
    administrator.get("/lang/da")
    forms = [f"/users/add?role={role.replace(' ', '+')}" for role in RoleName]
    at_station = [f"/{page}/?node=station-1" for page in ("control", "parameters", "messages", "station_files")]
    at_station += [f"/control/ask/{action}?node=station-1" for action in Action if action not in ASKED_ELSEWHERE]
    at_station += ["/load/?node=station-2", "/load/edit?node=station-2"]
    services = [f"/services/{page}/{key}" for page in ("show", "edit") for key in range(1, len(ServiceKind) + 1)]
    at_station += ["/export_schedules/add?table=ChargingSessionView"]
    assert set(NO_PAGES) <= set(portal.view_functions), "what is left out is there"
    assert read(administrator, *pages(portal), *forms, *at_station, *services, "/search/?q=n", "/search/?q=zzz") == []


@pytest.mark.parametrize("with_rows", [False, True])
@pytest.mark.parametrize("role", RoleName)
def test_no_pane_and_no_function_of_any_role_has_english_on_it(
    portal: Flask, db: Session, request: pytest.FixtureRequest, role: RoleName, with_rows: bool
) -> None:
    if with_rows:
        request.getfixturevalue("rows")
    person = sign_in(portal, add_person(db, role, "p@example.com", sites=[*db.scalars(select(Site))]))
    person.get("/lang/da")
    panes = [f"/dashboard/pane/{pane.name}" for pane in available_panes(role)]
    menu = person.get("/").text.partition('<nav class="fn"')[2].partition("</nav>")[0]
    functions = [html.unescape(path) for path in re.findall(r'href="([^"]+)"', menu)]
    assert read(person, *panes, *functions) == []


def test_a_preview_of_an_import_is_danish(administrator: Visitor) -> None:
    administrator.get("/lang/da")
    page = send_users(administrator, ("Ada", "Berg", "ada@example.com", "Boss"), ("Bo", "Dahl", "bo", "Support"))
    assert "Boss er ikke en rolle. Skriv en af: Administrator, Stedadministrator, Support, EV-bruger." in page.text
    assert [text for text in shown_texts(page.text) if text in english()] == []


def test_the_sign_in_page_and_its_refusals_are_danish(visitor: Visitor) -> None:
    visitor.get("/lang/da")
    words = english()
    for page in (visitor.get("/login/"), visitor.sign_in("", ""), visitor.sign_in("nobody@example.com", "wrong")):
        assert [text for text in shown_texts(page.text) if text in words] == []
    assert read(visitor, "/forgot") == []
    assert read(visitor, "/reset/1", status=410) == []


@pytest.mark.parametrize("path", ["/nonsense", "/sites/show/999"])
def test_faults_are_danish(administrator: Visitor, path: str) -> None:
    administrator.get("/lang/da")
    page = administrator.get(path)
    assert page.status_code == 404
    assert [text for text in shown_texts(page.text) if text in english()] == []
