"""The message log on its page."""

import csv
import html
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from domain import clock
from domain.models import ChargingSession, Direction, Message, MessageKind, Outlet, Site, Station
from domain.roles import RoleName
from portal.views.message_words import laid_out
from tests.portal.browser_like import Visitor
from tests.portal.people import add_person, sign_in
from tests.statements import recorded

NINE = datetime(2026, 11, 22, 9, 0, 0, 123_456, tzinfo=UTC)
IN, OUT = Direction.IN, Direction.OUT
CALL, RESULT, ERROR, INVALID = MessageKind.CALL, MessageKind.RESULT, MessageKind.ERROR, MessageKind.INVALID
CELL = re.compile(r'<td[^>]* data-column="(\w+)" data-filter="([^"]*)">(.*?)</td>', re.DOTALL)
LINK = re.compile(r'href="(/messages/show/[^"]+)"')
TAGS = re.compile(r"<[^>]+>")
PRE = re.compile(r'<pre class="told"[^>]*>(.*?)</pre>', re.DOTALL)
LIST = "/messages/?node=station-1"

Say = Callable[..., Message]


@pytest.fixture
def stations(db: Session) -> list[Station]:
    """One on site A, with an outlet, and one on site B."""
    sites = [Site(name="A"), Site(name="B")]
    db.add_all(sites)
    db.flush()
    made = [Station(site_id=site.id, name=f"{site.name}1", charge_box_id=site.name) for site in sites]
    db.add_all(made)
    db.flush()
    db.add(Outlet(station_id=made[0].id, number=1))
    db.commit()
    return made


@pytest.fixture
def say(db: Session, stations: list[Station]) -> Say:
    """Logs a message of the first station, a second after the one before."""

    def say(
        frame: str, direction: Direction = IN, kind: MessageKind = CALL, seconds: float = 0, **more: Any
    ) -> Message:
        at = more.pop("at", NINE + timedelta(seconds=seconds))
        message = Message(
            **{"station_id": stations[0].id, "action": "Heartbeat", "unique_id": "1"} | more,
            at=at, direction=direction, kind=kind, frame=frame,
        )  # fmt: skip
        db.add(message)
        db.commit()
        return message

    return say


@pytest.fixture
def pair(say: Say) -> list[Message]:
    return [
        say('[2,"1","Heartbeat",{}]'),
        say('[3,"1",{"currentTime":"x"}]', OUT, RESULT, 0.002),
    ]


def column(visitor: Visitor, name: str, path: str = LIST) -> list[str]:
    page = visitor.get(path)
    assert page.status_code == 200
    return [html.unescape(TAGS.sub("", shown)) for each, _filter, shown in CELL.findall(page.text) if each == name]


def links(visitor: Visitor, path: str = LIST) -> list[str]:
    return [html.unescape(link) for link in LINK.findall(visitor.get(path).text)]


def test_the_latest_comes_first(administrator: Visitor, pair: list[Message]) -> None:
    assert column(administrator, "at") == ["2026-11-22 10:00:00.125", "2026-11-22 10:00:00.123"]
    assert column(administrator, "direction") == ["← to the station", "→ from the station"]
    assert column(administrator, "kind") == ["answer", "call"]
    assert column(administrator, "action") == ["Heartbeat", "Heartbeat"]
    assert column(administrator, "frame") == [pair[1].frame, pair[0].frame]


def test_of_messages_at_the_same_moment_the_later_one_comes_first(administrator: Visitor, say: Say) -> None:
    for number in range(3):
        say(str(number))
    assert column(administrator, "frame") == ["2", "1", "0"]


NODES = {"station-1": 2, "outlet-1": 2, "station-2": 0, "site-1": 0, "system": 0}
HINT = "Each station has messages of its own. Choose a station in the navigator."


def test_the_selected_node(administrator: Visitor, pair: list[Message]) -> None:
    paths = {node: f"/messages/?node={node}" for node in NODES}
    assert {node: len(column(administrator, "frame", path)) for node, path in paths.items()} == NODES
    assert [node for node, path in paths.items() if HINT in administrator.get(path).text] == ["site-1", "system"]


FILTERS = {
    "direction=in": ["0", "2"],
    "kind=error": ["3"],
    "action=start": ["2"],
    "reason=why": ["2"],
    "frame=IDTAG": ["2", "3"],
    'frame="idTag"': ["2"],
    "frame=1_0": [],
    "frame=%25": ["3"],
    "frame=Ø": ["3"],
    "at=2026-11-22 10:00:02": ["2"],
    "at=2026-11-22 10:00:02.123": ["2"],
    "unique_id==2": ["2"],
}


