"""ETag and If-Match: a change is made to the row that was read, or not at all."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import Station
from tests.portal.api.client import PREFIX, ApiClient

CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("sites", {"city": "Aarhus"}),
    ("floors", {"description": "Low"}),
    ("stations", {"name": "New"}),
    ("outlets", {"parking": "P-1"}),
    ("id_tokens", {"description": "Van"}),
    ("users", {"last_name": "Holst"}),
]


@pytest.fixture
def rows(api: ApiClient) -> dict[str, int]:
    site = api.make("sites/", name="Central")
    station = api.make("stations/", name="S", charge_box_id="CB", site=site)
    return {
        "sites": site,
        "floors": api.make("floors/", name="P1", site=site),
        "stations": station,
        "outlets": api.make("outlets/", station=station, number=1),
        "id_tokens": api.make("id_tokens/", token="77"),
        "users": api.make(
            "users/",
            first_name="Finn",
            last_name="Holm",
            email="finn@example.com",
            password="horse-battery-1",
            role="EV user",
        ),
    }


def ask(api: ApiClient, method: str, path: str, tag: str | None = None, **options: Any) -> Any:
    headers = {"Authorization": f"Bearer {api.token}"} | ({"If-Match": tag} if tag else {})
    return api.http.open(PREFIX + path, method=method, headers=headers, **options)


@pytest.mark.parametrize(("kind", "change"), CHANGES, ids=lambda value: str(value)[:20])
def test_a_change_is_made_to_what_was_read_or_not_at_all(
    api: ApiClient, rows: dict[str, int], kind: str, change: dict[str, Any]
) -> None:
    path = f"{kind}/{rows[kind]}"
    tag = ask(api, "GET", path).headers["ETag"]
    assert ask(api, "GET", path).headers["ETag"] == tag
    changed = ask(api, "PUT", path, tag, json=change)
    assert changed.status_code == 200
    assert changed.headers["ETag"] not in ("", tag)
    for method, options in (("PUT", {"json": change}), ("DELETE", {})):
        refused = ask(api, method, path, tag, **options)
        assert refused.status_code == 412
        assert refused.json["message"].startswith(
            "This was changed since you read it, last by First Administrator at 2"
        )
    assert ask(api, "PUT", path, f'"other", {changed.headers["ETag"]}', json=change).status_code == 200
    assert ask(api, "PUT", path, "*", json=change).status_code == 200
    assert ask(api, "PUT", path, json=change).status_code == 200
    if kind != "stations" and kind != "sites":
        assert ask(api, "DELETE", path, ask(api, "GET", path).headers["ETag"]).status_code == 200


def test_what_a_station_reports_is_no_change(api: ApiClient, portal: Flask, db: Session, rows: dict[str, int]) -> None:
    path = f"stations/{rows['stations']}"
    tag = ask(api, "GET", path).headers["ETag"]
    db.execute(update(Station).values(online=True, last_seen_at=now(), firmware_version="2"))
    db.commit()
    assert ask(api, "GET", path).headers["ETag"] == tag
    assert ask(api, "PUT", path, tag, json={"name": "New"}).status_code == 200


@pytest.mark.parametrize("tag", ["nonsense", '"', 'W/"x"', '""'])
def test_an_odd_tag_matches_nothing(api: ApiClient, rows: dict[str, int], tag: str) -> None:
    assert ask(api, "PUT", f"sites/{rows['sites']}", tag, json={"city": "A"}).status_code == 412
