"""What was just raised is told at once to those who chose its kind: in one e-mail a person, however much it is.

An alarm says of itself whether it was told, in the transaction that writes the e-mails: none is missed, whenever it
becomes visible, and one that flaps stays the same alarm. An e-mail that waits takes in whatever comes; it waits until
nothing has come for some seconds, so that a failure that shows bit by bit is one e-mail, and the lost stations of a
site are gathered under one alarm by then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.alarm_mail import outbox
from domain.alarm_mail.readers import Reader, Sight, all_readers
from domain.models import AlarmMail, AlarmMailKind

QUIET = timedelta(seconds=30)
LONGEST_QUIET = timedelta(minutes=5)
"""Where it never becomes quiet."""

ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('alarms at once'))")
# Whatever a station or a person holds at this moment waits for the next time.
TAKE = text(
    "UPDATE alarm SET told_at = :now WHERE id IN (SELECT id FROM alarm WHERE told_at IS NULL AND due_at IS NULL"
    " ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING id, kind, site_id, parent_id"
)

Raised = Mapping[tuple[str, int | None], Sequence[int]]
"""Alarms by kind and site."""


def tell(db: Session, now: datetime) -> int:
    """Write who is told of what was raised; returns to how many."""
    if not db.scalar(ALONE):
        return 0
    raised: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    for row in db.execute(TAKE, {"now": now}):
        if row.parent_id is None:
            raised[row.kind, row.site_id].append(row.id)
    if not raised:
        return 0
    concerned = _concerned(raised, all_readers(db))
    more = [
        {
            "id": mail.id,
            "alarm_ids": concerned.pop(mail.user_id),
            "next_try_at": max(mail.next_try_at, min(mail.created_at + LONGEST_QUIET, now + QUIET)),
        }
        for mail in _gathering(db, concerned)
    ]
    outbox.add(db, more)
    begun = [
        outbox.new(user_id, AlarmMailKind.AT_ONCE, alarm_ids, now, wait=QUIET)
        for user_id, alarm_ids in concerned.items()
    ]
    outbox.put(db, begun)
    return len(begun) + len(more)


def _concerned(raised: Raised, readers: Sequence[Reader]) -> dict[int, Sequence[int]]:
    """Of what each is told, if of anything. All who see and chose the same share one list."""
    shared: dict[tuple[Sight, frozenset[str]], Sequence[int]] = {}
    for reader in readers:
        if (reader.sight, reader.at_once) not in shared:
            shared[reader.sight, reader.at_once] = _of_reader(raised, reader)
    return {reader.user_id: ids for reader in readers if (ids := shared[reader.sight, reader.at_once])}


def _of_reader(raised: Raised, reader: Reader) -> Sequence[int]:
    return [
        alarm_id
        for (kind, site_id), alarm_ids in raised.items()
        if kind in reader.at_once and reader.sight.includes(site_id)
        for alarm_id in alarm_ids
    ]


def _gathering(db: Session, user_ids: Iterable[int]) -> Sequence[AlarmMail]:
    """What waits for these people and was never handed over, as far as anybody knows: it may still be added to."""
    waiting = select(AlarmMail).where(
        outbox.WAITING,
        AlarmMail.user_id.in_(user_ids),
        AlarmMail.kind == AlarmMailKind.AT_ONCE,
        AlarmMail.tries == 0,
    )
    return db.scalars(waiting.with_for_update()).all()