def test_filters(administrator: Visitor, say: Say) -> None:
    say("0")
    say("1", OUT, RESULT, 1)
    say('2 "idTag":"x"', IN, CALL, 2, action="StartTransaction", unique_id="2", reason="and why")
    say("3 idTag 100% Ø", OUT, ERROR, 3)
    found = {each: column(administrator, "frame", f"{LIST}&sort=at&{each}") for each in FILTERS}
    assert {each: [frame[0] for frame in frames] for each, frames in found.items()} == FILTERS


SOAP = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="urn:s"><s:Header><c:chargeBoxIdentity>A</c:chargeBoxIdentity></s:Header>'
    "<s:Body><c:r><c:key>HeartBeatInterval</c:key> <c:value>a &lt; b</c:value><c:none/><c:d></c:d></c:r></s:Body>"
    "</s:Envelope>"
)
SOAP_LAID_OUT = """\
<?xml version="1.0"?>
<s:Envelope xmlns:s="urn:s">
  <s:Header>
    <c:chargeBoxIdentity>A</c:chargeBoxIdentity>
  </s:Header>
  <s:Body>
    <c:r>
      <c:key>HeartBeatInterval</c:key>
      <c:value>a &lt; b</c:value>
      <c:none/>
      <c:d></c:d>
    </c:r>
  </s:Body>
</s:Envelope>"""


def test_a_message_of_soap_is_laid_out_and_found(administrator: Visitor, say: Say) -> None:
    say(SOAP, unique_id="urn:uuid:" + "f" * 91)
    say("[]")
    page = administrator.get(links(administrator)[1]).text
    assert html.unescape(page.split('<pre class="told xml" tabindex="0">')[1].split("</pre>")[0]) == SOAP_LAID_OUT
    beginning = "<c:r><c:key>HeartBeatInterval</c:key> <c:value>a &lt; b</c:value>"
    assert column(administrator, "frame")[1].startswith(beginning)
    assert len(links(administrator, f"{LIST}&frame=heartbeatinterval")) == 1


@pytest.mark.parametrize(
    ("broken", "shown"),
    [
        ("<a><b>1</b><c", "<a>\n  <b>1</b><c"),
        ("</x></y><a>", "</x>\n</y>\n<a>"),
        ("<a><![CDATA[<b>]]></a>", "<a><![CDATA[<b>]]></a>"),
        ("<a><!-- <b> --><c>1</c></a>", "<a>\n  <!-- <b> -->\n  <c>1</c>\n</a>"),
        ("<a><![CDATA[x", "<a><![CDATA[x"),
        ("<", "<"),
        ("<a>1<b/>2</a>", "<a>1\n  <b/>2\n</a>"),
    ],
)
def test_xml_that_is_broken_is_shown_as_far_as_it_goes(broken: str, shown: str) -> None:
    assert laid_out(broken) == shown


