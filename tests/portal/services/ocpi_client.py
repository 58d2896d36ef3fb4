"""A map that takes the feed as the specification has it: it follows the Link of each page (OCPI 2.2.1, 4.1.3)."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

LINK = re.compile(r'<([^>]+)>; rel="next"')
FIRST = "/ocpi/2.2.1/locations"


@dataclass
class OcpiClient:
    http: FlaskClient
    token: str

    def ask(self, url: str, **query: Any) -> TestResponse:
        written = base64.b64encode(self.token.encode()).decode()
        path = re.sub(r"^https?://[^/]+", "", url)
        return self.http.get(path, query_string=query or None, headers={"Authorization": f"Token {written}"})

    def walk(self, between: Callable[[], None] = lambda: None, **query: Any) -> list[dict[str, Any]]:
        """All Locations of all pages; `between` happens after each page."""
        found: list[dict[str, Any]] = []
        answer = self.ask(FIRST, **query)
        for _ in range(100):
            assert answer.status_code == 200, answer.text
            assert answer.json["status_code"] == 1000
            found += answer.json["data"]
            following = LINK.match(answer.headers.get("Link", ""))
            if following is None:
                return found
            between()
            answer = self.ask(following[1])
        raise AssertionError("The walk has no end.")
