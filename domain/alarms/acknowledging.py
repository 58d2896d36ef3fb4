"""What people say of alarms: that they know of one, and whatever else is worth telling.

An acknowledgement is of the alarm and lasts as long as it does: a cause that comes and goes asks nobody again. One that
is raised after it was over is another alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session, joinedload

from domain.alarms.raising import tell
from domain.models import Alarm, AlarmHistory, AlarmRemark
from domain.scope import Viewer, visible

SHOWN = Alarm.due_at.is_(None)
"""Others wait for their time, and nobody is told of them."""
IS_NEW = SHOWN & Alarm.acknowledged_at.is_(None) & Alarm.parent_id.is_(None)
"""Nobody has said yet that they know of it. What is gathered under another is not asked about."""


@dataclass(frozen=True, slots=True)
class Word:
    """Who says something, when, and what."""

    user_id: int
    at: datetime
    note: str = ""


def acknowledge(db: Session, alarms: Sequence[Alarm], word: Word) -> None:
    """Somebody knows of these, which are to be locked, and of what is gathered under them."""
    below = db.scalars(select(Alarm).where(Alarm.parent_id.in_([alarm.id for alarm in alarms])).with_for_update())
    for alarm in {*alarms, *below}:
        if alarm.acknowledged_at is None:
            alarm.acknowledged_at, alarm.acknowledged_by_id = word.at, word.user_id
    for alarm in alarms:
        _remark(db, alarm.id, word, acknowledges=True)
    tell(db, {alarm.site_id for alarm in alarms})


def comment(db: Session, alarm: Alarm | AlarmHistory, word: Word) -> None:
    """Whatever else is worth telling, also when it is over."""
    _remark(db, alarm.id, word, acknowledges=False)
    tell(db, {alarm.site_id})


def remarks(db: Session, alarm_id: int) -> Sequence[AlarmRemark]:
    """All that was said of an alarm, the latest first."""
    said = select(AlarmRemark).options(joinedload(AlarmRemark.user)).where(AlarmRemark.alarm_id == alarm_id)
    return db.scalars(said.order_by(AlarmRemark.id.desc())).all()


def count_new(db: Session, viewer: Viewer) -> int:
    """How many alarms wait for somebody, of those that this person may see."""
    counted = select(func.count()).select_from(Alarm).where(IS_NEW, visible(Alarm, viewer))
    return db.scalar(counted) or 0


def forget_remarks(db: Session) -> None:
    """Those of alarms that are forgotten."""
    lasts = exists().where(Alarm.id == AlarmRemark.alarm_id)
    is_past = exists().where(AlarmHistory.id == AlarmRemark.alarm_id)
    db.execute(delete(AlarmRemark).where(~lasts, ~is_past), execution_options={"synchronize_session": False})


def _remark(db: Session, alarm_id: int, word: Word, *, acknowledges: bool) -> None:
    db.add(
        AlarmRemark(
            alarm_id=alarm_id,
            acknowledges=acknowledges,
            note=word.note.strip(),
            user_id=word.user_id,
            remarked_at=word.at,
        )
    )
