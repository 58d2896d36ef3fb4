"""Several people at once on the one gevent worker of a real gunicorn: nobody ever sees another's rows or filters."""

import http.cookiejar
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.fixtures.product import PortalServer

ROUNDS = 40
PASSWORD = "at-once-2026"
CSRF = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Person:
    """Somebody with a browser and a program, over the network."""

    def __init__(self, server: PortalServer, email: str, password: str) -> None:
        self.url = server.url
        self.browser = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        fields = {"username": email, "password": password}
        token = CSRF.search(self.page("/login/"))[1]
        self.page("/login/", urlencode(fields | {"csrf_token": token}).encode())
        self.token = None
        self.token = self.api("POST", "security/login", fields)["access_token"]

    def page(self, path: str, data: bytes | None = None) -> str:
        with self.browser.open(Request(self.url + path, data, {"Referer": self.url})) as answer:
            return answer.read().decode()

    def api(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/api/v1/{path}", data, headers, method=method)
        with build_opener().open(request) as answer:
            return json.load(answer)


@pytest.fixture
def administrator(portal_server: PortalServer) -> Person:
    return Person(portal_server, portal_server.admin_email, portal_server.admin_password)


def make_site_administrator(server: PortalServer, administrator: Person, name: str) -> tuple[Person, str]:
    """With a site and a station of their own, which carry the name."""
    site = administrator.api("POST", "sites/", {"name": f"{name} only"})["id"]
    station = {"name": f"{name} station", "charge_box_id": f"at-once-{name}", "site": site}
    administrator.api("POST", "stations/", station)
    email = f"{name}@at-once.example".lower()
    user = {"first_name": name, "last_name": "Once", "email": email, "password": PASSWORD, "sites": [site]}
    administrator.api("POST", "users/", user | {"role": "Site administrator"})
    return Person(server, email, PASSWORD), name


def test_people_at_once_see_their_own_alone(portal_server: PortalServer, administrator: Person) -> None:
    """Flask-AppBuilder keeps the filters of a list on the view that serves all requests."""
    names = ["Quentin", "Rosalind", "Sybilla", "Theodor"]
    people = [make_site_administrator(portal_server, administrator, name) for name in names]

    def look(job: tuple[Person, str, str]) -> None:
        person, name, path = job
        told = json.dumps(person.api("GET", path[8:])) if path.startswith("/api/v1/") else person.page(path)
        assert f"{name} " in told, (name, path)
        others = [other for other in names if other != name and f"{other} " in told]
        assert others == [], (name, path)

    paths = ("/stations/", "/stations/?name=station", "/sites/?sort=-name", "/api/v1/stations/", "/stations/export/csv")
    jobs = [(person, name, path) for path in paths for person, name in people] * ROUNDS
    with ThreadPoolExecutor(16) as at_once:
        assert len(list(at_once.map(look, jobs))) == len(jobs)
