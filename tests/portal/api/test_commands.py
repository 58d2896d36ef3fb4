"""Commands by program: asked, read again, taken back."""

import pytest
from flask import Flask
from flask_jwt_extended import create_access_token
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.models import (
    Action,
    AuditEntry,
    Command,
    CommandReason,
    CommandState,
    Outlet,
    PortalUser,
    Site,
    Station,
)
from domain.roles import RoleName
from domain.secret_parameters import MASK
from portal.api.command_openapi import EXAMPLES
from tests.portal.api.client import ApiClient
from tests.portal.jobs import queued
from tests.portal.people import add_person

NOT_FOUND = (404, {"message": "Not found"})


@pytest.fixture
def station(db: Session) -> Station:
    """It is online and has outlet 1."""
    site = Site(name="Central")
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name="CC-1", charge_box_id="cc-1", online=True, protocol="ocpp1.6")
    db.add(station)
    db.flush()
    db.add(Outlet(station_id=station.id, number=1))
    db.commit()
    return station


def of(portal: Flask, api: ApiClient, user: PortalUser) -> ApiClient:
    """A program of that person's."""
    with portal.app_context():
        return ApiClient(api.http, create_access_token(identity=user.get_id()))


def test_a_command_is_asked_and_read_again(db: Session, api: ApiClient, station: Station, valkey: Redis) -> None:
    before = clock.now()
    response = api.http.post(
        f"/api/v1/stations/{station.id}/commands",
        json={"action": "unlock", "outlet": 1},
        headers={"Authorization": f"Bearer {api.token}"},
    )
    assert (response.status_code, response.headers["Location"]) == (202, "/api/v1/commands/1")
    result = response.json["result"]
    created_at, deadline_at = result.pop("created_at"), result.pop("deadline_at")
    assert before.isoformat() <= created_at.replace("Z", "+00:00") < deadline_at.replace("Z", "+00:00")
    assert result == {
        "id": 1, "station_id": station.id, "site_id": station.site_id, "outlet_id": 1, "charging_session_id": None,
        "user_id": 1, "batch_id": None, "action": "unlock", "parameters": {"outlet": 1}, "waits": False,
        "state": "queued", "reason": None, "answer": None, "outcome": None, "progress": None, "progress_at": None,
        "sent_at": None, "answered_at": None,
    }  # fmt: skip
    assert response.json["id"] == 1
    [job] = queued(valkey)
    assert (job.func_name, job.args) == ("engine.jobs.send_command", (1,))
    [command] = db.scalars(select(Command))
    command.state, command.answer, command.outcome = (
        CommandState.ACCEPTED,
        {"status": "Unlocked"},
        {"status": "unlocked"},
    )
    db.commit()
    again = api.get("commands/1")[1]["result"]
    assert (again["state"], again["answer"], again["outcome"]) == (
        "accepted", {"status": "Unlocked"}, {"status": "unlocked"},
    )  # fmt: skip


