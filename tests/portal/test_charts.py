"""The page of charts and its file: what is shown is what the charges add up to, in words that people write."""

import csv
import io
import json
import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from domain.models import OutletStateNote, PortalUser, Site, Station
from domain.roles import RoleName
from portal.pages.charts.asked import HOURS, SITES, STATIONS, UPTIME
from portal.pages.charts.kinds import KINDS, RANKINGS
from tests.domain.charge_histories import BEGIN, Charge, write
from tests.portal.browser_like import Visitor
from tests.portal.people import add_person, sign_in

WHEN = "first=2026-03-27&last=2026-03-30"
CHARTS = [*(kind.name for kind in KINDS), UPTIME, HOURS, STATIONS, SITES]
STATES = ("Uptime", "Available", "In use", "Fault", "Out of service", "Offline")
DAY = 24 * 60


@pytest.fixture
def stations(db: Session) -> list[Station]:
    """7 and 9.5 kWh on two days at the first, a failed start and one that goes on at the second, on another site."""
    stations = [Station(site=Site(name=f"Site {at}"), name=f"=ST-{at}", charge_box_id=f"B{at}") for at in (1, 2)]
    db.add_all(stations)
    db.flush()
    history = [
        Charge(0, 60, 60, 7000),
        Charge(DAY, DAY + 30, DAY + 90, 9500),
        Charge(DAY + 1, DAY + 2, DAY + 2, 50, 1),
        Charge(DAY + 2, None, None, None, 1),
        Charge(-5 * DAY, -5 * DAY + 60, -5 * DAY + 60, 3300),
    ]
    write(db, history, stations)
    # The outlets are there since Friday at 21:00 in UTC, two at a station that is online, three at one that is not.
    stations[0].online = True
    db.flush()
    db.execute(update(OutletStateNote).values(at=BEGIN))
    db.commit()
    return stations


def figures(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="chart-figures"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found, page
    return json.loads(found[1])


def table(visitor: Visitor, query: str) -> list[list[str]]:
    answer = visitor.get(f"/charts/csv?{query}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.text)))


def test_the_page_the_script_and_the_file_say_the_same(administrator: Visitor, stations: list[Station]) -> None:
    page = administrator.get(f"/charts/?chart=energy&unit=day&{WHEN}").text
    drawn = figures(page)
    assert drawn["values"] == [7.0, 9.6, 0.0, 0.0]
    assert "<b>16.6</b> kWh" in page
    lines = table(administrator, f"chart=energy&unit=day&{WHEN}")
    assert lines[0] == ["Period", "Energy (kWh)"]
    assert [line[0] for line in lines[1:]] == drawn["labels"]
    assert [float(line[1]) for line in lines[1:]] == drawn["values"]


def test_it_is_compared_with_as_long_a_time_before(administrator: Visitor, stations: list[Station]) -> None:
    page = administrator.get(f"/charts/?chart=energy&unit=day&compare=yes&{WHEN}").text
    assert figures(page)["before"] == [0.0, 0.0, 0.0, 0.0]
    longer = administrator.get("/charts/?chart=energy&unit=day&compare=yes&first=2026-03-24&last=2026-03-30").text
    assert sum(figures(longer)["before"]) == 3.3
    assert "+401.5 % against the time before" in longer


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ("sessions", [1, 3, 0, 0]),
        ("failed", [0, 1, 0, 0]),
        ("duration", [60, 46, None, None]),
        ("utilisation", None),
    ],
)
def test_each_chart_has_its_figures(
    administrator: Visitor, stations: list[Station], chart: str, expected: list[float] | None
) -> None:
    values = figures(administrator.get(f"/charts/?chart={chart}&unit=day&{WHEN}").text)["values"]
    if expected is not None:
        assert values == expected
    else:
        # Five outlets; on Friday one of them is taken for an hour, and later one goes on day and night.
        assert values[0] == round(100 / 24 / 5, 1)
        assert values[2:] == [20.0, 20.0]


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_opens_at_every_level(
    administrator: Visitor, stations: list[Station], chart: str, language: str
) -> None:
    administrator.get(f"/lang/{language}")
    for node in ("system", "site-1", "station-1", "outlet-1"):
        page = administrator.get(f"/charts/?chart={chart}&node={node}&{WHEN}")
        assert page.status_code == 200
        assert figures(page.text)["values"]


def test_stations_are_ranked_and_lead_to_their_page(administrator: Visitor, stations: list[Station]) -> None:
    page = administrator.get(f"/charts/?chart=stations&{WHEN}").text
    assert figures(page)["labels"] == ["=ST-1", "=ST-2"]
    assert '<a href="/stations/show/1">=ST-1</a>' in page
    assert table(administrator, f"chart=stations&{WHEN}")[1] == ["'=ST-1", "16.5", "2", "0"]
    for by in RANKINGS:
        assert administrator.get(f"/charts/?chart=stations&by={by}&{WHEN}").status_code == 200


def test_uptime_is_told_by_state_and_not_before_it_was_recorded(
    administrator: Visitor, stations: list[Station]
) -> None:
    page = administrator.get("/charts/?chart=uptime&unit=day&first=2026-03-26&last=2026-03-28&compare=yes").text
    drawn = figures(page)
    assert drawn["values"] == [None, 60.0, 60.0]
    assert {layer["word"]: layer["values"] for layer in drawn["layers"]} == {
        "available": [None, 60.0, 60.0],
        **{word: [None, 0.0, 0.0] for word in ("charging", "fault", "out_of_service")},
        "offline": [None, 40.0, 40.0],
    }
    assert "Not recorded before 27 Mar 2026: what lies before is left out." in page
    lines = table(administrator, "chart=uptime&unit=day&first=2026-03-27&last=2026-03-28")
    assert lines[0] == ["Period", *(f"{state} (%)" for state in STATES)]
    assert lines[2] == ["Sat 28 Mar 2026", "60.0", "60.0", "0.0", "0.0", "0.0", "40.0"]
    assert figures(administrator.get(f"/charts/?chart=uptime&node=station-2&{WHEN}").text)["values"][0] == 0.0


