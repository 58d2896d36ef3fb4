"""Sending one section of the user settings."""

import re
from typing import Any

from werkzeug.test import TestResponse

from tests.portal.browser_like import Visitor

PAGE = "/settings/"
SAID = re.compile(r'<span class="ok said" role="status">✓ (.*?)</span>')
KEY = re.compile(r"<code>(cp_[\w-]{43})</code>")


def save(visitor: Visitor, section: str, **values: Any) -> TestResponse:
    """Fill in the section's fields and press its button."""
    fields = {f"{section}-{name}": value for name, value in values.items()}
    return visitor.send(PAGE, section=section, **fields)


def said(visitor: Visitor) -> list[str]:
    """What the page says was done; the next page says it no more."""
    found = SAID.findall(visitor.get(PAGE).text)
    assert SAID.findall(visitor.get(PAGE).text) == []
    return found


def saved(visitor: Visitor, section: str, **values: Any) -> list[str]:
    """Save a section that is right, and give what the page says then."""
    answer = save(visitor, section, **values)
    assert answer.status_code == 302, answer.text
    assert answer.location.startswith(f"{PAGE}#")
    return said(visitor)


def make_key(visitor: Visitor, name: str = "Nightly export", days: str = "") -> str:
    """A personal API key, made on the page."""
    answer = save(visitor, "api-keys", name=name, days=days)
    assert answer.status_code == 200, answer.text
    return KEY.findall(answer.text)[0]
