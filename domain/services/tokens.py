"""How we know who comes to us: by a token, of which only the hash is kept."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from domain.models import Service, ServiceKind
from domain.secrets import hash_secret

NOTED_EVERY = timedelta(minutes=1)


def service_of(db: Session, kind: ServiceKind, token: str) -> Service | None:
    """The enabled service of this kind whose token it is."""
    found = select(Service).where(Service.token_hash == hash_secret(token), Service.kind == kind, Service.is_enabled)
    return db.scalar(found)


def note_visit(db: Session, service: Service, now: datetime) -> None:
    """Once a minute: who comes often need not be written down each time."""
    is_news = or_(Service.asked_at.is_(None), Service.asked_at < now - NOTED_EVERY)
    noted = update(Service).where(Service.id == service.id, is_news).values(asked_at=now)
    db.execute(noted.execution_options(audit="a visit is no change of the service", synchronize_session=False))
