"""A person's browser without the browser: forms with their hidden token, and what a page says."""

import html
import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
NOTE = re.compile(r'<div class="note ([a-z]*)"[^>]*>(.*?)</div>', re.DOTALL)
ERROR = re.compile(r'<span class="err"[^>]*>(.*?)</span>', re.DOTALL)


@dataclass
class Visitor:
    """Somebody who looks at pages and sends their forms."""

    http: FlaskClient

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.http.get(path, **options)

    def send(self, path: str, page: str | None = None, **fields: Any) -> TestResponse:
        """Load the page with the form (by default at the same address), fill it in, send it."""
        return self.http.post(path, data={"csrf_token": self.token(page or path), **fields})

    def token(self, page: str) -> str:
        """The hidden token of a page's forms."""
        token = TOKEN.search(self.get(page).text)
        assert token, page
        return token[1]

    def sign_in(self, email: str, password: str, path: str = "/login/", **fields: Any) -> TestResponse:
        return self.send(path, username=email, password=password, **fields)


def notes(response: TestResponse) -> list[tuple[str, str]]:
    """The messages at the head of a page: kind and text."""
    return [(kind, html.unescape(text)) for kind, text in NOTE.findall(response.text)]


def errors(response: TestResponse) -> list[str]:
    """What a form says is wrong, in the order of its fields."""
    return [html.unescape(text) for text in ERROR.findall(response.text)]
