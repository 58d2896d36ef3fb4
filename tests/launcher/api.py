"""A program that uses the API of a running portal."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.fixtures.product import PortalServer


def call(server: PortalServer, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(f"{server.url}{path}", data, headers, method=method)) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def sign_in(server: PortalServer, email: str, password: str) -> tuple[int, Any]:
    body = {"username": email, "password": password, "provider": "db"}
    return call(server, "POST", "/api/v1/security/login", body)
