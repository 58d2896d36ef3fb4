"""Lists: what is asked for in `q`, and how nonsense in it is answered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain.models import ChargingSession
from tests.portal.api.client import ApiClient
from tests.statements import recorded


@pytest.fixture
def stations(api: ApiClient) -> dict[str, int]:
    """Four stations on two sites, by name."""
    central, harbour = api.make("sites/", name="Central"), api.make("sites/", name="Harbour")
    places = {"CC-101": central, "CC-102": central, "H_1": harbour, "H%2": harbour}
    made = {
        name: api.make("stations/", name=name, charge_box_id=f"CB {name}", site=site) for name, site in places.items()
    }
    api.put(f"stations/{made['CC-102']}", {"kind": "supply_controller"})
    return made | {"central": central}


COLUMNS = "Must be one of: id, name, site, description, plan_sha256, plan_width_px, plan_height_px."
OPERATORS = "Must be one of: eq, neq, in, not_in, gt, lt."
UNSTORABLE = "Contains a character that cannot be stored."


def between(smallest: int, largest: int) -> str:
    return f"Must be greater than or equal to {smallest} and less than or equal to {largest}."


def in_filter(**reasons: str) -> dict[str, Any]:
    """The reasons, as they are answered for the first filter."""
    return {"filters": {"0": {name: [reason] for name, reason in reasons.items()}}}


STARTED_AT = datetime(2026, 11, 22, 16, 43, 2, tzinfo=UTC)


def make_charging_session(db: Session, **values: Any) -> int:
    given = {
        "started_at": STARTED_AT,
        "logged_at": STARTED_AT,
        "node_id": 7,
        "site_id": 1,
        "outlet_id": 9,
        "site_name": "Central",
        "station_name": "CC-101",
        "outlet_number": 1,
        "authorization": 0,
        "id_token": str(len(values)),
        "meter_start_wh": 0,
    }
    charging_session = ChargingSession(**given | values)
    db.add(charging_session)
    db.commit()
    return charging_session.id


def names(answer: tuple[int, Any]) -> list[str]:
    status, body = answer
    assert status == 200, body
    assert body["ids"] == [row["id"] for row in body["result"]]
    return [row["name"] for row in body["result"]]


@pytest.mark.parametrize(
    ("column", "operator", "value", "found"),
    [
        ("name", "eq", "CC-101", ["CC-101"]),
        ("name", "neq", "CC-101", ["CC-102", "H_1", "H%2"]),
        ("name", "sw", "cc", ["CC-101", "CC-102"]),
        ("name", "nsw", "cc", ["H_1", "H%2"]),
        ("name", "ew", "2", ["CC-102", "H%2"]),
        ("name", "new", "2", ["CC-101", "H_1"]),
        ("name", "ct", "c-1", ["CC-101", "CC-102"]),
        ("name", "ct", "_", ["H_1"]),
        ("name", "ct", "%", ["H%2"]),
        ("name", "nct", "_", ["CC-101", "CC-102", "H%2"]),
        ("name", "in", ["CC-101", "H_1", "nobody"], ["CC-101", "H_1"]),
        ("name", "not_in", ["CC-101", "H_1"], ["CC-102", "H%2"]),
        ("name", "in", [], []),
        ("kind", "eq", "supply_controller", ["CC-102"]),
        ("kind", "in", ["charging_station"], ["CC-101", "H_1", "H%2"]),
        ("online", "eq", True, []),
        ("online", "neq", True, ["CC-101", "CC-102", "H_1", "H%2"]),
        ("floor", "eq", None, ["CC-101", "CC-102", "H_1", "H%2"]),
        ("floor", "neq", None, []),
        ("floor", "neq", 7, ["CC-101", "CC-102", "H_1", "H%2"]),
        ("last_seen_at", "lt", "2026-11-22T00:00:00Z", []),
        ("vendor", "eq", None, ["CC-101", "CC-102", "H_1", "H%2"]),
        ("id", "gt", 0, ["CC-101", "CC-102", "H_1", "H%2"]),
    ],
)
def test_each_operator(
    api: ApiClient, stations: dict[str, int], column: str, operator: str, value: Any, found: list[str]
) -> None:
    answer = api.get("stations/", {"filters": [{"col": column, "opr": operator, "value": value}]})
    assert names(answer) == found
    assert answer[1]["count"] == len(found)


def test_filters_hold_together_and_a_relation_is_filtered_by_id(api: ApiClient, stations: dict[str, int]) -> None:
    on_central = f"(col:site,opr:rel_o_m,value:{stations['central']})"
    assert names(api.get("stations/", f"(filters:!({on_central}))")) == ["CC-101", "CC-102"]
    assert names(api.get("stations/", f"(filters:!({on_central},(col:name,opr:ew,value:'1')))")) == ["CC-101"]


def test_order_pages_and_columns(api: ApiClient, stations: dict[str, int]) -> None:
    assert names(api.get("stations/", {"order_column": "name", "order_direction": "desc"})) == [
        "H_1",
        "H%2",
        "CC-102",
        "CC-101",
    ]
    assert names(api.get("stations/", {"order_column": "site", "order_direction": "desc"})) == [
        "H%2",
        "H_1",
        "CC-102",
        "CC-101",
    ]
    assert names(api.get("stations/", {"page": 1, "page_size": 3})) == ["H%2"]
    assert names(api.get("stations/", {"page": 2**31 - 1})) == []
    assert names(api.get("stations/", {"page_size": 2**40})) == ["CC-101", "CC-102", "H_1", "H%2"]
    assert api.get("stations/", "(columns:!(name),page_size:1)") == (
        200,
        {"count": 4, "ids": [stations["CC-101"]], "result": [{"name": "CC-101"}]},
    )


@pytest.mark.parametrize(
    ("q", "reasons"),
    [
        ("!", {"q": ["Neither rison nor JSON."]}),
        ("(", {"q": ["Neither rison nor JSON."]}),
        ("(page:", {"q": ["Neither rison nor JSON."]}),
        ("'!", {"q": ["Neither rison nor JSON."]}),
        ("((a:b):c)", {"q": ["Neither rison nor JSON."]}),
        ("!(" * 5000, {"q": ["Neither rison nor JSON."]}),
        ("{page: 1}", {"q": ["Neither rison nor JSON."]}),
        ("nonsense", {"_schema": ["Invalid input type."]}),
        ("!(1,2)", {"_schema": ["Invalid input type."]}),
        ("(colour:red)", {"colour": ["Unknown field."]}),
        ("(page:first)", {"page": ["Not a valid integer."]}),
        ("(page:-1)", {"page": [between(0, 2**31 - 1)]}),
        ("(page:1.5)", {"page": ["Not a valid integer."]}),
        ("(page_size:0)", {"page_size": [between(1, 2**63 - 1)]}),
        ("(order_column:nonsense)", {"order_column": [COLUMNS]}),
        ("(order_column:'id;drop table site')", {"order_column": [COLUMNS]}),
        ("(order_column:name,order_direction:up)", {"order_direction": ["Must be one of: asc, desc."]}),
        ("(columns:!(nonsense))", {"columns": ["There is no nonsense."]}),
        ("(filters:!((col:name,opr:ct)))", in_filter(value="Missing data for required field.")),
        ("(filters:!((col:x,opr:ct,value:a)))", in_filter(col=COLUMNS)),
        ("(filters:!((col:id,opr:ct,value:a)))", in_filter(opr=OPERATORS)),
        ("(filters:!((col:id,opr:eq,value:a)))", in_filter(value="Not a valid integer.")),
        ("(filters:!((col:id,opr:gt,value:!n)))", in_filter(value="Must be a value.")),
        ("(filters:!((col:id,opr:in,value:4)))", in_filter(value="Must be a list of at most 1000 values.")),
        ("(filters:!((col:name,opr:eq,value:5)))", in_filter(value="Not a valid string.")),
        ('{"filters":[{"col":"name","opr":"ct","value":"\\u0000"}]}', in_filter(value=UNSTORABLE)),
        (f"(filters:!((col:site,opr:eq,value:{2**70})))", in_filter(value=between(1, 2**31 - 1))),
    ],
)  # fmt: skip
def test_nonsense_is_answered_with_a_reason(api: ApiClient, q: str, reasons: dict[str, Any]) -> None:
    assert api.get("floors/", q) == (400, {"message": reasons})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(st.sampled_from("!'(){}[]:,-.0123456789eabcdefgnt\"\0é"), max_size=40))
def test_no_text_makes_a_fault(api: ApiClient, q: str) -> None:
    assert api.get("charging_sessions/", q)[0] in (200, 400)


def test_a_list_of_words_is_filtered_by_one_of_them(api: ApiClient, db: Session) -> None:
    plain, clock = make_charging_session(db), make_charging_session(db, review_reasons=["clock", "energy"])
    for operator, found in (("ct", [clock]), ("nct", [plain])):
        q = {"filters": [{"col": "review_reasons", "opr": operator, "value": "clock"}], "columns": ["id"]}
        assert api.get("charging_sessions/", q) == (200, {"count": 1, "ids": found, "result": [{"id": found[0]}]})


def test_running_sessions_are_those_without_an_end(api: ApiClient, db: Session) -> None:
    running, _ended = make_charging_session(db), make_charging_session(db, ended_at=STARTED_AT + timedelta(hours=1))
    answer = api.get("charging_sessions/", {"filters": [{"col": "ended_at", "opr": "eq", "value": None}]})
    assert answer[1]["ids"] == [running]


def test_a_longer_list_takes_no_more_queries(api: ApiClient, stations: dict[str, int], db: Session) -> None:
    def queries(size: int) -> int:
        with recorded() as statements:
            assert len(names(api.get("stations/", {"page_size": size}))) == size
        return len(statements)

    assert queries(1) == queries(4)
