"""One command for many stations, by program."""

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Command, CommandBatch, CommandState, Floor, Outlet, Site, Station
from domain.roles import RoleName
from domain.secret_parameters import MASK
from tests.portal.api.client import ApiClient
from tests.portal.api.test_commands import NOT_FOUND, of
from tests.portal.jobs import queued
from tests.portal.people import add_person

RESET = {"action": "reset"}
OUT_OF_RANGE = "Must be greater than or equal to 1 and less than or equal to 2147483647."


@pytest.fixture
def places(db: Session) -> list[int]:
    """Two sites; stations 1 and 2 on a floor of the first, 3 beside it, 4 on the other."""
    here, there = Site(name="Central"), Site(name="Harbour")
    db.add_all([here, there])
    db.flush()
    floor = Floor(site_id=here.id, name="P1")
    db.add(floor)
    db.flush()
    for number, (site, level) in enumerate([(here, floor), (here, floor), (here, None), (there, None)], 1):
        usual = {"name": f"S{number}", "charge_box_id": f"s{number}", "online": True, "protocol": "ocpp1.6"}
        db.add(Station(site_id=site.id, floor_id=level and level.id, **usual))
        db.flush()
    db.add(Outlet(station_id=1, number=1))
    db.commit()
    return list(db.scalars(select(Station.id).order_by(Station.id)))


def asked(db: Session, batch_id: int) -> list[int]:
    return list(db.scalars(select(Command.station_id).where(Command.batch_id == batch_id).order_by(Command.station_id)))


def test_many_are_asked_and_counted(db: Session, api: ApiClient, places: list[int], valkey: Redis) -> None:
    response = api.http.post(
        "/api/v1/command_batches/",
        json={"stations": [1, 2], "action": "unlock", "outlet": 1},
        headers={"Authorization": f"Bearer {api.token}"},
    )
    assert (response.status_code, response.headers["Location"]) == (202, "/api/v1/command_batches/1")
    result = response.json["result"]
    assert result.pop("created_at").endswith("Z")
    counts = dict.fromkeys(CommandState, 0) | {"queued": 1, "failed": 1}
    assert result == {
        "id": 1, "user_id": 1, "action": "unlock", "parameters": {"outlet": 1}, "waits": False, "stations": 2,
        "cancelled_at": None, "counts": counts,
    }  # fmt: skip
    [job] = queued(valkey)
    assert (job.func_name, job.args) == ("engine.jobs.send_batch", (1,))
    lacking = api.get("commands/", {"filters": [{"col": "batch_id", "opr": "eq", "value": 1}]})[1]["result"][1]
    assert (lacking["station_id"], lacking["state"], lacking["reason"]) == (2, "failed", "unsuitable")
    assert lacking["outcome"]["problems"]["outlet"][0]["message"] == "The station has no outlet 1"
    db.query(Command).filter_by(station_id=1).update({"state": CommandState.ACCEPTED})
    db.commit()
    again = api.get("command_batches/1")[1]["result"]
    assert again["counts"] == dict.fromkeys(CommandState, 0) | {"accepted": 1, "failed": 1}


@pytest.mark.parametrize(
    ("node", "below"),
    [("system", [1, 2, 3, 4]), ("site-1", [1, 2, 3]), ("floor-1", [1, 2]), ("station-3", [3]), ("outlet-1", [1])],
)
def test_all_below_a_node(db: Session, api: ApiClient, places: list[int], node: str, below: list[int]) -> None:
    status, answer = api.post("command_batches/", {"node": node} | RESET)
    assert (status, answer["result"]["stations"]) == (202, len(below))
    assert asked(db, answer["id"]) == below


