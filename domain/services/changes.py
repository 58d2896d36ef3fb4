"""What changed that services may want to know of.

The database notes it itself, in the transaction of the change, by triggers that look only at what they are about
(migrations, 2026_11_28_services). So whoever writes, in whatever way, need not think of services, and where none is
enabled nothing is written. Why is told in docs/decisions/the-database-notes-what-changed.md.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from domain.models import ChangeKind, ServiceChange

MOST_AT_ONCE = 2000
ENDS = (ChangeKind.CHARGE_STOPPED, ChangeKind.CHARGE_CORRECTED)
ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('service changes'))")


def take(db: Session) -> list[ServiceChange]:
    """The next changes in their order, gone with this transaction; none while somebody else is at it.

    What is about one outlet or station was noted under the lock of its row, so its changes have the order in which they
    were committed. One that is not committed yet is taken another time, whatever its number.
    """
    if not db.scalar(ALONE):
        return []
    first = select(ServiceChange.id).order_by(ServiceChange.id).limit(MOST_AT_ONCE)
    taken = delete(ServiceChange).where(ServiceChange.id.in_(first)).returning(ServiceChange)
    found = db.scalars(taken.execution_options(synchronize_session=False)).all()
    for change in found:
        db.expunge(change)
    return _once(sorted(found, key=lambda change: change.id))


def _once(changes: Sequence[ServiceChange]) -> list[ServiceChange]:
    """Without what corrects the end of a charge that is yet to be told: it is told as it is by then."""
    ended: set[int | None] = set()
    kept = []
    for change in changes:
        if change.kind in ENDS and change.charging_session_id in ended:
            continue
        if change.kind in ENDS:
            ended.add(change.charging_session_id)
        kept.append(change)
    return kept


def forget_before(db: Session, moment: datetime) -> None:
    """Those that no worker ever took."""
    db.execute(delete(ServiceChange).where(ServiceChange.at < moment))
