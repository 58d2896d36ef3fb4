"""Which report raises which alarm: a table of rules that an administrator edits, and the one that is shipped.

Of the rules that fit a report, the first one counts. A fault that none fits is a hardware fault. A report is a fault if
it carries an error or says Faulted; what is neither can raise an alarm only by a rule that names `NoError`, such as one
for a code of a vendor's own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from domain.models import AlarmKind, AlarmRule
from domain.reports import StatusReport
from domain.statuses import OutletStatus

NO_ERROR = "NoError"
STATED_KINDS = (
    AlarmKind.HARDWARE_FAULT,
    AlarmKind.HARDWARE_CONFIGURATION_FAULT,
    AlarmKind.FUSE,
    AlarmKind.TEMPERATURE,
)
"""What a rule may raise: what a station can say of itself."""


@dataclass(frozen=True, slots=True)
class Rule:
    """As in `AlarmRule`."""

    kind: AlarmKind | None
    protocol: str | None = None
    error_code: str | None = None
    vendor_error_code: str | None = None
    status: OutletStatus | None = None
    duration_seconds: int = 0
    note: str = ""
    id: int | None = None
    position: int | None = None

    def fits(self, report: StatusReport, protocol: str | None) -> bool:
        return (
            self._fits_error(report)
            and self.protocol in (None, protocol)
            and self.status in (None, report.status)
            and (self.vendor_error_code is None or _matches(self.vendor_error_code, report.vendor_error_code or ""))
        )

    def _fits_error(self, report: StatusReport) -> bool:
        if self.error_code is None:
            return is_fault(report)
        return self.error_code.casefold() == (report.error_code or NO_ERROR).casefold()


@dataclass(frozen=True, slots=True)
class Raised:
    """What a report raises, and from when on it is shown: None is at once."""

    kind: AlarmKind
    due_at: datetime | None = None


MINUTE, FIVE_MINUTES = 60, 300

SHIPPED = (
    Rule(
        AlarmKind.HARDWARE_CONFIGURATION_FAULT,
        error_code="InternalError",
        vendor_error_code="*config*",
        note="The manufacturer's code tells that software and hardware do not fit.",
    ),
    Rule(
        AlarmKind.HARDWARE_CONFIGURATION_FAULT,
        error_code="OtherError",
        vendor_error_code="*config*",
        note="The manufacturer's code tells that software and hardware do not fit.",
    ),
    Rule(AlarmKind.TEMPERATURE, error_code="HighTemperature", note="Too hot inside the station."),
    Rule(AlarmKind.FUSE, error_code="OverCurrentFailure", note="The protection against too much current has tripped."),
    Rule(AlarmKind.FUSE, error_code="GroundFailure", note="The residual current device has tripped."),
    Rule(
        AlarmKind.FUSE,
        error_code="UnderVoltage",
        duration_seconds=MINUTE,
        note="A phase that stays away is a blown fuse; a short dip is none.",
    ),
    Rule(
        AlarmKind.HARDWARE_FAULT,
        error_code="OverVoltage",
        duration_seconds=MINUTE,
        note="A short peak of the supply passes by itself.",
    ),
    Rule(AlarmKind.HARDWARE_FAULT, error_code="ConnectorLockFailure", note="The lock of the plug does not work."),
    Rule(AlarmKind.HARDWARE_FAULT, error_code="InternalError", note="An error of hardware or software within."),
    Rule(AlarmKind.HARDWARE_FAULT, error_code="OtherError", note="What it is, the manufacturer's code may tell."),
    Rule(AlarmKind.HARDWARE_FAULT, error_code="PowerMeterFailure", note="The meter cannot be read."),
    Rule(AlarmKind.HARDWARE_FAULT, error_code="PowerSwitchFailure", note="The contactor does not switch."),
    Rule(AlarmKind.HARDWARE_FAULT, error_code="ReaderFailure", note="The reader of tags does not work."),
    Rule(AlarmKind.HARDWARE_FAULT, error_code="ResetFailure", note="It could not restart."),
    Rule(
        AlarmKind.HARDWARE_FAULT,
        error_code="Mode3Error",
        duration_seconds=FIVE_MINUTES,
        note="OCPP 1.2 and 1.5: often the car's fault; one that stays is the station's.",
    ),
    Rule(
        AlarmKind.HARDWARE_FAULT,
        error_code="EVCommunicationError",
        duration_seconds=FIVE_MINUTES,
        note="OCPP 1.6: often the car's fault; one that stays is the station's.",
    ),
    Rule(None, error_code="WeakSignal", note="If the connection is lost, No network tells it."),
    Rule(None, error_code="LocalListConflict", note="The list of tags is mended by sending it anew."),
)
"""A rule for every error of OCPP 1.2, 1.5 and 1.6, with the reason."""


def is_fault(report: StatusReport) -> bool:
    return report.error_code is not None or report.status is OutletStatus.FAULTED


def may_raise(report: StatusReport) -> bool:
    """Whether the rules need be asked at all; most reports are about cars that come and go."""
    return is_fault(report) or report.vendor_error_code is not None


def deciding(rules: Iterable[Rule], report: StatusReport, protocol: str | None) -> Rule | None:
    """The first one that fits."""
    return next((rule for rule in rules if rule.fits(report, protocol)), None)


def judge(rules: Iterable[Rule], report: StatusReport, protocol: str | None) -> Raised | None:
    """What a report raises by these rules."""
    rule = deciding(rules, report, protocol)
    if rule is None:
        return Raised(AlarmKind.HARDWARE_FAULT) if is_fault(report) else None
    return None if rule.kind is None else Raised(rule.kind, _due_at(rule, report))


def _due_at(rule: Rule, report: StatusReport) -> datetime | None:
    return report.received_at + timedelta(seconds=rule.duration_seconds) if rule.duration_seconds else None


def in_force(db: Session) -> list[Rule]:
    """The enabled ones, in their order."""
    rows = db.execute(
        select(
            AlarmRule.kind,
            AlarmRule.protocol,
            AlarmRule.error_code,
            AlarmRule.vendor_error_code,
            AlarmRule.status,
            AlarmRule.duration_seconds,
            AlarmRule.note,
            AlarmRule.id,
            AlarmRule.position,
        )
        .where(AlarmRule.enabled.is_(true()))
        .order_by(AlarmRule.position, AlarmRule.id)
    )
    return [Rule(*row) for row in rows]


def restore_shipped(db: Session) -> None:
    """All rules as they are shipped, whatever was made of them."""
    for rule in db.scalars(select(AlarmRule)):
        db.delete(rule)
    db.flush()
    db.add_all(
        AlarmRule(
            position=position,
            kind=rule.kind,
            error_code=rule.error_code,
            vendor_error_code=rule.vendor_error_code,
            duration_seconds=rule.duration_seconds,
            note=rule.note,
        )
        for position, rule in enumerate(SHIPPED, 1)
    )


def next_position(db: Session) -> int:
    """Of a rule behind all others."""
    return (db.scalar(select(func.max(AlarmRule.position))) or 0) + 1


def move(db: Session, rule: AlarmRule, by: int) -> None:
    """One place up (-1) or down (1): it changes places with its neighbour, if it has one there."""
    in_order: Sequence[AlarmRule] = db.scalars(
        select(AlarmRule).order_by(AlarmRule.position, AlarmRule.id).with_for_update()
    ).all()
    places = list(in_order)
    at = places.index(rule)
    if 0 <= at + by < len(places):
        places.insert(at + by, places.pop(at))
    for position, each in enumerate(places, 1):
        each.position = position


def _matches(pattern: str, code: str) -> bool:
    return _compiled(pattern).fullmatch(code) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A run of stars is one: otherwise somebody's pattern could take forever."""
    parts = re.split(r"(\*+|\?)", pattern)
    written = "".join(".*" if part.startswith("*") else "." if part == "?" else re.escape(part) for part in parts)
    return re.compile(written, re.IGNORECASE | re.DOTALL)