def test_a_time_that_was_not_recorded_is_no_time_of_no_uptime(administrator: Visitor, stations: list[Station]) -> None:
    page = administrator.get("/charts/?chart=uptime&unit=day&first=2026-03-02&last=2026-03-09").text
    assert "There is nothing to show of this time." in page
    assert "Not recorded before 27 Mar 2026" in page


def test_stations_and_sites_are_ranked_by_uptime_the_lowest_first(
    administrator: Visitor, stations: list[Station]
) -> None:
    for chart, names, view in (("stations", ["=ST-2", "=ST-1"], "stations"), ("sites", ["Site 2", "Site 1"], "sites")):
        page = administrator.get(f"/charts/?chart={chart}&by=uptime&{WHEN}").text
        assert figures(page)["labels"] == names
        assert figures(page)["values"] == [0.0, 100.0]
        assert f'<a href="/{view}/show/2">{names[0]}</a>' in page
    assert table(administrator, f"chart=stations&by=uptime&{WHEN}")[1] == ["'=ST-2", "0.0", "0.0", "0.0", "100.0"]


def test_sites_are_ranked_by_what_was_charged(administrator: Visitor, stations: list[Station]) -> None:
    lines = table(administrator, f"chart=sites&{WHEN}")[1:]
    assert lines == [["Site 1", "16.5", "2", "0"], ["Site 2", "0.1", "2", "1"]]


def test_who_drives_finds_nothing_of_outlets(portal: Flask, db: Session, stations: list[Station]) -> None:
    person = add_person(db, RoleName.EV_USER, "driver@example.com")
    driver = sign_in(portal, person)
    page = driver.get(f"/charts/?chart=stations&{WHEN}").text
    assert "Uptime" not in page
    for query in ("chart=uptime", "chart=stations&by=uptime", "chart=sites&by=uptime"):
        assert "There is nothing to show of this time." in driver.get(f"/charts/?{query}&{WHEN}").text


def test_the_week_begins_on_monday_and_the_hours_are_the_readers(
    administrator: Visitor, stations: list[Station], db: Session
) -> None:
    """Friday 21:00 in UTC is 22:00 in Copenhagen."""
    drawn = figures(administrator.get(f"/charts/?chart=hours&{WHEN}").text)
    assert drawn["labels"] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert {place: value for place, value in enumerate(drawn["values"]) if value} == {
        4 * 24 + 22: 7.0,
        5 * 24 + 22: 9.6,
    }


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("first=2026-13-01", "“2026-13-01” is no day; write one like 2026-11-28."),
        ("first=1901-01-01", "“1901-01-01” is too far away; choose a day of this century."),
        ("first=2026-03-02&last=2026-03-01", "The first day lies after the last one: exchange them."),
        ("unit=hour&first=2025-01-01&last=2026-01-01", "So many hours cannot be told apart"),
        ("first=2001-01-01&last=2026-01-01", "A chart shows ten years at the most."),
        ("chart=moon", "There is no such chart; choose one of those above."),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(administrator: Visitor, query: str, told: str) -> None:
    page = administrator.get(f"/charts/?{query}")
    assert (page.status_code, told in page.text) == (400, True)
    file = administrator.get(f"/charts/csv?{query}")
    assert (file.status_code, told in file.text) == (400, True)


def test_a_time_without_sessions_says_what_to_do(administrator: Visitor) -> None:
    page = administrator.get(f"/charts/?{WHEN}").text
    assert "There is nothing to show of this time. Choose a longer one, or another node in the navigator." in page


def test_each_sees_the_sessions_that_are_theirs(portal: Flask, db: Session, stations: list[Station]) -> None:
    def energy(person: PortalUser, node: str = "system") -> float:
        page = sign_in(portal, person).get(f"/charts/?chart=energy&unit=month&node={node}&{WHEN}").text
        return 0.0 if "chart-figures" not in page else sum(figures(page)["values"])

    site = db.get(Site, stations[1].site_id)
    assert energy(add_person(db, RoleName.SUPPORT, "s@example.com")) == 19.9
    local = add_person(db, RoleName.SITE_ADMINISTRATOR, "l@example.com", sites=[site])
    assert energy(local) == 0.1
    assert energy(local, "site-1") == 0.1, "a node that is not theirs is not there: the system is shown"
    assert energy(add_person(db, RoleName.EV_USER, "e@example.com")) == 0.0


def test_a_driver_finds_no_chart_of_outlets(portal: Flask, db: Session) -> None:
    driver = sign_in(portal, add_person(db, RoleName.EV_USER, "e@example.com"))
    page = driver.get("/charts/").text
    assert "chart=energy" in page
    assert "chart=utilisation" not in page and "chart=peak" not in page


def test_without_days_the_last_thirty_are_shown(administrator: Visitor) -> None:
    page = administrator.get("/charts/").text
    last = date.fromisoformat(re.search(r'name="last" value="([^"]+)"', page)[1])
    first = date.fromisoformat(re.search(r'name="first" value="([^"]+)"', page)[1])
    assert last - first == timedelta(days=29)
