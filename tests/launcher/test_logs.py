"""What the processes of a whole installation log, for a program that reads it."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.fixtures.environment import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.fixtures.product import PortalServer, serving
from tests.portal.browser_like import TOKEN
from tests.waiting import wait_until

NUMBER = "0f5c8a52-one-request"
PROGRAMS = ("web", "worker", "cron")


@pytest.fixture(scope="module")
def server(prepared_database: str) -> Iterator[PortalServer]:
    with serving(prepared_database, LOG_FORMAT="json", SMTP_URL="smtp://127.0.0.1:1") as server:
        yield server


def entries(server: PortalServer, program: str, **wanted: object) -> list[dict[str, Any]]:
    """Those that say just this; each line is JSON."""
    found = [json.loads(line) for line in server.log(program).splitlines()]
    return [entry for entry in found if wanted.items() <= entry.items()]


def test_a_request_is_followed_from_its_line_to_its_jobs(server: PortalServer) -> None:
    browser = requests.Session()
    browser.headers["X-Request-Id"] = NUMBER
    page = browser.get(f"{server.url}/login/")
    fields = {"csrf_token": TOKEN.search(page.text)[1], "username": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert browser.post(f"{server.url}/login/", data=fields).url == f"{server.url}/"
    page = browser.get(f"{server.url}/forgot")
    fields = {"csrf_token": TOKEN.search(page.text)[1], "email": ADMIN_EMAIL}
    assert browser.post(f"{server.url}/forgot", data=fields).ok

    [line] = entries(server, "web", request_id=NUMBER, path="/forgot", method="POST")
    assert (line["status"], line["level"], line["logger"]) == (200, "info", "portal.request_log")
    assert [entry["user_id"] for entry in entries(server, "web", request_id=NUMBER, path="/")] == [1]

    job = {"request_id": NUMBER, "job_name": "portal.jobs.send_password_reset"}
    wait_until(lambda: entries(server, "worker", **job))
    wait_until(lambda: any("ConnectionRefused" in str(entry) for entry in entries(server, "worker", **job)))

    wait_until(lambda: entries(server, "cron", logger="rq.cron"))
    for program in PROGRAMS:
        found = entries(server, program)
        assert {entry["process"] for entry in found} == {program}
        assert all({"time", "level", "pid", "logger", "message"} <= set(entry) for entry in found)
        assert ADMIN_EMAIL not in server.log(program)


def test_what_is_about_a_station_says_so(server: PortalServer) -> None:
    with pytest.raises(InvalidStatus, match="404"):
        connect(f"{server.ws_url}/NOBODY-1", subprotocols=["ocpp1.6"])
    wait_until(lambda: entries(server, "web", station="NOBODY-1", message="an unknown station called"))
    [entry] = entries(server, "web", station="NOBODY-1")
    assert entry["request_id"] and entry["process"] == "web"

    url = f"{server.url}/Ocpp/CentralSystemService15"
    with pytest.raises(HTTPError):
        urlopen(Request(url, MESSAGE.encode(), {"Content-Type": "application/soap+xml", "X-Request-Id": NUMBER}))
    wait_until(lambda: entries(server, "web", message="a station was refused"))
    [entry] = entries(server, "web", message="a station was refused")
    named = {name: entry[name] for name in ("station", "message_id", "request_id")}
    assert named == {"station": "NOBODY-2", "message_id": "urn:1", "request_id": NUMBER}


MESSAGE = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"
 xmlns:c="urn://Ocpp/Cs/2012/06/"><s:Header><c:chargeBoxIdentity>NOBODY-2</c:chargeBoxIdentity>
<a:MessageID>urn:1</a:MessageID><a:Action>/Heartbeat</a:Action></s:Header>
<s:Body><c:heartbeatRequest/></s:Body></s:Envelope>"""
