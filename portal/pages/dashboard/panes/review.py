"""Sessions that failed or that a person should look at, of the last 30 days, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext
from sqlalchemy import CTE, or_, select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import ChargingSession
from domain.scope import Viewer, visible
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane
from portal.views import charging_session_words as words

DAYS = 30
MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Review(Figures):
    charging_sessions: Sequence[ChargingSession]
    has_more: bool

    @staticmethod
    def why(charging_session: ChargingSession) -> str:
        """What is doubtful about it, in words; nothing if it only failed."""
        return words.reasons(charging_session.review_reasons)


def read(db: Session, viewer: Viewer) -> Review:
    odd = _odd(viewer)
    latest = select(odd).order_by(odd.c.started_at.desc(), odd.c.id.desc()).limit(MOST_SHOWN + 1).subquery()
    same = (ChargingSession.id == latest.c.id) & (ChargingSession.started_at == latest.c.started_at)
    newest_first = (ChargingSession.started_at.desc(), ChargingSession.id.desc())
    found = db.scalars(select(ChargingSession).join(latest, same).order_by(*newest_first)).all()
    return Review(charging_sessions=found[:MOST_SHOWN], has_more=len(found) > MOST_SHOWN)


def _odd(viewer: Viewer) -> CTE:
    """All of them: few, and found by their own indexes. Failed is what ended without energy.

    Materialized, else PostgreSQL hopes to meet the latest few soon and reads all sessions of the 30 days backwards.
    """
    odd = or_(ChargingSession.needs_review.is_(True), ChargingSession.energy_wh == 0)
    since = ChargingSession.started_at > now() - timedelta(days=DAYS)
    found = select(ChargingSession.id, ChargingSession.started_at).where(visible(ChargingSession, viewer), since, odd)
    return found.cte("odd").prefix_with("MATERIALIZED")


PANE = Pane(
    "review",
    lazy_gettext("Sessions to review"),
    OPERATORS,
    read,
    lazy_gettext("All sessions to review"),
    "ChargingSessionView.list",
    {"review": "yes"},
)
