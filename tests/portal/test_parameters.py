"""The OCPP tab: what is shown of a station's parameters, and what is sent when they are changed."""

import html
import re
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from domain import clock, known_parameters, parameters
from domain.models import (
    AuditEntry,
    Command,
    CommandState,
    ParameterResult,
    Site,
    Station,
    StationParameter,
)
from domain.roles import RoleName
from domain.secret_parameters import MASK
from portal.pages.parameters import words
from tests.portal.browser_like import Visitor, errors
from tests.portal.people import add_person, sign_in
from tests.statements import recorded

numbers = count(1)
READ_AT = clock.now() - timedelta(hours=1)
TOLD = {
    "HeartbeatInterval": "300",
    "MeterValueSampleInterval": "60",
    "NumberOfConnectors": "2",
    "WifiPassword": MASK,
    "VendorThing": "17",
}


def make_station(db: Session, told: dict[str, str], online: bool = True) -> Station:
    number = f"{next(numbers):05}"  # In the order of their names too.
    site = Site(name=f"Parameter place {number}")
    db.add(site)
    db.flush()
    station = Station(
        site_id=site.id, name=f"P-{number}", charge_box_id=f"CB-P-{number}", online=online, parameters_read_at=READ_AT
    )
    db.add(station)
    db.flush()
    for key, value in told.items():
        readonly = key == "NumberOfConnectors"
        db.add(StationParameter(station_id=station.id, key=key, value=value, is_readonly=readonly, read_at=READ_AT))
    db.commit()
    return station


@pytest.fixture
def station(db: Session, administrator: Visitor) -> Station:
    return make_station(db, TOLD)


def address(station: Station, page: str = "") -> str:
    return f"/parameters/{page}?node=station-{station.id}"


def fields(*changes: tuple[str, str, str], **others: object) -> dict[str, object]:
    """What the page's form sends: key, what it was, what it shall be."""
    keys, before, values = zip(*changes, strict=True) if changes else ((), (), ())
    return {"key": list(keys), "was": list(before), "value": list(values), **others}


def asked(db: Session, station: Station) -> list[tuple[str, dict[str, object]]]:
    db.rollback()
    mine = select(Command).where(Command.station_id == station.id).order_by(Command.id)
    return [(command.action.value, command.parameters) for command in db.scalars(mine)]


def page(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return answer.text


def cell(text: str, key: str, name: str) -> str:
    """What a cell of a parameter's line says, without tags."""
    row = re.search(rf'<tr data-key="{key}".*?</tr>', text, re.DOTALL)
    assert row, key
    found = re.search(rf'<td class="{name}"[^>]*>(.*?)</td>', row[0], re.DOTALL)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split())


def test_the_table(administrator: Visitor, station: Station) -> None:
    text = page(administrator, address(station))
    assert cell(text, "HeartbeatInterval", "key") == "HeartbeatInterval ! can cut the line"
    assert cell(text, "HeartbeatInterval", "desc") == "Time between two signs of life"
    assert cell(text, "HeartbeatInterval", "stored") == "300"
    assert cell(text, "NumberOfConnectors", "entry") == "2"
    assert cell(text, "NumberOfConnectors", "result") == "read-only"
    assert cell(text, "VendorThing", "desc") == ""
    assert "5 parameters · read from the station" in text
    assert text.count('<input type="hidden" name="key"') == 4


def test_a_station_that_never_told_anything(db: Session, administrator: Visitor) -> None:
    station = make_station(db, {})
    db.get_one(Station, station.id).parameters_read_at = None
    db.commit()
    text = page(administrator, address(station))
    assert "This station has not told its parameters yet." in text
    assert "Read the parameters" in text
    assert "<table" not in text


def test_a_station_whose_version_cannot_tell_its_parameters(db: Session, administrator: Visitor) -> None:
    silent = make_station(db, {})
    silent.protocol, silent.parameters_read_at = "ocpp1.2", None
    db.commit()
    page = administrator.get(address(silent)).text
    assert "The station speaks OCPP 1.2 (SOAP), in which no station tells its parameters." in page
    assert "/parameters/read" not in page
    assert administrator.send(address(silent, "read"), page=address(silent)).status_code == 404
    sent = administrator.send(
        address(silent, "upload"), page=address(silent), **fields(("MeterValueSampleInterval", "", "60"))
    )
    assert sent.status_code == 303
    assert db.scalars(select(Command.parameters)).one()["key"] == "MeterValueSampleInterval"


def test_no_station_is_selected(administrator: Visitor) -> None:
    assert "Choose a station in the navigator" in page(administrator, "/parameters/")
    assert "Choose a station in the navigator" in page(administrator, "/parameters/compare")
    assert "Choose a station in the navigator" in page(administrator, "/rollouts/plan")


