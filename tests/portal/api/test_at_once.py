"""Many requests at once on the one gevent worker of a real gunicorn."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.fixtures.product import PortalServer

AT_ONCE = 16
Answer = tuple[int, Any]


class Program:
    """Uses the API over the network."""

    def __init__(self, server: PortalServer) -> None:
        self.url = f"{server.url}/api/v1/"
        self.headers = {"Content-Type": "application/json"}
        body = {"username": server.admin_email, "password": server.admin_password}
        token = self.call("POST", "security/login", body)[1]["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, self.headers, method=method)
        try:
            with urlopen(request) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture
def program(portal_server: PortalServer) -> Program:
    return Program(portal_server)


def test_filters_of_requests_at_once_never_mix(program: Program) -> None:
    """Flask-AppBuilder keeps a list's filters on the object that serves all requests."""
    names = [f"At once {number}" for number in range(AT_ONCE)]
    keys = {name: program.call("POST", "sites/", {"name": name})[1]["id"] for name in names}

    def found(name: str) -> list[int]:
        q = {"filters": [{"col": "name", "opr": "eq", "value": name}]}
        return program.call("GET", f"sites/?{urlencode({'q': json.dumps(q)})}")[1]["ids"]

    with ThreadPoolExecutor(AT_ONCE) as people:
        asked = names * 20
        assert list(people.map(found, asked)) == [[keys[name]] for name in asked]


def test_of_the_same_created_at_once_one_exists_and_the_others_are_told_why(program: Program) -> None:
    token = {"token": "race-04A1"}
    with ThreadPoolExecutor(AT_ONCE) as people:
        answers = list(people.map(lambda _: program.call("POST", "id_tokens/", token), range(AT_ONCE)))
    assert Counter(status for status, _ in answers) == {201: 1, 422: AT_ONCE - 1}
    refused = {"message": {"token": ["This tag is registered already, in this or another writing."]}}
    assert all(answer == refused for status, answer in answers if status == 422)


def test_a_row_that_is_deleted_and_changed_at_once_is_there_or_not_found(program: Program) -> None:
    for number in range(10):
        key = program.call("POST", "sites/", {"name": f"Gone {number}"})[1]["id"]
        work = [("DELETE", None), *[("PUT", {"description": "x"})] * 4, ("DELETE", None)]
        with ThreadPoolExecutor(len(work)) as people:
            answers = list(people.map(lambda job, key=key: program.call(job[0], f"sites/{key}", job[1])[0], work))
        assert set(answers) <= {200, 404}
        assert sorted(answers[:1] + answers[-1:]) == [200, 404]
