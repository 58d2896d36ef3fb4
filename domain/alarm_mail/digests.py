"""A digest a day while alarms are active: once the reader's hour has struck, and never twice for the same day.

Of which day it is decided already stands in a row for each reader, which moves on in the transaction that writes the
digest, also where nothing was active and there is none. Whatever was missed while nothing ran is made up for by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.alarm_mail import outbox
from domain.alarm_mail.readers import Sight, all_readers
from domain.alarms.acknowledging import SHOWN
from domain.models import Alarm, AlarmDigestDay, AlarmMailKind

ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('alarm digests'))")


def write_due(db: Session, now: datetime) -> int:
    """Write the digests that are due; returns how many."""
    if not db.scalar(ALONE):
        return 0
    readers = all_readers(db)
    struck = {reader.user_id: last_struck(now, reader.zone, reader.hour) for reader in readers}
    decided = _decided(db, struck)
    due = [
        reader for reader in readers if reader.user_id in decided and decided[reader.user_id] < struck[reader.user_id]
    ]
    # Somebody who has just begun to want them begins with the next hour.
    _decide(db, {user_id: day for user_id, day in struck.items() if decided.get(user_id, date.min) < day})
    if not due:
        return 0
    active = _active(db)
    # All who see the same share one list.
    seen = {sight: _of_sites(active, sight) for sight in {reader.sight for reader in due}}
    digests = [
        outbox.new(reader.user_id, AlarmMailKind.DIGEST, seen[reader.sight], now, day=struck[reader.user_id])
        for reader in due
        if seen[reader.sight]
    ]
    return outbox.put(db, digests)


def last_struck(now: datetime, zone: ZoneInfo, hour: int) -> date:
    """The last day on which it was this hour. One that clocks skip has come as soon as they have."""
    day = now.astimezone(zone).date()
    has_struck = datetime.combine(day, time(hour), zone).astimezone(UTC) <= now
    return day if has_struck else day - timedelta(days=1)


def _decided(db: Session, user_ids: Iterable[int]) -> dict[int, date]:
    """Up to which day, of these; who wants no digests any more is forgotten, and begins anew another time."""
    gone = delete(AlarmDigestDay).where(AlarmDigestDay.user_id.not_in(user_ids))
    db.execute(gone.execution_options(synchronize_session=False))
    return {row.user_id: row.day for row in db.execute(select(AlarmDigestDay.user_id, AlarmDigestDay.day))}


def _decide(db: Session, days: Mapping[int, date]) -> None:
    if not days:
        return
    written = insert(AlarmDigestDay)
    moved = written.on_conflict_do_update(index_elements=["user_id"], set_={"day": written.excluded.day})
    db.execute(moved, [{"user_id": user_id, "day": day} for user_id, day in days.items()])


def _active(db: Session) -> Mapping[int | None, Sequence[int]]:
    """The alarms of each site; what is gathered under another is told with that one."""
    alarms: dict[int | None, list[int]] = defaultdict(list)
    lasting = select(Alarm.id, Alarm.site_id).where(SHOWN, Alarm.calm_since.is_(None), Alarm.parent_id.is_(None))
    for alarm_id, site_id in db.execute(lasting):
        alarms[site_id].append(alarm_id)
    return alarms


def _of_sites(active: Mapping[int | None, Sequence[int]], sight: Sight) -> list[int]:
    return [alarm_id for site_id, alarm_ids in active.items() if sight.includes(site_id) for alarm_id in alarm_ids]