def test_read_again(db: Session, administrator: Visitor, station: Station) -> None:
    answer = administrator.send(address(station, "read"), page=address(station))
    assert (answer.status_code, answer.location) == (303, address(station))
    assert asked(db, station) == [("get_configuration", {"keys": []})]
    assert "The station is being asked for its parameters." in page(administrator, address(station))


def test_one_parameter_is_read_again(db: Session, administrator: Visitor, station: Station) -> None:
    administrator.send(address(station, "read"), page=address(station), key="HeartbeatInterval")
    assert asked(db, station)[-1] == ("get_configuration", {"keys": ["HeartbeatInterval"]})
    administrator.send(address(station, "read"), page=address(station), key="\0 no such key" * 20)
    assert asked(db, station)[-1] == ("get_configuration", {"keys": []})


def test_a_key_that_is_too_long_to_be_asked_for_is_refused_in_words(db: Session, administrator: Visitor) -> None:
    station = make_station(db, {"x" * 60: "1"})
    administrator.send(address(station, "read"), page=address(station), key="x" * 60)
    assert asked(db, station) == []
    assert "At most 50 characters." in page(administrator, address(station))


def test_the_menu_of_a_parameter_offers_what_can_be_done_with_it(
    db: Session, administrator: Visitor, station: Station
) -> None:
    parameters.change(db, db.get_one(Station, station.id), "MeterValueSampleInterval", "30", None, clock.now())
    db.commit()
    text = page(administrator, address(station))
    changed = cell(text, "MeterValueSampleInterval", "dots-col")
    assert changed == "⋯ Undo the change Read from the station again Copy to other stations … Show the last change"
    assert cell(text, "NumberOfConnectors", "dots-col") == "⋯ Read from the station again"
    assert cell(text, "WifiPassword", "dots-col") == "⋯ Undo the change Read from the station again"


def test_a_reading_that_failed_is_told(db: Session, administrator: Visitor) -> None:
    station = make_station(db, TOLD, online=False)
    administrator.send(address(station, "read"), page=address(station))
    assert "The parameters could not be read. The station was not connected" in page(administrator, address(station))


def test_restart_is_one_click_away(db: Session, administrator: Visitor, station: Station) -> None:
    row = db.get_one(StationParameter, (station.id, "MeterValueSampleInterval"))
    row.result, row.asked_at, row.asked_value = ParameterResult.REBOOT_REQUIRED, clock.now(), "30"
    db.commit()
    text = page(administrator, address(station))
    assert cell(text, "MeterValueSampleInterval", "result") == "↻ Reboot required Restart"
    administrator.send(address(station, "restart"), page=address(station))
    assert asked(db, station) == [("reset", {"type": "soft"})]
    db.get_one(Station, station.id).booted_at = clock.now()
    db.commit()
    text = page(administrator, address(station))
    assert cell(text, "MeterValueSampleInterval", "result") == "✓ Accepted"


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (ParameterResult.ACCEPTED, "✓ Accepted"),
        (ParameterResult.REJECTED, "✕ Rejected asked for 30"),
        (ParameterResult.NOT_SUPPORTED, "✕ Not supported asked for 30"),
    ],
)
def test_the_answers(db: Session, administrator: Visitor, station: Station, result: ParameterResult, told: str) -> None:
    row = db.get_one(StationParameter, (station.id, "MeterValueSampleInterval"))
    row.result, row.asked_at, row.asked_value = result, clock.now(), "30"
    db.commit()
    assert cell(page(administrator, address(station)), "MeterValueSampleInterval", "result") == told


# Sending


def test_only_what_changed_is_sent_and_each_key_by_itself(
    db: Session, administrator: Visitor, station: Station
) -> None:
    sent = fields(
        ("HeartbeatInterval", "300", "300"),
        ("MeterValueSampleInterval", "60", "30"),
        ("VendorThing", "17", "18"),
        ("WifiPassword", "", ""),
    )
    answer = administrator.send(address(station, "upload"), page=address(station), **sent)
    assert (answer.status_code, answer.location) == (303, address(station))
    assert asked(db, station) == [
        ("change_configuration", {"key": "MeterValueSampleInterval", "value": "30"}),
        ("change_configuration", {"key": "VendorThing", "value": "18"}),
    ]
    text = page(administrator, address(station))
    assert cell(text, "MeterValueSampleInterval", "result") == "◷ Queued asked for 30"
    assert cell(text, "MeterValueSampleInterval", "stored") == "60"
    assert "2 changes are on their way." in text
    assert "data-waiting" in text


