"""Who comes in, and that every refusal is JSON."""

import pytest
from flask import Flask

from tests.portal.api.client import ApiClient
from tests.portal.browser_like import Visitor

ALL = ["can_delete", "can_get", "can_info", "can_post", "can_put"]
RIGHTS = dict.fromkeys(("sites", "floors", "stations", "outlets", "id_tokens", "users"), ALL) | {
    "users": ["can_data", *ALL],
    "alarms": ["can_acknowledge", "can_get", "can_info"],
    "alarm_history": ["can_get", "can_info"],
    "charging_sessions": ["can_export", "can_get", "can_info"],
    "meter_values": ["can_export", "can_info"],
    "firmware_images": ["can_delete", "can_get", "can_info", "can_post"],
    "commands": ["can_cancel", "can_get", "can_info"],
    "command_batches": ["can_cancel", "can_get", "can_info", "can_post"],
}
RESOURCES = tuple(RIGHTS)
LISTED = [resource for resource in RESOURCES if resource != "meter_values"]
"""Readings are had as a file alone."""


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "é"])
def test_a_broken_token_is_unauthorised(api: ApiClient, token: str) -> None:
    assert ApiClient(api.http, token).get("sites/")[0] == 401


def test_a_browsers_cookie_is_no_way_in(administrator: Visitor) -> None:
    """Else another site's page could act through somebody's browser, since the API asks for no CSRF token."""
    assert ApiClient(administrator.http).get("sites/") == (401, {"message": "Missing Authorization Header"})
    assert ApiClient(administrator.http).post("sites/", {"name": "x"}) == (
        401,
        {"message": "Missing Authorization Header"},
    )


@pytest.mark.parametrize("resource", LISTED)
def test_a_row_that_is_not_there_is_not_found(api: ApiClient, resource: str) -> None:
    for key in ("999999", "0", str(2**31), str(2**63), "9" * 30):
        assert api.get(f"{resource}/{key}") == (404, {"message": "Not found"})
    for path in (f"{resource}/x", f"{resource}/-1", f"{resource}/1/2", "nonsense/"):
        assert api.get(path)[0] == 404


@pytest.mark.parametrize("resource", LISTED)
def test_a_method_that_is_not_offered_is_refused(api: ApiClient, resource: str) -> None:
    for method, path in (("PATCH", "1"), ("DELETE", ""), ("PUT", ""), ("POST", "1")):
        assert api.call(method, f"{resource}/{path}", json={})[0] == 405


@pytest.mark.parametrize("resource", RESOURCES)
def test_what_one_may_do_is_told(api: ApiClient, resource: str) -> None:
    status, answer = api.get(f"{resource}/_info")
    assert (status, answer["permissions"]) == (200, RIGHTS[resource])
    assert sorted(answer) == ["add_columns", "edit_columns", "filters", "order_columns", "permissions"]


def test_nothing_of_flask_appbuilders_own_api_is_left(portal: Flask) -> None:
    ours = {f"/api/v1/{resource}/" for resource in RESOURCES}
    apis = {rule.rule for rule in portal.url_map.iter_rules() if rule.rule.startswith("/api/")}
    rest = {path for path in apis if not any(path.startswith(prefix) for prefix in ours)}
    parking = {f"/api/v1/parking/{act}" for act in ("start", "stop", "status")}
    assert rest == {"/api/v1/_openapi", "/api/v1/security/login", "/api/v1/security/refresh"} | parking
