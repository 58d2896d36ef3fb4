"""The password of a station on its pages: set, made up, taken away, and never read again."""

import html
import re

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import clock, station_passwords, stations
from domain.models import Site, Station
from domain.reports import ConnectReport
from domain.stations import Connection
from tests.portal.browser_like import Visitor, errors, notes

PASSWORD = "a-password-that-nobody-guesses"
FACT = re.compile(r"<dt>([^<]*)</dt><dd>([^<]*)")


@pytest.fixture
def station(db: Session) -> Station:
    station = Station(site=Site(name="Central"), name="CC-101", charge_box_id="CB-101")
    db.add(station)
    db.commit()
    return station


def comes_in_with(db: Session, password: str) -> bool:
    keys = station_passwords.keys_of(password.encode())
    outcome = stations.connect(db, ConnectReport("CB-101", "ocpp1.6", "192.0.2.7", clock.now(), keys))
    db.commit()
    return isinstance(outcome, Connection)


def fact(page: str, name: str) -> str:
    told = {html.unescape(label): html.unescape(value).strip() for label, value in FACT.findall(page)}
    return told[name]


def test_it_is_set_and_taken_away_and_no_page_shows_it(administrator: Visitor, db: Session, station: Station) -> None:
    path = f"/station_password/{station.id}"
    assert fact(administrator.get(path).text, "Password") == "none"
    saved = administrator.send(f"{path}/set", password=PASSWORD)
    assert saved.location == path
    page = administrator.get(path)
    assert notes(page) == [("good", "CC-101 signs in with the new password from now on.")]
    assert fact(page.text, "Password") == "set"
    assert PASSWORD not in page.text
    assert fact(administrator.get(f"/stations/show/{station.id}").text, "Password") == "set"
    assert (comes_in_with(db, PASSWORD), comes_in_with(db, "another")) == (True, False)

    gone = administrator.send(f"{path}/remove")
    assert notes(administrator.get(gone.location)) == [("good", "CC-101 has no password any more.")]
    db.refresh(station)
    assert not station.has_password


def test_one_that_is_made_up_is_shown_once(administrator: Visitor, db: Session, station: Station) -> None:
    path = f"/station_password/{station.id}"
    page = administrator.send(f"{path}/make").text
    [made] = re.findall(r"<code>([0-9a-f]{40})</code>", page)
    assert comes_in_with(db, made)
    assert made not in administrator.get(path).text
    assert made not in "".join(db.scalars(text("SELECT audit_entry::text FROM audit_entry")))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "This is needed."),
        ("x" * 15, "A station's password has at least 16 characters."),
        ("x" * 41, "A station's password has at most 40 characters."),
        ("x" * 20 + " ø", "A station's password contains letters without accents, digits and signs, and no blanks."),
    ],
)
def test_what_no_station_can_keep_is_refused(
    administrator: Visitor, db: Session, station: Station, written: str, said: str
) -> None:
    answer = administrator.send(f"/station_password/{station.id}/set", password=written)
    assert (answer.status_code, errors(answer)) == (422, [said])
    db.refresh(station)
    assert not station.has_password


def test_whether_it_is_required_is_a_setting_of_the_station(
    administrator: Visitor, db: Session, station: Station
) -> None:
    form = {"name": "CC-101", "charge_box_id": "CB-101", "kind": "charging_station", "site_id": str(station.site_id)}
    page = f"/stations/show/{station.id}"
    assert fact(administrator.get(page).text, "Password required") == "no (as the installation)"
    for written, kept, shown in (("yes", True, "yes"), ("no", False, "no"), ("", None, "no (as the installation)")):
        administrator.send(f"/stations/edit/{station.id}", **form, password_required=written)
        db.refresh(station)
        assert station.password_required is kept
        assert fact(administrator.get(page).text, "Password required") == shown
        assert f'<option selected value="{written}">' in administrator.get(f"/stations/edit/{station.id}").text
