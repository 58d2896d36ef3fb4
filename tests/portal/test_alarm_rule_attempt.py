"""What a report would raise, tried on the page of rules."""

import html
import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Alarm, AlarmKind, AlarmRule
from tests.portal.browser_like import Visitor, errors


def outcome(visitor: Visitor, **said: str) -> str:
    """What the page tells of a report, in one line."""
    report = {"protocol": "ocpp1.6", "error_code": "", "vendor_error_code": "", "status": "faulted", "info": ""} | said
    page = visitor.get("/alarm_rules/attempt", query_string=report)
    assert page.status_code == 200, page.text
    told = re.search(r'id="outcome">(.*?)</div>', page.text, re.DOTALL)
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", told[1])).split()) if told else ""


def test_a_report_is_tried_and_nothing_is_written(administrator: Visitor, db: Session) -> None:
    page = administrator.get("/alarm_rules/attempt").text
    assert 'id="outcome"' not in page and '<option selected value="faulted">' in page
    assert "/alarm_rules/attempt" in administrator.get("/alarm_rules/").text
    hot = outcome(administrator, error_code="hightemperature", info="82 °C")
    assert hot.startswith("Alarm: Temperature Rule 3 decides: it is the first one that fits. Edit the rule")
    assert hot.endswith("Too hot inside the station. The alarm says: 82 °C")
    assert outcome(administrator, error_code="OtherError", vendor_error_code="E1-Config").startswith(
        "Alarm: Hardware configuration fault Rule 2 decides"
    )
    assert outcome(administrator, error_code="UnderVoltage").endswith("It is shown once it has lasted 60 s.")
    assert outcome(administrator, error_code="WeakSignal").startswith("No alarm Rule 17 decides")
    unknown = "Alarm: Hardware fault No rule fits. A fault that no rule fits is a hardware fault."
    assert outcome(administrator, error_code="NOERROR") == outcome(administrator, error_code="MadeUp") == unknown
    assert outcome(administrator, status="available", info="x") == "No alarm No rule fits, and it tells no fault."
    db.add(
        AlarmRule(position=0, kind=AlarmKind.FUSE, vendor_error_code="E4*", protocol="ocpp1.5", error_code="NoError")
    )
    db.add(AlarmRule(position=-1, kind=AlarmKind.TEMPERATURE, vendor_error_code="*", enabled=False))
    db.commit()
    said = {"vendor_error_code": "E42", "status": "available"}
    assert outcome(administrator, protocol="ocpp1.5", **said).startswith("Alarm: Fuse Rule 0 decides")
    assert outcome(administrator, protocol="ocpp1.6", **said).startswith("No alarm")
    assert db.scalars(select(Alarm)).all() == []


def test_a_shipped_reason_is_read_in_danish(administrator: Visitor) -> None:
    asked = "/alarm_rules/attempt?status=faulted&protocol=ocpp1.6&error_code=HighTemperature"
    page = administrator.get(asked, headers={"Accept-Language": "da"}).text
    assert "For varmt inde i ladestationen." in page and "Too hot" not in page


def test_a_report_that_cannot_be_is_refused_in_words(administrator: Visitor) -> None:
    answer = administrator.get("/alarm_rules/attempt?status=sleepy&protocol=ocpp1.6&error_code=" + "x" * 51)
    assert answer.status_code == 422
    assert len(errors(answer)) == 2 and "At most 50 characters." in errors(answer)
