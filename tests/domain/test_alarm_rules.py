"""Which report raises which alarm: every error of every version, and the rules that an administrator writes."""

from datetime import timedelta

import pytest
from ocpp.v16.enums import ChargePointErrorCode
from sqlalchemy import select

from domain.alarms import rules
from domain.alarms.rules import SHIPPED, Raised, Rule, judge
from domain.models import AlarmKind, AlarmRule
from domain.protocols import Protocol
from domain.reports import StatusReport
from domain.statuses import OutletStatus
from engine.ocpp1.status import status_report_before_16
from engine.ocpp16.status import status_report
from ocpp_soap import v12, v15, v16
from tests.domain.conftest import after

RAISED = {
    "ConnectorLockFailure": (AlarmKind.HARDWARE_FAULT, 0),
    "EVCommunicationError": (AlarmKind.HARDWARE_FAULT, 300),
    "GroundFailure": (AlarmKind.FUSE, 0),
    "HighTemperature": (AlarmKind.TEMPERATURE, 0),
    "InternalError": (AlarmKind.HARDWARE_FAULT, 0),
    "LocalListConflict": None,
    "Mode3Error": (AlarmKind.HARDWARE_FAULT, 300),
    "OtherError": (AlarmKind.HARDWARE_FAULT, 0),
    "OverCurrentFailure": (AlarmKind.FUSE, 0),
    "OverVoltage": (AlarmKind.HARDWARE_FAULT, 60),
    "PowerMeterFailure": (AlarmKind.HARDWARE_FAULT, 0),
    "PowerSwitchFailure": (AlarmKind.HARDWARE_FAULT, 0),
    "ReaderFailure": (AlarmKind.HARDWARE_FAULT, 0),
    "ResetFailure": (AlarmKind.HARDWARE_FAULT, 0),
    "UnderVoltage": (AlarmKind.FUSE, 60),
    "WeakSignal": None,
}
"""What is raised by each error that a version knows, and after how many seconds."""

CODES = {
    Protocol.OCPP12: v12.ERROR_CODE.words,
    Protocol.OCPP15: v15.ERROR_CODE.words,
    Protocol.OCPP16_SOAP: v16.ERROR_CODE.words,
    Protocol.OCPP16: [code.value for code in ChargePointErrorCode],
}
TRANSLATE = dict.fromkeys(Protocol, status_report) | dict.fromkeys(
    (Protocol.OCPP12, Protocol.OCPP15), status_report_before_16
)


def said(error_code=None, vendor_error_code=None, status=OutletStatus.FAULTED):
    return StatusReport(1, after(0), 1, status, after(0), error_code, vendor_error_code, None)


@pytest.mark.parametrize(
    ("protocol", "code"), [(protocol, code) for protocol, codes in CODES.items() for code in codes if code != "NoError"]
)
def test_every_error_of_every_version_raises_what_is_shipped(protocol, code):
    payload = {"connectorId": 1, "status": "Faulted", "errorCode": code}
    report = TRANSLATE[protocol](payload, 1, after(0))
    raised = judge(SHIPPED, report, protocol)
    if RAISED[code] is None:
        assert raised is None
    else:
        kind, seconds = RAISED[code]
        assert raised == Raised(kind, after(0) + timedelta(seconds=seconds) if seconds else None)


def test_no_error_is_forgotten():
    assert {code for codes in CODES.values() for code in codes} == {"NoError", *RAISED}


@pytest.mark.parametrize(
    ("report", "kind"),
    [
        (said(), AlarmKind.HARDWARE_FAULT),
        (said("MadeUpByTheVendor"), AlarmKind.HARDWARE_FAULT),
        (said("madeup", status=OutletStatus.CHARGING), AlarmKind.HARDWARE_FAULT),
        (said("hightemperature", status=OutletStatus.CHARGING), AlarmKind.TEMPERATURE),
        (said("OtherError", "E12-CONFIG-MISMATCH"), AlarmKind.HARDWARE_CONFIGURATION_FAULT),
        (said(None, "E12-CONFIG", OutletStatus.AVAILABLE), None),
        (said(None, None, OutletStatus.UNAVAILABLE), None),
    ],
)
def test_what_is_not_in_the_standard(report, kind):
    raised = judge(SHIPPED, report, None)
    assert (raised and raised.kind) == kind


@pytest.mark.parametrize(
    ("rule", "report", "protocol", "fits"),
    [
        (Rule(None), said(), None, True),
        (Rule(None), said(status=OutletStatus.AVAILABLE), None, False),
        (Rule(None, protocol=Protocol.OCPP15), said(), Protocol.OCPP15, True),
        (Rule(None, protocol=Protocol.OCPP15), said(), Protocol.OCPP16, False),
        (Rule(None, status=OutletStatus.CHARGING), said("OtherError"), None, False),
        (Rule(None, status=OutletStatus.CHARGING), said("OtherError", status=OutletStatus.CHARGING), None, True),
        (Rule(None, vendor_error_code="E?7*"), said("OtherError", "e17 hot"), None, True),
        (Rule(None, vendor_error_code="E?7*"), said("OtherError", "E7"), None, False),
        (Rule(None, vendor_error_code="E?7"), said("OtherError", None), None, False),
        (Rule(None, vendor_error_code="[ab](c)."), said("OtherError", "[AB](C)."), None, True),
        (Rule(None, vendor_error_code="[ab]"), said("OtherError", "a"), None, False),
        (Rule(None, vendor_error_code="*" * 50 + "x"), said("OtherError", "a" * 50), None, False),
        (Rule(None, error_code="NoError", vendor_error_code="7"), said(None, "7", OutletStatus.AVAILABLE), None, True),
        (Rule(None, vendor_error_code="7"), said(None, "7", OutletStatus.AVAILABLE), None, False),
    ],
)
def test_a_rule_fits_what_it_names(rule, report, protocol, fits):
    assert rule.fits(report, protocol) is fits


def test_the_first_rule_that_fits_counts():
    report = said("OtherError", "17")
    table = [Rule(None, error_code="ReaderFailure"), Rule(AlarmKind.FUSE, vendor_error_code="1?"), *SHIPPED]
    assert judge(table, report, None) == Raised(AlarmKind.FUSE)
    assert judge([Rule(None, vendor_error_code="17"), *table], report, None) is None


def test_rules_are_moved_and_restored(db):
    rules.restore_shipped(db)
    db.flush()
    assert len(rules.in_force(db)) == len(SHIPPED)
    in_order = db.scalars(select(AlarmRule).order_by(AlarmRule.position)).all()
    first, second, last = in_order[0], in_order[1], in_order[-1]
    rules.move(db, second, -1)
    rules.move(db, last, 1)
    db.flush()
    assert [first.position, second.position, last.position] == [2, 1, len(SHIPPED)]
    second.enabled = False
    db.delete(last)
    db.flush()
    assert len(rules.in_force(db)) == len(SHIPPED) - 2
    rules.restore_shipped(db)
    db.flush()
    kept = [(rule.error_code, rule.kind, rule.duration_seconds) for rule in rules.in_force(db)]
    assert kept == [(rule.error_code, rule.kind, rule.duration_seconds) for rule in SHIPPED]