@pytest.mark.parametrize("part", ["<", "<a", "<a>", "</a>", "<!--", "<![CDATA[", "a", "<a b='", "<a/>"])
def test_no_xml_takes_long(part: str) -> None:
    """It passes or does not end."""
    assert laid_out("<" + part * (65_536 // len(part)))


def test_there_is_no_other_order_than_time(administrator: Visitor, pair: list[Message]) -> None:
    assert "There is no column “action” to sort by." in html.unescape(administrator.get(f"{LIST}&sort=action").text)


def test_a_long_frame_is_shown_short_and_whole_on_its_page(administrator: Visitor, say: Say) -> None:
    say("x" * 65_536)
    assert column(administrator, "frame") == ["x" * 140 + "…"]
    assert len(administrator.get(LIST).text) < 40_000
    assert PRE.search(administrator.get(links(administrator)[0]).text)[1] == "x" * 65_536


def test_pages_begin_behind_a_row(administrator: Visitor, say: Say) -> None:
    """Also where messages share a moment."""
    for number in range(40):
        say(str(number), seconds=number // 10)
    first = administrator.get(f"{LIST}&rows=15")
    following = html.unescape(re.search(r'rel="next" href="([^"]+)"', first.text)[1])
    assert column(administrator, "frame", f"{LIST}&rows=15") == [str(number) for number in range(39, 24, -1)]
    assert column(administrator, "frame", f"/messages/{following}") == [str(number) for number in range(24, 9, -1)]


def test_call_and_answer_stand_side_by_side(administrator: Visitor, pair: list[Message], say: Say) -> None:
    say('[2,"1","Heartbeat",{"again":true}]', seconds=60)
    say('[3,"1",{"again":true}]', OUT, RESULT, 61)
    again = ['{"again": true}'.replace(" ", "")] * 2
    for number, link in enumerate(links(administrator)):
        shown = [json.loads(html.unescape(frame)) for frame in PRE.findall(administrator.get(link).text)]
        told = [json.dumps(frame[-1], separators=(",", ":")) for frame in shown]
        assert [frame[0] for frame in shown] == [2, 3]
        assert told == (again if number < 2 else ["{}", '{"currentTime":"x"}'])


def test_an_unreadable_frame_stands_beside_its_refusal(administrator: Visitor, say: Say) -> None:
    say("[2,", kind=INVALID, action=None, unique_id="-1", reason="the frame is not valid JSON")
    say(
        '[4,"-1","FormationViolation","the frame is not valid JSON",{}]', OUT, ERROR, 0.001, action=None, unique_id="-1"
    )
    for link in links(administrator):
        page = administrator.get(link).text
        assert html.unescape(PRE.findall(page)[0]) == "[2,"
        assert "the frame is not valid JSON" in page
        assert len(PRE.findall(page)) == 2


def test_a_call_without_an_answer_stands_alone(administrator: Visitor, say: Say) -> None:
    say('[2,"1","Heartbeat",{}]')
    say('[3,"2",{}]', OUT, RESULT, 1, unique_id="2")
    say('[3,"1",{}]', OUT, RESULT, 2 * 3600, unique_id="1")
    assert [len(PRE.findall(administrator.get(link).text)) for link in links(administrator)] == [1, 1, 1]


STRANGE = {
    "markup": "<script>alert(1)</script>",
    "nothing": "",
    "no text": "\ufffd\ufffd",
    "deep": "[" * 1000 + "]" * 1000,
    "deeper": "[" * 60_000,
    "a number too large": '[2,"1","X",{"a":1e999,"b":123456789012345678901234567890}]',
    "a text with lines": "a\nb\r\n\tc",
    "a formula": "=1+1",
    "template": "{{ 7 * 7 }} %(name)s {% raw %}",
    "directions of writing": "\u202e\u0000".replace("\0", "") + "abc",
}


def test_no_message_breaks_a_page(administrator: Visitor, say: Say) -> None:
    for frame in STRANGE.values():
        say(frame, kind=INVALID, action=frame[:50], unique_id=frame[:36], reason=frame)
    pages = [administrator.get(path) for path in (LIST, *links(administrator))]
    assert [page.status_code for page in pages] == [200] * (len(STRANGE) + 1)
    assert "<script>alert" not in "".join(page.text for page in pages)
    assert administrator.get("/messages/export/xlsx?node=station-1").status_code == 200
    lines = administrator.get("/messages/export/jsonl?node=station-1&sort=at").text.splitlines()
    assert [(json.loads(line)["frame"], json.loads(line)["reason"]) for line in lines] == [
        (frame, frame) for frame in STRANGE.values()
    ]


LAID_OUT = {
    '[2,"a","X",{"a":[],"b":{"c":1.50,"d":[1,"{,}"]}}]': (
        '[\n  2,\n  "a",\n  "X",\n  {\n    "a": [],\n    "b": {\n      "c": 1.50,\n      "d": [\n        1,\n'
        '        "{,}"\n      ]\n    }\n  }\n]'
    ),
    r' [ "a\"b\\", true ] ': '[\n  "a\\"b\\\\",\n  true\n]',
    "{}": "{}",
    "17": "17",
    "[2,": "[2,",
    "": "",
}


@pytest.mark.parametrize(("frame", "lines"), LAID_OUT.items(), ids=LAID_OUT)
def test_json_is_laid_out_without_changing_it(frame: str, lines: str) -> None:
    assert laid_out(frame) == lines


def test_a_frame_nested_deeply_is_laid_out_in_a_bounded_width() -> None:
    frame = "[" * 1000 + "1," * 20_000 + "1" + "]" * 1000
    assert max(len(line) for line in laid_out(frame).splitlines()) < 50


def newer(visitor: Visitor, query: str = "") -> bool:
    answer: dict[str, bool] = visitor.get(f"/messages/newer?node=station-1{query}").json
    return answer["newer"]


def test_whether_there_is_anything_newer(administrator: Visitor, say: Say) -> None:
    assert newer(administrator) is False
    message = say("now", at=clock.now())
    assert newer(administrator) is True
    assert newer(administrator, "&known=0&direction=in") is True
    assert newer(administrator, "&known=0&direction=out") is False
    assert newer(administrator, f"&known={message.id}") is False
    assert newer(administrator, f"&known={'9' * 30}") is False
    assert newer(administrator, "&known=nonsense") is True
    assert administrator.get("/messages/newer?node=station-2").json == {"newer": False}
    assert administrator.get("/messages/newer").json == {"newer": False}


def test_the_first_page_is_live(administrator: Visitor, pair: list[Message]) -> None:
    queries = {"": True, "&kind=call": True, "&sort=at": False, "&at=nonsense": False}
    assert {each: "data-newer=" in administrator.get(LIST + each).text for each in queries} == queries


def test_a_live_page_asks_with_its_filters(administrator: Visitor, pair: list[Message]) -> None:
    asked = re.search(r'data-newer="([^"]+)"', administrator.get(f"{LIST}&kind=call&rows=50").text)[1]
    assert html.unescape(asked) == "/messages/newer?node=station-1&kind=call"


def test_files(administrator: Visitor, pair: list[Message]) -> None:
    """Of what is filtered, in the order that is shown."""
    response = administrator.get("/messages/export/jsonl?node=station-1&sort=at")
    assert response.mimetype == "application/jsonl"
    assert re.search(r"Messages-[\d-]+\.jsonl", response.headers["Content-Disposition"])
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert lines[0] == {
        "at": "2026-11-22T10:00:00.123456+01:00", "direction": "in", "kind": "call", "action": "Heartbeat",
        "frame": pair[0].frame, "reason": None,
    }  # fmt: skip
    assert [line["direction"] for line in lines] == ["in", "out"]
    only = administrator.get("/messages/export/jsonl?node=station-1&direction=out").text
    assert [json.loads(line)["frame"] for line in only.splitlines()] == [pair[1].frame]
    table = list(csv.DictReader(io.StringIO(administrator.get("/messages/export/csv?node=station-1").text)))
    assert [row["frame"] for row in table] == [pair[1].frame, pair[0].frame]
    sheet = load_workbook(io.BytesIO(administrator.get("/messages/export/xlsx?node=station-1").data)).active
    assert [row[4] for row in sheet.iter_rows(values_only=True)][1:] == [pair[1].frame, pair[0].frame]
    assert administrator.get("/messages/export/jsonl?node=station-1&at=nonsense").status_code == 400
    assert administrator.get("/messages/export/jsonl?node=station-2").text == ""
    assert administrator.get("/events/export/jsonl").status_code == 404


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [(RoleName.SUPPORT, 200, 200), (RoleName.SITE_ADMINISTRATOR, 200, 404), (RoleName.EV_USER, 403, 403)],
)
def test_who_sees_which(
    portal: Flask, db: Session, stations: list[Station], pair: list[Message], administrator: Visitor, say: Say,
    role: RoleName, own: int, others: int,
) -> None:  # fmt: skip
    say("of the other", station_id=stations[1].id, at=clock.now())
    addresses = [links(administrator, f"/messages/?node=station-{number}")[0] for number in (1, 2)]
    sites = [db.get_one(Site, stations[0].site_id)] if role is RoleName.SITE_ADMINISTRATOR else []
    person = sign_in(portal, add_person(db, role, "other@example.com", sites))
    assert [person.get(address).status_code for address in addresses] == [own, others]
    if role is RoleName.EV_USER:
        assert "/messages/" not in person.get("/statistics/").text
        return
    assert len(column(person, "frame")) == 2
    assert len(column(person, "frame", "/messages/?node=station-2")) == (others == 200)
    assert bool(person.get("/messages/export/jsonl?node=station-2").text) == (others == 200)
    assert person.get("/messages/newer?node=station-2").json == {"newer": others == 200}


def test_a_message_that_is_not_there(administrator: Visitor, pair: list[Message]) -> None:
    for address in ("1", "1-2-3", "x", "1-2", "9999999999-1-1", "1-9999999999999999-1", "1-1-" + "9" * 19):
        assert administrator.get(f"/messages/show/{address}").status_code == 404


def test_the_queries_of_a_page_do_not_grow_with_its_rows(administrator: Visitor, say: Say) -> None:
    say("1")
    with recorded() as few:
        administrator.get(LIST)
    for number in range(20):
        say(str(number))
    with recorded() as many:
        administrator.get(LIST)
    assert len(many) == len(few)


def test_a_session_leads_to_what_was_said_meanwhile(
    administrator: Visitor, db: Session, stations: list[Station], say: Say
) -> None:
    say("before", seconds=-120)
    say("meanwhile", seconds=60)
    say("after", seconds=3700)
    charging_session = ChargingSession(
        started_at=NINE, stopped_at=NINE + timedelta(hours=1), ended_at=NINE + timedelta(hours=1), logged_at=NINE,
        node_id=stations[0].id, site_id=stations[0].site_id, outlet_id=1, site_name="A", station_name="A1",
        outlet_number=1, authorization=1, id_token="T", meter_start_wh=0, meter_stop_wh=7, energy_wh=7,
    )  # fmt: skip
    db.add(charging_session)
    db.commit()
    page = administrator.get(f"/statistics/show/{charging_session.id}").text
    link = html.unescape(re.search(r'href="(/messages/[^"]+)"', page)[1])
    assert column(administrator, "frame", link) == ["meanwhile"]
