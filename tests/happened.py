"""What the event log has that is out of the ordinary; what happens all day has tests of its own."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.events import EventKind
from domain.models import Event


def unusual(db: Session, **of: object) -> list[Event]:
    """In the order in which it was written."""
    kinds = [kind.value for kind in EventKind]
    return list(db.scalars(select(Event).where(Event.kind.in_(kinds)).filter_by(**of).order_by(Event.id)))
