"""Every door of the portal, tried by somebody who has not signed in. A new route needs its row here."""

import pytest
from flask import Flask

from tests.portal.browser_like import Visitor

READ = ("GET",)
FORM = ("GET", "POST")
RECORD = {"": READ, "add": FORM, "edit/1": FORM, "delete/1": FORM, "show/1": READ, "export/csv": READ}

CLOSED: dict[str, tuple[str, ...]] = {
    "/": READ,
    "/back": READ,
    "/configuration/": READ,
    "/search/": READ,
    "/tree/children": READ,
    "/swagger/v1": READ,
    "/statistics/": READ,
    "/statistics/show/1": READ,
    "/statistics/export/csv": READ,
    "/system/show/1": READ,
    "/system/edit/1": FORM,
    "/unknown_stations/": READ,
    "/unknown_stations/adopt/1": FORM,
    "/unknown_stations/delete/1": FORM,
    "/unknown_stations/export/csv": READ,
    **{
        f"/{kind}/{path}": methods
        for kind in ("sites", "floors", "stations", "outlets", "id_tokens")
        for path, methods in RECORD.items()
    },
}
OPEN: dict[str, tuple[str, ...]] = {
    "/healthz": READ,
    "/lang/da": READ,
    "/login/": FORM,
    "/logout/": ("POST",),
    "/static/look.css": READ,
    "/static/appbuilder/css/ab.css": READ,
}


def test_every_route_stands_in_the_tables(portal: Flask) -> None:
    adapter = portal.url_map.bind("")
    named = {
        (adapter.match(path, method)[0], method) for path, methods in (CLOSED | OPEN).items() for method in methods
    }
    there = {
        (rule.endpoint, method)
        for rule in portal.url_map.iter_rules()
        if not rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert named == there


@pytest.mark.parametrize("path", CLOSED)
def test_a_stranger_is_asked_to_sign_in_and_learns_nothing(visitor: Visitor, path: str) -> None:
    for query in ("", "?node=site-1"):
        answer = visitor.get(path + query)
        assert answer.status_code == 302
        assert answer.location.startswith("/login/")


@pytest.mark.parametrize("path", [path for path, methods in CLOSED.items() if "POST" in methods])
def test_a_stranger_changes_nothing(visitor: Visitor, path: str) -> None:
    """With a CSRF token of the sign-in page; without one nobody gets even so far."""
    answer = visitor.send(path, page="/login/", name="x", token="x")
    assert (answer.status_code, answer.location) == (302, "/login/")
    assert visitor.http.post(path, data={"name": "x"}).status_code == 400
