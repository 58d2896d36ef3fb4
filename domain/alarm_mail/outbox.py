"""E-mails about alarms wait here until the mail server takes them: each is tried until it is taken, refused or old.

Whoever sends one takes it for some minutes and holds no transaction meanwhile. Those of one person go in their order.
When the server cannot be reached, or takes nothing from us, the rest would fare no better: then the oldest is tried.
A process that dies between the server's yes and our commit leaves an e-mail that is sent again, with its Message-ID.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import make_msgid
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.orm import Session, aliased

from config import get_settings
from domain.models import AlarmMail, AlarmMailKind, AlarmMailState
from domain.services.outbox import pause

LEASE = timedelta(minutes=10)
"""What somebody took and did not settle by then was not sent, as far as anybody knows."""
LONGEST_REST = timedelta(minutes=5)
"""A server that was down is found to be back within that."""
LONGEST_PAUSE = timedelta(hours=1)
"""Of one e-mail whose reader's mailbox is not ready for it."""
GIVEN_UP_AFTER = timedelta(days=7)
LONGEST_ERROR = 300

PUT = text(
    "INSERT INTO alarm_mail (user_id, kind, day, alarm_ids, message_id, created_at, state, next_try_at)"
    " VALUES (:user_id, :kind, :day, CAST(:alarm_ids AS bigint[]), :message_id, :created_at, 'waiting', :next_try_at)"
    " ON CONFLICT DO NOTHING"
)
ADD = text(
    "UPDATE alarm_mail SET alarm_ids = alarm_ids || CAST(:alarm_ids AS bigint[]), next_try_at = :next_try_at"
    " WHERE id = :id"
)

WAITING = AlarmMail.state == AlarmMailState.WAITING
EARLIER = aliased(AlarmMail)


class Fate(StrEnum):
    """What became of an e-mail."""

    TAKEN = "taken"
    LATER = "later"
    """This one, for now."""
    REFUSED = "refused"
    """This one, for good."""
    OUTAGE = "outage"
    """Others would fare no better."""
    NEEDLESS = "needless"
    """It was not handed over: its reader does not want, or may not know of, any of it by now."""


@dataclass(frozen=True, slots=True)
class Outcome:
    fate: Fate
    words: str = ""
    """What the server said."""


def new(
    user_id: int,
    kind: AlarmMailKind,
    alarm_ids: Sequence[int],
    now: datetime,
    *,
    day: date | None = None,
    wait: timedelta = timedelta(0),
) -> dict[str, Any]:
    """A row for `put`."""
    return {
        "user_id": user_id,
        "kind": kind.value,
        "day": day,
        "alarm_ids": alarm_ids,
        "message_id": make_msgid(domain=get_settings().mail_sender.rpartition("@")[2]),
        "created_at": now,
        "next_try_at": now + wait,
    }


def put(db: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write what is to be sent, a day's digest once; returns how many."""
    if rows:
        db.execute(PUT, _with_literals(rows))
    return len(rows)


def add(db: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """More alarms for what waits: by `id`, with `alarm_ids` and `next_try_at`."""
    if rows:
        db.execute(ADD, _with_literals(rows))


def _with_literals(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Many people see the same thousands of alarms, and the driver takes long over each list: they are written once."""
    written: dict[int, str] = {}
    for row in rows:
        if id(row["alarm_ids"]) not in written:
            written[id(row["alarm_ids"])] = f"{{{','.join(map(str, row['alarm_ids']))}}}"
    return [{**row, "alarm_ids": written[id(row["alarm_ids"])]} for row in rows]


def claim(db: Session, now: datetime) -> AlarmMail | None:
    """The next to send, for so long nobody else's."""
    earlier = exists().where(
        EARLIER.user_id == AlarmMail.user_id, EARLIER.state == AlarmMailState.WAITING, EARLIER.id < AlarmMail.id
    )
    due = select(AlarmMail).where(WAITING, AlarmMail.next_try_at <= now, ~earlier)
    mail = db.scalar(due.order_by(AlarmMail.id).limit(1).with_for_update(skip_locked=True))
    if mail is not None:
        mail.tries += 1
        mail.next_try_at = now + LEASE
    return mail


def settle(db: Session, mail_id: int, outcome: Outcome, now: datetime) -> None:
    """Write down what became of one; nothing if its reader was erased meanwhile."""
    mail = db.get(AlarmMail, mail_id, with_for_update=True)
    if mail is None:
        return
    mail.error = outcome.words[:LONGEST_ERROR] or None
    match outcome.fate:
        case Fate.TAKEN:
            _end(mail, AlarmMailState.SENT, now)
        case Fate.REFUSED:
            _end(mail, AlarmMailState.GIVEN_UP, now)
        case Fate.LATER:
            mail.next_try_at = now + pause(mail.tries, LONGEST_PAUSE)
        case Fate.OUTAGE:
            mail.next_try_at = now + pause(mail.tries, LONGEST_REST)
            _rest(db, mail)
        case Fate.NEEDLESS:
            db.delete(mail)


def _end(mail: AlarmMail, state: AlarmMailState, now: datetime) -> None:
    mail.state, mail.settled_at, mail.alarm_ids = state, now, []


def _rest(db: Session, tried: AlarmMail) -> None:
    """All others wait as long as the one that was tried."""
    others = select(AlarmMail.id).where(WAITING, AlarmMail.id != tried.id, AlarmMail.next_try_at < tried.next_try_at)
    resting = update(AlarmMail).where(AlarmMail.id.in_(others.with_for_update(skip_locked=True)))
    db.execute(
        resting.values(next_try_at=tried.next_try_at).execution_options(synchronize_session=False),
    )


def give_up_old(db: Session, now: datetime) -> int:
    """What nobody took for a week; returns how many."""
    too_old = update(AlarmMail).where(WAITING, AlarmMail.created_at < now - GIVEN_UP_AFTER)
    given_up = too_old.values(
        state=AlarmMailState.GIVEN_UP,
        settled_at=now,
        alarm_ids=[],
        error=func.coalesce(AlarmMail.error, "the mail server took nothing for a week"),
    ).returning(AlarmMail.id)
    return len(db.scalars(given_up.execution_options(synchronize_session=False)).all())


def forget_before(db: Session, before: datetime) -> int:
    """What is settled, of an earlier time; returns how many."""
    past = delete(AlarmMail).where(~WAITING, AlarmMail.created_at < before).returning(AlarmMail.id)
    return len(db.scalars(past.execution_options(synchronize_session=False)).all())


def latest_settled(db: Session, user_id: int) -> AlarmMail | None:
    """The last that was sent to somebody, or given up."""
    settled = select(AlarmMail).where(AlarmMail.user_id == user_id, ~WAITING)
    return db.scalar(settled.order_by(AlarmMail.id.desc()).limit(1))
