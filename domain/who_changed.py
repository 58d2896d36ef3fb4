"""Who changed what of an object lately, out of the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from domain.audit import AuditAction
from domain.models import AuditEntry

LATEST = 100
"""Entries that are looked at: whoever keeps a form open for longer is told less."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry, without its values."""

    user_id: int | None
    address: str | None
    at: datetime


def by_column(db: Session, kind: str, object_id: int) -> Mapping[str, Deed]:
    """The latest change of each column of an object."""
    found: dict[str, Deed] = {}
    for entry in db.scalars(_entries(kind, object_id, AuditAction.CHANGED).limit(LATEST)):
        for column in entry.after or {}:
            found.setdefault(column, _deed(entry))
    return found


def deletion(db: Session, kind: str, object_id: int) -> Deed | None:
    """Who deleted an object, if somebody did."""
    entry = db.scalar(_entries(kind, object_id, AuditAction.DELETED).limit(1))
    return _deed(entry) if entry else None


def _entries(kind: str, object_id: int, action: AuditAction) -> Select[AuditEntry]:
    return (
        select(AuditEntry)
        .where(
            AuditEntry.object_id == str(object_id), AuditEntry.object_kind == kind, AuditEntry.action == action.value
        )
        .order_by(AuditEntry.id.desc())
    )


def _deed(entry: AuditEntry) -> Deed:
    return Deed(entry.user_id, entry.address, entry.happened_at)