@pytest.mark.parametrize("action", Action)
def test_each_command_as_the_description_shows_it(api: ApiClient, station: Station, action: Action) -> None:
    """What speaks of a thing that there is not is refused by the name of just that."""
    status, answer = api.post(f"stations/{station.id}/commands", {"action": action} | EXAMPLES[action])
    missing = {
        Action.REMOTE_START: "id_token",
        Action.REMOTE_STOP: "outlet",
        Action.SET_CHARGING_PROFILE: "outlet",
        Action.UPDATE_FIRMWARE: "firmware",
        Action.CANCEL_RESERVATION: "reservation",
    }
    if action in missing:
        assert (status, list(answer["message"])) == (422, [missing[action]])
    else:
        assert (status, answer["result"]["action"], answer["result"]["state"]) == (202, action, "queued")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"action": ["Missing data for required field."]}),
        ([], {"_schema": ["Invalid input type."]}),
        ("reset", {"_schema": ["Invalid input type."]}),
        ({"action": "reset", "type": "medium"}, {"type": ["Input should be 'soft' or 'hard'"]}),
        ({"action": "reset", "outlet": 1}, {"outlet": ["Extra inputs are not permitted"]}),
        ({"action": "reset", "if_offline": "hope"}, {"if_offline": ["Must be one of: fail, wait."]}),
        ({"action": "reset", "if_offline": None}, {"if_offline": ["Must be one of: fail, wait."]}),
        ({"action": "unlock"}, {"outlet": ["Field required"]}),
        ({"action": "unlock", "outlet": "1"}, {"outlet": ["Input should be a valid integer"]}),
        ({"action": "unlock", "outlet": True}, {"outlet": ["Input should be a valid integer"]}),
        ({"action": "unlock", "outlet": 2}, {"outlet": ["The station has no outlet 2"]}),
        (
            {"action": "unlock", "outlet": 1, "if_offline": "wait"},
            {"if_offline": ["Must be fail: somebody stands at the outlet now"]},
        ),
        ({"action": "remote_stop"}, {"charging_session": ["Either charging_session or outlet is needed"]}),
        (
            {"action": "set_charging_profile", "profile": {"periods": []}},
            {"profile.periods": ["Tuple should have at least 1 item after validation, not 0"]},
        ),
        (
            {"action": "reserve", "id_token": "1", "expires_at": "2020-01-01T00:00:00Z"},
            {"expires_at": ["Must be in the future"]},
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_name(
    db: Session, api: ApiClient, station: Station, valkey: Redis, body: object, wrong: object
) -> None:
    assert api.post(f"stations/{station.id}/commands", body) == (422, {"message": wrong})
    assert (db.query(Command).count(), queued(valkey)) == (0, [])


@pytest.mark.parametrize("action", ["restart", "", "Reset", None, 1, [], {}, True])
def test_an_action_that_there_is_not(api: ApiClient, station: Station, action: object) -> None:
    status, answer = api.post(f"stations/{station.id}/commands", {"action": action})
    assert (status, list(answer["message"])) == (422, ["action"])
    assert answer["message"]["action"][0].startswith("Must be one of: remote_start, remote_stop, reset, ")


@pytest.mark.parametrize("value", ["\ud800", "\0", "x" * 501, 10**400, float("nan"), {"a": 1}])
def test_a_value_that_cannot_be_kept(api: ApiClient, station: Station, value: object) -> None:
    body = {"action": "change_configuration", "key": "A", "value": value}
    assert api.post(f"stations/{station.id}/commands", body)[0] == 422


def test_what_is_no_json(api: ApiClient, station: Station) -> None:
    path = f"stations/{station.id}/commands"
    assert api.call("POST", path, data="{", content_type="application/json")[0] == 400
    assert api.call("POST", path, data="action=reset")[0] == 400


def test_a_station_that_is_away(db: Session, api: ApiClient, station: Station, valkey: Redis) -> None:
    station.online = False
    db.commit()
    path = f"stations/{station.id}/commands"
    status, answer = api.post(path, {"action": "reset"})
    assert (status, answer["result"]["state"], answer["result"]["reason"]) == (202, "failed", "offline")
    assert queued(valkey) == []
    status, answer = api.post(path, {"action": "reset", "if_offline": "wait"})
    assert (status, answer["result"]["state"], answer["result"]["waits"]) == (202, "queued", True)
    assert len(queued(valkey)) == 1


def test_without_redis_it_waits_for_the_sweep(
    api: ApiClient, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.queue.get_redis", lambda: Redis(port=1))
    status, answer = api.post(f"stations/{station.id}/commands", {"action": "reset"})
    assert (status, answer["result"]["state"]) == (202, "queued")


def test_a_command_is_taken_back_while_it_is_queued(db: Session, api: ApiClient, station: Station) -> None:
    api.post(f"stations/{station.id}/commands", {"action": "reset"})
    status, answer = api.post("commands/1/cancel", {})
    assert (status, answer["result"]["state"], answer["result"]["reason"]) == (200, "failed", "cancelled")
    assert api.post("commands/1/cancel", {}) == (409, {"message": "It is not queued any more"})
    assert api.post("commands/4711/cancel", {}) == NOT_FOUND
    entries = db.execute(select(AuditEntry.action, AuditEntry.object_kind, AuditEntry.user_id).order_by(AuditEntry.id))
    assert [tuple(row) for row in entries if row.object_kind == "command"] == [
        ("created", "command", 1),
        ("changed", "command", 1),
    ]


def test_secrets_are_not_shown_back(db: Session, api: ApiClient, station: Station) -> None:
    path = f"stations/{station.id}/commands"
    body = {"action": "change_configuration", "key": "AuthorizationKey", "value": "hunter2-hunter2"}
    status, answer = api.post(path, body)
    assert (status, answer["result"]["parameters"]) == (202, {"key": "AuthorizationKey", "value": MASK})
    api.post(path, {"action": "get_configuration"})
    command = db.get_one(Command, 2)
    command.answer = {"configurationKey": [{"key": "WifiPassword", "readonly": False, "value": "hunter2-hunter2"}]}
    command.outcome = {"parameters": [{"key": "WifiPassword", "value": "hunter2-hunter2", "is_readonly": False}]}
    db.commit()
    for path in ("commands/1", "commands/2", "commands/"):
        status, answer = api.get(path)
        assert status == 200
        assert "hunter2" not in str(answer)
        assert MASK in str(answer)


def test_commands_are_found_by_what_they_are_of(db: Session, api: ApiClient, station: Station) -> None:
    path = f"stations/{station.id}/commands"
    for action in ("reset", "clear_cache", "reset"):
        api.post(path, {"action": action})
    db.get_one(Command, 3).state = CommandState.TIMED_OUT
    db.commit()

    def found(*filters: tuple[str, str, object]) -> list[int]:
        asked = {"filters": [{"col": col, "opr": opr, "value": value} for col, opr, value in filters]}
        status, answer = api.get("commands/", asked)
        assert status == 200, answer
        return answer["ids"]

    assert found() == [1, 2, 3]
    assert found(("action", "eq", "reset")) == [1, 3]
    assert found(("action", "eq", "reset"), ("state", "in", ["queued", "sent"])) == [1]
    assert found(("station_id", "eq", station.id)) == [1, 2, 3]
    assert found(("station_id", "eq", 4711)) == []
    latest = {"order_column": "id", "order_direction": "desc", "page_size": 2, "columns": ["id", "state"]}
    assert api.get("commands/", latest)[1]["result"] == [
        {"id": 3, "state": "timed_out"}, {"id": 2, "state": "queued"},
    ]  # fmt: skip
    for wrong in ("parameters", "answer", "reason"):
        assert api.get("commands/", {"filters": [{"col": wrong, "opr": "eq", "value": "x"}]})[0] == 400
        assert api.get("commands/", {"order_column": wrong})[0] == 400


def test_whoever_looks_after_stations_asks_their_own(
    portal: Flask, db: Session, api: ApiClient, station: Station
) -> None:
    other = Site(name="Harbour")
    db.add(other)
    db.flush()
    abroad = Station(site_id=other.id, name="H", charge_box_id="h", online=True)
    db.add(abroad)
    db.flush()
    here = of(
        portal, api, add_person(db, RoleName.SITE_ADMINISTRATOR, "a@example.com", [db.get_one(Site, station.site_id)])
    )
    support = of(portal, api, add_person(db, RoleName.SUPPORT, "s@example.com"))
    reset = {"action": "reset"}
    assert here.post(f"stations/{station.id}/commands", reset)[0] == 202
    for foreign in (abroad.id, 4711, 2**31, 2**63):
        assert here.post(f"stations/{foreign}/commands", reset) == NOT_FOUND
    assert support.post(f"stations/{abroad.id}/commands", reset)[0] == 202
    assert here.get("commands/")[1]["ids"] == [1]
    assert here.get("commands/2") == here.post("commands/2/cancel", {}) == NOT_FOUND
    assert support.get("commands/")[1]["ids"] == [1, 2]
    assert db.query(Command).count() == 2


def test_a_driver_reads_their_own_and_asks_nothing(
    portal: Flask, db: Session, api: ApiClient, station: Station
) -> None:
    eva = add_person(db, RoleName.EV_USER, "eva@example.com")
    driver = of(portal, api, eva)
    api.post(f"stations/{station.id}/commands", {"action": "reset"})
    own = Command(
        site_id=station.site_id, station_id=station.id, user_id=eva.id, action=Action.REMOTE_START,
        parameters={"id_token": "A"}, state=CommandState.FAILED, reason=CommandReason.OFFLINE,
        created_at=clock.now(), deadline_at=clock.now(),
    )  # fmt: skip
    db.add(own)
    db.commit()
    assert driver.get("commands/")[1]["ids"] == [own.id]
    assert driver.get(f"commands/{own.id}")[0] == 200
    assert driver.get("commands/1") == NOT_FOUND
    assert driver.post(f"commands/{own.id}/cancel", {})[0] == 403
    assert driver.post(f"stations/{station.id}/commands", {"action": "reset"})[0] == 403


def test_a_stranger_is_asked_who_they_are(stranger: ApiClient, station: Station) -> None:
    assert stranger.post(f"stations/{station.id}/commands", {"action": "reset"})[0] == 401
    assert stranger.get("commands/")[0] == 401


def test_others_methods_are_not_offered(api: ApiClient, station: Station) -> None:
    api.post(f"stations/{station.id}/commands", {"action": "reset"})
    for method, path in (("PUT", "commands/1"), ("DELETE", "commands/1"), ("POST", "commands/")):
        assert api.call(method, path, json={})[0] == 405
    assert api.get(f"stations/{station.id}/commands")[0] == 405