def test_what_the_station_changed_meanwhile_is_left_alone(
    db: Session, administrator: Visitor, station: Station
) -> None:
    """The page was made when it was 60."""
    db.get_one(StationParameter, (station.id, "MeterValueSampleInterval")).value = "90"
    db.commit()
    administrator.send(
        address(station, "upload"), page=address(station), **fields(("MeterValueSampleInterval", "60", "60"))
    )
    assert asked(db, station) == []


def test_a_key_that_can_cut_the_line_asks_again_and_names_it(
    db: Session, administrator: Visitor, station: Station
) -> None:
    sent = fields(("HeartbeatInterval", "300", "60"), ("VendorThing", "17", "18"))
    answer = administrator.send(address(station, "upload"), page=address(station), **sent)
    assert answer.status_code == 422
    assert "never connect again" in answer.text
    assert "I have checked the new value of HeartbeatInterval and know what may happen." in answer.text
    assert asked(db, station) == []
    for confirmed in ([], ["VendorThing"]):
        again = administrator.send(
            address(station, "upload"), page=address(station), **sent, confirming="yes", confirmed=confirmed
        )
        assert again.status_code == 422
        assert "Mark each parameter that can cut the line" in again.text
    assert asked(db, station) == []
    done = administrator.send(
        address(station, "upload"), page=address(station), **sent, confirmed=["HeartbeatInterval"]
    )
    assert done.status_code == 303
    assert [parameters["key"] for _action, parameters in asked(db, station)] == ["HeartbeatInterval", "VendorThing"]


def test_a_double_click_sends_each_form_once(administrator: Visitor, station: Station) -> None:
    """What keeps to that is static/frame.js."""
    forms = re.findall(r'<form( data-once)?[^>]*action="/parameters/(\w+)', administrator.get(address(station)).text)
    assert forms == [(" data-once", "read"), (" data-once", "restart"), (" data-once", "upload")]


def test_a_value_that_cannot_be_right_is_refused_and_stays_in_its_field(
    db: Session, administrator: Visitor, station: Station
) -> None:
    sent = fields(
        ("MeterValueSampleInterval", "60", "often"), ("NumberOfConnectors", "2", "4"), ("VendorThing", "17", "entry")
    )
    answer = administrator.send(address(station, "upload"), page=address(station), **sent)
    assert answer.status_code == 422
    assert errors(answer) == [
        "This must be a whole number.",
        "The station does not let anybody change this.",
    ]
    assert 'value="often"' in answer.text
    assert "2 values cannot be right. Nothing was sent." in answer.text
    assert asked(db, station) == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("LocalPreAuthorize", "true", "maybe"), "This must be true or false."),
        (("MeterValueSampleInterval", "60", "-1"), "This must be 0 or more."),
        (("MeterValueSampleInterval", "60", "86401"), "This must be 86400 or less."),
        (("SecurityProfile", "1", "7"), "This must be one of 0, 1, 2, 3."),
        (("MeterValuesSampledData", "Voltage", "Voltage,,"), "Words separated by commas, none of them empty."),
        (("VendorThing", "17", "x" * 501), "At most 500 characters."),
        (("VendorThing", "17", "a\0b"), None),
        (("x" * 51, "", "1"), None),
        (("a\0b", "", "1"), None),
    ],
)
def test_wrong_values(
    db: Session, administrator: Visitor, station: Station, change: tuple[str, str, str], error: str | None
) -> None:
    answer = administrator.send(address(station, "upload"), page=address(station), **fields(change))
    assert answer.status_code == 422
    assert error is None or errors(answer) == [error]
    assert asked(db, station) == []


def test_a_value_of_another_kind_than_the_stations_own_is_asked_about_and_not_refused(
    db: Session, administrator: Visitor, station: Station
) -> None:
    sent = fields(("VendorThing", "17", "seventeen"))
    answer = administrator.send(address(station, "upload"), page=address(station), **sent)
    assert answer.status_code == 422
    assert "The value on the station is of another kind. Is the new one right?" in answer.text
    assert asked(db, station) == []
    administrator.send(address(station, "upload"), page=address(station), **sent, confirming="yes")
    assert asked(db, station) == [("change_configuration", {"key": "VendorThing", "value": "seventeen"})]


def test_an_offline_station_gets_it_later_or_never(db: Session, administrator: Visitor) -> None:
    station = make_station(db, TOLD, online=False)
    for more in ({}, {"waits": "on"}):
        administrator.send(
            address(station, "upload"), page=address(station), **fields(("VendorThing", "17", "18")), **more
        )
    db.rollback()
    mine = select(Command.state).where(Command.station_id == station.id).order_by(Command.id)
    assert db.scalars(mine).all() == [CommandState.FAILED, CommandState.QUEUED]


