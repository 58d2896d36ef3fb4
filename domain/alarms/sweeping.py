"""What only time tells of alarms: that a cause has lasted, and that it stays away. Runs every few seconds.

Both are found by indexes that hold nothing else, so a sweep costs as much as has changed.
"""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.alarms import uplinks
from domain.alarms.raising import tell

CALM = timedelta(minutes=1)
"""After so long without its cause an alarm is over. What comes back before is the same one."""
LONGEST_WAIT_SECONDS = 30 * 86400
"""That a person may set until silence is an alarm."""

# Whatever a station or a person holds at this moment waits for the next time.
BECOME_DUE = text(
    "UPDATE alarm SET due_at = NULL WHERE id IN (SELECT id FROM alarm WHERE due_at <= :now"
    " ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING site_id, kind"
)
END = text(
    "DELETE FROM alarm WHERE id IN (SELECT id FROM alarm WHERE calm_since <= :calm_since"
    " ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING site_id"
)


def sweep(db: Session, now: datetime) -> tuple[int, int]:
    """Show what is due, gather what has one cause, put away what is over; returns how many were shown and ended."""
    due = db.execute(BECOME_DUE, {"now": now}).all()
    changed = {site_id for site_id, _kind in due}
    changed |= uplinks.gather(db, {site_id for site_id, kind in due if kind == uplinks.CHILD})
    changed |= uplinks.dissolve(db, now)
    ended = db.execute(END, {"calm_since": now - CALM}).scalars().all()
    tell(db, changed.union(ended))
    return len(due), len(ended)
