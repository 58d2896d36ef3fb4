"""The data team's way in: files of all rows, or of those that changed since."""

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from itertools import chain
from threading import BoundedSemaphore
from typing import Any

import pytest
from flask import Flask
from flask_jwt_extended import create_access_token
from pyarrow import parquet
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain.models import AuditEntry, ChargingSession, MeterValue, Outlet, PortalUser, Site, Station
from domain.roles import RoleName
from portal.api import export_files
from portal.api.charging_session import ExportedChargingSessionSchema
from portal.exports import copying
from tests.domain.pulling import session_of
from tests.portal.api.client import ApiClient
from tests.portal.people import add_person

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NEXT = "X-Next-Changed-Since"


def ask(api: ApiClient, resource: str = "charging_sessions", **sent: Any) -> TestResponse:
    if isinstance(sent.get("q"), dict | list):
        sent["q"] = json.dumps(sent["q"])
    headers = {"Authorization": f"Bearer {api.token}"} | sent.pop("headers", {})
    return api.http.get(f"/api/v1/{resource}/export", query_string=sent, headers=headers, buffered=True)


def rows(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    if answer.mimetype == "text/csv":
        return list(csv.DictReader(io.StringIO(answer.text, newline="")))
    if answer.mimetype == "application/vnd.apache.parquet":
        return parquet.read_table(io.BytesIO(answer.data)).to_pylist()
    whole = json.loads(answer.data)
    assert whole["count"] == len(whole["rows"])
    return whole["rows"]


def ids(answer: TestResponse) -> list[int]:
    return sorted(int(row["id"]) for row in rows(answer))


def equal(name: str, value: Any) -> dict[str, Any]:
    return {"filters": [{"col": name, "opr": "eq", "value": value}]}


@pytest.fixture
def sessions(db: Session, portal: Flask) -> list[ChargingSession]:
    made = [
        session_of(1, email="eva@example.com", energy_wh=11_000, ended_at=AT, stopped_at=AT),
        session_of(2, site_id=2, site_name='=HYPERLINK("x"), "quoted"\n\\n and \t', review_reasons=["gap", "reset"]),
        session_of(3, site_name="Århus ✓", id_token="", needs_review=True),
    ]
    db.add_all(made)
    db.commit()
    return made


def as_user(portal: Flask, db: Session, role: RoleName, **more: Any) -> tuple[ApiClient, PortalUser]:
    user = add_person(db, role, f"{role.name.lower()}@example.com", **more)
    with portal.app_context():
        return ApiClient(portal.test_client(), create_access_token(identity=user.get_id())), user


def test_json_holds_what_the_lists_hold(api: ApiClient, sessions: list[ChargingSession]) -> None:
    answer = ask(api)
    whole = json.loads(answer.data)
    assert (answer.mimetype, whole["resource"], whole["schema_version"]) == ("application/json", "charging_sessions", 1)
    assert (whole["next_changed_since"], whole["is_last"]) == (answer.headers[NEXT], True)
    listed = api.get("charging_sessions/")[1]["result"]

    there = sorted(whole["rows"], key=lambda row: row["id"])
    assert there == [row | {"deleted_at": None} for row in listed]


def test_parquet_holds_the_same_by_type(api: ApiClient, sessions: list[ChargingSession]) -> None:
    answer = ask(api, format="parquet")
    told = parquet.read_schema(io.BytesIO(answer.data)).metadata
    assert told[b"schema_version"] == b"1"
    assert told[b"next_changed_since"].decode() == answer.headers[NEXT]
    as_json = {row["id"]: row for row in rows(ask(api))}
    for row in rows(answer):
        for name, value in row.items():
            expected = as_json[row["id"]][name]
            if name.endswith("_at") and expected:
                expected = datetime.fromisoformat(expected)
            assert value == (" ".join(expected) if isinstance(expected, list) else expected), name


def in_csv(value: Any) -> str:
    """What stands in CSV for a value in JSON."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return " ".join(value)
    return f"'{value}" if str(value).startswith("=") else str(value)


def test_csv_holds_the_same_and_no_formula(api: ApiClient, sessions: list[ChargingSession]) -> None:
    answer = ask(api, format="csv")
    assert answer.headers["X-Schema-Version"] == "1"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=charging_sessions-v1-20")
    as_json = {row["id"]: row for row in rows(ask(api))}
    assert answer.text.splitlines()[0] == ",".join(ExportedChargingSessionSchema._declared_fields)
    for row in rows(answer):
        for name, written in row.items():
            value = as_json[int(row["id"])][name]
            assert written == in_csv(value) or float(written) == value, name


FIELDS = {
    "charging_sessions": (
        1,
        "id started_at stopped_at ended_at duration_seconds logged_at node_id site_id floor_id outlet_id site_name"
        " station_name outlet_number authorization id_token user_id email meter_start_wh meter_stop_wh meter_wh"
        " energy_wh stop_reason energy_source grade needs_review review_reasons"
        " reviewed_at is_corrected original_energy_wh original_ended_at deleted_at",
    ),
    "meter_values": (
        1,
        "id received_at measured_at node_id outlet_id charging_session_id energy_wh power_w current_a soc_percent"
        " samples",
    ),
}


@pytest.mark.parametrize("resource", FIELDS)
def test_fields_are_those_of_the_schema_version(api: ApiClient, resource: str) -> None:
    """Who renames or removes a field, or lets it mean something else, makes the version one more."""
    version, names = FIELDS[resource]
    answer = ask(api, resource, format="csv")
    assert (answer.headers["X-Schema-Version"], answer.text.strip()) == (str(version), names.replace(" ", ","))
    types = parquet.read_schema(io.BytesIO(ask(api, resource, format="parquet").data))
    assert types.names == names.split()
    kinds = {str(field.type) for field in types}
    assert kinds <= {"int64", "double", "string", "bool", "timestamp[us, tz=UTC]"}


def test_nothing_is_a_file_too(api: ApiClient) -> None:
    assert rows(ask(api)) == []
    assert rows(ask(api, format="csv")) == rows(ask(api, format="parquet")) == []
    assert ask(api, format="csv").text.count("\n") == 1


def test_it_is_packed_for_those_who_ask(api: ApiClient, sessions: list[ChargingSession]) -> None:
    for form in ("csv", "json"):
        packed = ask(api, format=form, headers={"Accept-Encoding": "gzip, deflate"})
        assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding, Cookie")
        plain = gzip.decompress(packed.data)
        unpacked = ask(api, format=form, headers={"Accept-Encoding": "gzip;q=0"})
        assert "Content-Encoding" not in unpacked.headers
        assert len(plain) == len(unpacked.data) > 200


def test_filters_are_those_of_the_lists(api: ApiClient, sessions: list[ChargingSession]) -> None:
    for q in (
        equal("site_id", 2),
        {"filters": [{"col": "site_name", "opr": "ct", "value": "århus"}]},
        {"filters": [{"col": "started_at", "opr": "gt", "value": "2026-11-22T09:01:30Z"}]},
        {"filters": [{"col": "review_reasons", "opr": "ct", "value": "gap"}]},
        {"filters": [{"col": "id", "opr": "in", "value": [1, 3, 99]}]},
        {"filters": [{"col": "energy_wh", "opr": "eq", "value": None}]},
    ):
        expected = api.get("charging_sessions/", q)[1]["ids"]
        assert 0 < len(expected) < 3
        assert ids(ask(api, q=q)) == ids(ask(api, q=q, format="csv")) == expected


def test_only_what_changed_comes_again(api: ApiClient, db: Session, sessions: list[ChargingSession]) -> None:
    first = ask(api)
    assert ids(first) == [1, 2, 3]
    again = ask(api, changed_since=first.headers[NEXT])
    assert ids(again) == []
    db.execute(update(ChargingSession).where(ChargingSession.id == 2).values(energy_wh=7))
    db.commit()
    changed = ask(api, changed_since=again.headers[NEXT])
    assert [(row["id"], row["energy_wh"], row["deleted_at"]) for row in rows(changed)] == [(2, 7, None)]
    db.execute(delete(ChargingSession).where(ChargingSession.id == 3))
    db.commit()
    for form in ("json", "csv", "parquet"):
        [gone] = rows(ask(api, changed_since=changed.headers[NEXT], format=form))
        left = {name for name, value in gone.items() if value not in (None, "")}
        assert left == {"id", "started_at", "site_id", "deleted_at"}
        assert int(gone["id"]) == 3
    assert ids(ask(api)) == [1, 2], "who begins need not know what was deleted"


def test_a_driver_who_is_forgotten_is_told(api: ApiClient, portal: Flask, db: Session) -> None:
    """Whoever keeps a copy must forget them too."""
    _, driver = as_user(portal, db, RoleName.EV_USER)
    db.add(session_of(1, user_id=driver.id, email=driver.email))
    db.commit()
    first = ask(api)
    assert rows(first)[0]["email"] == driver.email
    assert api.delete(f"users/{driver.id}")[0] == 200
    [row] = rows(ask(api, changed_since=first.headers[NEXT]))
    assert (row["email"], row["user_id"], row["id_token"]) == (None, None, "deleted-1")


def test_it_comes_in_parts_for_those_who_ask(api: ApiClient, db: Session) -> None:
    db.add_all(session_of(number) for number in range(25))
    db.commit()
    parts, cursor, is_last = [], {}, "false"
    while is_last == "false":
        answer = ask(api, limit=10, **cursor)
        parts.append(ids(answer))
        cursor, is_last = {"changed_since": answer.headers[NEXT]}, answer.headers["X-Is-Last"]
    assert [len(part) for part in parts] == [10, 10, 5]
    assert sorted(chain.from_iterable(parts)) == list(range(1, 26))
    db.execute(delete(ChargingSession).where(ChargingSession.id.in_([4, 5])))
    db.execute(update(ChargingSession).where(ChargingSession.id.in_([6, 7])).values(energy_wh=1))
    db.commit()
    half = ask(api, limit=3, **cursor)
    rest = ask(api, limit=3, changed_since=half.headers[NEXT])
    assert sorted(ids(half) + ids(rest)) == [4, 5, 6, 7]


READ = "Must be one of: json, csv, parquet."


@pytest.mark.parametrize(
    ("sent", "field", "reason"),
    [
        ({"format": "xml"}, "format", READ),
        (
            {"changed_since": ""},
            "changed_since",
            "Not a cursor: send what the file before told as X-Next-Changed-Since.",
        ),
        ({"changed_since": "2026-11-22"}, "changed_since", "Not a cursor"),
        ({"changed_since": "1-00000000-00000000-99999999999999999999"}, "changed_since", "Not a cursor"),
        ({"limit": "0"}, "limit", "Must be greater than or equal to 1 and less than or equal to 1000000."),
        ({"limit": "many"}, "limit", "Not a valid integer."),
        ({"changed_sinse": "1"}, "changed_sinse", "Unknown field."),
        ({"page": "1"}, "page", "Unknown field."),
        ({"q": '{"page": 1}'}, "page", "Unknown field."),
        ({"q": "{"}, "q", "Neither rison nor JSON."),
        ({"q": '{"filters": [{"col": "nonsense", "opr": "eq", "value": 1}]}'}, "filters", ""),
        ({"q": '{"filters": [{"col": "deleted_at", "opr": "gt", "value": "2026-01-01T00:00:00Z"}]}'}, "filters", ""),
    ],
)
def test_nonsense_is_refused_with_the_reason(api: ApiClient, sent: dict[str, str], field: str, reason: str) -> None:
    answer = ask(api, **sent)
    assert (answer.status_code, answer.is_json) == (400, True)
    assert list(answer.json["message"]) == [field]
    if reason:
        assert answer.json["message"][field][0].startswith(reason)


def test_a_cursor_of_another_pull_is_gone(portal: Flask, api: ApiClient, db: Session) -> None:
    cursor = ask(api).headers[NEXT]
    assert ask(api, changed_since=cursor).status_code == 200
    for sent in ({"q": equal("site_id", 1)}, {"resource": "meter_values"}):
        answer = ask(api, **sent, changed_since=cursor)
        assert answer.status_code == 410
        assert answer.json == {
            "message": "This cursor is of no use any more: it was given for other filters, or for somebody with other"
            " rights. Begin anew, without changed_since."
        }


def test_who_is_given_another_site_begins_anew(portal: Flask, db: Session) -> None:
    """Its sessions were there before, and would never come."""
    sites = [Site(name="Harbour"), Site(name="Station Road")]
    db.add_all(sites)
    db.flush()
    db.add_all(session_of(number, site_id=site.id) for number, site in enumerate(sites))
    db.commit()
    program, user = as_user(portal, db, RoleName.SITE_ADMINISTRATOR, sites=sites[:1])
    first = ask(program)
    assert ids(first) == [1]
    user.sites = sites
    db.commit()
    assert ask(program, changed_since=first.headers[NEXT]).status_code == 410
    assert ids(ask(program)) == [1, 2]


def test_each_sees_what_is_theirs(portal: Flask, db: Session) -> None:
    site, other = Site(name="Harbour"), Site(name="Station Road")
    db.add_all([site, other])
    db.flush()
    stations = [Station(site_id=each.id, name=each.name, charge_box_id=each.name) for each in (site, other)]
    db.add_all(stations)
    db.flush()
    outlets = [Outlet(station_id=station.id, number=1) for station in stations]
    db.add_all(outlets)
    db.flush()
    driver, user = as_user(portal, db, RoleName.EV_USER)
    own = [
        session_of(1, site_id=site.id, user_id=user.id, email=user.email),
        session_of(2, site_id=other.id, outlet_id=outlets[1].id),
    ]
    db.add_all(own)
    db.flush()

    def reading(outlet_id: int, charge: int | None) -> MeterValue:
        return MeterValue(
            received_at=AT, measured_at=AT, outlet_id=outlet_id, charging_session_id=charge, samples=[{"value": "1"}]
        )

    db.add(reading(outlets[0].id, own[0].id))
    db.flush()
    db.add_all([reading(outlets[1].id, own[1].id), reading(-stations[0].id, None), reading(outlets[1].id, None)])
    db.commit()
    seen = {
        RoleName.SITE_ADMINISTRATOR: ([1], [1, 3]),
        RoleName.SUPPORT: ([1, 2], [1, 2, 3, 4]),
        RoleName.ADMINISTRATOR: ([1, 2], [1, 2, 3, 4]),
    }
    assert (ids(ask(driver)), ids(ask(driver, "meter_values"))) == ([1], [1])
    for role, (sessions, readings) in seen.items():
        program, _ = as_user(portal, db, role, sites=[site] if role is RoleName.SITE_ADMINISTRATOR else [])
        assert (ids(ask(program)), ids(ask(program, "meter_values"))) == (sessions, readings), role
        emails = {row["email"] for row in rows(ask(program)) if row["email"]}
        assert emails == {"e•••@example.com" if role is RoleName.SUPPORT else user.email}
        if role is RoleName.SUPPORT:
            assert ask(program, q=equal("email", user.email)).status_code == 400
            assert user.email not in ask(program, format="csv").text
        if role is RoleName.ADMINISTRATOR:
            _filters_of_readings(program, stations, own)


def _filters_of_readings(program: ApiClient, stations: list[Station], own: list[ChargingSession]) -> None:
    readings = "meter_values"
    assert ids(ask(program, readings, q=equal("node_id", stations[0].id))) == [1, 3]
    assert ids(ask(program, readings, q=equal("node_id", stations[1].id), format="csv")) == [2, 4]
    assert ids(ask(program, readings, q=equal("charging_session_id", own[1].id))) == [2]
    assert ids(ask(program, readings, q=equal("charging_session_id", 999))) == []
    assert ids(ask(program, readings, q=equal("charging_session_id", None))) == [3, 4]
    of_both = {"filters": [{"col": "node_id", "opr": "in", "value": [stations[0].id, 999]}]}
    assert ids(ask(program, readings, q=of_both)) == [1, 3]
    later = {"filters": [{"col": "received_at", "opr": "gt", "value": "2026-11-22T09:30:01Z"}]}
    assert ids(ask(program, readings, q=later)) == []
    first = ask(program, readings, q=equal("node_id", stations[0].id), limit=1)
    assert (ids(first), rows(first)[0]["samples"]) == ([1], [{"value": "1"}])
    rest = ask(program, readings, q=equal("node_id", stations[0].id), changed_since=first.headers[NEXT])
    assert [(row["id"], row["node_id"], row["outlet_id"]) for row in rows(rest)] == [(3, stations[0].id, -1)]


def test_an_export_is_audited(api: ApiClient, db: Session, sessions: list[ChargingSession]) -> None:
    ask(api, format="csv", q=equal("site_id", 2))
    entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.object_id, entry.after["file"], entry.after["filtered_by"]) == (
        "exported", "charging_session", "csv", ["site_id"],
    )  # fmt: skip


def test_too_many_exports_are_refused_until_their_time_is_over(
    portal: Flask, api: ApiClient, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(portal.config, "API_EXPORT_LIMIT", "2 per 5 minutes")
    assert [ask(api).status_code for _ in range(2)] == [200, 200]
    refused = ask(api, "meter_values")
    assert (refused.status_code, refused.is_json, list(refused.json)) == (429, True, ["message"])
    assert 1 <= int(refused.headers["Retry-After"]) <= 300
    assert refused.json["message"].startswith("Too many exports")
    other, _ = as_user(portal, db, RoleName.SUPPORT)
    assert ask(other).status_code == 200, "each person is counted alone"


def test_a_reader_who_leaves_gives_the_place_to_the_next(
    api: ApiClient, sessions: list[ChargingSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "running", BoundedSemaphore(1))
    headers = {"Authorization": f"Bearer {api.token}"}
    reading = api.http.get("/api/v1/charging_sessions/export", headers=headers, buffered=False)
    busy = ask(api)
    assert (busy.status_code, busy.headers["Retry-After"], list(busy.json)) == (503, "10", ["message"])
    reading.close()
    assert ask(api).status_code == 200


def test_a_fault_at_the_beginning_is_an_answer_and_gives_the_place_back(
    portal: Flask, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "running", BoundedSemaphore(1))
    with monkeypatch.context() as broken:
        broken.setattr(copying, "LONGEST", text("SELECT 1 / 0"))
        assert ask(api).status_code == 500
    assert ask(api).status_code == 200
