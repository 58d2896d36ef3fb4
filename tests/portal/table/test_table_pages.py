"""The pages around the table, through the web application: who may come in, what one session says, what is refused."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from domain.clock import now
from domain.db import session_factory
from domain.models import ChargingSession, MeterValue
from launcher.migrate import ensure_partitions
from tests.portal.table import sample


@pytest.fixture
def running(client: FlaskClient) -> Iterator[ChargingSession]:
    """A charge that goes on, with three readings."""
    started_at = now() - timedelta(hours=1)
    ensure_partitions(started_at.date(), now().date())
    with session_factory()() as db, db.begin():
        charging_session = ChargingSession(**sample.sessions()[0] | {
            "started_at": started_at, "stopped_at": None, "ended_at": None, "logged_at": started_at, "outlet_id": 9001,
            "meter_start_wh": 1000, "meter_stop_wh": None, "energy_wh": None, "review_reasons": ["meter_start_zero"],
        })  # fmt: skip
        db.add(charging_session)
        db.flush()
        for minute in (10, 20, 30):
            at = started_at + timedelta(minutes=minute)
            db.add(MeterValue(
                outlet_id=9001, charging_session_id=charging_session.id, received_at=at, measured_at=at,
                energy_wh=1000.0 + 100 * minute, power_w=600.0 * minute, samples=[],
            ))  # fmt: skip
    yield charging_session
    with session_factory()() as db, db.begin():
        db.execute(delete(ChargingSession).where(ChargingSession.outlet_id == 9001))
        db.execute(delete(MeterValue).where(MeterValue.outlet_id == 9001))


def cells(text: str, key: int) -> dict[str, str]:
    """The cells of one row, without their markup."""
    row = re.search(rf'<tr data-key="{key}">(.*?)</tr>', text, re.DOTALL)
    assert row
    found = re.findall(r'data-column="(\w+)"[^>]*>(.*?)</td>', row[1], re.DOTALL)
    return {name: re.sub("<[^>]+>", "", html).strip() for name, html in found}


def test_a_running_charge_shows_what_its_meter_shows_now(client: FlaskClient, running: ChargingSession) -> None:
    row = cells(client.get(f"/statistics/?id={running.id}").text, running.id)
    assert row["ended_at"] == "charging"
    assert row["meter_kwh"] == "4.000"
    assert row["energy_kwh"].endswith("3.000")
    assert "Review: The meter began at 0 although it had counted before." in row["energy_kwh"]
    assert row["duration"].startswith("1:00:")


def test_a_session_is_shown_in_full(client: FlaskClient, running: ChargingSession) -> None:
    text = client.get(f"/statistics/show/{running.id}").text
    for word in (f"Session {running.id}", running.id_token, running.site_name, "charging", "4.000"):
        assert word in text
    told = re.search(r'id="session-figures" nonce="[^"]+">(.*?)</script>', text)
    assert told
    power = json.loads(told[1])["curves"][0]
    assert (power["name"], power["unit"], power["values"]) == ("Power", "kW", [6, 12, 18])


@pytest.mark.parametrize("pk", ["0", "999999", "x", "1e3", "9" * 30, "-1"])
def test_a_session_that_is_not_there_is_not_found(client: FlaskClient, pk: str) -> None:
    assert client.get(f"/statistics/show/{pk}").status_code == 404


@pytest.mark.parametrize("query", ["_flt_9_start=1", "_oc_ChargingSessionView=x", "page_x=abc", "psize_x=1"])
def test_parameters_of_flask_appbuilder_are_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/statistics/?{query}").status_code == 400


@pytest.mark.parametrize("path", ["", "show/1", "export/csv", "export/xlsx"])
def test_strangers_are_sent_to_sign_in(client: FlaskClient, path: str) -> None:
    stranger = client.application.test_client()
    response = stranger.get(f"/statistics/{path}")
    assert response.status_code == 302
    assert response.location.startswith(("/login/", "http://localhost/login/"))


@pytest.mark.parametrize("path", ["add", "edit/1", "delete/1", "action/x/1", "download/x"])
def test_nobody_changes_a_session(client: FlaskClient, path: str) -> None:
    assert client.get(f"/statistics/{path}").status_code == 404


def test_the_list_keeps_nothing_in_the_cookie(client: FlaskClient) -> None:
    client.get("/statistics/?email=" + "x" * 200)
    with client.session_transaction() as cookie:
        assert "page_history" not in cookie


def test_the_remembered_columns_are_shown_and_the_url_has_precedence(client: FlaskClient) -> None:
    client.set_cookie("columns-ChargingSessionView", "id,site,nonsense")
    assert re.findall(r'<th scope="col".*?sort=-?(\w+)', client.get("/statistics/").text, re.DOTALL) == ["id", "site"]
    text = client.get("/statistics/?columns=email").text
    assert re.findall(r'<th scope="col".*?sort=-?(\w+)', text, re.DOTALL) == ["email"]
