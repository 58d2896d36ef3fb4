"""Each request has a number and leaves a line."""

import re

import pytest
from flask import Flask
from rq import Queue
from structlog.testing import capture_logs
from werkzeug.datastructures import Headers

from domain.queue import DEFAULT, get_redis
from tests.portal.browser_like import Visitor

GIVEN = {"X-Request-Id": "0f5c8a52-request"}
HOSTILE = ("x" * 10_000, "<script>alert(1)</script>", "tab\tin-it", "a", "né-a-letter")
LINE = "a request was answered"


def test_the_number_is_taken_answered_and_written(administrator: Visitor) -> None:
    with capture_logs() as logged:
        answer = administrator.http.get("/alarms/?filter-station=ida@example.com", headers=GIVEN)
    assert answer.headers["X-Request-Id"] == GIVEN["X-Request-Id"]
    [line] = [entry for entry in logged if entry["event"] == LINE]
    told = {name: line[name] for name in ("method", "path", "status", "log_level")}
    assert told == {"method": "GET", "path": "/alarms/", "status": 200, "log_level": "info"}
    assert line["milliseconds"] > 0


def test_one_is_made_for_whoever_brings_none_or_a_hostile_one(portal: Flask) -> None:
    made = set()
    for number in (None, *HOSTILE):
        answer = portal.test_client().get("/login/", headers=Headers({"X-Request-Id": number} if number else {}))
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])
        made.add(answer.headers["X-Request-Id"])
    assert len(made) == 1 + len(HOSTILE)


def test_it_stands_on_the_page_of_an_error(administrator: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    page = administrator.http.get("/nowhere", headers=GIVEN)
    assert page.status_code == 404 and GIVEN["X-Request-Id"] in page.text

    def fail(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("portal.views.alarm.uplinks.lost_of_all", fail)
    page = administrator.http.get("/alarms/", headers=GIVEN)
    assert page.status_code == 500 and f"this number: {GIVEN['X-Request-Id']}" in page.text
    assert page.headers["X-Request-Id"] == GIVEN["X-Request-Id"]


def test_what_a_link_opens_and_what_watchers_ask_for_stay_out(portal: Flask) -> None:
    with capture_logs() as logged:
        portal.test_client().get("/reset/abcdefghijklmnopqrstuvwxyz0123456789")
        portal.test_client().get("/healthz")
    lines = {entry["path"]: entry["log_level"] for entry in logged if entry["event"] == LINE}
    assert lines == {"/reset/…": "info", "/healthz": "debug"}


def test_it_goes_along_with_a_job(administrator: Visitor) -> None:
    token = administrator.token("/backups/")
    administrator.http.post("/backups/make", data={"csrf_token": token}, headers=GIVEN)
    [job] = Queue(DEFAULT, connection=get_redis()).jobs
    assert job.meta == {"request_id": GIVEN["X-Request-Id"]}
