"""Active alarms: how many, how many are new, and the latest few."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.alarms.acknowledging import IS_NEW, SHOWN
from domain.models import Alarm
from domain.scope import Viewer, visible
from portal import alarm_words as words
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane

MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Alarms(Figures):
    count: int
    new: int
    alarms: Sequence[Alarm]
    words = words

    @staticmethod
    def state(alarm: Alarm) -> str:
        if alarm.calm_since is not None:
            return words.CALM
        return words.NEW if alarm.acknowledged_at is None else words.ACKNOWLEDGED


def read(db: Session, viewer: Viewer) -> Alarms:
    """What is gathered under another is counted with that one."""
    seen = (visible(Alarm, viewer), SHOWN, Alarm.parent_id.is_(None))
    count, new = db.execute(select(func.count(), func.count().filter(IS_NEW)).select_from(Alarm).where(*seen)).one()
    latest = select(Alarm).where(*seen).order_by(IS_NEW.desc(), Alarm.raised_at.desc(), Alarm.id.desc())
    return Alarms(count=count, new=new, alarms=db.scalars(latest.limit(MOST_SHOWN)).all())


PANE = Pane(
    "alarms",
    lazy_gettext("Active alarms"),
    OPERATORS,
    read,
    lazy_gettext("All active alarms"),
    "AlarmView.list",
    live_kind="alarm",
)