def test_a_key_that_the_station_does_not_list(db: Session, administrator: Visitor, station: Station) -> None:
    administrator.send(
        address(station, "upload"), page=address(station), **fields((" HiddenThing ", "", "1"), ("", "", "x"))
    )
    assert asked(db, station) == [("change_configuration", {"key": "HiddenThing", "value": "1"})]
    assert cell(page(administrator, address(station)), "HiddenThing", "key") == "HiddenThing hidden"


def test_a_secret_is_never_shown(db: Session, administrator: Visitor, station: Station) -> None:
    sent = fields(("WifiPassword", "", "open sesame"))
    answer = administrator.send(address(station, "upload"), page=address(station), **sent)
    assert answer.status_code == 422
    assert "Type the new value once more" in answer.text
    assert "open sesame" not in answer.text
    done = administrator.send(address(station, "upload"), page=address(station), **sent, confirmed="WifiPassword")
    assert done.status_code == 303
    assert "open sesame" not in page(administrator, address(station))
    assert db.scalars(select(AuditEntry).where(cast(AuditEntry.after, String).contains("sesame"))).all() == []


def test_a_form_of_nonsense(administrator: Visitor, station: Station) -> None:
    broken = administrator.send(
        address(station, "upload"), page=address(station), key=["A", "B"], was=["1"], value=["2", "3"]
    )
    assert broken.status_code == 400
    many = fields(*((f"K{number}", "", "1") for number in range(201)))
    assert administrator.send(address(station, "upload"), page=address(station), **many).status_code == 400
    assert administrator.send(address(station, "upload"), page=address(station)).status_code == 303


def test_another_sites_station_is_as_if_it_were_not_there(db: Session, portal: Flask, station: Station) -> None:
    elsewhere = Site(name="Elsewhere")
    db.add(elsewhere)
    db.commit()
    visitor = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "site.adm@example.com", [elsewhere]))
    assert "Choose a station in the navigator" in page(visitor, address(station))
    for name in ("upload", "read", "restart"):
        answer = visitor.send(address(station, name), page="/rollouts/plan?node=system", key="A", was="", value="1")
        assert answer.status_code == 404
    assert asked(db, station) == []


# Comparing


def test_two_stations_compared(db: Session, administrator: Visitor, station: Station) -> None:
    other = make_station(db, {"heartbeatinterval": "60", "MeterValueSampleInterval": "60", "Extra": "1"})
    text = page(administrator, f"/parameters/compare?node=station-{station.id}&with={other.charge_box_id}")
    rows = re.findall(r'<td class="key"[^>]*><b>(.*?)</b>.*?<span class="chip \w+">(.*?)</span>', text, re.DOTALL)
    assert rows == [
        ("HeartbeatInterval", "different"),
        ("NumberOfConnectors", "only here"),
        ("VendorThing", "only here"),
        ("WifiPassword", "only here"),
        ("Extra", "only there"),
        ("MeterValueSampleInterval", "same"),
    ]
    assert re.findall(r'name="chosen" value="(\w+)"', text) == [
        "HeartbeatInterval",
        "VendorThing",
        "MeterValueSampleInterval",
    ]
    by_name = page(administrator, f"/parameters/compare?node=station-{station.id}&with={other.name}")
    assert by_name.count("<tr") == text.count("<tr")


def test_secrets_are_not_compared(db: Session, administrator: Visitor, station: Station) -> None:
    other = make_station(db, TOLD)
    text = page(administrator, f"/parameters/compare?node=station-{station.id}&with={other.charge_box_id}")
    assert "secret, not compared" in text
    assert "0 differences" in text


def test_a_station_that_is_not_there_cannot_be_compared(administrator: Visitor, station: Station) -> None:
    for wanted in ("Nowhere", "%00", "x" * 300):
        text = page(administrator, f"/parameters/compare?node=station-{station.id}&with={wanted}")
        assert "<table" not in text


def test_stations_are_suggested(administrator: Visitor, station: Station) -> None:
    found = administrator.get(f"/choices/stations?q={station.charge_box_id[1:].lower()}").json
    assert {"value": station.charge_box_id, "label": station.name} in found
    assert administrator.get("/choices/stations?q=%00 ").json == []


def test_the_page_takes_few_queries_however_many_parameters(
    db: Session, administrator: Visitor, station: Station
) -> None:
    with recorded() as few:
        page(administrator, address(station))
    long = make_station(db, {f"Key{number}": str(number) for number in range(300)})
    with recorded() as many:
        page(administrator, address(long))
    assert len(many) == len(few)


def test_every_known_parameter_has_its_words() -> None:
    assert words.DESCRIPTIONS.keys() == {*known_parameters.STANDARD, *known_parameters.VENDORS}
    assert set(words.FAULTS) == set(known_parameters.Fault)
    assert set(words.RISKS) == set(words.DANGERS) == set(known_parameters.Risk)
    assert set(words.RESULTS) == set(ParameterResult)