@pytest.mark.parametrize(
    ("which", "wrong"),
    [
        ({}, {"stations": ["Either stations or node is needed, and not both."]}),
        ({"stations": [1], "node": "site-1"}, {"stations": ["Either stations or node is needed, and not both."]}),
        ({"stations": [1, 4711]}, {"stations": ["There is no station 4711."]}),
        ({"stations": []}, {"stations": ["Length must be between 1 and 5000."]}),
        ({"stations": list(range(1, 5002))}, {"stations": ["Length must be between 1 and 5000."]}),
        ({"stations": 1}, {"stations": ["Not a valid list."]}),
        ({"stations": ["1"]}, {"stations": {"0": ["Not a valid integer."]}}),
        ({"stations": [1, 2**31]}, {"stations": {"1": [OUT_OF_RANGE]}}),
        ({"node": "site-9"}, {"node": ["There is no such node; write system, site-1, floor-1 or station-1."]}),
        ({"node": "site-1'"}, {"node": ["There is no such node; write system, site-1, floor-1 or station-1."]}),
        ({"node": 1}, {"node": ["There is no such node; write system, site-1, floor-1 or station-1."]}),
        ({"stations": [1], "type": "medium"}, {"type": ["Input should be 'soft' or 'hard'"]}),
        ({"stations": [1], "typ": "hard"}, {"typ": ["Extra inputs are not permitted"]}),
        ({"stations": [1], "action": "x"}, None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_name(
    db: Session, api: ApiClient, places: list[int], valkey: Redis, which: dict, wrong: object
) -> None:
    status, answer = api.post("command_batches/", RESET | which)
    assert status == 422
    assert answer["message"] == wrong or (wrong is None and list(answer["message"]) == ["action"])
    assert (db.query(CommandBatch).count(), db.query(Command).count(), queued(valkey)) == (0, 0, [])


def test_a_node_without_stations(db: Session, api: ApiClient, places: list[int]) -> None:
    db.add(Site(name="Empty"))
    db.commit()
    wrong = {"node": ["No station stands there."]}
    assert api.post("command_batches/", RESET | {"node": "site-3"}) == (422, {"message": wrong})


def test_what_is_not_sent_is_taken_back(api: ApiClient, places: list[int], db: Session) -> None:
    api.post("command_batches/", RESET | {"node": "system"})
    db.query(Command).filter_by(station_id=1).update({"state": CommandState.SENT})
    db.commit()
    status, answer = api.post("command_batches/1/cancel", {})
    assert status == 200
    assert answer["result"]["cancelled_at"].endswith("Z")
    assert answer["result"]["counts"] == dict.fromkeys(CommandState, 0) | {"sent": 1, "failed": 3}
    assert api.post("command_batches/4711/cancel", {}) == NOT_FOUND


def test_secrets_are_not_shown_back(api: ApiClient, places: list[int]) -> None:
    body = {"node": "site-1", "action": "change_configuration", "key": "AuthorizationKey", "value": "hunter2-hunter2"}
    assert api.post("command_batches/", body)[1]["result"]["parameters"] == {"key": "AuthorizationKey", "value": MASK}
    assert "hunter2" not in str(api.get("command_batches/1")) + str(api.get("command_batches/"))


def test_whoever_looks_after_stations_asks_their_own(
    portal: Flask, db: Session, api: ApiClient, places: list[int]
) -> None:
    here = of(portal, api, add_person(db, RoleName.SITE_ADMINISTRATOR, "a@example.com", [db.get_one(Site, 1)]))
    support = of(portal, api, add_person(db, RoleName.SUPPORT, "s@example.com"))
    driver = of(portal, api, add_person(db, RoleName.EV_USER, "e@example.com"))
    status, answer = here.post("command_batches/", RESET | {"node": "system"})
    assert (status, asked(db, answer["id"])) == (202, [1, 2, 3])
    assert here.post("command_batches/", RESET | {"stations": [1, 4]}) == (
        422, {"message": {"stations": ["There is no station 4."]}},
    )  # fmt: skip
    assert here.post("command_batches/", RESET | {"node": "site-2"})[0] == 422
    assert support.post("command_batches/", RESET | {"stations": [4]})[0] == 202
    assert here.get("command_batches/")[1]["ids"] == [1]
    assert here.get("command_batches/2") == here.post("command_batches/2/cancel", {}) == NOT_FOUND
    assert support.get("command_batches/")[1]["ids"] == [1, 2]
    assert driver.get("command_batches/")[0] == driver.post("command_batches/", RESET)[0] == 403
